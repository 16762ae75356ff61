import re
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from threading import Barrier

import pytest
from django.contrib.sessions.models import Session as BrowserSession
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from activities.tests.factories import make_session
from cafe.errors import Refusal
from cafe.logs import SILENT, first_segment
from cafe.models import Hit
from evaluation.models import Answer, Invitation, Response
from evaluation.services.answering import SPENT, answer, new_token
from evaluation.tests.factories import make_question, make_sending, make_survey

pytestmark = pytest.mark.django_db
GONE = 410


def link_of(sending, email, **fields):
    """Give the person invited a link; return it."""
    token, token_hash = new_token()
    Invitation.objects.filter(sending=sending, email=email).update(token_hash=token_hash, **fields)
    return reverse("survey_answer", args=[token])


def invited(**fields):
    """Return (link, its only question, the sending) of a questionnaire sent to one person."""
    sending = make_sending(make_survey(), ["louise@cabinet.example"], **fields)
    return link_of(sending, "louise@cabinet.example", sent_times=1), make_question(sending.survey), sending


def public(**fields):
    survey = make_survey(audience="public", **fields)
    return reverse("survey_answer", args=[survey.public_key]), make_question(survey)


def test_an_answer_is_kept_with_its_day_its_session_and_its_wave_and_nothing_of_who_gave_it(client, clock):
    session = make_session()
    link, question, sending = invited(session=session)
    Invitation.objects.update(sent_times=3)

    response = client.post(link, {f"q{question.pk}": "8"}, HTTP_USER_AGENT="Louise’s phone")

    assert response.url == reverse("survey_thanks", args=[sending.survey.public_key])
    assert list(Response.objects.values("survey", "session", "day", "wave", "source")) == [
        {"survey": sending.survey_id, "session": session.pk, "day": date(2026, 3, 3), "wave": 2, "source": "web"}
    ]
    assert Answer.objects.get().value == 8
    assert Invitation.objects.get().answered
    assert not BrowserSession.objects.exists()
    assert "C’est noté, merci." in client.get(response.url).content.decode()


def test_unknown_spent_replaced_and_closed_links_open_the_same_page(client):
    link, question, _ = invited()
    client.post(link, {f"q{question.pk}": "8"})
    over, _, sending = invited()
    sending.closed_on = timezone.localdate()
    sending.save()
    late, _, _ = invited(closes_on=timezone.localdate() - timedelta(days=1))
    closed, _ = public(state="closed")
    draft, _ = public(state="draft", opened_on=None)
    unsent = reverse("survey_answer", args=[make_survey().public_key])  # for invited people: no poster opens it
    unknown = [reverse("survey_answer", args=[token]) for token in ("jamais-vu", "a\0b", "x" * 500, "é")]

    pages = [client.get(address) for address in (link, over, late, closed, draft, unsent, *unknown)]

    assert {page.status_code for page in pages} == {GONE}
    assert len({page.content for page in pages}) == 1
    assert client.post(link, {f"q{question.pk}": "2"}).status_code == GONE
    assert Response.objects.count() == 1


def test_a_link_is_dead_once_its_token_is_spent_and_its_hash_is_not_the_one_that_was_mailed(client):
    link, question, _ = invited()
    before = Invitation.objects.get().token_hash
    client.post(link, {f"q{question.pk}": "8"})
    assert Invitation.objects.get().token_hash != before


def test_what_was_typed_stays_when_an_answer_is_missing_and_nothing_is_spent(client):
    link, question, sending = invited()
    missing = make_question(sending.survey, text="Et l’accueil ?", required=True)
    words = make_question(sending.survey, kind="long")

    page = client.post(link, {f"q{question.pk}": "8", f"q{words.pk}": "Très calme."}).content.decode()

    assert "Très calme." in page
    assert re.search(rf'name="q{question.pk}" value="8"[^>]*checked', page)
    assert f'href="#id_q{missing.pk}_0"' in page
    assert (Response.objects.count(), Invitation.objects.get().answered) == (0, False)


