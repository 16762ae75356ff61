from django.urls import path

from listening_cell.views import hours

urlpatterns = [
    path("creneaux/", hours.HoursView.as_view(), name="cell_hours"),
    path("creneaux/ouvrir/", hours.OpenHourView.as_view(), name="cell_slot_open"),
    path("creneaux/absences/", hours.AbsenceAddView.as_view(), name="cell_absence_add"),
    path("creneaux/absences/<int:pk>/retirer/", hours.AbsenceRemoveView.as_view(), name="cell_absence_remove"),
    path("creneaux/rythme/", hours.LoadView.as_view(), name="cell_load"),
    path("creneaux/<int:pk>/", hours.SlotView.as_view(), name="cell_slot"),
    path("debriefings/", hours.DebriefingsView.as_view(), name="cell_debriefings"),
    path("debriefings/<int:pk>/", hours.DebriefingView.as_view(), name="cell_debriefing"),
    path("debriefings/<int:pk>/present/", hours.CameView.as_view(), name="cell_debriefing_came"),
    path("debriefings/<int:pk>/retirer/", hours.DebriefingRemoveView.as_view(), name="cell_debriefing_remove"),
]
