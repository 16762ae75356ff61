"""What becomes of a report: kept once, examined once, thanked once."""

from datetime import UTC, date, datetime, timedelta

import pytest

from cafe import todo
from cafe.errors import Refusal
from cafe.models import Outgoing
from resources.enums import ReportState, ResourceState
from resources.models import Resource, ResourceReport
from resources.reported import lines_of
from resources.services import sheets
from resources.services.reports import accept_report, correct_sheet, make_sheet, set_aside
from resources.tests.factories import make_resource
from resources.tests.reports import make_proposal, make_report
from resources.todo_reports import lines

pytestmark = pytest.mark.django_db
LOUISE = "louise@cafe.example"


@pytest.fixture(autouse=True)
def clock(time_machine):
    """Tuesday 3 March 2026."""
    time_machine.move_to(datetime(2026, 3, 3, 12, 15, tzinfo=UTC), tick=False)
    return time_machine


def refusal(call, **arguments):
    with pytest.raises(Refusal) as caught:
        call(**arguments)
    return caught.value.sentence


def written():
    return [(mail.to, mail.subject) for mail in Outgoing.objects.order_by("pk")]


def history(sheet):
    return list(sheet.changes.order_by("pk").values_list("kind", "origin", "by"))


# --- Reception ----------------------------------------------------------------------------------------


def test_an_error_is_kept_and_its_receipt_written():
    sheet = make_resource(name="Médiation")

    report = make_report(resource=sheet, wrong="gone", message="C’est fermé.", email=" Louise@Cafe.example ")

    kept = ResourceReport.objects.values("kind", "resource", "fields", "message", "email", "state").get()
    assert kept == {
        "kind": "error",
        "resource": sheet.pk,
        "fields": {"wrong": "gone"},
        "message": "C’est fermé.",
        "email": LOUISE,
        "state": "received",
    }
    assert written() == [(LOUISE, "Votre signalement : Médiation")]
    assert (lines_of(report), report.subject) == ([("Ce qui ne va pas", "Cela n’existe plus")], "Médiation")


def test_a_proposal_is_told_in_the_words_of_its_form():
    report = make_proposal(
        name="Balint", kind="groupe", known="self", needs=["entraide--groupe-de-parole"], commune="Port-Sauvel"
    )

    assert report.subject == "Balint"
    assert lines_of(report) == [
        ("Comment on la connaît", "C’est moi, ou j’y travaille"),
        ("Nom", "Balint"),
        ("Nature", "Groupe de pairs"),
        ("Besoins", "Rejoindre un groupe (Balint, échange de pratiques)"),
        ("Commune", "Port-Sauvel"),
    ]


def test_the_same_report_sent_twice_is_kept_once_until_it_is_examined(coordinator):
    sheet = make_resource()
    first = make_report(resource=sheet)
    again = make_report(resource=sheet)
    other = make_report(resource=sheet, wrong="hours")
    accept_report(report=first, by=coordinator)
    later = make_report(resource=sheet)

    proposals = [make_proposal(name=name).pk for name in ("Balint", "Balint", "Autre")]

    assert (again.pk == first.pk, other.pk == first.pk, later.pk == first.pk) == (True, False, False)
    assert (proposals[0] == proposals[1], proposals[0] == proposals[2]) == (True, False)


def test_an_address_gets_one_receipt_a_day_whatever_is_sent_in_its_name(clock):
    for number in range(5):
        make_report(message=f"Message {number}", email=LOUISE)
        make_proposal(email=LOUISE)
    make_proposal(email="paul@cafe.example")
    clock.shift(timedelta(days=1))
    make_proposal(email=LOUISE)

    assert [to for to, _ in written()] == [LOUISE, "paul@cafe.example", LOUISE]


def test_the_receipt_repeats_nothing_that_was_typed(outbox):
    make_proposal(name="Achetez ici", message="https://piege.example", website="https://piege.example", email=LOUISE)

    [mail] = outbox.deliver()

    html = mail.alternatives[0][0]
    assert [word in mail.subject + mail.body + html for word in ("Achetez", "piege")] == [False, False]
    assert "rien n’est publié d’ici là" in mail.body


