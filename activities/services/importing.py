"""Importing a Google Forms export into a session: a draft that is looked at, then all of it or nothing."""

import uuid
from dataclasses import dataclass
from datetime import timedelta

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from activities.enums import Presence, RegistrationState, SessionState
from activities.models import Attendance, ImportDraft, Person, Registration
from activities.notifications import importing as notifications
from activities.services.import_columns import guess_columns
from activities.services.import_files import read_table
from activities.services.import_rows import Outcome, Purpose, columns_problem, examine
from activities.services.locking import lock_session
from activities.services.planning import check_whole
from cafe import mail
from cafe.drafts import GONE
from cafe.errors import Refusal
from cafe.models import Portal

State = RegistrationState
KEPT = timedelta(days=1)


@dataclass(frozen=True)
class Imported:
    """What an import did: people registered, of whom some wait, and attendances noted."""

    added: int
    waiting: int
    present: int


def purposes_of(session):
    """Return what can be imported into this session: people who came, once it has begun; registrations always."""
    if session.starts_at > timezone.now():
        return [Purpose.REGISTRATIONS]
    return [Purpose.ATTENDANCES, Purpose.REGISTRATIONS]


def why_not_importable(session):
    """Return why nothing can be imported into this session, or None where it can."""
    if session.state == SessionState.CANCELLED:
        return "Cette séance est annulée : on n’y importe plus rien."
    if session.state == SessionState.DRAFT and session.starts_at > timezone.now():
        return "Publiez d’abord la séance : les inscriptions s’importent ensuite."
    if Registration.objects.filter(session_id=session.registering_session_id, anonymised_at__isnull=False).exists():
        return "Les noms de cette séance ont été effacés avec le temps : on ne saurait plus qui y est déjà."
    return None


@transaction.atomic
def start_import(*, session, upload, user):
    """Read an uploaded file and keep it as this person's draft, with a guess at its columns. Raises Refusal."""
    refuse(why_not_importable(session))
    headers, rows = read_table(upload)
    ImportDraft.objects.filter(user=user, session=session).delete()
    return ImportDraft.objects.create(
        session=session, user=user, headers=headers, rows=rows, columns=guess_columns(headers)
    )


def refuse(sentence):
    """Raise Refusal where there is a sentence."""
    if sentence:
        raise Refusal(sentence)


def choose_columns(*, draft, columns):
    """Keep the columns that the coordinator corrected: {field: index}."""
    ImportDraft.objects.filter(pk=draft.pk).update(columns=columns)


@transaction.atomic
def import_draft(*, draft, purpose, by, skip_errors=False, mail_people=False):
    """Write everything that the draft's rows say into its session, or nothing; return what was done.

    The session is locked and the rows are judged again. One row in error blocks all, unless skip_errors. Into a
    session to come, people take the places left in the order of their « Horodateur », then queue; mail_people tells
    them. Importing who came marks the session held. The draft is deleted. Raises Refusal.
    """
    session = lock_session(pk=draft.session_id)
    carrier = lock_session(pk=session.registering_session_id) if session.head_id else session
    draft = ImportDraft.objects.select_for_update().filter(pk=draft.pk).first()
    if draft is None:
        raise Refusal(GONE)
    refuse(why_not_importable(session) or columns_problem(draft.columns, purpose))
    if purpose not in purposes_of(session):
        raise Refusal("Cette séance n’a pas encore eu lieu : personne n’a pu y venir.")
    rows = examine(session=session, headers=draft.headers, rows=draft.rows, columns=draft.columns, purpose=purpose)
    if not skip_errors:
        refuse(first_error(rows))
    added = add_people(rows, carrier=carrier, by=by)
    present = note_present(rows, added, session=session, by=by) if purpose == Purpose.ATTENDANCES else 0
    if mail_people and carrier.starts_at > timezone.now():
        portal = Portal.load()
        mail.send_many([notifications.imported(registration, carrier, portal=portal) for registration in added])
    draft.delete()
    waiting = sum(registration.state == State.WAITING for registration in added)
    return Imported(added=len(added), waiting=waiting, present=present)


