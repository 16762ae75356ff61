"""Whom the cell has told that something waits, and when; and what the referent learns of a request nobody reads."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from activities.models import ProposalMessage
from activities.tests.proposals import make_proposal
from cafe import tasks
from cafe.errors import Refusal
from cafe.models import Outgoing
from listening_cell.models import Case, CaseEnvelope, Message
from listening_cell.services import casework, following, notices, passing
from listening_cell.tests.factories import make_case, make_cell, make_peer, private_of
from members.enums import Role
from members.tests.factories import make_user

pytestmark = pytest.mark.django_db(transaction=True)
PARIS = ZoneInfo("Europe/Paris")
NINE = datetime(2026, 10, 5, 9, tzinfo=PARIS)  # a Monday
WORDS = "chrysalide"


@pytest.fixture
def clock(time_machine):
    time_machine.move_to(NINE, tick=False)
    return time_machine


@pytest.fixture
def cell(clock):
    return make_cell()


@pytest.fixture
def pair(cell):
    return make_peer(cell), make_peer(cell, seasoned=False)


@pytest.fixture
def rounds(clock):
    """Let so many rounds pass, at 8 and 18 h; return for each whom it told."""

    def passed(count):
        told = []
        for _ in range(count):
            now = datetime.now(PARIS)
            hour = now.replace(hour=18 if now.hour < 18 else 8)
            clock.move_to(hour if hour > now else hour + timedelta(days=1), tick=False)
            known = set(Outgoing.objects.values_list("pk", flat=True))
            tasks.send_notices()
            told.append(set(Outgoing.objects.exclude(pk__in=known).values_list("to", flat=True)))
        return told

    return passed


def envelope(peer):
    return CaseEnvelope.objects.select_related("case").get(peer=peer)


def take_up(peer):
    opened = casework.open_envelope(envelope(peer), private_of(peer))
    following.take_up(opened=opened, envelope=envelope(peer))
    return opened


def emails(*holders):
    return {holder.user.email for holder in holders}


def test_48_h_and_72_h_warnings_with_frozen_time_content_free(cell, pair, rounds, clock, outbox):
    opened, receipt = make_case(*pair, words=WORDS, name=WORDS)
    both, all_three = emails(*pair), emails(*pair, cell.referent)

    first_day = rounds(3)
    before = notices.waiting_for_referent()
    fourth = rounds(1)
    at_48_hours = (datetime.now(PARIS) - NINE, notices.waiting_for_referent())
    fifth, sixth = rounds(1), rounds(1)
    at_72_hours = (datetime.now(PARIS) - NINE, notices.waiting_for_referent())

    # The peers at every round; the referent from the fourth on. Never later than promised.
    assert (first_day, before) == ([both] * 3, "")
    assert (fourth, at_48_hours) == ([all_three], (timedelta(hours=47), "waits"))
    assert (fifth, sixth, at_72_hours) == ([all_three], [all_three], (timedelta(hours=71), "may_replace"))

    notices.ask_replacement()
    assert (Case.objects.get().replacement_wanted, notices.waiting_for_referent()) == (True, "")
    # Told, she is left in peace; the peers still are told, for either of them can come.
    assert rounds(1) == [both]

    mails = outbox.rows
    assert {(mail.subject, mail.text, mail.html, str(mail.headers)) for mail in mails} == {
        (mails[0].subject, mails[0].text, mails[0].html, str(mails[0].headers))
    }
    secrets = [
        WORDS,
        receipt,
        opened.case.reference,
        "coute",
        "demande",
        "entretien",
        "pair",
        *(one.pk for one in pair),
    ]
    for mail in mails:
        written = f"{mail.subject} {mail.text} {mail.html} {mail.dedupe_key} {mail.headers}".lower()
        assert [word for word in secrets if word.lower() in written] == []


def test_the_mail_of_a_peer_is_that_of_the_working_group(cell, pair, rounds, outbox, clock):
    writer, member = make_user(role=Role.TEAM), make_user(role=Role.TEAM)
    ProposalMessage.objects.create(
        proposal=make_proposal(), author=writer, from_team=True, internal=True, text="À discuter."
    )
    Outgoing.objects.all().delete()
    make_case(*pair)

    assert rounds(1) == [emails(*pair) | {member.email}]
    assert len({(row.subject, row.text, row.html, row.not_before) for row in outbox.rows}) == 1


def test_reading_ends_the_warnings_and_an_answer_that_waits_begins_others(cell, pair, rounds):
    _, receipt = make_case(*pair)
    rounds(1)
    for peer in pair:
        take_up(peer)
    quiet = rounds(1)
    casework.write_message(opened=casework.open_by_receipt(receipt), author="requester", content=WORDS)
    answer = rounds(1)
    following.mark_read(envelope=envelope(pair[0]), up_to=1)

    assert (quiet, answer, rounds(1)) == ([set()], [emails(*pair)], [emails(pair[1])])
    assert notices.waiting_for_referent() == ""
    assert list(CaseEnvelope.objects.values_list("rounds", flat=True)) == [0, 0]


def test_when_one_of_two_never_comes_both_are_told_again_and_the_referent_is(cell, pair, rounds):
    make_case(*pair)
    take_up(pair[0])

    assert rounds(4) == [emails(pair[1])] * 3 + [emails(*pair, cell.referent)]


def test_the_other_peer_passes_on_what_the_referent_asked_to_replace(cell, pair, rounds, outbox):
    third = make_peer(cell)
    make_case(*pair)
    opened = take_up(pair[0])
    rounds(6)
    Outgoing.objects.all().delete()

    notices.ask_replacement()
    told = {row.to for row in outbox.rows}
    passing.pass_on(opened=opened, envelope=envelope(pair[0]), leaving={pair[1].pk})

    assert told == emails(*pair)
    assert (Case.objects.get().replacement_wanted, notices.waiting_for_referent()) == (False, "")
    assert envelope(third).rounds == 0
    assert rounds(1) == [emails(third)]


def test_nothing_to_replace_is_said_and_changes_nothing(cell, pair, rounds):
    make_case(*pair)
    rounds(5)

    with pytest.raises(Refusal, match="Plus aucune demande n’attend depuis trois jours"):
        notices.ask_replacement()

    assert not Case.objects.get().replacement_wanted


def test_a_closed_case_tells_nobody(cell, pair, rounds):
    opened, _ = make_case(*pair)
    casework.write_message(opened=opened, author="requester", content=WORDS)
    Case.objects.update(state=Case.State.CLOSED)

    assert rounds(6) == [set()] * 6
    assert (envelope(pair[0]).rounds, notices.waiting_for_referent()) == (0, "")


def test_a_revoked_referent_is_told_nothing(cell, pair, rounds):
    make_case(*pair)
    cell.referent.state = "revoked"
    cell.referent.save()

    assert rounds(4) == [emails(*pair)] * 4


def test_what_a_peer_does_warns_the_other_peer_alone_at_once(cell, pair, outbox):
    opened, _ = make_case(*pair)

    notices.tell_others(case=opened.case, peer=pair[0])

    assert [row.to for row in outbox.rows] == [pair[1].user.email]


def test_nothing_is_opened_and_no_more_is_asked_of_the_database_for_ten_cases(cell, pair, clock):
    def statements():
        with CaptureQueriesContext(connection) as seen:
            notices.waiting(NINE)
        return [query["sql"] for query in seen]

    make_case(*pair)
    first = statements()
    for _ in range(9):
        opened, _ = make_case(*pair)
        casework.write_message(opened=opened, author="requester", content=WORDS)
    later = statements()

    assert len(later) == len(first)
    assert not any(Message._meta.db_table in sql for sql in later)
