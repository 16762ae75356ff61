"""What the coordination does with a session: its states, its dates and places, its hosts."""

from copy import copy
from datetime import timedelta
from itertools import chain, count

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.text import slugify

from activities.enums import SessionState
from activities.models import Activity, Session
from activities.services import cycles
from activities.services.catalogue import save_new
from activities.services.changes import count_version, end_registrations, follow_up, hours_changed, people_of
from activities.services.facilitators import send_link
from activities.services.locking import lock_session
from activities.services.questions import copy_questions
from activities.services.seating import check_clashes, give_hosts, hold_people
from cafe.errors import Refusal
from cafe.templatetags.french import day

COPY_STEP = timedelta(weeks=4)
COPIED = (
    *("activity", "activity_minutes", "social_minutes", "place", "audience", "audience_profession"),
    *("capacity", "fee", "equipment", "clothing", "note", "facilitator"),
)
TITLE_IN_SLUG = 100


def new_slug(*, title, starts_at, session_pk=None):
    """Return a free address made of the title and the local date; a number follows where that one is taken."""
    title = slugify(title.replace("’", " ").replace("'", " "))[:TITLE_IN_SLUG].strip("-") or "seance"
    base = f"{title}-{timezone.localtime(starts_at):%Y-%m-%d}"
    others = Session.objects.exclude(pk=session_pk)
    candidates = chain([base], (f"{base}-{number}" for number in count(2)))
    return next(slug for slug in candidates if not others.filter(slug=slug).exists())


def check_whole(session):
    """Raise Refusal with the sentence of the first constraint that the session breaks."""
    try:
        session.validate_constraints()
    except ValidationError as error:
        raise Refusal(error.message_dict.get(NON_FIELD_ERRORS, error.messages)[0]) from error


def save_new_relations(values):
    """Save the activity, place or facilitator that was typed along with the session. Raises Refusal."""
    for name in ("activity", "place", "facilitator"):
        related = values.get(name)
        if related is not None and related.pk is None:
            save_new(related)


@transaction.atomic
def create_session(*, values, hosts=(), by=None):
    """Create a draft from the values of its fields (related objects may be unsaved) and return it; mail its hosts.

    The activity is locked, so that two drafts of the same day get two addresses. Raises Refusal.
    """
    hold_people(hosts)
    save_new_relations(values)
    activity = Activity.objects.select_for_update(no_key=True).get(pk=values["activity"].pk)
    session = Session(**values, moved_by=by)
    session.slug = new_slug(title=activity.title, starts_at=session.starts_at)
    check_whole(session)
    session.save()
    give_hosts(changes=[(session, hosts)])
    return session


@transaction.atomic
def update_session(*, session, values, hosts=None):
    """Change a session's fields, and its hosts where given; return (session, number of people told).

    While it is published and to come, those registered, its hosts and its facilitator are mailed what changed of
    activity, date, hours or place, and places that were added are offered at once. Places never go below those taken or
    offered. A draft that was never published follows its title and date with its address. Raises Refusal.
    """
    hold_people(hosts or ())
    session = lock_session(pk=session.pk)
    if session.state == SessionState.CANCELLED:
        raise Refusal("Une séance annulée ne se modifie plus. Copiez-la pour en proposer une autre.")
    before = copy(session)
    save_new_relations(values)
    for name, value in values.items():
        setattr(session, name, value)
    check_dates(before, session)
    cycles.check_order(session)
    check_places(session)
    if not session.published_at:
        session.slug = new_slug(title=session.activity.title, starts_at=session.starts_at, session_pk=session.pk)
    check_whole(session)
    count_version(before, session)
    session.save()
    if hosts is not None:
        give_hosts(changes=[(session, hosts)])
    if hours_changed(before, session):
        check_clashes([session])
    return session, follow_up(before, session)


def check_dates(before, session):
    """A session that people registered to moves to a date to come; one that was held stays in the past."""
    if session.state == SessionState.DRAFT or session.starts_at == before.starts_at:
        return
    begun = session.starts_at <= timezone.now()
    if session.state == SessionState.PUBLISHED and begun:
        raise Refusal("La nouvelle date est déjà passée. Choisissez une date à venir.")
    if session.state == SessionState.HELD and not begun:
        raise Refusal("Cette séance a eu lieu : sa date ne peut pas être à venir.")


def check_places(session):
    occupied = session.registrations.occupying().count()
    if session.places < occupied:
        raise Refusal(
            f"{occupied} places sont déjà prises ou proposées : gardez-en au moins autant, "
            "ou annulez d’abord des inscriptions."
        )


