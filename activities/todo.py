"""What waits for the coordination about sessions, in sentences."""

from datetime import timedelta

from django.db.models import Exists, OuterRef, Subquery
from django.urls import reverse
from django.utils import timezone

from activities.enums import RegistrationState, SessionState
from activities.models import Hosting, HostWithdrawal, Registration, Session
from cafe.templatetags.french import clock, day
from cafe.todo import Line

SOON_EMPTY = timedelta(days=14)
SOON_HOSTS = timedelta(days=45)
SOON_EXPIRED = timedelta(hours=12)
FEW = 1 / 3
SHOWN = 5


def named(session):
    return f"« {session.activity.title} », {day(session.starts_at)}"


def page(session, name="manage_session", anchor=""):
    return reverse(name, args=[session.slug]) + anchor


def to_mark_held(session, now):
    if session.state == SessionState.PUBLISHED and session.ends_at <= now:
        return Line(f"{named(session)} : la séance a-t-elle eu lieu ?", page(session), "La marquer tenue")
    return None


def offer_ending(session, now):
    ending = session.first_offer_end
    if session.state == SessionState.PUBLISHED and ending and now < ending <= now + SOON_EXPIRED:
        sentence = f"{named(session)} : une place proposée attend une réponse jusqu’à {clock(ending)}."
        return Line(sentence, page(session), "Voir la liste d’attente")
    return None


def host_dropped_out(session, now):
    """Said until somebody hosts again, draft or published, however far the session."""
    if session.starts_at > now and session.dropped_out and not session.hosted:
        sentence = f"{named(session)} : un référent s’est désisté, plus personne n’accueille."
        return Line(sentence, f"{reverse('rota')}#repartition", "Trouver un relais")
    return None


def without_host(session, now):
    soon = session.state == SessionState.PUBLISHED and now < session.starts_at <= now + SOON_HOSTS
    if soon and not session.dropped_out and not session.hosted:
        sentence = f"{named(session)} : personne n’accueille encore."
        return Line(sentence, page(session, "manage_session_edit", "#id_host_1"), "Choisir un référent")
    return None


def few_registered(session, now):
    """Under a third of the planned places, two weeks before."""
    soon = session.state == SessionState.PUBLISHED and now < session.starts_at <= now + SOON_EMPTY
    if soon and not session.head_id and session.occupied < session.capacity * FEW:
        count = session.occupied
        people = "personne n’est inscrit" if not count else f"{count} inscrit{'s' if count > 1 else ''}"
        return Line(f"{named(session)} : {people} pour {session.capacity} places.", page(session), "Voir la séance")
    return None


def draft(session, now):
    if session.state != SessionState.DRAFT or session.head_id:
        return None
    if session.starts_at <= now:
        sentence = f"{named(session)} : ce brouillon porte une date passée."
        return Line(sentence, page(session, "manage_session_edit"), "Changer la date")
    return Line(f"{named(session)} : encore un brouillon.", page(session), "Relire et publier")


RULES = [
    (host_dropped_out, "periode=a-venir&tri=starts_at"),
    (offer_ending, "etat=published&periode=a-venir&tri=-waiting"),
    (to_mark_held, "etat=published&periode=passees"),
    (without_host, "etat=published&periode=a-venir&tri=starts_at"),
    (few_registered, "etat=published&periode=a-venir&tri=starts_at"),
    (draft, "etat=draft&tri=starts_at"),
]


def lines():
    """Return the lines of all rules, five a rule at most, then one that leads to the rest. Two statements."""
    now = timezone.now()
    offers = Registration.objects.filter(session=OuterRef("pk"), state=RegistrationState.OFFERED)
    sessions = (
        Session.objects.filter(state__in=(SessionState.DRAFT, SessionState.PUBLISHED))
        .counted()
        .select_related("activity", "head")
        .annotate(
            hosted=Exists(Hosting.objects.filter(session=OuterRef("pk"))),
            first_offer_end=Subquery(offers.order_by("offer_ends_at").values("offer_ends_at")[:1]),
            dropped_out=Exists(HostWithdrawal.objects.filter(session=OuterRef("pk"))),
        )
        .order_by("starts_at", "pk")
    )
    found = [(query, [line for session in sessions if (line := rule(session, now))]) for rule, query in RULES]
    return [line for query, of_rule in found for line in (*of_rule[:SHOWN], *the_rest(of_rule, query))]


def the_rest(of_rule, query):
    more = len(of_rule) - SHOWN
    if more <= 0:
        return []
    sentence = "Une autre séance est dans ce cas." if more == 1 else f"{more} autres séances sont dans ce cas."
    return [Line(sentence, f"{reverse('manage_sessions')}?{query}", "Voir la liste")]
