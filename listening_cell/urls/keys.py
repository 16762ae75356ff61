from django.urls import path

from listening_cell.views import keys, recovery, unlocking

urlpatterns = [
    path("fermer/", unlocking.lock, name="cell_lock"),
    path("ferme/", unlocking.LockedView.as_view(), name="cell_locked"),
    path("<str:kind>/", keys.OwnKeyView.as_view(), name="cell_key"),
    path("<str:kind>/refaire/", keys.RedoView.as_view(), name="cell_key_redo"),
    path("<str:kind>/ouvrir/", unlocking.UnlockView.as_view(), name="cell_unlock"),
    path("<str:kind>/secours/", recovery.RecoverView.as_view(), name="cell_recover"),
    path("<str:kind>/phrase/", recovery.ChangePassphraseView.as_view(), name="cell_passphrase"),
    path("<str:kind>/code/", recovery.ChangeCodeView.as_view(), name="cell_code"),
    path("<str:kind>/code/note/", recovery.CodeNotedView.as_view(), name="cell_code_noted"),
    path("<str:kind>/code/feuille.pdf", recovery.CodePdfView.as_view(), name="cell_code_pdf"),
]