@transaction.atomic
def publish_session(*, session, by):
    """Open a draft to all. It needs a place, places, a host, and a date to come. Publishing twice changes nothing.

    The first session of a cycle takes the others with it; a date that joins the cycle later is told to its people.
    """
    session = lock_session(pk=session.pk)
    if session.state == SessionState.PUBLISHED:
        return session
    if session.state != SessionState.DRAFT:
        raise Refusal("Seul un brouillon se publie. Copiez cette séance pour en proposer une autre.")
    if session.starts_at <= timezone.now():
        raise Refusal("La date de cette séance est passée. Changez-la avant de publier.")
    cycles.check_carried(session)
    session.state = SessionState.PUBLISHED
    check_whole(session)
    if not session.hostings.exists():
        raise Refusal("Choisissez au moins un référent avant de publier.")
    session.published_at = session.published_at or timezone.now()
    session.moved_by = by
    session.save(update_fields=["state", "published_at", "moved_by"])
    send_link(session=session)
    cycles.tell_added(session)
    publish_all(sessions=cycles.drafts_after(session), by=by)
    return session


@transaction.atomic
def publish_all(*, sessions, by):
    """Publish these drafts, all or none; return how many. Raises Refusal, which names the date that cannot be."""
    drafts = list(sessions)
    for draft in drafts:
        try:
            publish_session(session=draft, by=by)
        except Refusal as refusal:
            raise Refusal(f"Séance du {day(draft.starts_at)} : {refusal.sentence}") from refusal
    return len(drafts)


@transaction.atomic
def unpublish_session(*, session, by):
    """Take a published session back to draft, while nobody is registered: its page disappears, and its cycle's."""
    session = lock_session(pk=session.pk)
    if session.state != SessionState.PUBLISHED:
        raise Refusal("Seule une séance publiée se retire de l’agenda.")
    if people_of(session).live().exists():
        raise Refusal("Des personnes sont inscrites : annulez la séance, elles seront prévenues.")
    session.state = SessionState.DRAFT
    session.moved_by = by
    session.save(update_fields=["state", "moved_by"])
    cycles.unpublish_followers(session, by=by)
    return session


@transaction.atomic
def cancel_session(*, session, message="", by):
    """Cancel a published session for good, end its registrations, and mail each person with the coordinator's word.

    Hosts and facilitator are told too. The first session of a cycle, which carries its registrations, takes what is to
    come of it along. Returns (session, number of people told). Raises Refusal for any other state.
    """
    session = lock_session(pk=session.pk)
    if session.state != SessionState.PUBLISHED:
        raise Refusal("Seule une séance publiée s’annule.")
    session.state = SessionState.CANCELLED
    session.cancelled_at = timezone.now()
    session.cancel_message = message
    session.moved_by = by
    session.sequence += 1
    session.save(update_fields=["state", "cancelled_at", "cancel_message", "moved_by", "sequence"])
    cycles.cancel_followers(session)
    return session, end_registrations(session, by=by)


@transaction.atomic
def hold_session(*, session, by):
    """Mark a published session as held, once it has started. Marking it twice changes nothing."""
    session = lock_session(pk=session.pk)
    if session.state == SessionState.HELD:
        return session
    if session.state != SessionState.PUBLISHED:
        raise Refusal("Seule une séance publiée peut être marquée tenue.")
    if session.starts_at > timezone.now():
        raise Refusal("Cette séance n’a pas encore commencé.")
    session.state = SessionState.HELD
    session.held_at = timezone.now()
    session.moved_by = by
    session.save(update_fields=["state", "held_at", "moved_by"])
    return session


def next_same_day(moment, *, now):
    """Return the first moment to come, a whole number of four weeks later, at the same local hour."""
    local = timezone.localtime(moment).replace(tzinfo=None) + COPY_STEP
    while timezone.make_aware(local) <= now:
        local += COPY_STEP
    return timezone.make_aware(local)


@transaction.atomic
def copy_session(*, session, by):
    """Return a new draft like this session, four weeks later or more, without hosts, extra places nor opening dates.

    It asks the same questions.
    """
    values = {name: getattr(session, name) for name in COPIED}
    values["starts_at"] = next_same_day(session.starts_at, now=timezone.now())
    draft = create_session(values=values, by=by)
    copy_questions(source=session, target=draft)
    return draft


@transaction.atomic
def delete_session(*, session):
    """Delete a draft that nobody ever registered to. Raises Refusal."""
    session = lock_session(pk=session.pk)
    if session.state != SessionState.DRAFT:
        raise Refusal("Seul un brouillon se supprime. Une séance publiée s’annule.")
    if session.registrations.exists():
        raise Refusal("Ce brouillon garde la trace d’inscriptions annulées : il ne se supprime pas.")
    if session.followers.exists():
        raise Refusal("Un cycle commence par ce brouillon : supprimez d’abord ses autres séances.")
    session.delete()
