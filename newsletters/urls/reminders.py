"""What the portal may write by itself, and the invitation to one session: the coordination's."""

from django.urls import path

from newsletters.views import reminders

urlpatterns = [
    path("", reminders.RemindersView.as_view(), name="letter_reminders"),
    path("<int:pk>/retenir/", reminders.reminder_cancel, name="letter_reminder_cancel"),
]
