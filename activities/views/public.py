from functools import cache

from crispy_forms.templatetags.crispy_forms_filters import as_crispy_field
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.views import View
from django.views.decorators.http import require_POST, require_safe
from django.views.generic import ListView, TemplateView

from activities.calendars import session_event
from activities.enums import ActivityKind, SessionState
from activities.forms.registration import RegistrationForm, TimeWishForm
from activities.links import registration_path
from activities.models import Question, Session
from activities.permissions import why_closed
from activities.seasons import month_weeks, parse_month, season_of
from activities.services.registering import register
from activities.services.retention import registrations_of
from activities.services.wishes import count_time_wishes
from cafe import ics, subscriptions
from cafe.errors import Refusal
from cafe.limits import client_address, within_limit
from cafe.models import Portal
from cafe.seal import seal, unseal

RECEIPT_SECONDS = 3600


class KindMixin:
    """Narrow a list of sessions to one kind of activity with ?nature=; an unknown kind is ignored."""

    @property
    def kind(self):
        kind = self.request.GET.get("nature", "")
        return kind if kind in ActivityKind.values else ""

    def of_kind(self, sessions):
        return sessions.filter(activity__kind=self.kind) if self.kind else sessions

    def get_context_data(self, **kwargs):
        return super().get_context_data(kinds=ActivityKind.choices, kind=self.kind, **kwargs)


@method_decorator(login_not_required, name="dispatch")
class SessionListView(KindMixin, ListView):
    template_name = "activities/session_list.html"
    paginate_by = 12  # a season's worth

    def get_queryset(self):
        return self.of_kind(Session.objects.upcoming().for_list())


@method_decorator(login_not_required, name="dispatch")
class PastSessionsView(KindMixin, TemplateView):
    """Seasons run from September to August; one season a page, the latest first."""

    template_name = "activities/past_sessions.html"

    def get_context_data(self, **kwargs):
        past = Session.objects.past()
        seasons = sorted({season_of(day) for day in past.dates("starts_at", "month")}, reverse=True)
        asked = self.request.GET.get("saison", "")
        season = next((one for one in seasons if one.slug == asked), seasons[0] if seasons else None)
        sessions = self.of_kind(past.for_list().order_by("-starts_at"))
        sessions = sessions.filter(starts_at__gte=season.start, starts_at__lt=season.end) if season else []
        return super().get_context_data(seasons=seasons, season=season, sessions=sessions, **kwargs)


@method_decorator(login_not_required, name="dispatch")
class AgendaMonthView(TemplateView):
    template_name = "activities/agenda_month.html"

    def get_context_data(self, **kwargs):
        month = parse_month(self.request.GET.get("mois", "")) or timezone.localdate().replace(day=1)
        sessions = Session.objects.filter(state__in=SessionState.public).for_list().order_by("starts_at")
        return super().get_context_data(**month_weeks(month, sessions), month=month, **kwargs)


@require_safe
@login_not_required
def agenda_ics(request):
    """All coming sessions as a calendar to subscribe to; a cancelled one says so for as long as it lies ahead."""
    states = [SessionState.PUBLISHED, SessionState.CANCELLED]
    sessions = Session.objects.filter(state__in=states, starts_at__gt=timezone.now())
    sessions = sessions.select_related("activity", "place").order_by("starts_at")
    organizer = Portal.load().contact_email
    events = [session_event(one, organizer=organizer) for one in sessions]
    content = ics.calendar(events, name="Café des Soignants")
    return HttpResponse(content, content_type="text/calendar; charset=utf-8")


@require_safe
@login_not_required
def session_ics(request, slug):
    """The session, or all dates of its cycle, as anybody may have them: without a private address."""
    sessions = Session.objects.visible_to(request.user).select_related("activity", "place")
    session, organizer = get_object_or_404(sessions, slug=slug), Portal.load().contact_email
    events = [session_event(one, organizer=organizer) for one in session.cycle or [session]]
    content = ics.calendar(events, name="Café des Soignants")
    headers = {"Content-Disposition": f'attachment; filename="{slug}.ics"'}
    return HttpResponse(content, content_type="text/calendar; charset=utf-8", headers=headers)


