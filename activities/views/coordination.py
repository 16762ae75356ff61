"""The coordination's list of sessions, and the page from which one session is followed."""

from django.db.models import F
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.http import require_safe
from django.views.generic import DetailView

from activities.days_off import remarks
from activities.enums import RegistrationState, SessionState
from activities.forms.coordination_lists import SessionFilter
from activities.forms.lists import RegistrationFilter
from activities.models import Session
from activities.services.series import together
from cafe.exports import table_response
from cafe.lists import FilteredListView
from cafe.models import Portal
from members.enums import Role
from members.permissions import RoleRequiredMixin, role_required

SESSION_HEADER = [
    *("Date", "Activité", "Nature", "Lieu", "Commune", "Intervenant", "Référents", "État"),
    *("Places", "Places supplémentaires", "Inscrits", "Places proposées", "En attente", "Participation (€)"),
]
REGISTRATION_HEADER = [
    *("État", "Ordre d’arrivée", "Prénom", "Nom", "Adresse e-mail", "Téléphone", "Profession", "Commune"),
    *("Adhérent de la CPTS", "Remarques", "Inscrit le", "Confirmé le"),
    *("Place proposée jusqu’au", "Annulé le", "Raison", "Après le report"),
]


class CoordinationMixin(RoleRequiredMixin):
    roles = (Role.COORDINATION,)


def coordination_required(view):
    return role_required(Role.COORDINATION)(view)


def sessions_with_counts():
    """All sessions with what the list and its exports show, in two statements whatever their number."""
    return Session.objects.for_display().annotate(offers=F("occupied") - F("confirmed")).order_by("-starts_at", "pk")


class ManageSessionsView(CoordinationMixin, FilteredListView):
    template_name = "activities/manage/sessions.html"
    filterset_class = SessionFilter
    paginate_by = 30

    def get_queryset(self):
        return sessions_with_counts()


def session_row(session):
    place = session.place
    return [
        *(session.starts_at, session.activity.title, session.activity.get_kind_display()),
        *(place.name if place else "", place.commune if place else ""),
        session.facilitator.name if session.facilitator else "",
        ", ".join(host.get_full_name() for host in session.hosts.all()),
        session.get_state_display(),
        *(session.capacity, session.extra_places, session.confirmed, session.offers, session.waiting, session.fee),
    ]


@coordination_required
@require_safe
def sessions_export(request, extension):
    """The list as it is filtered and sorted on the page, all pages together."""
    sessions = SessionFilter(request.GET, queryset=sessions_with_counts()).qs
    rows = [session_row(session) for session in sessions]
    return table_response(extension=extension, name="seances", header=SESSION_HEADER, rows=rows)


def grouped(registrations):
    """Return the registrations by state, and give each waiting one its place in line."""
    groups = {state.value: [] for state in RegistrationState}
    for registration in registrations:
        groups[registration.state].append(registration)
    for position, registration in enumerate(groups[RegistrationState.WAITING], start=1):
        registration.position = position
    return groups


class ManageSessionView(CoordinationMixin, DetailView):
    """One session: its counts, its people, the moments others would have liked, and what can be done now."""

    template_name = "activities/manage/session.html"
    context_object_name = "session"

    def get_queryset(self):
        return sessions_with_counts()

    def get_context_data(self, **kwargs):
        groups = grouped(self.object.registrations.order_by("number"))
        asked = [one for one in groups[RegistrationState.CONFIRMED] if one.reconfirm_asked_at]
        silent = sum(one.to_reconfirm for one in asked)
        session = self.object
        session.registrations_total = sum(len(group) for group in groups.values())
        session.live = session.occupied + session.waiting
        related = list(together(session)) if session.series_id or session.cycle_size > 1 else []
        when = timezone.localtime(session.starts_at).date()
        return super().get_context_data(
            groups=groups,
            reconfirming={"asked": len(asked), "silent": silent, "confirmed": len(asked) - silent},
            wishes=self.object.time_wishes.filter(count__gt=0).order_by("-count", "slot"),
            begun=self.object.starts_at <= timezone.now(),
            together=related,
            drafts=sum(one.state == SessionState.DRAFT and one.starts_at > timezone.now() for one in related),
            date_remarks=remarks(when, Portal.load().school_zone),
            **kwargs,
        )


@coordination_required
@require_safe
def session_preview(request, slug):
    """The public page, which the coordination sees before it is published."""
    return redirect(get_object_or_404(Session, slug=slug))


def registration_row(registration, questions):
    given = {answer.question_id: answer.value for answer in registration.answers.all()}
    return [
        *(registration.get_state_display(), registration.number, registration.first_name, registration.last_name),
        *(registration.email, registration.phone, registration.get_profession_display(), registration.commune),
        *(registration.cpts_member, registration.remarks, registration.created_at, registration.confirmed_at),
        *(registration.offer_ends_at, registration.cancelled_at, registration.get_cancel_reason_display()),
        registration.reconfirmation,
        *(given.get(question.pk, "") for question in questions),
    ]


@coordination_required
@require_safe
def registrations_export(request, slug, extension):
    """The list as it is filtered and sorted on its page, with the answers to the session's questions."""
    session = get_object_or_404(Session, slug=slug)
    questions = list(session.questions.all())
    registrations = session.registrations.order_by("number").prefetch_related("answers")
    rows = [registration_row(one, questions) for one in RegistrationFilter(request.GET, queryset=registrations).qs]
    header = [*REGISTRATION_HEADER, *(question.text for question in questions)]
    return table_response(extension=extension, name=f"inscriptions-{session.slug}", header=header, rows=rows)
