"""Who hosts which evening: a fair proposal, computed from plain values so that every choice can be checked.

Rules. Somebody who said no, is absent, or is engaged the same day or at the same time is never proposed. The first seat
of a session goes to who said yes, else « s’il le faut », else, to be confirmed, to who has not answered: an evening has
a host if at all possible. The second seat is a comfort: only those who said yes are proposed for it. Among people who
answered alike, fewest turns first, a turn being a session hosted in the last twelve months, planned, or proposed for an
earlier date. Ties go by the order in which the members are given.
"""

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import Enum
from itertools import groupby

from activities.enums import Availability
from activities.models import MAX_HOSTS

PREFERENCE = {Availability.YES: 0, Availability.IF_NEED_BE: 1, None: 2}
NBSP = "\u00a0"
SAID = {
    Availability.YES: "disponible",
    Availability.IF_NEED_BE: "peut venir s’il le faut, aucune personne libre n’a dit oui",
    None: f"n’a pas répondu{NBSP}: à confirmer, aucune personne libre n’a dit pouvoir venir",
}


@dataclass(frozen=True)
class Evening:
    """A dated session: key, hours, local date, and the seats that are still free (2 where nobody hosts yet)."""

    key: int
    starts_at: datetime
    ends_at: datetime
    day: date
    seats: int = MAX_HOSTS

    def clashes(self, other):
        """Two sessions of one date, or that overlap over midnight: nobody hosts both."""
        return self.day == other.day or (self.starts_at < other.ends_at and other.starts_at < self.ends_at)


@dataclass(frozen=True)
class Member:
    """A possible host: turns so far, sessions already hosted, absences as (first day, last day), answers by session."""

    key: int
    turns: int = 0
    engaged: tuple[Evening, ...] = ()
    absences: tuple[tuple[date, date], ...] = ()
    answers: dict[int, str] = field(default_factory=dict)


class Standing(Enum):
    """How one chosen compares with who gave the same answer and is free; {other} is said of a second host."""

    ALONE = "seule {other}personne disponible"
    LEAST = "la moins sollicitée des {other}personnes disponibles"
    TIED = "aucune {other}personne disponible n’a été moins sollicitée"


@dataclass(frozen=True)
class Choice:
    """One host for one evening, and what makes the choice right: turns before it, the answer, the standing."""

    evening: int
    member: int
    turns: int
    answer: str | None
    standing: Standing
    second: bool = False

    @property
    def reason(self):
        """Return why, in French: « 2 soirées, disponible, la moins sollicitée des personnes disponibles »."""
        parts = [count_of_turns(self.turns), SAID[self.answer]]
        if self.answer == Availability.YES:
            other = "" if not self.second else "autres " if self.standing == Standing.LEAST else "autre "
            parts.append(self.standing.value.format(other=other))
        return ", ".join(parts)


def count_of_turns(turns):
    """Return « aucune soirée », « 1 soirée » or « 3 soirées »."""
    return f"{turns} soirée{'s' if turns > 1 else ''}" if turns else "aucune soirée"


def propose(evenings, members):
    """Return the Choices that fill the free seats, evening by evening in order of date, first seats first.

    Within one date as many sessions as possible get a host, even where that moves somebody to another session of the
    date; then who is least burdened comes first. Taking the least burdened of those free keeps turns within one of each
    other as long as everyone can.
    """
    table = _Table(members)
    ordered = sorted(evenings, key=lambda evening: (evening.starts_at, evening.key))
    return [choice for _, same_day in groupby(ordered, key=lambda one: one.day) for choice in table.fill([*same_day])]


class _Table:
    """The members with what they have taken on so far."""

    def __init__(self, members):
        self.members = {member.key: member for member in members}
        self.turns = {member.key: member.turns for member in members}
        self.engaged = {member.key: list(member.engaged) for member in members}

    def fill(self, evenings):
        """Choose the hosts of the sessions of one date, take note of them, and return the Choices."""
        open_ones = {evening.key: evening for evening in evenings if evening.seats}
        ranked = {key: self.candidates(evening) for key, evening in open_ones.items()}
        firsts = _match([key for key, evening in open_ones.items() if evening.seats == MAX_HOSTS], ranked)
        seconds = self.second_seats(ranked, {*firsts.values()})
        placed = {*firsts.values(), *seconds.values()}
        choices = []
        for key, evening in open_ones.items():
            hosts = [chosen[key] for chosen in (firsts, seconds) if key in chosen]
            for host in hosts:
                gone = placed - {*hosts[hosts.index(host) :]}
                second = evening.seats < MAX_HOSTS or host != hosts[0]
                choices.append(self.choice(key, host, [one for one in ranked[key] if one not in gone], second))
        for choice in choices:
            self.turns[choice.member] += 1
            self.engaged[choice.member].append(open_ones[choice.evening])
        return choices

    def candidates(self, evening):
        """Return the keys of those who can host it, the best choice first."""
        able = [key for key, member in self.members.items() if self.can(member, evening)]
        return sorted(able, key=lambda key: self.weight(key, evening.key))

    def can(self, member, evening):
        answer = member.answers.get(evening.key)
        absent = any(first <= evening.day <= last for first, last in member.absences)
        engaged = any(evening.clashes(other) for other in self.engaged[member.key])
        return answer != Availability.NO and not absent and not engaged

    def weight(self, key, evening_key):
        return PREFERENCE[self.members[key].answers.get(evening_key)], self.turns[key]

    def second_seats(self, ranked, taken):
        """Return {evening: member} for second seats: the least burdened of those who said yes and are still free."""
        seconds = {}
        for key, candidates in ranked.items():
            willing = [one for one in candidates if self.members[one].answers.get(key) == Availability.YES]
            best = next((one for one in willing if one not in taken), None)
            if best is not None:
                seconds[key] = best
                taken = taken | {best}
        return seconds

    def choice(self, key, host, free, second):
        """Return the Choice of this host among those still free that date, herself included."""
        weight = self.weight(host, key)
        alike = [self.weight(one, key) for one in free if one != host and self.weight(one, key)[0] == weight[0]]
        standing = Standing.TIED if weight in alike else Standing.LEAST if alike else Standing.ALONE
        return Choice(key, host, self.turns[host], self.members[host].answers.get(key), standing, second)


def _match(keys, ranked):
    """Give as many evenings of one date as possible a host each; return {evening: member}.

    Kuhn's augmenting paths: an evening takes its best free candidate; where none is free, one that another evening can
    do without. Who is taken stays taken, so nobody free is ever a better choice than who was chosen.
    """
    taken = {}

    def place(key, tried):
        untried = [member for member in ranked[key] if member not in tried]
        for member in sorted(untried, key=lambda one: one in taken):
            tried.add(member)
            if member not in taken or place(taken[member], tried):
                taken[member] = key
                return True
        return False

    for key in sorted(keys, key=lambda one: len(ranked[one])):
        place(key, set())
    return {key: member for member, key in taken.items()}
