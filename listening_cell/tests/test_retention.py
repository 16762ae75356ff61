"""What is forgotten, when, and for good; and what becomes of somebody who is or was a peer."""

import sqlite3
from dataclasses import replace
from datetime import date, datetime, timedelta
from io import StringIO
from zoneinfo import ZoneInfo

import pytest
from django.conf import settings as project
from django.core.management import call_command
from django.db import ConnectionHandler, connection
from django.utils import timezone

from cafe.errors import Refusal
from listening_cell import vault
from listening_cell.models import (
    Absence,
    AskedOn,
    Case,
    CaseEnvelope,
    CellSession,
    Debriefing,
    Message,
    Note,
    Peer,
    Reservation,
    Slot,
    WeeklyHour,
)
from listening_cell.services import audit, booking, casework, files, keys, retention, sessions
from listening_cell.tests.backups import make_backup, restore_backup
from listening_cell.tests.factories import make_case, make_cell, make_peer, private_of
from members import personal_data
from members.models import User
from members.services import erase_account
from members.tests.factories import make_user

pytestmark = pytest.mark.django_db(transaction=True)
PARIS = ZoneInfo("Europe/Paris")
MONDAY = date(2026, 10, 5)
WORDS = "chrysalide"
DONE = ["Cellule d’écoute\u00a0: fait."]


@pytest.fixture
def clock(time_machine):
    time_machine.move_to(datetime(2026, 10, 5, 12, tzinfo=PARIS), tick=False)
    return time_machine


@pytest.fixture
def cell(clock):
    return make_cell()


@pytest.fixture
def pair(cell):
    return make_peer(cell), make_peer(cell, seasoned=False)


def night(days, hour=3):
    """The night so many days after Monday 5 October 2026."""
    day = MONDAY + timedelta(days=days)
    return datetime(day.year, day.month, day.day, hour, 30, tzinfo=PARIS)


def a_case(pair, rounds=6, **fields):
    """A case of that week, whose peers were told so many times that it waits."""
    opened, receipt = make_case(*pair, words=WORDS)
    CaseEnvelope.objects.filter(case=opened.case).update(rounds=rounds)
    Case.objects.filter(pk=opened.case.pk).update(**fields)
    return opened, receipt


def hold(opened, pair, starts_at):
    for peer in pair:
        Slot.objects.get_or_create(peer=peer, starts_at=starts_at)
    booking.hold(case=opened.case, peers=pair, starts_at=starts_at)


def forgotten_on(days):
    """Tell for each of these nights whether the case was gone after it."""
    gone = []
    for count in days:
        retention.purge(night(count), dry_run=False)
        gone.append(not Case.objects.exists())
    return gone


# --- Terms: from the Sunday of the week that is known -----------------------------------------------


def test_a_request_never_taken_up_is_forgotten_after_thirty_days(pair):
    a_case(pair)

    # Asked on the Sunday, day 6: thirty days make day 36, and the night that follows it is that of day 37.
    assert forgotten_on([30, 36, 37]) == [False, False, True]
    assert files.references() == set()


def test_thirty_days_run_from_the_date_of_the_talk_where_there_is_one(pair):
    opened, _ = a_case(pair)
    hold(opened, pair, datetime(2026, 11, 24, 18, tzinfo=PARIS))

    assert forgotten_on([37, 49 + 36, 49 + 37]) == [False, False, True]
    assert Reservation.objects.count() == 0


def test_a_request_is_kept_until_both_warnings_were_given(pair):
    a_case(pair, rounds=5)
    early = forgotten_on([37, 60])
    CaseEnvelope.objects.update(rounds=6)

    assert (early, forgotten_on([61])) == ([False, False], [True])


def test_a_request_that_one_peer_read_needs_no_warning_of_that_peer(pair):
    a_case(pair, rounds=0)
    CaseEnvelope.objects.update(opened=True)

    assert forgotten_on([37]) == [True]


def test_a_closed_case_is_forgotten_after_sixty_days(pair):
    a_case(pair, rounds=0, state=Case.State.CLOSED)

    assert forgotten_on([60, 66, 67]) == [False, False, True]


def test_a_case_that_is_followed_is_forgotten_twelve_months_after_its_last_talk(pair):
    a_case(pair, rounds=0, state=Case.State.FOLLOWED)

    assert forgotten_on([371, 372]) == [False, True]


def test_closing_late_does_not_put_off_the_twelve_months(pair):
    opened, _ = a_case(pair, rounds=0, state=Case.State.FOLLOWED)
    hold(opened, pair, datetime(2026, 10, 6, 18, tzinfo=PARIS))
    Case.objects.update(state=Case.State.CLOSED, last_week=MONDAY + timedelta(days=49 * 7))

    assert forgotten_on([365, 367]) == [False, True]


