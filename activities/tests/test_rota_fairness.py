"""The proposal of hosts, against evenings, answers and absences of every kind."""

from datetime import UTC, date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from activities.enums import Availability
from activities.services.rota import Choice, Evening, Member, Standing, propose

YES, MAYBE, NO = Availability.YES, Availability.IF_NEED_BE, Availability.NO
START = datetime(2026, 3, 3, 18, tzinfo=UTC)
ORDER = {YES: 0, MAYBE: 1, None: 2}


def evening(key, *, hours=None, minutes=90, seats=2):
    """An evening `hours` after the first; by default one a day."""
    starts_at = START + timedelta(hours=24 * key if hours is None else hours)
    return Evening(key, starts_at, starts_at + timedelta(minutes=minutes), starts_at.date(), seats)


def everyone_can(evenings, turns):
    answers = {one.key: YES for one in evenings}
    return [Member(key, count, answers=answers) for key, count in enumerate(turns)]


@st.composite
def seasons(draw):
    """Up to eight evenings that may meet in any way, and up to six members with all that binds them."""
    hours = draw(st.lists(st.integers(0, 120), max_size=8))
    evenings = [
        evening(key, hours=hour, minutes=draw(st.integers(1, 1440)), seats=draw(st.integers(0, 2)))
        for key, hour in enumerate(hours)
    ]
    days = st.dates(date(2026, 3, 3), date(2026, 3, 9))
    members = [
        Member(
            key,
            turns=draw(st.integers(0, 3)),
            engaged=tuple(draw(st.lists(st.sampled_from(evenings), max_size=1))) if evenings else (),
            absences=tuple(tuple(sorted(draw(st.tuples(days, days)))) for _ in range(draw(st.integers(0, 1)))),
            answers={one.key: answer for one in evenings if (answer := draw(st.sampled_from([YES, MAYBE, NO, None])))},
        )
        for key in range(draw(st.integers(0, 6)))
    ]
    return evenings, members


def can(member, one, engaged):
    """Whether a member may host, told anew from the rules."""
    absent = any(first <= one.day <= last for first, last in member.absences)
    meets = any(
        one.day == other.day or max(one.starts_at, other.starts_at) < min(one.ends_at, other.ends_at)
        for other in engaged
    )
    return member.answers.get(one.key) != NO and not absent and not meets


@given(seasons())
def test_nobody_is_at_two_sessions_of_one_date_or_hour_nor_where_she_cannot_be(season):
    evenings, members = season
    by_key = {one.key: one for one in evenings}
    engaged = {member.key: list(member.engaged) for member in members}

    for choice in propose(evenings, members):
        one, member = by_key[choice.evening], members[choice.member]
        assert can(member, one, engaged[member.key])
        engaged[member.key].append(one)


@given(seasons())
def test_no_seat_is_given_twice(season):
    evenings, members = season

    choices = propose(evenings, members)

    given_seats = {one.key: [choice.member for choice in choices if choice.evening == one.key] for one in evenings}
    assert all(len(given_seats[one.key]) <= one.seats for one in evenings)
    assert all(len(set(hosts)) == len(hosts) for hosts in given_seats.values())


@given(seasons())
def test_an_evening_stays_empty_only_where_nobody_free_can_come(season):
    evenings, members = season
    choices = propose(evenings, members)
    by_key = {one.key: one for one in evenings}
    engaged = {member.key: [*member.engaged] for member in members}
    for choice in choices:
        engaged[choice.member].append(by_key[choice.evening])

    empty = [one for one in evenings if one.seats == 2 and one.key not in {choice.evening for choice in choices}]

    assert [one.key for one in empty if any(can(member, one, engaged[member.key]) for member in members)] == []


