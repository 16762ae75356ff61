"""The team's own pages: my evenings, my answers and absences, the common calendar, my calendar's address."""

from datetime import timedelta

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.db.models import Q
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.views import View
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe
from django.views.generic import TemplateView

from activities.forms.rota import AbsenceForm, AnswersForm, WithdrawForm
from activities.models import Absence, CalendarFeed, Session, TeamEvent
from activities.seasons import local_midnight, month_weeks, parse_month
from activities.services import attendance, hosting
from activities.team_calendar import hosting_event, team_event
from cafe import ics, mail
from cafe.errors import Refusal
from members.enums import Role
from members.permissions import RoleRequiredMixin, role_required

FEED_PAST = timedelta(days=92)
team_required = role_required(Role.TEAM)
calendar_required = role_required(Role.TEAM, Role.COORDINATION)


@method_decorator(never_cache, name="dispatch")
class TeamHome(RoleRequiredMixin, View):
    """My evenings, the sessions that wait for my answer, my absences: one page, each form with its own button."""

    roles = (Role.TEAM,)

    def page(self, answers=None, absence=None):
        user = self.request.user
        mine = hosting.sessions_to_host().filter(hostings__user=user).with_counts()
        context = {
            "mine": mine.prefetch_related("hostings__user"),
            "to_mark": attendance.sessions_to_mark(user),
            "answers": answers or self.answers_form(),
            "absence": absence or AbsenceForm(),
            "absences": user.absences.filter(last_day__gte=timezone.localdate()),
        }
        return render(self.request, "activities/team/home.html", context)

    def answers_form(self, data=None):
        sessions = hosting.sessions_to_answer(self.request.user).prefetch_related("hostings__user")
        return AnswersForm(data, sessions=sessions, user=self.request.user)

    def get(self, request):
        return self.page()

    def post(self, request):
        form = self.answers_form(request.POST)
        if not form.is_valid():
            return self.page(answers=form)
        hosting.answer_sessions(user=request.user, answers=form.answers())
        messages.success(request, "Vos réponses sont enregistrées. Merci.")
        return redirect("team")


class AbsenceAdd(TeamHome):
    def get(self, request):
        return redirect("team")

    def post(self, request):
        form = AbsenceForm(request.POST, instance=Absence(user=request.user))
        if not form.is_valid():
            return self.page(absence=form)
        form.save()
        messages.success(request, "Votre absence est notée : aucune soirée ne vous sera proposée ces jours-là.")
        return redirect(reverse("team") + "#absences")


@team_required
@require_POST
def absence_delete(request, pk):
    get_object_or_404(Absence, pk=pk, user=request.user).delete()
    messages.success(request, "Cette absence est retirée.")
    return redirect(reverse("team") + "#absences")


class TeamWithdraw(RoleRequiredMixin, View):
    """« Je ne peux plus » : asks once, with room for a word, then frees the seat and tells the others."""

    roles = (Role.TEAM,)

    def page(self, session, form):
        others = session.hosts.exclude(pk=self.request.user.pk)
        context = {"session": session, "form": form, "others": others}
        return render(self.request, "activities/team/withdraw.html", context)

    def session(self, slug):
        mine = hosting.sessions_to_host().filter(hostings__user=self.request.user)
        return get_object_or_404(mine, slug=slug)

    def get(self, request, slug):
        return self.page(self.session(slug), WithdrawForm())

    def post(self, request, slug):
        session, form = self.session(slug), WithdrawForm(request.POST)
        if not form.is_valid():
            return self.page(session, form)
        try:
            hosting.withdraw(session=session, user=request.user, word=form.cleaned_data["word"])
            messages.success(request, "C’est noté. L’équipe et la coordination sont prévenues.")
        except Refusal as refusal:
            messages.error(request, refusal.sentence)
        return redirect("team")


def team_month(month):
    """Return the weeks of a month with sessions, team events and absences in each day, and the same as lists.

    Five statements, whatever the month holds. Drafts are in it, since hosts are found before publication.
    """
    sessions = Session.objects.for_display().prefetch_related("hostings__user").order_by("starts_at", "pk")
    found = month_weeks(month, sessions)
    events = TeamEvent.objects.filter(starts_at__gte=local_midnight(month), starts_at__lt=local_midnight(found["next"]))
    absences = Absence.objects.filter(first_day__lt=found["next"], last_day__gte=month).select_related("user")
    for cell in (cell for week in found["weeks"] for cell in week if cell["inside"]):
        date = cell["date"]
        cell["events"] = [event for event in events if timezone.localdate(event.starts_at) == date]
        cell["absences"] = [one for one in absences if one.first_day <= date <= one.last_day]
    meetings = sorted([*found["sessions"], *events], key=lambda one: one.starts_at)
    return found | {"events": events, "absences": absences, "meetings": meetings}


@method_decorator(never_cache, name="dispatch")
class TeamAgenda(RoleRequiredMixin, TemplateView):
    roles = (Role.TEAM, Role.COORDINATION)
    template_name = "activities/team/agenda.html"

    def get_context_data(self, **kwargs):
        month = parse_month(self.request.GET.get("mois", "")) or timezone.localdate().replace(day=1)
        feed = CalendarFeed.objects.filter(user=self.request.user).first()
        address = mail.absolute(reverse("team_feed", args=[feed.key])) if feed else ""
        return super().get_context_data(**team_month(month), month=month, feed=feed, address=address, **kwargs)


@calendar_required
@require_POST
def feed_renew(request):
    """Give a new address; the old one, if any, ends at once."""
    CalendarFeed.objects.filter(user=request.user).delete()
    CalendarFeed.objects.create(user=request.user)
    messages.success(request, "Votre nouvelle adresse d’agenda est prête. Une adresse plus ancienne ne répond plus.")
    return redirect(reverse("team_agenda") + "#abonnement")


@calendar_required
@require_POST
def feed_end(request):
    CalendarFeed.objects.filter(user=request.user).delete()
    messages.success(request, "Votre adresse d’agenda ne répond plus.")
    return redirect(reverse("team_agenda") + "#abonnement")


@require_safe
@login_not_required
@never_cache
def team_feed(request, key):
    """The calendar of whoever holds the key: sessions I host and team events; with ?seances=toutes, all sessions."""
    feed = get_object_or_404(CalendarFeed.objects.select_related("user"), key=key)
    if not feed.user.has_role(Role.TEAM, Role.COORDINATION):
        raise Http404
    since = local_midnight(timezone.localdate() - FEED_PAST)
    sessions = Session.objects.filter(starts_at__gte=since).select_related("activity", "place").order_by("starts_at")
    hosted = set(feed.user.hostings.filter(session__starts_at__gte=since).values_list("session", flat=True))
    shown = Q(pk__in=hosted)
    if request.GET.get("seances") == "toutes":
        shown |= Q(state__in=Session.State.public)
    events = [hosting_event(one, hosted=one.pk in hosted) for one in sessions.filter(shown)]
    events += [team_event(one) for one in TeamEvent.objects.filter(starts_at__gte=since)]
    content = ics.calendar(events, name="Mes soirées, Café des Soignants")
    return HttpResponse(content, content_type="text/calendar; charset=utf-8")
