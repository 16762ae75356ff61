from django.urls import path

from listening_cell.views import asking

urlpatterns = [
    path("demander/", asking.AskView.as_view(), name="cell_ask"),
    path("rendez-vous.ics", asking.CalendarView.as_view(), name="cell_calendar"),
]