@given(st.data())
def test_turns_differ_by_one_at_most_when_everyone_can(data):
    """Also with several sessions on a date; where turns differed more before, they differ no more after."""
    dates = data.draw(st.lists(st.integers(1, 3), max_size=8), label="sessions of each date")
    evenings = [
        evening(f"{day}-{number}", hours=24 * day + number)
        for day, count in enumerate(dates)
        for number in range(count)
    ]
    turns = data.draw(st.lists(st.integers(0, 4), min_size=1, max_size=8), label="turns before")

    choices = propose(evenings, everyone_can(evenings, turns))

    after = list(turns)
    for choice in choices:
        after[choice.member] += 1
    assert max(after) - min(after) <= max(1, max(turns) - min(turns))


@given(seasons())
def test_the_reason_is_true(season):
    """Every choice is told anew from the start: turns before it, the answer, and who else was free that date."""
    evenings, members = season
    by_key = {one.key: one for one in evenings}
    choices = propose(evenings, members)
    turns = {member.key: member.turns for member in members}
    engaged = {member.key: list(member.engaged) for member in members}

    for day in sorted({by_key[choice.evening].day for choice in choices}):
        today = [choice for choice in choices if by_key[choice.evening].day == day]
        for choice in today:
            assert choice == told_anew(choice, by_key[choice.evening], today, members, (turns, engaged))
        for choice in today:
            turns[choice.member] += 1
            engaged[choice.member].append(by_key[choice.evening])


def told_anew(choice, one, today, members, so_far):
    turns, engaged = so_far
    hosts = [other.member for other in today if other.evening == one.key]
    later = hosts[hosts.index(choice.member) + 1 :]
    gone = {other.member for other in today} - set(later)
    free = [member for member in members if member.key not in gone and can(member, one, engaged[member.key])]
    answer = members[choice.member].answers.get(one.key)
    mine = (ORDER[answer], turns[choice.member])
    others = [(ORDER[member.answers.get(one.key)], turns[member.key]) for member in free]
    assert all(other >= mine for other in others), "somebody free was a better choice"
    alike = [count for order, count in others if order == mine[0]]
    standing = Standing.ALONE if not alike else Standing.TIED if min(alike) == mine[1] else Standing.LEAST
    second = one.seats < 2 or choice.member != hosts[0]
    return Choice(one.key, choice.member, mine[1], answer, standing, second)


def reasons(choices):
    return [(choice.member, choice.reason.replace("\u00a0", " ")) for choice in choices]


def test_the_reason_reads_as_a_sentence_of_facts():
    first, other = evening(0), evening(1)
    members = [
        Member(1, turns=2, answers={0: YES}),
        Member(2, turns=3, answers={0: YES, 1: MAYBE}),
        Member(3, turns=3, answers={0: YES}),
        Member(4, turns=0, answers={0: NO, 1: NO}),
    ]

    assert reasons(propose([other, first], members)) == [
        (1, "2 soirées, disponible, la moins sollicitée des personnes disponibles"),
        (2, "3 soirées, disponible, aucune autre personne disponible n’a été moins sollicitée"),
        (2, "4 soirées, peut venir s’il le faut, aucune personne libre n’a dit oui"),
    ]


def test_who_did_not_answer_is_proposed_to_be_confirmed_only_where_nobody_else_is_left():
    away = Member(2, answers={0: YES}, absences=((date(2026, 3, 1), date(2026, 3, 3)),))

    assert reasons(propose([evening(0)], [Member(1), away])) == [
        (1, "aucune soirée, n’a pas répondu : à confirmer, aucune personne libre n’a dit pouvoir venir")
    ]


def test_two_sessions_of_a_date_share_the_few_who_can():
    morning, night = evening(0, hours=0), evening(1, hours=2)
    members = [Member(1, answers={0: YES, 1: YES}), Member(2, turns=9, answers={0: YES, 1: NO})]

    hosts = {choice.evening: choice.member for choice in propose([morning, night], members)}

    assert hosts == {0: 2, 1: 1}


def test_a_seat_that_is_left_is_for_who_said_yes():
    members = [Member(1, answers={0: MAYBE}), Member(2, turns=5, answers={0: YES})]

    assert reasons(propose([evening(0, seats=1)], members)) == [
        (2, "5 soirées, disponible, seule autre personne disponible")
    ]