@pytest.mark.parametrize("visibility", ["account", "peers"])
def test_no_mail_names_a_sheet_that_is_not_for_everybody(visibility, outbox, coordinator):
    sheet = make_resource(name="Zébulon", visibility=visibility)
    kept, dropped = make_report(resource=sheet, email=LOUISE), make_report(resource=sheet, email="paul@cafe.example")
    accept_report(report=kept, by=coordinator)
    set_aside(report=dropped, by=coordinator)

    mails = outbox.deliver()

    assert [(mail.to[0], mail.subject) for mail in mails] == [
        (LOUISE, "Votre signalement sur l’annuaire"),
        ("paul@cafe.example", "Votre signalement sur l’annuaire"),
        (LOUISE, "Merci : c’est corrigé"),
        ("paul@cafe.example", "Votre signalement sur l’annuaire"),
    ]
    told = "".join(mail.subject + mail.body + mail.alternatives[0][0] for mail in mails)
    assert ("Zébulon" in told, sheet.slug in told) == (False, False)


# --- Moves --------------------------------------------------------------------------------------------


def test_a_correction_is_kept_as_coming_from_a_report_and_thanked_with_the_link(coordinator, outbox):
    sheet = make_resource(name="Médiation", phone="02 61 91 00 20")
    report = make_report(resource=sheet, email=LOUISE)

    correct_sheet(report=report, values={"phone": "02 61 91 00 21"}, needs=["droit--avocat"], by=coordinator)
    closed = accept_report(report=report, by=coordinator)

    assert history(sheet)[1:] == [("edited", "report", coordinator.pk)]
    assert (closed.state, closed.handled_by, closed.handled_at.isoformat()) == (
        ReportState.ACCEPTED,
        coordinator,
        "2026-03-03T12:15:00+00:00",
    )
    thanks = outbox.deliver()[-1]
    assert (thanks.to, thanks.subject) == ([LOUISE], "Merci : c’est corrigé")
    assert "Le mardi 3 mars 2026, vous nous avez signalé une erreur sur la fiche « Médiation »" in thanks.body
    assert f"/ressources/{sheet.slug}/" in thanks.body
    assert [line for line in thanks.body.splitlines() if line.startswith(" ")] == []


def test_a_proposal_becomes_a_suggestion_that_nobody_sees(coordinator):
    report = make_proposal(
        name="Médiation", kind="service", needs=["droit--avocat", "sante--psychiatrie"], phone="02 61 91 00 30",
        email="louise@cafe.example", commune="Port-Sauvel",
    )  # fmt: skip

    sheet = make_sheet(report=report, by=coordinator)

    sheet.refresh_from_db()
    fields = ("name", "kind", "state", "phone", "on_site", "remote", "commune", "area_kind", "area", "area_communes")
    assert [getattr(sheet, name) for name in fields] == [
        "Médiation", "service", "suggestion", "02 61 91 00 30", True, False, "Port-Sauvel", "communes", "Port-Sauvel",
        ["Port-Sauvel"],
    ]  # fmt: skip
    assert [row.need for row in sheet.needs.all()] == ["sante--psychiatrie", "droit--avocat"]
    assert history(sheet) == [("created", "report", coordinator.pk)]
    report.refresh_from_db()
    assert (report.resource, report.state, Resource.objects.public().count()) == (sheet, ReportState.RECEIVED, 0)


@pytest.mark.parametrize(
    ("typed", "place"),
    [
        ({}, (False, True, "france")),
        ({"commune": "Port-Sauvel"}, (True, False, "communes")),
        ({"commune": "Port-Sauvel", "kind": "ligne"}, (True, True, "communes")),
    ],
)
def test_a_suggestion_takes_place_where_the_proposal_lets_think(typed, place, coordinator):
    sheet = make_sheet(report=make_proposal(**typed), by=coordinator)

    assert (sheet.on_site, sheet.remote, sheet.area_kind) == place


def test_a_person_proposed_shows_no_contact_until_she_agrees(coordinator):
    report = make_proposal(kind="personne", phone="02 61 91 00 30")

    assert make_sheet(report=report, by=coordinator).shows_contact is False


def test_a_person_proposed_is_published_once_her_agreement_is_dated(coordinator):
    report = make_proposal(kind="personne", phone="02 61 91 00 30")
    sheet = make_sheet(report=report, by=coordinator)
    sheets.update_sheet(resource=sheet, values={"summary": "Psychologue."}, by=coordinator)

    before = refusal(sheets.publish_sheet, resource=sheet, by=coordinator)
    sheets.update_sheet(resource=sheet, values={"contact_agreed_on": date(2026, 3, 2)}, by=coordinator)

    assert before == "Cette personne a été proposée par quelqu’un : notez la date de son accord avant de publier."
    assert sheets.publish_sheet(resource=sheet, by=coordinator).state == ResourceState.PUBLISHED


