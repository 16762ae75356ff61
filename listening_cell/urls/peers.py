from django.urls import include, path

from listening_cell.views import cases, handbook, interviews, passing, peers

of_a_case = [
    path("", cases.CaseView.as_view(), name="cell_case"),
    path("lire/", cases.ReadView.as_view(), name="cell_case_read"),
    path("recuser/", passing.RecuseView.as_view(), name="cell_case_recuse"),
    path("message/", cases.MessageView.as_view(), name="cell_case_message"),
    path("entretien/", cases.TalkView.as_view(), name="cell_case_talk"),
    path("entretien/annuler/", cases.CancelTalkView.as_view(), name="cell_case_cancel"),
    path("passer/", passing.PassView.as_view(), name="cell_case_pass"),
    path("confier/", passing.EntrustAgainView.as_view(), name="cell_case_entrust"),
    path("terminer/", passing.CloseView.as_view(), name="cell_case_close"),
    path("rouvrir/", passing.ReopenView.as_view(), name="cell_case_reopen"),
    path("comptes-rendus/ecrire/", interviews.WriteInterviewView.as_view(), name="cell_interview_write"),
    path("comptes-rendus/<int:number>/", interviews.InterviewView.as_view(), name="cell_interview"),
    path("comptes-rendus/<int:number>/modifier/", interviews.EditInterviewView.as_view(), name="cell_interview_edit"),
]

urlpatterns = [
    path("", peers.TodayView.as_view(), name="cell_peers"),
    path("guide/", handbook.HandbookView.as_view(), name="cell_guide"),
    path("suivis/termines/", peers.ClosedView.as_view(), name="cell_closed"),
    path("suivis/<str:reference>/", include(of_a_case)),
]
