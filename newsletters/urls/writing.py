"""Addresses where the coordination writes newsletters, all under /coordination/lettres/."""

from django.urls import path

from newsletters.views import writing
from newsletters.views import writing_blocks as blocks

BLOCK = "<int:pk>/blocs/<int:block>/"

urlpatterns = [
    path("", writing.LetterListView.as_view(), name="letter_list"),
    path("nouvelle/", writing.LetterNewView.as_view(), name="letter_new"),
    path("<int:pk>/", writing.LetterEditView.as_view(), name="letter_edit"),
    path("<int:pk>/reglages/", writing.LetterSettingsView.as_view(), name="letter_settings"),
    path("<int:pk>/apercu/", writing.LetterPreviewView.as_view(), name="letter_preview"),
    path("<int:pk>/apercu/page/", writing.letter_frame, name="letter_frame"),
    path("<int:pk>/essai/", writing.letter_trial, name="letter_trial"),
    path("<int:pk>/copier/", writing.letter_copy, name="letter_copy"),
    path("<int:pk>/supprimer/", writing.LetterDeleteView.as_view(), name="letter_delete"),
    path("<int:pk>/blocs/ajouter/", blocks.BlockAddView.as_view(), name="letter_block_add"),
    path("<int:pk>/blocs/apercu/", blocks.block_frame, name="letter_block_frame"),
    path(BLOCK, blocks.BlockEditView.as_view(), name="letter_block_edit"),
    path(f"{BLOCK}deplacer/", blocks.block_shift, name="letter_block_shift"),
    path(f"{BLOCK}supprimer/", blocks.BlockDeleteView.as_view(), name="letter_block_delete"),
]
