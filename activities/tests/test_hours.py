from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from activities.enums import HoursKind
from activities.models import HoursDeclaration
from activities.seasons import Season
from activities.services import hours
from cafe.errors import Refusal
from members.enums import Role
from members.tests.factories import make_user

pytestmark = pytest.mark.django_db
MARCH, FEBRUARY, OCTOBER = date(2026, 3, 1), date(2026, 2, 1), date(2025, 10, 1)
URL = "/equipe/heures/"


@pytest.fixture
def host(clock):
    return make_user(role=Role.TEAM, second_factor=True, last_name="Hôte")


@pytest.fixture
def peer(clock):
    return make_user(role=Role.PEER, second_factor=True, last_name="Pair")


def declared():
    return sorted(HoursDeclaration.objects.values_list("user__last_name", "month", "kind", "hours"))


def add(user, month, kind, total):
    HoursDeclaration.objects.create(user=user, month=month, kind=kind, hours=total)


def test_six_months_are_open_and_none_to_come(clock):
    assert hours.open_months() == [
        *(MARCH, FEBRUARY, date(2026, 1, 1), date(2025, 12, 1), date(2025, 11, 1), OCTOBER),
    ]


def test_a_month_begins_at_midnight_in_the_portal_s_time(time_machine):
    time_machine.move_to(datetime(2026, 4, 1, 0, 5, tzinfo=ZoneInfo("Europe/Paris")), tick=False)

    assert hours.open_months()[0] == date(2026, 4, 1)


def test_a_total_is_declared_corrected_and_taken_back(host):
    key = (MARCH, HoursKind.HOSTING)
    for total in (Decimal("2.5"), Decimal(4), Decimal(4)):
        hours.declare(user=host, hours={key: total})
    assert declared() == [("Hôte", MARCH, "hosting", Decimal(4))]

    hours.declare(user=host, hours={key: None})
    assert declared() == []


@pytest.mark.parametrize(
    ("month", "kind", "total"),
    [
        (date(2026, 4, 1), HoursKind.HOSTING, 1),
        (date(2025, 9, 1), HoursKind.HOSTING, 1),
        (date(2026, 3, 2), HoursKind.HOSTING, 1),
        (MARCH, HoursKind.LISTENING, 1),
        (MARCH, HoursKind.HOSTING, -1),
        (MARCH, HoursKind.HOSTING, 201),
    ],
)
def test_another_month_another_kind_or_an_implausible_total_is_refused(host, month, kind, total):
    with pytest.raises(Refusal):
        hours.declare(user=host, hours={(month, kind): Decimal(total)})

    assert declared() == []


def test_a_peer_declares_listening_alone_and_someone_of_both_declares_all(peer):
    both = make_user(roles=[Role.TEAM, Role.PEER])

    assert hours.kinds_of(peer) == [HoursKind.LISTENING]
    assert hours.kinds_of(both) == [HoursKind.HOSTING, HoursKind.MEETING, HoursKind.LISTENING]


def test_the_page_reads_a_comma_and_keeps_what_was_typed(client, host):
    client.force_login(host)

    wrong = client.post(URL, {"2026-03-hosting": "2,5", "2026-02-meeting": "beaucoup"})
    assert ('value="2,5"' in wrong.text, "Quelques points à corriger" in wrong.text) == (True, True)
    client.post(URL, {"2026-03-hosting": "2,5", "2026-02-meeting": "1.25"})

    assert declared() == [
        ("Hôte", FEBRUARY, "meeting", Decimal("1.25")),
        ("Hôte", MARCH, "hosting", Decimal("2.5")),
    ]


def test_a_month_to_come_cannot_be_posted(client, host):
    client.force_login(host)

    client.post(URL, {"2026-04-hosting": "2", "2026-03-listening": "3"})

    assert declared() == []


# --- who reads what -------------------------------------------------------------------------------


@pytest.fixture
def all_declared(host, peer):
    add(host, MARCH, "hosting", 3)
    add(host, FEBRUARY, "meeting", Decimal("1.5"))
    add(host, OCTOBER, "hosting", 2)
    for month, total in ((OCTOBER, 41), (date(2025, 12, 1), 2), (MARCH, 47)):
        add(peer, month, "listening", total)


def test_the_coordination_never_sees_listening(desk, all_declared):
    season = "?saison=2025"
    shown = [
        desk.get(f"/coordination/heures/{season}").text,
        desk.get(f"/coordination/heures/export.csv{season}").content.decode("utf-8-sig"),
        desk.get("/coordination/").text,
    ]

    assert [("Pair" in text, "41" in text, "47" in text) for text in shown[:2]] == [(False, False, False)] * 2
    assert "Pair" not in shown[2]
    assert desk.get("/equipe/heures/ecoute.csv").status_code == 404


def test_the_treasurer_gets_team_hours_per_person_and_quarter(desk, all_declared):
    text = desk.get("/coordination/heures/export.csv?saison=2025").content.decode("utf-8-sig")

    assert text.replace(",00", "").splitlines() == [
        "Trimestre;Nom;Prénom;Accueil (h);Réunions (h);Total (h)",
        "4e trimestre 2025;Hôte;Camille;2;0;2",
        "1er trimestre 2026;Hôte;Camille;3;1,50;4,50",
    ]


def test_months_and_people_are_summed(all_declared):
    season = Season(2025)

    assert [(row["month"], row["total"]) for row in hours.by_month(season)] == [
        *((OCTOBER, 2), (FEBRUARY, Decimal("1.5")), (MARCH, 3)),
    ]
    assert [(row["user__last_name"], row["hosting"], row["meeting"]) for row in hours.by_person(season)] == [
        ("Hôte", 5, Decimal("1.5"))
    ]


def test_the_referent_hands_over_listening_of_quarters_that_ended_without_the_month(client, all_declared):
    client.force_login(make_user(role=Role.CELL_REFERENT, second_factor=True))

    text = client.get("/equipe/heures/ecoute.csv").content.decode("utf-8-sig")

    assert text.splitlines() == ["Trimestre;Nom;Prénom;Écoute (h)", "4e trimestre 2025;Pair;Camille;43,00"]


def test_one_gets_back_what_one_declared_and_it_goes_with_the_account(peer, all_declared):
    assert hours.export(peer)[0] == {"mois": "2025-10", "nature": "Écoute", "heures": "41.00"}

    hours.erase(peer)

    assert {row[0] for row in declared()} == {"Hôte"}


def test_old_declarations_are_forgotten(host, clock):
    add(host, date(2024, 2, 1), "hosting", 1)
    add(host, date(2024, 3, 1), "hosting", 2)
    now = datetime(2026, 3, 3, tzinfo=ZoneInfo("Europe/Paris"))

    assert hours.purge(now, dry_run=True) == ["Heures déclarées il y a plus de 24 mois, effacées\u00a0: 1."]
    hours.purge(now, dry_run=False)

    assert [row[1] for row in declared()] == [date(2024, 3, 1)]


def test_the_page_takes_as_many_statements_for_1_person_as_for_20(desk, clock):
    counts = []
    for people in (1, 2, 17):
        for _ in range(people):
            add(make_user(role=Role.TEAM), MARCH, "hosting", 2)
        with CaptureQueriesContext(connection) as captured:
            desk.get("/coordination/heures/?saison=2025")
        counts.append(len(captured))

    assert counts == [counts[0]] * 3
