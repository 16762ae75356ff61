"""What the directory holds on a person: given back, erased, forgotten."""

from datetime import timedelta

import pytest
from allauth.account.models import EmailAddress
from django.utils import timezone

from members import personal_data
from members.enums import Role
from members.services import erase_account
from members.tests.factories import make_user
from resources.models import Resource, ResourceReport
from resources.services.reports import accept_report, make_sheet, set_aside
from resources.services.retention import MONTH, erase, export, purge
from resources.services.sheets import publish_sheet, verify_sheet
from resources.tests.factories import make_resource
from resources.tests.reports import aged, make_proposal, make_report

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
LOUISE = "louise@cafe.example"
WIPED = {"email": "", "message": "", "answer": "", "fields": {}}


@pytest.fixture
def clock(time_machine):
    time_machine.move_to("2026-03-03T12:15:00+00:00", tick=False)
    return time_machine


def typed(report):
    return ResourceReport.objects.filter(pk=report.pk).values(*WIPED).first()


# --- Given back ---------------------------------------------------------------------------------------


def test_a_person_reads_the_reports_sent_with_her_verified_addresses(clock, coordinator):
    louise = make_user(email=LOUISE)
    EmailAddress.objects.create(user=louise, email="pas-encore@cafe.example", verified=False)
    mine = make_report(resource=make_resource(name="Médiation"), email=LOUISE)
    make_proposal(name="Balint", email=LOUISE)
    make_report(message="Autre.", email="pas-encore@cafe.example")
    make_report(message="Sans adresse.")
    set_aside(report=mine, by=coordinator, answer="Il répond.")

    now = timezone.now().isoformat()
    assert export(louise) == {
        "signalements": [
            {
                "nature": "Erreur signalée", "recu": now, "etat": "Écarté", "email": LOUISE, "fiche": "Médiation",
                "saisie": {"Ce qui ne va pas": "Le numéro, l’adresse ou le site"},
                "message": "Le numéro ne répond plus.", "reponse": "Il répond.",
            },
            {
                "nature": "Ressource proposée", "recu": now, "etat": "À examiner", "email": LOUISE, "fiche": "",
                "saisie": {
                    "Comment on la connaît": "Je m’y suis adressé, pour moi ou avec quelqu’un",
                    "Nom": "Balint",
                    "Nature": "Service",
                },
                "message": "Elle reçoit vite.", "reponse": "",
            },
        ],
        "changements": [],
        "signalements_examines": [],
    }  # fmt: skip


def test_a_coordinator_reads_what_she_did_to_sheets_and_reports(clock, coordinator):
    sheet = make_resource(name="Médiation", by=coordinator, state="draft")
    publish_sheet(resource=sheet, by=coordinator)
    verify_sheet(resource=sheet, by=coordinator)
    accept_report(report=make_report(resource=sheet), by=coordinator)

    now = timezone.now().isoformat()
    assert export(coordinator) == {
        "signalements": [],
        "changements": [
            {"fiche": "Médiation", "changement": kind, "le": now}
            for kind in ("Vérification", "Publication", "Création")
        ],
        "signalements_examines": [{"nature": "Erreur signalée", "etat": "Retenu", "le": now}],
    }


def test_the_export_costs_the_same_whatever_there_is(django_assert_num_queries, coordinator):
    louise = make_user(email=LOUISE)
    for number in range(3):
        report = make_report(message=f"Message {number}", email=LOUISE)
        accept_report(report=report, by=louise)
        make_resource(by=louise)

        with django_assert_num_queries(4):
            export(louise)


# --- Erased -------------------------------------------------------------------------------------------


def test_erasing_wipes_her_address_and_what_she_had_typed(coordinator):
    louise = make_user(email=LOUISE)
    waiting, examined = make_report(message="Faux.", email=LOUISE), make_report(email=LOUISE)
    accept_report(report=examined, by=coordinator)
    other = make_report(message="Autre.", email="paul@cafe.example")

    erase(louise)

    assert [typed(report) for report in (waiting, examined, other)] == [
        {"email": "", "message": "Faux.", "answer": "", "fields": {"wrong": "contact"}},
        WIPED,
        {"email": "paul@cafe.example", "message": "Autre.", "answer": "", "fields": {"wrong": "contact"}},
    ]


def test_erasing_removes_the_proposal_of_her_own_practice_unless_it_has_its_sheet(coordinator):
    louise = make_user(email=LOUISE)
    make_proposal(name="Moi", known="self", email=LOUISE)
    followed = make_proposal(name="Moi aussi", known="self", email=LOUISE)
    make_sheet(report=followed, by=coordinator)
    make_proposal(name="Quelqu’un", known="heard", email=LOUISE)

    erase(louise)

    left = ResourceReport.objects.order_by("pk")
    assert [(report.subject, report.email) for report in left] == [("Moi aussi", ""), ("Quelqu’un", "")]


def test_a_history_keeps_everything_but_the_name_of_who_is_erased():
    leaving = make_user(role=Role.COORDINATION, second_factor=True)
    sheet = make_resource(by=leaving)
    verify_sheet(resource=sheet, by=leaving)
    report = accept_report(report=make_report(resource=sheet), by=leaving)

    erase_account(user=leaving)

    assert list(sheet.changes.order_by("pk").values_list("kind", "origin", "by")) == [
        ("created", "coordination", None),
        ("verified", "coordination", None),
    ]
    kept = Resource.objects.get(pk=sheet.pk)
    assert (kept.verified_by, kept.verification, kept.verified_on) == (None, "coordination", timezone.localdate())
    assert ResourceReport.objects.values_list("handled_by", "state").get(pk=report.pk) == (None, "accepted")


# --- Forgotten ----------------------------------------------------------------------------------------


@pytest.fixture
def reports(clock, coordinator):
    """Reports on both sides of each delay, by name."""
    made = {
        "fresh": make_report(message="1", email=LOUISE),
        "old": make_proposal(message="2", email=LOUISE),
        "waiting": make_report(message="3", email=LOUISE),
        "forgotten": make_report(message="4", email=LOUISE),
    }
    for name in ("fresh", "old"):
        set_aside(report=made[name], by=coordinator, answer="Non.")
    aged(made["fresh"], received=30 * MONTH, examined=12 * MONTH - DAY)
    aged(made["old"], received=30 * MONTH, examined=12 * MONTH + DAY)
    aged(made["waiting"], received=24 * MONTH - DAY)
    aged(made["forgotten"], received=24 * MONTH + DAY)
    return made


SENTENCES = [
    "Signalements sur l’annuaire effacés 12 mois après leur examen\u00a0: 1.",
    "Signalements restés sans examen 24 mois, supprimés\u00a0: 1.",
]


def test_a_rehearsal_says_the_same_and_changes_nothing(reports):
    before = [typed(report) for report in reports.values()]

    assert purge(timezone.now(), True) == SENTENCES
    assert [typed(report) for report in reports.values()] == before


def test_old_reports_are_wiped_or_deleted_and_the_others_stay(reports):
    before = {name: typed(report) for name, report in reports.items()}

    done = personal_data.purge_all(timezone.now())

    assert [sentence for sentence in done if sentence in SENTENCES] == SENTENCES
    assert {name: typed(report) for name, report in reports.items()} == before | {"old": WIPED, "forgotten": None}
    assert [sentence.split("\u00a0: ")[1] for sentence in purge(timezone.now(), False)] == ["0.", "0."]
