from django.urls import path

from listening_cell.views import public

urlpatterns = [
    path("", public.ListeningView.as_view(), name="listening"),
    path("confidentialite/", public.PrivacyView.as_view(), name="listening_privacy"),
    path("collegue/", public.ColleagueView.as_view(), name="listening_colleague"),
    path("collegue/carte.pdf", public.CardView.as_view(), name="listening_card"),
]