def test_the_page_is_not_kept_nor_indexed_and_its_address_reaches_no_log(client):
    link, _, _ = invited()
    page = client.get(link)
    assert "no-store" in page["Cache-Control"]
    assert page["X-Robots-Tag"] == "noindex, nofollow"
    assert page["Referrer-Policy"] == "same-origin"
    assert "<title>Questionnaire" in page.content.decode()
    assert first_segment(link) in SILENT


@pytest.mark.parametrize(("kind", "publish_from"), [("session", 5), ("cell", 11)])
def test_what_is_kept_is_said_before_the_first_question(client, kind, publish_from):
    sending = make_sending(make_survey(kind=kind, publish_from=publish_from), ["louise@cabinet.example"])
    make_question(sending.survey)
    page = client.get(link_of(sending, "louise@cabinet.example")).content.decode()
    kept, asked = page.index("ni nom, ni adresse"), page.index("Question 1")
    assert kept < asked
    assert "Jusqu’à cette nuit" in page
    assert f"à partir de {publish_from} réponses" in page


def test_a_poster_opens_its_questionnaire_to_everybody_as_often_as_one_likes(client):
    link, question = public()
    for _ in range(2):
        client.post(link, {f"q{question.pk}": "8"})
    assert Response.objects.count() == 2
    assert "Jusqu’à cette nuit" not in client.get(link).content.decode()


def test_a_machine_is_thanked_and_nothing_is_kept_of_it(client):
    link, question = public()
    response = client.post(link, {f"q{question.pk}": "8", "fax_reference": "1"})
    assert "/merci/" in response.url
    assert not Response.objects.exists()


def test_one_connection_cannot_answer_without_end_and_its_address_is_not_kept(client, monkeypatch):
    monkeypatch.setattr("evaluation.views.answering.PER_HOUR", 1)
    link, question = public()
    client.post(link, {f"q{question.pk}": "8"}, REMOTE_ADDR="192.0.2.7")
    page = client.post(link, {f"q{question.pk}": "8"}, REMOTE_ADDR="192.0.2.7")
    assert "Trop de réponses" in page.content.decode()
    assert Response.objects.count() == 1
    assert not any("192.0.2.7" in key for key in Hit.objects.values_list("key", flat=True))


def test_thanks_are_those_of_the_questionnaire_and_say_that_a_half_filled_index_does_not_count(client):
    link, question = public(thanks="À bientôt au café.")
    five = make_question(question.survey, kind="who5")
    response = client.post(link, {f"q{question.pk}": "8", f"q{five.pk}_1": "5"})
    page = client.get(response.url).content.decode()
    assert "À bientôt au café." in page
    assert "l’indice de bien-être n’est pas compté" in page
    assert client.get(reverse("survey_thanks", args=["x"])).status_code == 404


def test_a_condition_is_said_in_words_and_the_server_decides(client):
    link, first = public()
    first.kind = "yes_no"
    first.save()
    second = make_question(first.survey, condition=first, condition_values=[1, 2], required=True)
    page = client.get(link).content.decode()
    words = "Seulement si vous avez répondu « Oui » ou « Je ne sais pas » à la question 1."
    assert words in page.replace("\u00a0", " ")
    client.post(link, {f"q{first.pk}": "0", f"q{second.pk}": "4"})
    assert list(Answer.objects.values_list("question", "value")) == [(first.pk, 0)]


@pytest.mark.skipif(connection.vendor == "sqlite", reason="SQLite serialises whole transactions: see IMMEDIATE")
@pytest.mark.django_db(transaction=True)
def test_of_five_answers_sent_together_one_is_kept():
    _, question, sending = invited()
    token, token_hash = new_token()
    sending.invitations.update(token_hash=token_hash)
    barrier = Barrier(5)

    def send(_):
        barrier.wait(timeout=10)
        try:
            return answer(token=token, answers=[Answer(question=question, value=8)]).survey_id
        except Refusal as refusal:
            return refusal.sentence
        finally:
            connection.close()

    with ThreadPoolExecutor(5) as pool:
        ends = list(pool.map(send, range(5)))

    assert Counter(ends) == {sending.survey_id: 1, SPENT: 4}
    assert (Response.objects.count(), Answer.objects.count()) == (1, 1)