def test_handing_over_or_opening_again_does_not_put_off_the_twelve_months_but_a_talk_to_come_does(pair):
    opened, _ = a_case(pair, rounds=0, state=Case.State.FOLLOWED)
    hold(opened, pair, datetime(2026, 10, 6, 18, tzinfo=PARIS))
    passed_on, _ = a_case(pair, rounds=0, state=Case.State.FOLLOWED)
    hold(passed_on, pair, datetime(2026, 10, 7, 18, tzinfo=PARIS))
    hold(opened, pair, datetime(2027, 10, 11, 18, tzinfo=PARIS))
    Case.objects.update(last_week=MONDAY + timedelta(days=49 * 7))

    retention.purge(night(368), dry_run=False)

    assert list(Case.objects.all()) == [opened.case]


def test_a_case_opened_again_meanwhile_is_kept(pair):
    a_case(pair, state=Case.State.CLOSED)
    Case.objects.update(state=Case.State.FOLLOWED, last_week=MONDAY + timedelta(days=63))

    assert forgotten_on([67, 100]) == [False, False]


# --- Forgotten for good -----------------------------------------------------------------------------


def test_restore_after_purge_unreadable(cell, pair, tmp_path, clock):
    opened, receipt = a_case(pair, state=Case.State.CLOSED)
    casework.write_message(opened=opened, author="requester", content=WORDS)
    casework.write_note(opened=opened, author=pair[0].pk, content={"narrative": WORDS})
    kept, kept_receipt = a_case(pair, state=Case.State.FOLLOWED)
    cases = {"reference__in": [opened.case.pk, kept.case.pk]}
    make_backup(tmp_path)
    before = list(Case.objects.filter(**cases).values())

    clock.move_to(night(70), tick=False)
    purged = (retention.purge(timezone.now(), dry_run=False), list(Case.objects.values_list("pk", flat=True)))
    restore_backup(tmp_path)

    assert purged == (DONE, [kept.case.pk])
    assert list(Case.objects.filter(**cases).values()) == before
    assert (Message.objects.count(), Note.objects.count()) == (1, 1)
    # The rows are back whole, with every key that ever opened them but one.
    assert casework.open_by_receipt(receipt) is None
    for peer in pair:
        with pytest.raises(vault.Unreadable):
            casework.open_envelope(peer.envelopes.select_related("case").get(case=opened.case), private_of(peer))
    for read in (casework.read_request, casework.read_messages, casework.read_notes):
        with pytest.raises(vault.Unreadable):
            read(replace(opened, case=Case.objects.get(pk=opened.case.pk), shred=vault.new_key()))
    # What was not forgotten still opens, and the chain says that the tables were put back.
    assert casework.read_request(casework.open_by_receipt(kept_receipt)).words == WORDS
    assert audit.broken_link() is not None
    # The rows that came back are of no use to anybody, and the next night deletes them again.
    retention.purge(timezone.now(), dry_run=False)
    assert list(Case.objects.values_list("pk", flat=True)) == [kept.case.pk]


@pytest.mark.skipif(connection.vendor != "sqlite", reason="SQLite overwrites what it deletes")
def test_the_database_overwrites_what_it_deletes():
    with connection.cursor() as cursor:
        assert cursor.execute("PRAGMA secure_delete").fetchone() == (1,)


@pytest.mark.parametrize(("asked", "left"), [(True, False), (False, True)])
def test_deleted_rows_are_no_more_in_the_files_and_would_be_otherwise(tmp_path, asked, left):
    """On a real file, with the portal's own options; the second case is the control."""
    start = "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;"
    options = {"transaction_mode": "IMMEDIATE", "init_command": start + " PRAGMA secure_delete=OFF;"}
    if asked and project.DATABASES["default"]["ENGINE"].endswith("sqlite3"):
        options = project.DATABASES["default"]["OPTIONS"]
    elif asked:
        options |= {"init_command": start + " PRAGMA secure_delete=ON;"}
    database = {"ENGINE": "django.db.backends.sqlite3", "NAME": str(tmp_path / "db.sqlite3"), "OPTIONS": options}
    one = ConnectionHandler({"default": database})["default"]
    with one.cursor() as cursor:
        cursor.execute("CREATE TABLE word (number INTEGER, text TEXT)")
        for number in range(50):
            cursor.execute("INSERT INTO word VALUES (%s, %s)", [number, WORDS * 40])
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        cursor.execute("DELETE FROM word WHERE number > 0")
        cursor.execute("UPDATE word SET text = ''")
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    one.close()

    found = any(WORDS.encode() in path.read_bytes() for path in tmp_path.glob("db.sqlite3*"))
    assert found is left
    assert sqlite3.connect(tmp_path / "db.sqlite3").execute("PRAGMA integrity_check").fetchone() == ("ok",)


# --- What else expires ------------------------------------------------------------------------------


