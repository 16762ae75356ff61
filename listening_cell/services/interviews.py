"""The interview log: notes sealed to the pair, only ever added. A change is a new version of the whole note."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.utils import timezone
from django.views.decorators.debug import sensitive_variables

from cafe.errors import Refusal
from listening_cell import guide
from listening_cell.services import booking, casework, following

INTERVIEW = "interview"
CHANGED = "Votre binôme a changé ce compte rendu entre-temps. Relisez sa version, puis reprenez la vôtre ci-dessous."


class Changed(Refusal):
    """The other peer wrote a version meanwhile."""

    def __init__(self):
        super().__init__(CHANGED)


@dataclass(frozen=True)
class Interview:
    """One talk of the log. versions: every Written of it, oldest first; number: that of the first, which names it."""

    versions: tuple

    @property
    def number(self):
        return self.versions[0].number

    @property
    def latest(self):
        return self.versions[-1]

    @property
    def content(self):
        return self.latest.content

    @property
    def earlier(self):
        """Return the versions that the latest replaced, newest first."""
        return self.versions[-2::-1]


def interviews_of(notes):
    """Return the Interview of each chain of versions among the notes of a case, the newest talk first."""
    chains, heads = {}, {}
    for note in notes:
        if note.content.get("kind") != INTERVIEW:
            continue
        head = heads.get(note.content.get("replaces"), note.number)
        heads[note.number] = head
        chains.setdefault(head, []).append(note)
    found = [Interview(tuple(versions)) for versions in chains.values()]
    return sorted(found, key=lambda one: (one.content["day"], one.number), reverse=True)


def interview_of(notes, number):
    """Return the Interview that a number names, or None."""
    return next((one for one in interviews_of(notes) if one.number == number), None)


@sensitive_variables()
@transaction.atomic
def write_interview(*, opened, envelope, content, replaces=None):
    """Add a talk to the log, or a version of one; return the Note. content: what the form gives, plain values.

    replaces: the number of the version that was on screen. content["next"], where it is given, is an hour at which
    both are free: the next talk is held in the same transaction. Raises SlotTaken; Changed where the other peer wrote
    a version meanwhile.
    """
    held = following.hold_to_write(opened, envelope)
    if replaces is not None:
        latest = [one.latest.number for one in interviews_of(casework.read_notes(held))]
        if replaces not in latest:
            raise Changed
    whole = {"kind": INTERVIEW, "replaces": replaces} | content
    note = casework.write_note(opened=held, author=envelope.peer_id, content=whole)
    if content.get("next"):
        following.set_talk(opened=held, envelope=envelope, starts_at=datetime.fromisoformat(content["next"]))
    return note


def day_of_last_talk(case, now=None):
    """Return the day of the last talk that has begun, today where there is none: what a new note is most likely of."""
    now = now or timezone.now()
    begun = case.reservations.filter(slot__starts_at__lte=now).order_by("-slot__starts_at")
    return timezone.localdate(begun.values_list("slot__starts_at", flat=True).first() or now)


def hours_in_common(case, now=None):
    """Return the hours at which the whole pair is free; none where a peer is missing."""
    pair = following.pair_of(case)
    return booking.read_board(now).common(pair) if len(pair) == following.PAIR else []


def day_of(content):
    """Return the day of a talk."""
    return date.fromisoformat(content["day"])


def next_of(content):
    """Return the hour that was set for the next talk as this one was written down, or None."""
    return datetime.fromisoformat(content["next"]) if content.get("next") else None


def talks_held(interviews):
    return sum(one.content["held"] == "held" for one in interviews)


def sheets_handed(interviews):
    """Return the slugs of the sheets handed over in the whole case, the last ones first, each once."""
    return list(dict.fromkeys(slug for one in interviews for slug in one.content["resources"]))


def suggested_motives(interviews):
    return guide.motives([one.content for one in interviews])
