from django.urls import path

from listening_cell.views import follow

urlpatterns = [
    path("", follow.ReturnView.as_view(), name="cell_return"),
    path("rendez-vous/", follow.FollowView.as_view(), name="cell_follow"),
    path("rendez-vous/message/", follow.MessageView.as_view(), name="cell_follow_message"),
    path("rendez-vous/date/", follow.DateView.as_view(), name="cell_follow_date"),
    path("rendez-vous/annuler/", follow.CancelView.as_view(), name="cell_follow_cancel"),
    path("rendez-vous/binome/", follow.PairView.as_view(), name="cell_follow_pair"),
    path("rendez-vous/effacer/", follow.ForgetView.as_view(), name="cell_follow_forget"),
    path("efface/", follow.ForgottenView.as_view(), name="cell_forgotten"),
    path("fermer/", follow.LeaveView.as_view(), name="cell_leave"),
    path("quitter/", follow.QuitView.as_view(), name="cell_quit"),
]