def test_the_night_forgets_what_is_past_and_keeps_the_rest(pair, clock):
    sessions.open_space(sessions.Space("peer", pair[0].pk, bytes(32)))
    AskedOn.objects.create(day=MONDAY, count=3)
    Debriefing.objects.create(day=MONDAY - timedelta(days=729))
    Debriefing.objects.create(day=MONDAY - timedelta(days=730))
    Slot.objects.create(peer=pair[0], starts_at=night(0, 18))
    Absence.objects.create(peer=pair[0], first_day=MONDAY, last_day=MONDAY)
    tomorrow = AskedOn.objects.create(day=MONDAY + timedelta(days=1))
    counted = (CellSession, AskedOn, Debriefing, Slot, Absence)

    retention.purge(night(0, 11), dry_run=False)
    same_day = [model.objects.count() for model in counted]
    retention.purge(night(1), dry_run=False)

    assert same_day == [1, 2, 2, 1, 1]
    assert [model.objects.count() for model in counted] == [0, 1, 1, 0, 0]
    assert list(AskedOn.objects.all()) == [tomorrow]


def test_the_technician_who_purges_reads_no_count(pair, clock):
    a_case(pair, state=Case.State.CLOSED)
    clock.move_to(night(200), tick=False)
    told = {}
    for dry_run in (True, False):
        told[dry_run] = StringIO()
        call_command("purge", dry_run=dry_run, stdout=told[dry_run])

    lines = {
        dry_run: [line for line in out.getvalue().splitlines() if "écoute" in line] for dry_run, out in told.items()
    }
    assert lines == {
        True: ["Cellule d’écoute\u00a0: ses propres durées seraient appliquées, sans rien en dire."],
        False: DONE,
    }
    assert not Case.objects.exists()


def test_a_rehearsal_forgets_nothing(pair, clock):
    a_case(pair, state=Case.State.CLOSED)
    clock.move_to(night(200), tick=False)

    retention.purge(timezone.now(), dry_run=True)

    assert (Case.objects.count(), len(files.references())) == (1, 1)


# --- Somebody who is or was a peer ------------------------------------------------------------------


def test_the_export_of_a_peer_tells_of_her_hours_and_nothing_of_cases(pair):
    opened, _ = make_case(*pair)
    WeeklyHour.objects.create(peer=pair[0], weekday=0, hour=18)
    Absence.objects.create(peer=pair[0], first_day=MONDAY, last_day=MONDAY)
    Debriefing.objects.create(day=MONDAY).peers.add(pair[0])
    hold(opened, pair, night(10, 18).replace(minute=0))

    assert retention.export(pair[0].user) == {
        "pair_ecoutant": {
            "cle": "Clé signée",
            "experimente": True,
            "en_pause": False,
            "entretiens_par_mois_au_plus": 4,
            "heures_de_la_semaine": ["lundi 18 h"],
            "absences": [{"du": "2026-10-05", "au": "2026-10-05"}],
            "debriefings": ["2026-10-05"],
        }
    }


def test_the_export_of_a_referent_says_so_and_that_of_anybody_else_is_empty(cell):
    assert retention.export(cell.referent.user) == {"referent": {"cle": "Clé signée"}}
    assert personal_data.export_all(make_user())["cellule d’écoute"] == {}


def test_the_account_of_a_peer_is_erased_only_once_the_key_is_revoked(cell, pair):
    user = pair[0].user
    with pytest.raises(Refusal) as refusal:
        erase_account(user=user)
    stays = User.objects.filter(pk=user.pk).exists()

    keys.revoke(holder=pair[0], actor=cell.referent.pk)
    erase_account(user=user)

    assert (refusal.value.sentence, stays) == (retention.HOLDS_KEY, True)
    assert not User.objects.filter(pk=user.pk).exists()
    assert list(Peer.objects.all()) == [pair[1]]


def test_a_talk_to_come_is_passed_on_before_the_account_goes_and_a_past_one_stays_with_the_case(cell, pair, clock):
    opened, _ = make_case(*pair)
    hold(opened, pair, night(2, 18).replace(minute=0))
    keys.revoke(holder=pair[0], actor=cell.referent.pk)
    user = User.objects.get(pk=pair[0].user_id)

    with pytest.raises(Refusal) as refusal:
        erase_account(user=user)
    clock.move_to(night(5), tick=False)
    erase_account(user=user)

    assert refusal.value.sentence == retention.HOLDS_TALK
    assert [held.slot.peer for held in Reservation.objects.all()] == [pair[1]]
    assert Case.objects.count() == 1


def test_a_referent_whose_key_counts_stays(cell):
    with pytest.raises(Refusal) as refusal:
        erase_account(user=cell.referent.user)

    assert refusal.value.sentence == retention.HOLDS_KEY


def test_an_idle_account_that_cannot_be_erased_does_not_stop_the_purge(cell, pair, clock):
    """A peer whose role was taken away behind the referent's back still holds a key."""
    user, other = pair[0].user, make_user()
    user.groups.clear()
    long_ago = timezone.now() - timedelta(days=4 * 366)
    warned = {"date_joined": long_ago, "idle_warned_at": timezone.now() - timedelta(days=31)}
    User.objects.filter(pk__in=[user.pk, other.pk]).update(**warned)

    personal_data.purge_all(timezone.now())

    assert set(User.objects.filter(pk__in=[user.pk, other.pk])) == {user}
