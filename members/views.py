from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import redirect_to_login
from django.http import Http404
from django.shortcuts import redirect
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache
from django.views.generic import TemplateView

from cafe.errors import Refusal
from members.enums import SECOND_FACTOR_ROLES
from members.invitation_links import invitation_from
from members.permissions import FIRST_PAGES
from members.roles import accept_invitation, is_for


@login_not_required
def admin_login(request):
    """The admin's own login page would let in without second factor: the portal's takes its place."""
    if request.user.is_authenticated:
        raise Http404
    return redirect_to_login(request.GET.get("next") or "/gestion/")


@method_decorator([login_not_required, never_cache], name="dispatch")
class RoleInvitationView(TemplateView):
    """What is offered, and one button for who has proved to own the address; others are told to sign in with it."""

    template_name = "members/role_invitation.html"

    def get_context_data(self, token, **kwargs):
        invitation, user = invitation_from(token), self.request.user
        return super().get_context_data(
            invitation=invitation,
            closed=bool(invitation.accepted_at or invitation.cancelled_at),
            mine=user.is_authenticated and is_for(invitation, user),
            second_factor=invitation.role in SECOND_FACTOR_ROLES,
            **kwargs,
        )

    def post(self, request, token):
        invitation = invitation_from(token)
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        try:
            accept_invitation(invitation=invitation, user=request.user)
        except Refusal as refusal:
            messages.error(request, refusal.sentence)
            return redirect("role_invitation", token)
        messages.success(request, f"Merci. Votre rôle : {invitation.get_role_display().lower()}.")
        return redirect(FIRST_PAGES[invitation.role])
