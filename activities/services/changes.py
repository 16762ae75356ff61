"""What follows when a session that people registered to moves, changes or is cancelled: who is told, who is asked."""

from django.utils import timezone

from activities.enums import CancelReason, SessionState
from activities.models import Registration
from activities.notifications import registrations as to_people
from activities.notifications import sessions as to_team
from activities.services.facilitators import send_link
from activities.services.offers import offer_places
from cafe import mail
from cafe.models import Portal
from cafe.templatetags.french import clock, day


def when(session):
    """Return the session's local date and hours in full French words, year included."""
    return f"{day(session.starts_at)}, {clock(session.starts_at)} – {clock(session.ends_at)}"


def hours_changed(before, session):
    return (before.starts_at, before.ends_at) != (session.starts_at, session.ends_at)


def changes_between(before, session):
    """Return the sentences that tell a registered person what is no longer as she knows it."""
    sentences = []
    if before.activity_id != session.activity_id:
        sentences.append(f"L’activité devient « {session.activity} ».")
    if hours_changed(before, session):
        sentences.append(f"Nouvel horaire : {when(session)}, au lieu de : {when(before)}.")
    if before.place_id != session.place_id:
        sentences.append(f"Nouveau lieu : {session.place}, au lieu de : {before.place}.")
    return sentences


def count_version(before, session):
    """Give a session that calendars may hold its next iCalendar SEQUENCE, where what they show has changed."""
    in_calendars = session.published_at or session.state != SessionState.DRAFT
    if in_calendars and changes_between(before, session):
        session.sequence += 1


def people_of(session):
    """Return the registrations that count for this session: its own, or those of the cycle it belongs to."""
    return Registration.objects.filter(session_id=session.registering_session_id)


def follow_up(before, session):
    """Offer the places added, tell everybody what changed; return how many registered people are told.

    Those who have a place keep it. Where the date or the hours changed they are asked whether they still come; in a
    cycle they are told only, since they registered to the whole.
    """
    if session.state != SessionState.PUBLISHED or session.starts_at <= timezone.now():
        return 0
    # Brought forward, the session would begin before the offer ends: it ends with it.
    late = session.registrations.filter(state=Registration.State.OFFERED, offer_ends_at__gt=session.starts_at)
    late.update(offer_ends_at=session.starts_at)
    if hours_changed(before, session) and not session.head_id:
        placed = session.registrations.filter(state=Registration.State.CONFIRMED).exclude(email="")
        placed.update(to_reconfirm=True, reconfirm_asked_at=timezone.now())
    told = tell_changed(before, session)
    offer_places(session=session)
    if before.facilitator_id != session.facilitator_id:
        send_link(session=session)
    return told


def tell_changed(before, session):
    """Mail what changed to registered people, hosts and facilitator; return how many of the first are told.

    A facilitator chosen in the same stroke knows no earlier date.
    """
    changes = changes_between(before, session)
    if not changes:
        return 0
    portal = Portal.load()
    same_facilitator = before.facilitator_id == session.facilitator_id
    mail.send_many(to_team.changed(session, changes=changes, portal=portal, with_facilitator=same_facilitator))
    people = people_of(session).live().exclude(email="")
    return mail.send_many(to_people.session_changed(one, session, changes=changes, portal=portal) for one in people)


def end_registrations(session, *, by):
    """End the live registrations of a session just cancelled, mail everybody; return how many people are told.

    A cancelled session of a cycle ends nothing: its people come to the others.
    """
    people = list(people_of(session).live())
    session.registrations.live().update(
        state=Registration.State.CANCELLED,
        cancelled_at=session.cancelled_at,
        cancel_reason=CancelReason.SESSION,
        moved_by=by,
    )
    portal = Portal.load()
    mail.send_many(to_team.cancelled(session, portal=portal))
    return mail.send_many(to_people.session_cancelled(one, session, portal=portal) for one in people if one.email)
