"""The pages behind a receipt lead to the cell's own questionnaire, and nothing ties the two."""

import re

import pytest
from django.urls import reverse

from cafe.errors import Refusal
from evaluation.services import building
from evaluation.tests.factories import make_question
from listening_cell.enums import CaseState
from listening_cell.models import Case
from listening_cell.tests.asked import ASK, form_of
from listening_cell.tests.factories import make_case, make_cell, make_peer, make_slot

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def address():
    survey = building.open_survey(survey=building.create_survey(model="cellule-d-ecoute"))
    return reverse("survey_answer", args=[survey.public_key])


@pytest.fixture
def pair():
    cell = make_cell()
    return [make_peer(cell), make_peer(cell, seasoned=False)]


def links(body, address):
    return re.findall(rf'<a href="{address}"[^>]*>', body)


def test_who_comes_back_once_it_is_over_may_say_how_it_went(client, pair, address):
    _, receipt = make_case(*pair)
    client.post(reverse("cell_return"), {"code": receipt})
    before = client.get(reverse("cell_follow")).content.decode()
    Case.objects.update(state=CaseState.CLOSED)
    kept = Case.objects.values_list().get()

    after = client.get(reverse("cell_follow")).content.decode()

    assert links(before, address) == []
    assert links(after, address) == [f'<a href="{address}" rel="noreferrer">']
    assert Case.objects.values_list().get() == kept


def test_the_receipt_gives_the_address_in_words_for_leaving_it_loses_the_code(client, pair, address):
    for peer in pair:
        make_slot(peer, days=3)

    body = client.post(ASK, form_of(client.get(ASK).content.decode())).content.decode()

    assert (f"testserver{address}" in body, links(body, address)) == (True, [])


@pytest.mark.parametrize(
    "fields", [{"kind": "long"}, {"kind": "yes_no", "comment": "Pourquoi ?"}, {"kind": "choice", "with_other": True}]
)
def test_nothing_is_written_about_the_cell_since_the_coordination_would_read_it(fields):
    survey = building.create_survey(model="cellule-d-ecoute")
    make_question(survey, **fields)

    with pytest.raises(Refusal, match="rien ne s’écrit"):
        building.open_survey(survey=survey)


def test_without_any_questionnaire_neither_page_speaks_of_it(client, pair):
    _, receipt = make_case(*pair)
    Case.objects.update(state=CaseState.CLOSED)
    client.post(reverse("cell_return"), {"code": receipt})

    assert "avis" not in client.get(reverse("cell_follow")).content.decode()