@pytest.mark.parametrize(("published", "linked"), [(True, True), (False, False)])
def test_an_accepted_proposal_is_thanked_with_the_link_once_everybody_may_read_it(
    published, linked, coordinator, outbox
):
    report = make_proposal(name="Médiation", phone="02 61 91 00 30", email=LOUISE)
    sheet = make_sheet(report=report, by=coordinator)
    if published:
        sheets.update_sheet(resource=sheet, values={"summary": "Aide à se parler."}, by=coordinator)
        sheets.publish_sheet(resource=sheet, by=coordinator)

    accept_report(report=report, by=coordinator)

    thanks = outbox.deliver()[-1]
    assert thanks.subject == "Merci : votre proposition est retenue"
    assert [word in thanks.body for word in ("« Médiation » est en ligne", f"/ressources/{sheet.slug}/")] == [
        linked
    ] * 2


def test_what_is_set_aside_is_answered_with_courtesy(coordinator, outbox):
    report = make_proposal(email=LOUISE)

    closed = set_aside(report=report, by=coordinator, answer="Elle est déjà dans l’annuaire.")

    assert (closed.state, closed.answer) == (ReportState.REFUSED, "Elle est déjà dans l’annuaire.")
    word = outbox.deliver()[-1]
    assert word.subject == "Votre proposition pour l’annuaire"
    assert word.body.splitlines()[:8] == [
        "Bonjour,",
        "",
        "Le mardi 3 mars 2026, vous nous avez proposé une ressource pour l’annuaire. Nous l’avons examinée, et nous ne "
        "la retenons pas cette fois.",
        "",
        "Elle est déjà dans l’annuaire.",
        "",
        "Merci d’avoir pris le temps de nous écrire. Si quelque chose nous a échappé, répondez à ce courriel.",
        "",
    ]
    assert "Elle est déjà dans l’annuaire." in word.alternatives[0][0]


def test_nobody_is_written_to_without_an_address_or_for_junk(coordinator):
    set_aside(report=make_report(), by=coordinator)
    accept_report(report=make_report(), by=coordinator)
    junk = make_proposal(email=LOUISE)
    set_aside(report=junk, by=coordinator, tell=False)

    assert written() == [(LOUISE, "Votre proposition pour l’annuaire")]
    assert Outgoing.objects.get().dedupe_key == f"report:{junk.pk}:received"


def test_what_has_been_examined_stays_examined(coordinator):
    report = make_report(email=LOUISE)
    accept_report(report=report, by=coordinator)
    once = "Ce signalement a déjà été examiné, le mardi 3 mars 2026."

    assert [
        refusal(accept_report, report=report, by=coordinator),
        refusal(set_aside, report=report, by=coordinator),
        refusal(make_sheet, report=report, by=coordinator),
        refusal(correct_sheet, report=report, values={}, needs=[], by=coordinator),
    ] == [once] * 4
    assert len(written()) == 2


def test_a_proposal_is_accepted_once_it_has_its_sheet_and_has_one_only(coordinator):
    report = make_proposal()

    early = refusal(accept_report, report=report, by=coordinator)
    make_sheet(report=report, by=coordinator)
    twice = refusal(make_sheet, report=report, by=coordinator)
    on_an_error = refusal(make_sheet, report=make_report(), by=coordinator)

    assert (early, {twice, on_an_error}) == (
        "Faites d’abord une fiche de cette proposition, ou écartez-la.",
        {"Ce signalement a déjà sa fiche."},
    )


def test_a_correction_that_breaks_a_rule_changes_nothing(coordinator):
    report = make_report()

    sentence = refusal(
        correct_sheet, report=report, values={"on_site": False, "remote": False}, needs=[], by=coordinator
    )

    assert sentence == "Indiquez si cela se passe sur place, à distance, ou les deux."
    assert Resource.objects.get().state == ResourceState.PUBLISHED


# --- To do --------------------------------------------------------------------------------------------


def test_each_kind_that_waits_is_one_line_to_do(coordinator, django_assert_num_queries):
    accept_report(report=make_report(), by=coordinator)
    assert lines() == []
    make_report()
    for _ in range(3):
        make_proposal()

    with django_assert_num_queries(1):
        found = [(line.sentence, line.url, line.action) for line in lines()]

    address = "/coordination/ressources/signalements/?etat=received&nature="
    assert found == [
        ("Une erreur est signalée dans l’annuaire.", f"{address}error", "Examiner"),
        ("3 ressources sont proposées à l’annuaire.", f"{address}proposal", "Examiner"),
    ]
    assert {line.sentence for line in lines()} <= {line.sentence for line in todo.lines(coordinator)}
