"""The coordination's page of the sendings: a list is read, shown as it was understood, then sent or called off."""

import re
from datetime import date, timedelta
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from openpyxl import Workbook

from activities.tests.factories import make_session
from cafe.models import Portal
from evaluation.enums import SurveyAudience, SurveyState
from evaluation.models import Invitation, Sending
from evaluation.services.last_call import ALPHABET, last_call
from evaluation.services.lists import Line, examine, text_of
from evaluation.tests.factories import make_sending, make_survey

pytestmark = pytest.mark.django_db
PASTED = """Nom ; Courriel
Louise Petit <Louise.Petit@Cafe.example>, paul@cafe.example
louise.petit@cafe.example
pas-une-adresse
marie@cafe@example

connue@cafe.example"""


def address(survey, page=""):
    return f"/coordination/questionnaires/{survey.pk}/envois/{page}"


def given(**fields):
    tomorrow = timezone.localdate() + timedelta(days=1)
    closes_on = tomorrow + timedelta(days=30)
    return {"label": "Médecins du DIU", "addresses": PASTED, "starts_on": tomorrow, "closes_on": closes_on} | fields


def sheet(*lines):
    book, content = Workbook(), BytesIO()
    for line in lines:
        book.active.append(line)
    book.save(content)
    return SimpleUploadedFile("liste.xlsx", content.getvalue())


def test_a_list_is_understood_line_by_line():
    survey = make_survey()
    make_sending(survey, ["connue@cafe.example"])

    found = examine(PASTED, survey=survey)

    assert found.new == ("louise.petit@cafe.example", "paul@cafe.example")
    assert found.invalid == (Line(4, "pas-une-adresse"), Line(5, "marie@cafe@example"))
    assert found.doubled == (Line(3, "louise.petit@cafe.example"),)
    assert found.known == (Line(7, "connue@cafe.example"),)


def test_a_sheet_is_read_whichever_column_holds_the_addresses():
    text = text_of(
        sheet(["Nom", "Mail"], ["Petit", "une@cafe.example"], ["Sans adresse", None], [None, "autre@cafe.example"])
    )

    found = examine(text, survey=make_survey())

    assert (found.new, found.invalid) == (("une@cafe.example", "autre@cafe.example"), (Line(3, "sans adresse"),))


def test_nothing_is_sent_before_it_was_read_again(desk):
    survey = make_survey()

    shown = desk.post(
        address(survey, "liste/"), given(file=sheet(["une@cafe.example"], ["autre@cafe.example"]), addresses="")
    )
    before = Sending.objects.count()
    again = given(addresses=shown.context["given"]["addresses"])
    corrected = desk.post(address(survey, "liste/"), again | {"corriger": "1"})
    done = desk.post(address(survey, "liste/"), again | {"envoyer": "1"})

    assert ("Inviter 2 personnes" in shown.text, before, done.status_code) == (True, 0, 302)
    assert "une@cafe.example\nautre@cafe.example" in corrected.text
    sending = Sending.objects.get()
    assert (sending.label, sending.invited, sending.last_sent_on) == ("Médecins du DIU", 2, None)


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"addresses": " "}, "Collez des adresses, ou choisissez un fichier."),
        ({"starts_on": "2020-01-01"}, "Le prochain départ est le"),
        ({"closes_on": "2020-01-01"}, "La clôture vient après le premier envoi"),
        ({"label": ""}, "Ce champ est obligatoire"),
        ({"addresses": "x\n" * 2002}, "plus de 2000 lignes"),
        ({"addresses": "une\x00@cafe.example"}, "nul"),
    ],
)
def test_an_error_is_said_and_what_was_typed_stays(desk, wrong, sentence):
    page = desk.post(address(make_survey(), "liste/"), given(**wrong) | {"envoyer": "1"})

    assert (sentence in page.text, Sending.objects.count()) == (True, 0)
    assert wrong.get("label") == "" or "Médecins du DIU" in page.text


