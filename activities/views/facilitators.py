"""The page that a facilitator's link opens, and the coordination's page about that link."""

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.views import View
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST
from django.views.generic import DetailView

from activities.enums import SessionState
from activities.facilitator_links import facilitator_path, link_ends_at, session_from
from activities.forms.facilitators import FacilitatorNoticeForm
from activities.models import FacilitatorNotice, Registration, Session
from activities.services import facilitators
from activities.services.papers import by_name
from activities.views.coordination import CoordinationMixin, coordination_required
from cafe import mail
from cafe.errors import Refusal
from cafe.limits import within_limit

NOTICES_PER_HOUR = 10


def can_give_notice(session):
    return session.state == SessionState.PUBLISHED and session.ends_at > timezone.now()


@method_decorator([login_not_required, never_cache], name="dispatch")
class FacilitatorView(View):
    """Who comes, where, how much to collect: what a facilitator needs on the day, and no address of anybody."""

    def get(self, request, token):
        session = session_from(token)
        people = sorted(Registration.objects.expected_at(session), key=by_name)
        context = {
            "session": session,
            "token": token,
            "people": people,
            "total": session.fee * len(people),
            "hosts": session.hosts.order_by("hostings__rank"),
            "notices": session.facilitator_notices.filter(handled_at=None),
            "can_give_notice": can_give_notice(session),
            "link_ends_at": link_ends_at(session),
        }
        return render(request, "activities/facilitator/link.html", context)


@method_decorator([login_not_required, never_cache], name="dispatch")
class FacilitatorNoticeView(View):
    """« Je dois annuler ou reporter »."""

    def page(self, request, token, form):
        context = {"session": session_from(token), "token": token, "form": form}
        return render(request, "activities/facilitator/notice.html", context)

    def get(self, request, token):
        if not can_give_notice(session_from(token)):
            return redirect("facilitator_link", token)
        return self.page(request, token, FacilitatorNoticeForm())

    def post(self, request, token):
        session = session_from(token)
        form = FacilitatorNoticeForm(request.POST)
        if form.is_valid():
            try:
                self.give(session, form.cleaned_data)
            except Refusal as refusal:
                form.add_error(None, refusal.sentence)
            else:
                return redirect("facilitator_link", token)
        return self.page(request, token, form)

    def give(self, session, said):
        if not within_limit(scope="facilitator-notice", who=str(session.pk), limit=NOTICES_PER_HOUR, seconds=3600):
            raise Refusal("Plusieurs messages sont déjà partis. Réessayez dans une heure, ou téléphonez-nous.")
        facilitators.give_notice(session=session, **said)


class ManageFacilitatorView(CoordinationMixin, DetailView):
    """The link of a session's facilitator, and what he said through it."""

    template_name = "activities/facilitator/manage.html"
    context_object_name = "session"

    def get_queryset(self):
        return Session.objects.select_related("activity", "place", "facilitator")

    def get_context_data(self, **kwargs):
        opens = self.object.facilitator and self.object.state in SessionState.public
        opens = opens and link_ends_at(self.object) > timezone.now()
        return super().get_context_data(
            notices=self.object.facilitator_notices.all(),
            link=mail.absolute(facilitator_path(self.object)) if opens else "",
            can_be_told=facilitators.can_be_told(self.object),
            link_ends_at=link_ends_at(self.object),
            **kwargs,
        )


def link_move(service, done):
    """Return the view of one button about the link: run the service, say what was done or why not, go back."""

    @coordination_required
    @require_POST
    def move(request, slug):
        session = get_object_or_404(ManageFacilitatorView().get_queryset(), slug=slug)
        try:
            service(session=session)
            messages.success(request, done)
        except Refusal as refusal:
            messages.error(request, refusal.sentence)
        return redirect("manage_facilitator_link", slug)

    return move


facilitator_resend = link_move(facilitators.resend_link, "Le lien part par courriel.")
facilitator_revoke = link_move(facilitators.revoke_link, "L’ancien lien ne s’ouvre plus. Un nouveau est prêt.")


@coordination_required
@require_POST
def facilitator_notice_handled(request, slug, pk):
    facilitators.handle_notice(notice=get_object_or_404(FacilitatorNotice, session__slug=slug, pk=pk))
    messages.success(request, "C’est noté comme traité.")
    return redirect("manage_facilitator_link", slug)
