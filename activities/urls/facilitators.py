from django.urls import path

from activities.views import facilitators

MANAGE = "coordination/seances/<slug:slug>/intervenant/"

urlpatterns = [
    path("intervenant/<str:token>/", facilitators.FacilitatorView.as_view(), name="facilitator_link"),
    path("intervenant/<str:token>/prevenir/", facilitators.FacilitatorNoticeView.as_view(), name="facilitator_notice"),
    path(MANAGE, facilitators.ManageFacilitatorView.as_view(), name="manage_facilitator_link"),
    path(f"{MANAGE}renvoyer/", facilitators.facilitator_resend, name="manage_facilitator_resend"),
    path(f"{MANAGE}couper/", facilitators.facilitator_revoke, name="manage_facilitator_revoke"),
    path(
        f"{MANAGE}messages/<int:pk>/traite/", facilitators.facilitator_notice_handled, name="manage_facilitator_handled"
    ),
]
