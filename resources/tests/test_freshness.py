"""The clock of the directory, walked day by day through the daily task."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.utils import timezone

from cafe.errors import Refusal
from cafe.mail import deliver_due
from cafe.models import Outgoing
from resources import todo
from resources.enums import ChangeKind, ChangeOrigin, Freshness, ResourceState
from resources.models import Resource
from resources.services import freshness, sheets, verifying
from resources.tasks import keep_fresh
from resources.tests.factories import make_resource

pytestmark = pytest.mark.django_db

START = datetime(2026, 1, 5, 8, 45, tzinfo=UTC)


def walk(time_machine, last, first=0):
    """Run the daily task on each day, delivering its mails; return {day: (mails, sheets hidden, lines to do)}.

    A day is told where something left, moved, or changed on the coordination's page.
    """
    told, before = {}, ((), todo.lines())
    sent = Outgoing.objects.count()
    for day in range(first, last + 1):
        time_machine.move_to(START + timedelta(days=day), tick=False)
        keep_fresh()
        rows = list(Outgoing.objects.order_by("pk")[sent:])
        sent += len(rows)
        hidden = tuple(Resource.objects.filter(state=ResourceState.SUSPENDED).values_list("name", flat=True))
        now = hidden, todo.lines()
        if rows or now != before:
            told[day] = ([(row.to, kind_of(row)) for row in rows], list(hidden), [line.sentence for line in now[1]])
        before = now
    return told


def kind_of(row):
    return "second" if row.subject.startswith("Toujours là ?") else "first"


def test_from_day_0_to_day_731_each_mail_state_and_line_has_its_day(time_machine):
    time_machine.move_to(START, tick=False)
    make_resource(name="Avocate", verification_email="greffe@avocate.example", email="accueil@avocate.example")
    sheets.verify_sheet(resource=make_resource(name="Médiation", email="mediation@cafe.example"))
    make_resource(name="Ligne", phone="3114")
    make_resource(name="Brouillon", email="brouillon@cafe.example", state=ResourceState.DRAFT)

    told = walk(time_machine, 740)

    names = ["Avocate", "Ligne", "Médiation"]
    both = ["greffe@avocate.example", "mediation@cafe.example"]
    assert told == {
        180: (
            [(address, "first") for address in both],
            [],
            ["Une fiche à vérifier n’a pas d’adresse où écrire : à vous de demander."],
        ),
        240: (
            [(address, "second") for address in both],
            [],
            ["3 fiches n’ont pas été vérifiées depuis plus de huit mois."],
        ),
        671: ([], [], ["3 fiches seront suspendues d’ici deux mois si personne ne les vérifie."]),
        731: (
            [],
            names,
            [f"« {name} » est suspendue : personne ne l’a vérifiée depuis deux ans." for name in names],
        ),
    }
    moves = Resource.objects.get(name="Avocate").changes.exclude(kind=ChangeKind.CREATED)
    assert [(one.kind, one.origin, one.by, one.fields) for one in moves] == [
        (ChangeKind.SUSPENDED, ChangeOrigin.PORTAL, None, {"state": ["published", "suspended"]})
    ]


def test_a_sheet_that_is_confirmed_starts_again_from_that_day(time_machine):
    time_machine.move_to(START, tick=False)
    one = make_resource(name="Avocate", email="avocate@cafe.example")
    walk(time_machine, 200)
    verifying.confirm(resource=one)

    told = walk(time_machine, 200 + 240, first=201)

    assert {day: mails for day, (mails, _, _) in told.items() if mails} == {
        200 + 180: [("avocate@cafe.example", "first")],
        200 + 240: [("avocate@cafe.example", "second")],
    }


def test_a_task_that_slept_catches_up_without_sending_both_mails_at_once(time_machine):
    time_machine.move_to(START, tick=False)
    make_resource(email="avocate@cafe.example")

    told = walk(time_machine, 400, first=300)

    assert [(day, mails) for day, (mails, _, _) in told.items() if mails] == [
        (300, [("avocate@cafe.example", "first")]),
        (330, [("avocate@cafe.example", "second")]),
    ]


def test_a_second_worker_on_the_same_day_sends_nothing(time_machine, outbox):
    time_machine.move_to(START, tick=False)
    make_resource(email="avocate@cafe.example")
    time_machine.move_to(START + timedelta(days=180), tick=False)
    today = timezone.localdate()
    due = list(verifying.due_requests(today).values_list("pk", flat=True))

    answers = [verifying.ask_if_due(pk=pk, today=today) for pk in due * 2]
    keep_fresh()

    assert (answers, len(outbox.rows)) == ([True, False], 1)


def test_a_sheet_verified_while_the_task_ran_is_not_suspended(time_machine):
    time_machine.move_to(START, tick=False)
    one = make_resource()
    time_machine.move_to(START + timedelta(days=731), tick=False)
    today = timezone.localdate()
    due = list(freshness.overdue(today).values_list("pk", flat=True))
    sheets.verify_sheet(resource=one)

    assert (due, freshness.suspend_if_overdue(pk=one.pk, today=today)) == ([one.pk], False)
    one.refresh_from_db()
    assert one.state == ResourceState.PUBLISHED


@pytest.mark.parametrize(
    ("days", "level"),
    [
        (-1, Freshness.FRESH),
        (179, Freshness.FRESH),
        (180, Freshness.ADVISED),
        (239, Freshness.ADVISED),
        (240, Freshness.REQUIRED),
        (670, Freshness.REQUIRED),
        (671, Freshness.ENDING),
        (730, Freshness.ENDING),
    ],
)
def test_the_page_and_the_database_agree_on_the_level_of_a_sheet(days, level):
    today = date(2026, 6, 1)
    one = make_resource(verified_on=today - timedelta(days=days), verification="source")

    listed = [each for each in freshness.BOUNDS if freshness.stale_sheets(level=each, today=today).exists()]

    assert freshness.clock_of(one, today).level == level
    assert (listed, freshness.stale_sheets(today=today).exists()) == (
        ([level], True) if level != Freshness.FRESH else ([], False)
    )


def test_a_day_begins_at_midnight_in_the_portals_time_zone(time_machine):
    time_machine.move_to(datetime(2026, 7, 1, 22, 30, tzinfo=UTC), tick=False)  # 2 July, half past midnight
    one = make_resource()

    assert freshness.clock_of(one).since == freshness.reckoned().get(pk=one.pk).since == date(2026, 7, 2)


def test_the_mail_says_what_is_known_and_forgets_its_link_once_sent(time_machine, outbox):
    time_machine.move_to(START, tick=False)
    one = make_resource(
        name="Cabinet <Port>", email="port@cafe.example", hours="Lundi, 9 h à 12 h", commune="Port-Sauvel",
        postcode="76600", internal_note="Ne jamais dire", visibility="peers",
    )  # fmt: skip

    verifying.ask(resource=one)

    [row] = outbox.rows
    assert (row.to, row.subject) == ("port@cafe.example", "Votre fiche est-elle à jour ? Cabinet <Port>")
    shown = ["Téléphone : 02 61 91 00 20", "Horaires : Lundi, 9 h à 12 h", "Adresse : 76600 Port-Sauvel"]
    assert [text in row.text for text in [*shown, "Ne jamais dire", one.get_absolute_url()]] == [True] * 3 + [False] * 2
    assert "Cabinet &lt;Port&gt;" in row.html
    deliver_due()
    [row] = outbox.rows
    assert (row.state, row.text) == ("sent", "")


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({}, verifying.WITHOUT_ADDRESS),
        ({"email": "a@cafe.example", "state": ResourceState.SUSPENDED}, verifying.NOT_SHOWN),
    ],
)
def test_a_sheet_nobody_reads_or_without_an_address_is_not_asked_about(outbox, fields, sentence):
    one = make_resource(**fields)

    with pytest.raises(Refusal) as refused:
        verifying.ask(resource=one)

    assert (refused.value.sentence, outbox.rows) == (sentence, [])


def test_asking_by_hand_puts_the_next_request_off_by_a_month(time_machine):
    time_machine.move_to(START, tick=False)
    one = make_resource(email="avocate@cafe.example")
    time_machine.move_to(START + timedelta(days=170), tick=False)
    verifying.ask(resource=one)
    with pytest.raises(Refusal, match="déjà partie"):
        verifying.ask(resource=one)

    told = walk(time_machine, 250, first=171)

    assert [day for day, (mails, _, _) in told.items() if mails] == [200, 240]


def test_what_the_portal_suspended_reappears_once_the_coordination_verifies_it(time_machine, coordinator):
    time_machine.move_to(START, tick=False)
    one, aside = make_resource(), make_resource()
    sheets.suspend_sheet(resource=aside, by=coordinator)
    time_machine.move_to(START + timedelta(days=731), tick=False)
    keep_fresh()

    states = [freshness.verify_today(resource=each, by=coordinator).state for each in (one, aside)]

    assert states == [ResourceState.PUBLISHED, ResourceState.SUSPENDED]
    assert todo.lines() == []


def test_what_it_suspended_and_the_resource_then_confirms_waits_for_the_coordination(time_machine):
    time_machine.move_to(START, tick=False)
    one = make_resource(name="Avocate")
    time_machine.move_to(START + timedelta(days=731), tick=False)
    keep_fresh()

    verifying.confirm(resource=one)

    one.refresh_from_db()
    assert (one.state, [line.sentence for line in todo.lines()]) == (
        ResourceState.SUSPENDED,
        ["« Avocate » est suspendue : elle vient d’être vérifiée et peut reparaître."],
    )


def test_the_lines_are_few_and_cost_the_same_however_many_sheets_wait(time_machine, django_assert_num_queries):
    time_machine.move_to(START, tick=False)
    for number in range(5):
        one = make_resource(name=f"Avocate {number}")
        verifying.correct(resource=one, values={"phone": "3114"})
    Resource.objects.update(verified_on=None, verification="")
    for number in range(4):
        make_resource(name=f"Ligne {number}")
    time_machine.move_to(START + timedelta(days=240), tick=False)

    with django_assert_num_queries(3):
        lines = todo.lines()

    assert [line.sentence for line in lines] == [
        "« Avocate 0 » a corrigé sa fiche : téléphone.",
        "« Avocate 1 » a corrigé sa fiche : téléphone.",
        "« Avocate 2 » a corrigé sa fiche : téléphone.",
        "Autres fiches corrigées par la ressource : 2.",
        "9 fiches n’ont pas été vérifiées depuis plus de huit mois.",
    ]
