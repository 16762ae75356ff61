"""« Personnes et rôles »: who holds a role, inviting, and taking a role back."""

from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.views import View
from django.views.decorators.http import require_POST, require_safe
from django.views.generic import ListView

from cafe.coordination import people
from cafe.errors import Refusal
from cafe.exports import table_response
from members import roles
from members.enums import Role
from members.models import RoleInvitation
from members.permissions import RoleRequiredMixin, role_required


class PeopleView(RoleRequiredMixin, ListView):
    roles = (Role.COORDINATION,)
    template_name = "coordination/people.html"
    paginate_by = 25

    def get_queryset(self):
        self.filter = people.HolderFilter(self.request.GET)
        return self.filter.found()

    def get_context_data(self, **kwargs):
        invitations = people.invitation_page(self.request.GET.get("invitations"))
        context = super().get_context_data(filter=self.filter, invitations=invitations, **kwargs)
        people.with_roles(context["object_list"])
        wanted = {name: value for name in self.filter.fields if (value := self.request.GET.get(name))}
        return context | {"filtered": bool(wanted), "query": urlencode(wanted)}


@role_required(Role.COORDINATION)
@require_safe
def people_export(request, extension):
    rows = people.table(people.HolderFilter(request.GET).found())
    return table_response(extension=extension, name="personnes-et-roles", header=people.HEADER, rows=rows)


class InviteView(RoleRequiredMixin, View):
    roles = (Role.COORDINATION,)

    def page(self, form):
        return render(self.request, "coordination/invite.html", {"form": form})

    def get(self, request):
        return self.page(people.InviteForm())

    def post(self, request):
        form = people.InviteForm(request.POST)
        if form.is_valid():
            try:
                invitation = roles.invite(by=request.user, **form.cleaned_data)
            except Refusal as refusal:
                form.add_error(None, refusal.sentence)
            else:
                messages.success(request, f"L’invitation part à {invitation.email}. Elle vaut sept jours.")
                return redirect("coordination_people")
        return self.page(form)


def invitation_move(service, done):
    """Return the view of a move that one button makes about an invitation."""

    @role_required(Role.COORDINATION)
    @require_POST
    def move(request, pk):
        invitation = get_object_or_404(RoleInvitation, pk=pk)
        try:
            service(invitation=invitation, by=request.user)
            messages.success(request, done)
        except Refusal as refusal:
            messages.error(request, refusal.sentence)
        return redirect("coordination_people")

    return move


invitation_resend = invitation_move(roles.resend_invitation, "L’invitation repart. Elle vaut sept jours.")
invitation_cancel = invitation_move(roles.cancel_invitation, "L’invitation est annulée : son lien n’ouvre plus rien.")


class RoleRemoveView(RoleRequiredMixin, View):
    """Asks before a role is taken back. Who holds no role shown here, or another, is not found."""

    roles = (Role.COORDINATION,)

    def dispatch(self, request, *args, pk, role, **kwargs):
        self.role = role
        self.pk = pk
        return super().dispatch(request, *args, **kwargs)

    def person(self):
        label = dict(people.ROLES).get(self.role)
        if label is None:
            raise Http404
        return get_object_or_404(people.holders(role=self.role), pk=self.pk), label

    def get(self, request):
        person, label = self.person()
        context = {"person": person, "label": label, "oneself": person == request.user}
        return render(request, "coordination/role_remove.html", context | {"role": self.role})

    def post(self, request):
        person, label = self.person()
        try:
            roles.remove_role(user=person, role=self.role, by=request.user)
        except Refusal as refusal:
            messages.error(request, refusal.sentence)
            return redirect("coordination_people")
        messages.success(request, f"C’est fait : {person} ne tient plus le rôle « {label} ».")
        own = self.role == Role.COORDINATION and person == request.user
        return redirect("my_space" if own else "coordination_people")
