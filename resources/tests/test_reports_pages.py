"""The pages of « Signaler une erreur » and « Proposer une ressource », and those where the coordination examines."""

import re
from datetime import UTC, datetime

import pytest
from django.contrib.messages import get_messages
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from members.tests.factories import make_user
from resources.models import Resource, ResourceReport
from resources.services.reports import accept_report, make_sheet, set_aside
from resources.services.retention import wipe
from resources.tests.factories import make_resource
from resources.tests.reports import error_data, make_proposal, make_report, proposal_data
from resources.tests.test_manage import form_data
from resources.views.reports import PER_HOUR, TOO_MANY

pytestmark = pytest.mark.django_db
PROPOSE = "/ressources/proposer/"
LIST = "/coordination/ressources/signalements/"


def address(sheet):
    return f"{sheet.get_absolute_url()}signaler/"


def page_of(report, act=""):
    return f"{LIST}{report.pk}/{act}"


def words(response):
    """Return the words of the page's main part, on one line."""
    main = response.text.split("<main", 1)[1].split("</main>")[0]
    return " ".join(re.sub(r"<[^>]+>", " ", main).replace("&nbsp;", " ").split())


def told(response):
    return [str(message).replace("\u00a0", " ") for message in get_messages(response.wsgi_request)]


# --- Anyone -------------------------------------------------------------------------------------------


def test_anyone_reports_an_error_from_the_sheet(client):
    sheet = make_resource(name="Médiation")
    shown = client.get(sheet.get_absolute_url()).text

    response = client.post(address(sheet), error_data(), follow=True)

    assert f'href="{address(sheet)}"' in shown
    assert response.redirect_chain == [(f"{address(sheet)}merci/", 302)]
    assert "La coordination vérifie, puis corrige la fiche." in words(response)
    report = ResourceReport.objects.get()
    assert (report.resource, report.fields, report.message, report.email) == (
        sheet,
        {"wrong": "contact"},
        "Le numéro ne répond plus.",
        "louise@cafe.example",
    )


def test_anyone_proposes_a_resource_from_the_search(client):
    shown = client.get("/ressources/?q=rien-de-tel").text

    response = client.post(PROPOSE, proposal_data(), follow=True)

    assert f'href="{PROPOSE}"' in shown
    assert response.redirect_chain == [(f"{PROPOSE}merci/", 302)]
    assert "S’il s’agit d’une personne, rien ne le sera sans son accord." in words(response)
    report = ResourceReport.objects.get()
    assert (report.kind, report.resource, report.message, report.email) == (
        "proposal",
        None,
        "Elle aide des associés à se parler.",
        "louise@cafe.example",
    )
    assert report.fields == {
        "name": "Médiation du port",
        "kind": "service",
        "known": "used",
        "needs": ["exercice--conflit-entre-associes", "droit--avocat"],
        "phone": "02 61 91 00 30",
        "email": "port@cafe.example",
        "website": "https://mediation.example",
        "commune": "Port-Sauvel",
    }
    assert Resource.objects.count() == 0


def test_the_form_says_what_becomes_of_what_is_typed_and_of_a_person(client):
    page = words(client.get(PROPOSE))

    assert "Pour une personne, elle lui demande d’abord son accord : sans lui, rien n’est publié." in page
    assert "Il est effacé douze mois après sa réponse." in page


def test_an_address_is_filled_in_for_who_is_signed_in_and_may_be_removed(client):
    user = make_user()
    sheet = make_resource()
    before = [client.get(url).context["form"]["email"].value() for url in (PROPOSE, address(sheet))]
    client.force_login(user)
    after = [client.get(url).context["form"]["email"].value() for url in (PROPOSE, address(sheet))]

    client.post(address(sheet), error_data(email=""))

    assert (before, after, ResourceReport.objects.get().email) == ([None, None], [user.email] * 2, "")


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("wrong", "", "Choisissez une réponse."),
        ("wrong", "inconnu", "Sélectionnez un choix valide."),
        ("message", "  ", "Dites-nous en une phrase"),
        ("message", "x" * 2001, "2000 caractères"),
        ("message", "a\x00b", "nul"),
        ("email", "louise", "adresse"),
    ],
)
def test_a_wrong_error_report_gets_a_french_error_and_keeps_the_rest(client, field, value, sentence):
    response = client.post(address(make_resource()), error_data(**{field: value}))

    kept = {name: response.context["form"][name].value() for name in error_data()}
    assert (response.status_code, kept) == (200, error_data(**{field: value}))
    assert (sentence in words(response), "<title>Erreur" in response.text) == (True, True)
    assert not ResourceReport.objects.exists()


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("name", "", "obligatoire"),
        ("name", "Média\x00tion", "nul"),
        ("kind", "", "obligatoire"),
        ("kind", "fée", "Sélectionnez un choix valide."),
        ("message", "", "Dites-nous en une phrase"),
        ("known", "", "Dites-nous comment"),
        ("needs", ["droit--inconnu"], "Sélectionnez un choix valide."),
        ("phone", "0" * 31, "30 caractères"),
        ("contact", "x", "adresse"),
        ("website", "javascript:alert(1)", "URL"),
        ("website", "http://[", "URL"),
        ("commune", "x" * 81, "80 caractères"),
        ("email", "x@", "adresse"),
    ],
)
def test_a_wrong_proposal_gets_a_french_error_and_keeps_the_rest(client, field, value, sentence):
    response = client.post(PROPOSE, proposal_data(**{field: value}))

    kept = {name: response.context["form"][name].value() for name in proposal_data()}
    assert (response.status_code, kept) == (200, proposal_data(**{field: value}))
    assert sentence in words(response)
    assert not ResourceReport.objects.exists()


