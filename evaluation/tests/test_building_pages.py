"""The coordination's pages where questionnaires are written, and the address that the cell shows."""

import re
from datetime import timedelta
from html import unescape

import pytest
from django.contrib.messages import get_messages
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from cafe import feedback, pdf, todo
from cafe.models import Document
from evaluation.enums import QuestionKind, SurveyAudience, SurveyKind, SurveyState
from evaluation.models import Question, Survey
from evaluation.services import building
from evaluation.tests.factories import make_question, make_response, make_survey

pytestmark = pytest.mark.django_db
LIST, NEW = reverse("survey_list"), reverse("survey_new")


def draft(*questions, **fields):
    return make_survey(state=SurveyState.DRAFT, opened_on=None, questions=questions, **fields)


def text_of(response):
    content = re.search(r"<main.*</main>", response.content.decode(), re.S)[0]
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", content)).split())


def told(response):
    return [str(message) for message in get_messages(response.wsgi_request)]


def page(name, survey, question=None):
    keys = [survey.pk, question.pk] if question else [survey.pk]
    return reverse(f"survey_{name}", args=keys)


# --- The list -------------------------------------------------------------------------------------


def test_without_any_questionnaire_one_is_led_to_the_ready_made_ones(desk):
    assert f'href="{NEW}">Choisir un modèle</a>' in desk.get(LIST).content.decode()


def test_the_list_is_searched_and_filtered(desk):
    needs, mark = make_survey(title="Besoins"), draft(title="Séance de yoga")

    found = {query: text_of(desk.get(f"{LIST}?{query}")) for query in ("", "q=besoin", "etat=draft", "q=rien")}

    titles = {query: [one.title for one in (needs, mark) if one.title in text] for query, text in found.items()}
    assert titles == {
        "": [needs.title, mark.title],
        "q=besoin": [needs.title],
        "etat=draft": [mark.title],
        "q=rien": [],
    }
    assert "Aucun questionnaire ne correspond." in found["q=rien"]


def test_the_pages_do_not_tell_how_many_answered(desk):
    survey = make_survey(questions=[QuestionKind.SCALE])
    addresses = (LIST, page("edit", survey))
    before = [text_of(desk.get(address)) for address in addresses]

    for _ in range(7):
        make_response(survey, {survey.questions.get(): 3})

    assert [text_of(desk.get(address)) for address in addresses] == before


def test_pages_take_as_many_statements_whatever_they_hold(desk):
    def statements(address):
        with CaptureQueriesContext(connection) as queries:
            assert desk.get(address).status_code == 200
        return len(queries)

    small = draft(QuestionKind.YES_NO)
    counts = [(statements(LIST), statements(page("edit", small)), statements(page("preview", small)))]
    large = draft(*[QuestionKind.YES_NO] * 12)
    first = large.questions.first()
    large.questions.exclude(pk=first.pk).update(condition=first, condition_values=[1])
    for _ in range(5):
        draft(QuestionKind.LONG)
    counts.append((statements(LIST), statements(page("edit", large)), statements(page("preview", large))))

    assert counts[0] == counts[1]


# --- From nothing to open -------------------------------------------------------------------------


@pytest.mark.parametrize("source", ["apres-une-seance", "vide", "copie"])
def test_a_draft_starts_from_a_ready_made_one_from_nothing_or_from_one_of_ours(desk, source):
    ours = make_survey(title="Le nôtre", questions=[QuestionKind.LONG])

    response = desk.post(NEW, {"source": source, "copied": ours.pk})

    made = Survey.objects.latest("pk")
    assert (made.state, made.questions.count(), made.previous) == {
        "apres-une-seance": (SurveyState.DRAFT, 7, None),
        "vide": (SurveyState.DRAFT, 0, None),
        "copie": (SurveyState.DRAFT, 1, ours),
    }[source]
    assert response.url == page("settings" if source == "vide" else "edit", made)


def test_a_copy_of_nothing_is_not_one(desk):
    make_survey()

    text = text_of(desk.post(NEW, {"source": "copie"}))

    assert ("Choisissez le questionnaire à copier." in text, Survey.objects.count()) == (True, 1)


def settings_data(**fields):
    return {
        "title": "Nos besoins", "kind": "needs", "audience": "public", "reminders": "1", "reminder_days": "7"
    } | fields  # fmt: skip


