"""The evening of a session, for its hosts: the sheet to read before, and who came."""

from django.conf import settings
from django.contrib import messages
from django.http import Http404, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.views import View
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from activities.enums import Presence, SessionState
from activities.forms.attendance import WalkInForm, posted_ticks, sent_ticks
from activities.models import Registration, Session
from activities.permissions import may_mark, why_not_marking
from activities.services import attendance, planning
from activities.services.attendance_certificates import request_certificate
from activities.services.papers import by_name
from cafe.errors import Refusal
from cafe.pdf import page_of
from members.enums import Role
from members.permissions import RoleRequiredMixin, role_required

NO_CERTIFICATE = "Il n’y a d’attestation que pour une personne notée présente, une fois la séance finie."
TEAM = (Role.TEAM, Role.COORDINATION)


def session_of(user, slug):
    sessions = Session.objects.visible_to(user).select_related("activity", "place", "facilitator")
    return get_object_or_404(sessions, slug=slug)


def session_to_mark(user, slug):
    """Return a session whose attendance this person may mark, or raise 404."""
    session = session_of(user, slug)
    if not may_mark(session, user):
        raise Http404
    return session


def certified_people(session, people):
    """Return those whose certificate may be handed over: present, at a session that is over."""
    if session.state == SessionState.CANCELLED or session.ends_at > timezone.now():
        return []
    return [person for person in people if person.presence == Presence.PRESENT and not person.anonymised_at]


@method_decorator(never_cache, name="dispatch")
class EveningView(RoleRequiredMixin, View):
    """What the hosts read before and during a session. The whole team may see it."""

    roles = TEAM

    def get(self, request, slug):
        session = session_of(request.user, slug)
        context = {
            "session": session,
            "hosts": session.hosts.order_by("hostings__rank"),
            "people": sorted(Registration.objects.expected_at(session), key=by_name),
            "may_mark": may_mark(session, request.user),
            "site_url": settings.SITE_URL,
        }
        return render(request, "activities/evening/sheet.html", context)


@method_decorator(never_cache, name="dispatch")
class AttendanceView(RoleRequiredMixin, View):
    """Who came. Each choice is sent as it is made; without JavaScript, one button sends them all."""

    roles = TEAM

    def get(self, request, slug):
        return self.page(session_to_mark(request.user, slug), WalkInForm())

    def page(self, session, form):
        people = sorted(attendance.people_at(session), key=by_name)
        context = {
            "session": session,
            "people": people,
            "counts": attendance.counts_of(people),
            "closed": why_not_marking(session, self.request.user),
            "certified": certified_people(session, people),
            "can_hold": session.state == SessionState.PUBLISHED and session.starts_at <= timezone.now(),
            "form": form,
        }
        return render(self.request, "activities/evening/attendance.html", context)

    def post(self, request, slug):
        session = session_to_mark(request.user, slug)
        ticks = posted_ticks(request.POST, attendance.people_at(session), now=timezone.now())
        try:
            attendance.mark(session=session, ticks=ticks, by=request.user)
            messages.success(request, "Les présences sont enregistrées.")
        except Refusal as refusal:
            messages.error(request, refusal.sentence)
        return redirect("attendance", slug)


@never_cache
@role_required(*TEAM)
@require_POST
def attendance_ticks(request, slug):
    """Ticks as a phone sends them; answers with everybody's state, so that two hosts see each other's.

    400 for what is no list of ticks; 409 with the sentence of a refusal.
    """
    session = session_to_mark(request.user, slug)
    try:
        ticks = sent_ticks(request.body, now=timezone.now())
        attendance.mark(session=session, ticks=ticks, by=request.user)
    except Refusal as refusal:
        return JsonResponse({"sentence": refusal.sentence}, status=409)
    except ValueError:
        return JsonResponse({"sentence": "Ces présences sont illisibles."}, status=400)
    states = {person.pk: person.presence for person in attendance.people_at(session) if person.presence}
    return JsonResponse({"states": states})


class WalkInView(AttendanceView):
    """Somebody who came without having registered."""

    def get(self, request, slug):
        return redirect("attendance", session_to_mark(request.user, slug).slug)

    def post(self, request, slug):
        session = session_to_mark(request.user, slug)
        form = WalkInForm(request.POST)
        if form.is_valid():
            try:
                person = attendance.add_walk_in(session=session, by=request.user, **form.cleaned_data)
            except Refusal as refusal:
                form.add_error(None, refusal.sentence)
            else:
                messages.success(request, f"{person.get_full_name()} est dans la liste, et présent.")
                return redirect("attendance", slug)
        return self.page(session, form)


@never_cache
@role_required(*TEAM)
@require_GET
def attendance_certificate(request, slug, pk):
    """The certificate of somebody present, for who gave no address to be sent it, or asks for it on paper."""
    session = session_to_mark(request.user, slug)
    registration = get_object_or_404(Registration, pk=pk, session_id=session.registering_session_id)
    try:
        document = request_certificate(registration=registration, slug=slug, user=request.user)
    except Refusal:
        messages.error(request, NO_CERTIFICATE)
        return redirect("attendance", slug)
    return redirect(page_of(document))


@role_required(*TEAM)
@require_POST
def attendance_hold(request, slug):
    session = session_to_mark(request.user, slug)
    try:
        planning.hold_session(session=session, by=request.user)
        messages.success(request, "La séance est marquée tenue. Merci.")
    except Refusal as refusal:
        messages.error(request, refusal.sentence)
    return redirect("attendance", slug)