def test_lone_surrogates_and_broken_bytes_are_kept_as_marks(client):
    response = client.post(
        address(make_resource()), b"wrong=other&message=%ED%A0%80&email=", "application/x-www-form-urlencoded"
    )

    assert (response.status_code, ResourceReport.objects.get().message.strip("\ufffd")) == (302, "")


def test_a_machine_meets_the_same_page_and_nothing_is_kept(client):
    sheet = make_resource()

    responses = [
        client.post(address(sheet), error_data(fax_reference="1")),
        client.post(PROPOSE, proposal_data(fax_reference="1")),
    ]

    assert [response.url for response in responses] == [f"{address(sheet)}merci/", f"{PROPOSE}merci/"]
    assert not ResourceReport.objects.exists()


def test_too_many_from_one_connection_are_refused_and_what_was_typed_stays(client, time_machine):
    time_machine.move_to(datetime(2026, 3, 3, 12, 15, tzinfo=UTC), tick=False)
    sheet = make_resource()
    for number in range(PER_HOUR):
        client.post(address(sheet), error_data(message=f"Message {number}"))

    refused = [client.post(PROPOSE, proposal_data()), client.post(address(sheet), error_data())]
    elsewhere = client.post(PROPOSE, proposal_data(), REMOTE_ADDR="192.0.2.7")

    assert [response.context["form"].non_field_errors() for response in refused] == [[TOO_MANY]] * 2
    assert "Médiation du port" in refused[0].text
    assert (elsewhere.status_code, ResourceReport.objects.count()) == (302, PER_HOUR + 1)


# --- Coordination -------------------------------------------------------------------------------------


def test_the_list_shows_what_waits_first_and_filters(desk, coordinator):
    sheet = make_resource(name="Avocate")
    open_error = make_report(resource=sheet)
    proposal = make_proposal(name="Balint")
    closed = make_report(resource=sheet, wrong="gone")
    accept_report(report=closed, by=coordinator)
    refused = make_proposal(name="Magie")
    set_aside(report=refused, by=coordinator)

    found = {
        query: [report.pk for report in desk.get(LIST + query).context["object_list"]]
        for query in (
            "",
            "?etat=received",
            "?etat=accepted",
            "?nature=proposal",
            "?etat=refused&nature=error",
            "?etat=x",
        )
    }

    everything = [proposal.pk, open_error.pk, refused.pk, closed.pk]
    assert found == {
        "": everything,
        "?etat=received": [proposal.pk, open_error.pk],
        "?etat=accepted": [closed.pk],
        "?nature=proposal": [proposal.pk, refused.pk],
        "?etat=refused&nature=error": [],
        "?etat=x": everything,
    }
    assert "Aucun signalement ne correspond à ces filtres." in words(desk.get(f"{LIST}?etat=refused&nature=error"))


def test_an_empty_list_says_where_reports_come_from(desk):
    assert "Chaque fiche publique porte un lien pour signaler une erreur." in words(desk.get(LIST))


def test_the_list_costs_the_same_whatever_the_number_and_has_pages(desk):
    costs, made = [], 0
    for wanted in (1, 3, 32):
        for number in range(made, wanted):
            make_proposal() if number % 2 else make_report()
        made = wanted
        with CaptureQueriesContext(connection) as queries:
            response = desk.get(LIST)
        costs.append(len(queries))

    assert len(set(costs)) == 1
    assert "Page 1 sur 2" in words(response)


def test_one_page_shows_what_was_typed_beside_the_sheet(desk):
    sheet = make_resource(name="Médiation", phone="02 61 91 00 20", hours="Le mardi")
    report = make_report(resource=sheet, message="Il faut le 21 à la fin.", email="louise@cafe.example")

    page = words(desk.get(page_of(report)))

    for shown in ("Le numéro, l’adresse ou le site", "Il faut le 21 à la fin.", "louise@cafe.example", "Le mardi"):
        assert shown in page
    assert "02 61 91 00 20" in page
    assert "« C’est corrigé » envoie un courriel de remerciement, avec le lien de la fiche" in page


def test_an_error_is_corrected_then_closed(desk, coordinator):
    sheet = make_resource(name="Médiation")
    report = make_report(resource=sheet)

    corrected = desk.post(page_of(report, "fiche/"), form_data(name="Médiation", phone="02 61 91 00 21"))
    closed = desk.post(page_of(report, "retenir/"))

    sheet.refresh_from_db()
    report.refresh_from_db()
    assert (sheet.phone, report.state) == ("02 61 91 00 21", "accepted")
    assert [response.url for response in (corrected, closed)] == [page_of(report)] * 2
    assert told(closed) == ["Les changements sont enregistrés.", "C’est noté : ce signalement est retenu."]
    assert sheet.changes.values_list("origin", "by").first() == ("report", coordinator.pk)
    assert f"par {coordinator}" in words(desk.get(page_of(report)))