def test_settings_are_kept_or_what_was_typed_is(desk):
    survey = draft()
    yesterday = timezone.localdate() - timedelta(days=1)

    wrong = desk.post(
        page("settings", survey), settings_data(reminders="4", reminder_days="3", closes_on=yesterday, intro="Essai.")
    )
    text = text_of(wrong)
    sentences = ["Trois relances au plus.", "Une semaine au moins", "Cette date est passée."]
    assert [sentence for sentence in sentences if sentence in text] == sentences
    assert ("Essai." in text, Survey.objects.get().title == survey.title) == (True, True)

    desk.post(page("settings", survey), settings_data())
    kept = Survey.objects.get()
    assert (kept.title, kept.kind, kept.audience) == ("Nos besoins", SurveyKind.NEEDS, SurveyAudience.PUBLIC)


def test_a_question_is_added_changed_moved_repeated_and_deleted(desk):
    survey = draft({"kind": QuestionKind.YES_NO, "text": "Viendriez-vous ?"})
    first = survey.questions.get()
    add = page("question_add", survey)
    assert 'href="?sorte=choices"' in desk.get(add).content.decode()

    desk.post(f"{add}?sorte=choice", {"text": "Quand ?", "options": "Le matin\r\n\r\n Le soir \r\nLe matin"})
    when = survey.questions.get(text="Quand ?")
    assert [option["label"] for option in when.options] == ["Le matin", "Le soir"]
    response = desk.post(page("question_shift", survey, when), {"sens": "haut"})
    assert response.url == f"{page('edit', survey)}#q{when.pk}"
    desk.post(page("question_edit", survey, when), {"text": "À quelle heure ?", "options": "Le matin\nLe soir"})
    desk.post(page("question_duplicate", survey, first))
    desk.post(page("question_delete", survey, first))

    assert list(survey.questions.values_list("text", "kind", "position")) == [
        ("À quelle heure ?", "choice", 1), ("Viendriez-vous ?", "yes_no", 2),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"text": "Quand ?", "options": "Toujours"}, "Donnez de 2 à 30 réponses, une par ligne."),
        ({"text": "Quand ?", "options": "Oui\n" + "x" * 101}, "100 caractères au plus."),
        ({"text": "", "options": "Oui\nNon"}, "Ce champ est obligatoire."),
    ],
)
def test_an_error_keeps_what_was_typed(desk, typed, sentence):
    survey = draft()

    response = desk.post(f"{page('question_add', survey)}?sorte=choices", typed | {"help_text": "Plusieurs choix."})

    body = unescape(response.content.decode())
    assert (sentence in body, "Plusieurs choix." in body, typed["options"] in body) == (True, True, True)
    assert not Question.objects.exists()


@pytest.mark.parametrize("kind", QuestionKind.values)
def test_each_kind_has_its_form_and_its_preview(desk, kind):
    survey = draft()
    typed = {"text": f"Une question {kind}", "options": "Oui\nNon", "low": "peu", "high": "trop"}

    desk.get(f"{page('question_add', survey)}?sorte={kind}")
    desk.post(f"{page('question_add', survey)}?sorte={kind}", typed)

    assert typed["text"] in text_of(desk.get(page("preview", survey)))
    assert desk.get(page("question_edit", survey, survey.questions.get())).status_code == 200


def test_an_unknown_kind_is_chosen_again(desk):
    survey = draft()

    assert "Comment y répond-on" in text_of(desk.get(f"{page('question_add', survey)}?sorte=essai"))
    assert desk.post(f"{page('question_add', survey)}?sorte=essai", {"text": "A"}).url == page("question_add", survey)


def test_a_condition_is_chosen_in_two_steps_and_told_in_words(desk):
    survey = draft({"kind": QuestionKind.YES_NO, "text": "Viendriez-vous ?"}, QuestionKind.LONG)
    first, second = survey.questions.all()
    address = page("question_condition", survey, second)

    assert "Je ne sais pas" in text_of(desk.get(f"{address}?sur={first.pk}"))
    assert "Choisissez au moins une réponse." in text_of(desk.post(f"{address}?sur={first.pk}", {}))
    desk.post(f"{address}?sur={first.pk}", {"values": ["0", "2"]})

    words = "Seulement si la réponse à « Viendriez-vous ? » est « Non » ou « Je ne sais pas »."
    assert words in text_of(desk.get(page("edit", survey)))
    response = desk.post(page("question_shift", survey, second), {"sens": "haut"})
    assert told(response)[-1].endswith("elle reste après.")
    desk.post(address, {"remove": "1"})
    assert Question.objects.get(pk=second.pk).condition is None


def test_a_question_of_another_questionnaire_is_not_found(desk):
    survey, foreign = draft(), make_question(draft())

    assert desk.get(page("question_edit", survey, foreign)).status_code == 404
    assert desk.post(page("question_delete", survey, foreign)).status_code == 404