def first_error(rows):
    """Return the sentence that names the first row in error, or None."""
    bad = [row for row in rows if row.errors]
    if not bad:
        return None
    sentence = f"Rien n’est importé. Ligne {bad[0].number} : {bad[0].errors[0]}"
    return sentence if len(bad) == 1 else f"{sentence} {len(bad)} lignes sont à corriger en tout."


def add_people(rows, *, carrier, by):
    """Register the people of the rows that are new, in the order they had answered; return their registrations."""
    now = timezone.now()
    rows = sorted((row for row in rows if row.outcome == Outcome.NEW), key=lambda row: (row.moment or now, row.number))
    last = carrier.registrations.aggregate(last=Max("number"))["last"] or 0
    free = free_places(carrier, now)
    keys = person_keys({row.values["email"] for row in rows} - {""})
    people = []
    for index, row in enumerate(rows):
        seated = index < free
        registration = Registration(
            **row.values,
            session=carrier,
            number=last + index + 1,
            state=State.CONFIRMED if seated else State.WAITING,
            confirmed_at=now if seated else None,
            person_key=keys.get(row.values["email"]) or uuid.uuid4(),
            moved_by=by,
        )
        people.append(registration)
    people = Registration.objects.bulk_create(people)
    keep_moments(people, [row.moment or now for row in rows])
    return people


def free_places(carrier, now):
    """Return how many newcomers get a place at once: all in a past session, none where anyone waits."""
    if carrier.starts_at <= now:
        return float("inf")
    if carrier.registrations.waiting().exists():
        return 0
    return max(0, carrier.places - carrier.registrations.occupying().count())


def person_keys(emails):
    """Return {address: its random key}, made on first sight, in two statements."""
    Person.objects.bulk_create([Person(email=email) for email in sorted(emails)], ignore_conflicts=True)
    return dict(Person.objects.filter(email__in=emails).values_list("email", "key"))


def keep_moments(people, moments):
    """Date registrations from the day people answered, not from the import."""
    for registration, moment in zip(people, moments, strict=True):
        registration.created_at = moment
    Registration.objects.bulk_update(people, ["created_at"], batch_size=100)


def note_present(rows, added, *, session, by):
    """Mark present those just added and those already registered; the session was held. Returns how many."""
    known = [row.known for row in rows if row.outcome == Outcome.CAME]
    now = timezone.now()
    not_confirmed = Registration.objects.filter(pk__in=known).exclude(state=State.CONFIRMED)
    not_confirmed.update(state=State.CONFIRMED, confirmed_at=now, moved_by=by)
    marked = Attendance.objects.filter(session=session, registration__in=known)
    already = set(marked.values_list("registration_id", flat=True))
    marked.update(presence=Presence.PRESENT, marked_by=by, marked_at=now)
    keys = [registration.pk for registration in added] + [pk for pk in known if pk not in already]
    Attendance.objects.bulk_create(
        Attendance(registration_id=pk, session=session, presence=Presence.PRESENT, marked_by=by) for pk in keys
    )
    hold(session, by=by, now=now)
    return len(added) + len(known)


def hold(session, *, by, now):
    """Mark held a locked session where people came, a draft with a past date included: it enters the figures."""
    if session.state == SessionState.HELD:
        return
    session.state = SessionState.HELD
    check_whole(session)
    session.held_at, session.moved_by = now, by
    session.save(update_fields=["state", "held_at", "moved_by"])


def purge(now, dry_run):
    """Delete the files that have waited for a day; return what was or would be done."""
    old = ImportDraft.objects.filter(created_at__lt=now - KEPT)
    count = old.count()
    if not dry_run:
        old.delete()
    return [f"Fichiers d’import en attente depuis un jour, effacés : {count}."]


def erase(user):
    """Delete the files that this person was about to import."""
    ImportDraft.objects.filter(user=user).delete()


def export(user):
    """Return the files this person was about to import: their titles only, the rows being about other people."""
    drafts = ImportDraft.objects.filter(user=user).select_related("session__activity")
    return [{"seance": str(draft.session), "depuis": draft.created_at.isoformat()} for draft in drafts]