def test_a_correction_that_is_refused_keeps_what_was_typed(desk):
    report = make_report()

    response = desk.post(page_of(report, "fiche/"), form_data(on_site=""))

    page = response.text
    assert "Indiquez si cela se passe sur place, à distance, ou les deux." in page
    assert ("Aide des associés à se parler." in page, ResourceReport.objects.get().state) == (True, "received")


def test_a_proposal_becomes_a_sheet_that_one_completes(desk):
    report = make_proposal(name="Médiation du port")

    made = desk.post(page_of(report, "en-faire-une-fiche/"))
    completed = desk.post(page_of(report, "fiche/"), form_data())
    page = words(desk.get(page_of(report)))

    sheet = Resource.objects.get()
    assert (made.url, completed.url) == (page_of(report, "fiche/"), page_of(report))
    assert (sheet.state, sheet.summary) == ("suggestion", "Aide des associés à se parler.")
    assert list(sheet.changes.order_by("pk").values_list("kind", "origin")) == [
        ("created", "report"),
        ("edited", "report"),
    ]
    assert "La proposition est retenue" in page


def test_a_proposal_that_looks_like_a_known_sheet_says_so(desk):
    make_resource(name="La médiation du port")
    make_resource(name="Autre chose")
    report = make_proposal(name="Médiation du Port")

    assert [one.name for one in desk.get(page_of(report)).context["alike"]] == ["La médiation du port"]


def test_setting_aside_mails_the_answer_unless_unticked(desk, outbox):
    polite, junk = make_report(email="louise@cafe.example"), make_proposal(email="paul@cafe.example")

    desk.post(page_of(polite, "ecarter/"), {"answer": "Ce numéro répond.", "tell": "on"})
    done = desk.post(page_of(junk, "ecarter/"), {"answer": ""})

    assert (done.url, told(done)[-1]) == (page_of(junk), "Ce signalement est écarté.")
    last = outbox.deliver()[-1]
    assert (last.to, "Ce numéro répond." in last.body, len(outbox.rows)) == (["louise@cafe.example"], True, 3)


def test_an_answer_too_long_is_kept_on_the_page(desk):
    report = make_report(email="louise@cafe.example")

    response = desk.post(page_of(report, "ecarter/"), {"answer": "x" * 1001, "tell": "on"})

    assert list(response.context["form"].errors) == ["answer"]
    assert ("<title>Erreur" in response.text, ResourceReport.objects.get().state) == (True, "received")


def test_without_an_address_no_mail_is_offered(desk):
    assert list(desk.get(page_of(make_report())).context["form"].fields) == ["answer"]


@pytest.mark.parametrize("act", ["retenir/", "ecarter/", "en-faire-une-fiche/"])
def test_a_late_move_says_that_it_comes_after_another(desk, coordinator, act):
    report = make_proposal()
    set_aside(report=report, by=coordinator)

    assert "Ce signalement a déjà été examiné" in told(desk.post(page_of(report, act)))[0]


def test_a_late_correction_changes_nothing_and_stays_on_the_page(desk, coordinator):
    sheet = make_resource(name="Médiation")
    report = make_report(resource=sheet)
    accept_report(report=report, by=coordinator)

    response = desk.post(page_of(report, "fiche/"), form_data(name="Médiation", hours="Le mardi"))

    sheet.refresh_from_db()
    assert ("Ce signalement a déjà été examiné" in response.text, "Le mardi" in response.text) == (True, True)
    assert sheet.hours == ""


def test_a_sheet_to_correct_there_must_be(desk, coordinator):
    without, with_sheet = make_proposal(), make_proposal()
    make_sheet(report=with_sheet, by=coordinator)

    assert [desk.get(page_of(one, "fiche/")).status_code for one in (without, with_sheet)] == [404, 200]


def test_what_was_wiped_says_so(desk, coordinator):
    set_aside(report=make_proposal(), by=coordinator, answer="Non.")
    wipe(ResourceReport.objects.all())
    report = ResourceReport.objects.get()

    assert "Proposition effacée" in words(desk.get(LIST))
    assert "Le message et l’adresse sont effacés" in words(desk.get(page_of(report)))


def test_what_a_visitor_typed_is_never_markup(desk):
    report = make_proposal(name="<b>Gras</b>", message="<script>alert(1)</script>", website="https://a.example/<i>")

    pages = desk.get(LIST).text + desk.get(page_of(report)).text

    assert [tag in pages for tag in ("<b>Gras", "<script>alert", "/<i>")] == [False] * 3


def test_the_form_asks_for_the_token_against_forgery():
    strict = Client(enforce_csrf_checks=True)

    assert strict.post(PROPOSE, proposal_data()).status_code == 403