def test_opening_is_confirmed_then_the_questions_can_only_be_read(desk):
    survey = draft({"kind": QuestionKind.SCALE, "text": "Quelle note ?"})
    assert "ne changeront plus" in text_of(desk.get(page("open", survey)))

    desk.post(page("open", survey))

    body = desk.get(page("edit", survey)).content.decode()
    assert ("Copier pour modifier" in body, "Quelle note ?" in body, "Descendre" in body) == (True, True, False)
    assert page("question_edit", survey, survey.questions.get()) not in body
    response = desk.get(page("settings", survey))
    assert (response.url, told(response)[-1]) == (page("edit", survey), building.FROZEN)
    copied = desk.post(page("copy", survey))
    assert "Version 2 de" in text_of(desk.get(copied.url))


def test_who_opens_another_questionnaire_after_sessions_reads_which_one_it_replaces(desk):
    make_survey(kind=SurveyKind.SESSION, title="Avis de l’an passé")
    after_sessions, other = draft(kind=SurveyKind.SESSION), draft(kind=SurveyKind.NEEDS)

    told_of = ["Avis de l’an passé" in text_of(desk.get(page("open", one))) for one in (after_sessions, other)]

    assert told_of == [True, False]


def test_closing_and_deleting_are_confirmed(desk):
    running, unused = make_survey(questions=[QuestionKind.LONG]), draft()
    for address in (page("close", running), page("delete", unused)):
        desk.get(address)
    assert Survey.objects.filter(state__in=["open", "draft"]).count() == 2

    desk.post(page("close", running))
    refused = desk.post(page("delete", running))
    assert desk.post(page("delete", unused)).url == LIST

    assert [one.state for one in Survey.objects.all()] == [SurveyState.CLOSED]
    assert "il ne se supprime pas" in told(refused)[-1]


def test_the_last_day_is_changed_on_its_page_which_keeps_what_was_typed(desk):
    survey = make_survey(questions=[QuestionKind.LONG])
    address, today = page("closing", survey), timezone.localdate()

    refused = desk.post(address, {"closes_on": f"{today - timedelta(days=1)}"})
    done = desk.post(address, {"closes_on": f"{today + timedelta(days=9)}"})

    assert "Cette date est passée." in text_of(refused)
    assert f'value="{today - timedelta(days=1)}"' in refused.content.decode()
    assert done.url == page("edit", survey)
    survey.refresh_from_db()
    assert survey.closes_on == today + timedelta(days=9)
    assert address in desk.get(done.url).content.decode()


# --- Anybody's ------------------------------------------------------------------------------------


def test_the_address_of_a_public_one_comes_with_its_poster_and_a_word_on_doubles(desk):
    survey = make_survey(audience=SurveyAudience.PUBLIC, title="Nos besoins", questions=[QuestionKind.LONG])
    address = reverse("survey_answer", args=[survey.public_key])

    text = text_of(desk.get(page("poster", survey)))
    desk.post(page("poster", survey))

    asked = Document.objects.get()
    html = pdf._kinds[asked.kind](**asked.params)
    assert (address in text, "oublons possibles" in text) == (True, True)
    assert ("Nos besoins" in html, address.rstrip("/") in html, pdf.pages_of(html)) == (True, True, 1)


@pytest.mark.parametrize("fields", [{"audience": "invited"}, {"audience": "public", "state": "closed"}])
def test_there_is_no_poster_where_nobody_could_answer(desk, fields):
    survey = make_survey(**fields)

    assert "Préparer l’affiche" not in text_of(desk.get(page("poster", survey)))
    desk.post(page("poster", survey))

    assert not Document.objects.exists()


def test_what_should_have_been_closed_waits_for_the_coordination(coordinator):
    yesterday = timezone.localdate() - timedelta(days=1)
    late = make_survey(closes_on=yesterday)
    make_survey(closes_on=timezone.localdate())

    lines = [line.url for line in todo.lines(coordinator) if "devait se clore" in line.sentence]
    assert lines == [page("close", late)]


def test_the_cell_is_handed_the_address_of_its_own_running_questionnaire_and_nothing_is_written():
    make_survey(audience=SurveyAudience.PUBLIC)
    assert feedback.address(feedback.LISTENING_CELL) == ""
    cells = building.open_survey(survey=building.create_survey(model="cellule-d-ecoute"))

    with CaptureQueriesContext(connection) as queries:
        address = feedback.address(feedback.LISTENING_CELL)

    assert address == reverse("survey_answer", args=[cells.public_key])
    assert {query["sql"].split()[0] for query in queries} == {"SELECT"}
    building.close_survey(survey=cells)
    assert feedback.address(feedback.LISTENING_CELL) == ""