def initial_details(user):
    """Return what the form knows already of a signed-in person."""
    if not user.is_authenticated:
        return {}
    names = ["first_name", "last_name", "email", "profession", "commune", "cpts_member", "gender", "phone"]
    return {name: getattr(user, name) for name in names}


@cache
def blank_fields():
    """Render the fields as a visitor without account first sees them: alike for all, so once in a process's life.

    For a session without questions, that is.
    """
    return {
        "registration": render_to_string("activities/_registration_fields.html", {"form": RegistrationForm()}),
        "wishes": as_crispy_field(TimeWishForm()["slots"]),
    }


@method_decorator(login_not_required, name="dispatch")
class SessionView(View):
    """A session and its registration form, on one page."""

    def page(self, request, slug, form=None, wish_form=None):
        sessions = Session.objects.visible_to(request.user).for_page()
        session = get_object_or_404(sessions, slug=slug)
        context = {"session": session, "closed": why_closed(session), "mine": self.my_registration(session)}
        context["site_url"] = settings.SITE_URL
        if not (form or context["closed"] or context["mine"]):
            form = self.own_form(session)
        context |= {"form": form, "wish_form": wish_form, "blank": blank_fields()}
        return render(request, "activities/session.html", context)

    def own_form(self, session):
        """Return a form where the fields rendered once for all will not do: questions, or somebody who is known."""
        questions = session.carrier.questions.all() if session.question_count else []
        if not questions and not self.request.user.is_authenticated:
            return None
        return RegistrationForm(initial=initial_details(self.request.user), questions=questions)

    def my_registration(self, session):
        if not self.request.user.is_authenticated:
            return None
        mine = registrations_of(self.request.user).live().filter(session_id=session.registering_session_id).first()
        if mine:
            mine.path = registration_path(mine)
        return mine

    def get(self, request, slug):
        return self.page(request, slug)

    def post(self, request, slug):
        form = RegistrationForm(request.POST, questions=Question.objects.filter(session__slug=slug))
        if form.is_machine:
            return redirect(receipt_path(slug, "", free=True))
        if form.is_valid():
            try:
                receipt = self.register(slug, form.details() | {"answers": form.answers()})
            except Refusal as refusal:
                form.add_error(None, refusal.sentence)
            else:
                if subscription := form.subscription():
                    subscriptions.ask(**subscription)
                return redirect(receipt)
        return self.page(request, slug, form)

    def register(self, slug, details):
        who = client_address(self.request)
        if not within_limit(scope="register", who=who, limit=settings.REGISTRATIONS_PER_HOUR, seconds=3600):
            raise Refusal("Trop d’inscriptions viennent de cette connexion. Réessayez dans une heure, ou écrivez-nous.")
        sessions = Session.objects.visible_to(self.request.user)
        try:
            registration, free = register(slug=slug, sessions=sessions, **details)
        except Session.DoesNotExist as error:
            raise Http404 from error
        return receipt_path(slug, registration.email, free=free)


def receipt_path(slug, email, *, free):
    return reverse("session_registered", args=[slug, seal("registered", f"{int(free)}{email}")])


@require_safe
@login_not_required
def session_registered(request, slug, receipt):
    """« C’est noté »: the same page for a first and for a second registration of one address."""
    text = unseal("registered", receipt, max_age=RECEIPT_SECONDS)
    if text is None:
        return redirect("session", slug)
    sessions = Session.objects.visible_to(request.user).select_related("activity", "place")
    context = {"session": get_object_or_404(sessions, slug=slug), "free": text[0] == "1", "email": text[1:]}
    return render(request, "activities/session_registered.html", context)


@require_POST
@login_not_required
def session_time_wishes(request, slug):
    form = TimeWishForm(request.POST)
    if not form.is_valid():
        return SessionView(request=request).page(request, slug, wish_form=form)
    may = within_limit(scope=f"wish:{slug}", who=client_address(request), limit=20, seconds=86400)
    if may and not form.is_machine:
        try:
            count_time_wishes(slug=slug, slots=form.cleaned_data["slots"])
        except Session.DoesNotExist as error:
            raise Http404 from error
    messages.success(request, "Merci : nous en tiendrons compte pour les prochaines dates.")
    return redirect("session", slug)
