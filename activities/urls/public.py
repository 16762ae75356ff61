from django.urls import path

from activities.views import public, registration

urlpatterns = [
    path("activites/", public.SessionListView.as_view(), name="session_list"),
    path("activites/mois/", public.AgendaMonthView.as_view(), name="agenda_month"),
    path("activites/passees/", public.PastSessionsView.as_view(), name="past_sessions"),
    path("activites/agenda.ics", public.agenda_ics, name="agenda_ics"),
    path("activites/<slug:slug>/", public.SessionView.as_view(), name="session"),
    path("activites/<slug:slug>/seance.ics", public.session_ics, name="session_ics"),
    path("activites/<slug:slug>/horaires/", public.session_time_wishes, name="session_time_wishes"),
    path("activites/<slug:slug>/c-est-note/<str:receipt>/", public.session_registered, name="session_registered"),
    path("inscription/adresse/<str:token>/", registration.RegistrationEmailView.as_view(), name="registration_email"),
    path("inscription/<str:token>/", registration.RegistrationView.as_view(), name="registration"),
    path("inscription/<str:token>/seance.ics", registration.registration_ics, name="registration_ics"),
    path("inscription/<str:token>/accepter/", registration.registration_accept, name="registration_accept"),
    path("inscription/<str:token>/annuler/", registration.RegistrationCancelView.as_view(), name="registration_cancel"),
    path("inscription/<str:token>/changer/", registration.RegistrationEditView.as_view(), name="registration_edit"),
    path("inscription/<str:token>/adresse/", registration.registration_ask_email, name="registration_ask_email"),
]