def test_a_list_of_nobody_new_is_refused_with_a_sentence(desk):
    survey = make_survey()
    make_sending(survey, ["une@cafe.example"])

    page = desk.post(address(survey, "liste/"), given(addresses="une@cafe.example") | {"envoyer": "1"})

    assert "Toutes ces personnes sont déjà invitées" in page.text


def test_a_sending_is_called_off_or_stopped_after_being_asked(desk):
    survey = make_survey()
    waiting = make_sending(survey, ["une@cafe.example"], label="En attente")
    gone = make_sending(survey, ["autre@cafe.example"], label="Parti", last_sent_on=timezone.localdate())

    asked = [desk.get(address(survey, f"{one.pk}/arreter/")).text for one in (waiting, gone)]
    kept = Sending.objects.count()
    desk.post(address(survey, f"{waiting.pk}/arreter/"), {"annuler": "1"})
    desk.post(address(survey, f"{gone.pk}/arreter/"), {"arreter": "1"})

    assert ["Annuler cet envoi" in asked[0], "Arrêter cet envoi" in asked[1], kept] == [True, True, 2]
    assert list(Sending.objects.values_list("label", "closed_on")) == [("Parti", timezone.localdate())]
    assert not Invitation.objects.exists()


def test_a_sending_of_another_questionnaire_is_not_there(desk):
    sending = make_sending(make_survey(), ["une@cafe.example"])

    assert desk.get(address(make_survey(), f"{sending.pk}/arreter/")).status_code == 404


def test_the_page_names_nobody_and_does_not_say_how_many_are_left(desk, clock):
    survey = make_survey(reminders=1)
    emails = [f"personne{number}@cafe.example" for number in range(17)]
    sending = make_sending(survey, emails, label="Médecins", last_sent_on=date(2026, 3, 3))
    Invitation.objects.filter(sending=sending, email__in=emails[:4]).update(
        answered=True, last_sent_on=date(2026, 3, 3)
    )

    page = desk.get(address(survey)).text.partition("<main")[2].partition("</main>")[0]

    assert ["10\u00a0mars 2026" in page, "moins de 5 réponses" in page, "courriel du 3 mars" in page] == [True] * 3
    assert re.findall(r"@cafe\.example|\b13\b", page) == []


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({}, "Aucun envoi pour le moment."),
        ({"state": SurveyState.DRAFT}, "encore un brouillon"),
        ({"state": SurveyState.CLOSED}, "plus rien ne part"),
        ({"audience": SurveyAudience.PUBLIC}, "ouvert à toute personne"),
    ],
)
def test_the_page_says_what_to_do_when_nothing_was_sent(desk, fields, sentence):
    survey = make_survey(**fields)

    assert sentence in desk.get(address(survey)).text
    assert desk.get(address(survey, "liste/")).status_code == (302 if fields else 200)


def test_the_page_takes_as_many_statements_for_many_sendings(desk, django_assert_max_num_queries):
    survey = make_survey()

    def add(count):
        for _ in range(count):
            make_sending(survey, [], session=make_session(), last_sent_on=timezone.localdate())

    add(1)
    desk.get(address(survey))
    with django_assert_max_num_queries(100) as one:
        desk.get(address(survey))
    add(15)
    with django_assert_max_num_queries(100) as many:
        desk.get(address(survey))

    assert len(one) == len(many)


@pytest.mark.parametrize("name", ["Café des Soignants", "Le Café ☕ d’à côté " * 4])
@pytest.mark.parametrize("audience", SurveyAudience)
def test_the_last_call_fits_in_one_text_message(name, audience):
    survey = make_survey(audience=audience)

    text = last_call(survey, mailed_on=date(2026, 11, 1), portal=Portal(name=name))

    assert 0 < len(text) <= 160
    assert set(text) <= ALPHABET
    assert (survey.public_key in text) if audience == SurveyAudience.PUBLIC else ("courriel du 1er novembre" in text)
