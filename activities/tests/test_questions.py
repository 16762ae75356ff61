import json
from datetime import timedelta

import pytest
from django.utils import timezone

from activities.enums import QuestionKind
from activities.links import registration_path
from activities.models import Answer, Question, Registration
from activities.services import planning, questions, retention
from activities.tests.factories import form_data, make_session, sign_up
from cafe.errors import Refusal
from members.tests.factories import make_user

pytestmark = pytest.mark.django_db


def ask(session, text="Avez-vous un tapis ?", kind=QuestionKind.TEXT, **fields):
    return questions.add_question(session=session, values={"text": text, "kind": kind, **fields})


def texts(session):
    return list(session.questions.values_list("text", flat=True))


def given(registration):
    return dict(registration.answers.values_list("question__text", "value"))


@pytest.fixture
def asked():
    """A session with one question of each kind; the first must be answered."""
    session = make_session()
    ask(session, "Repas ?", QuestionKind.CHOICE, choices="Végétarien\nSans gluten", required=True)
    ask(session, "Niveau ?", QuestionKind.TEXT)
    ask(session, "Matériel ?", QuestionKind.CHOICES, choices="Tapis\nCoussin\nPlaid")
    ask(session, "Covoiturage ?", QuestionKind.YES_NO)
    return session


def answers(session, **more):
    meal, level, kit, car = (f"question_{pk}" for pk in session.questions.values_list("pk", flat=True))
    return {meal: "Sans gluten", level: "débutante", kit: ["Tapis", "Plaid"], car: "Oui"} | more


def test_answers_of_every_kind_are_kept_with_the_registration(client, asked, outbox):
    client.post(asked.get_absolute_url(), form_data() | answers(asked))

    assert given(Registration.objects.get()) == {
        "Repas ?": "Sans gluten",
        "Niveau ?": "débutante",
        "Matériel ?": "Tapis ; Plaid",
        "Covoiturage ?": "Oui",
    }


def test_a_missing_or_false_answer_is_refused_and_what_was_typed_stays(client, asked, outbox):
    meal = f"question_{asked.questions.first().pk}"
    wrong = answers(asked) | {meal: "Du homard"}
    del wrong[meal]

    pages = [
        client.post(asked.get_absolute_url(), form_data() | fields).content.decode()
        for fields in (wrong, answers(asked) | {meal: "Du homard"})
    ]

    assert not Registration.objects.exists()
    assert all("Quelques points à corriger" in page for page in pages)
    assert all('value="débutante"' in page for page in pages)
    assert all(page.count("checked") >= 3 for page in pages)


def test_optional_questions_may_stay_unanswered(client, asked, outbox):
    meal = f"question_{asked.questions.first().pk}"

    client.post(asked.get_absolute_url(), form_data() | {meal: "Végétarien"})

    assert given(Registration.objects.get()) == {"Repas ?": "Végétarien"}


def test_questions_cost_a_visitor_two_statements_at_most(client, asked, outbox, django_assert_max_num_queries):
    with django_assert_max_num_queries(8):
        client.get(asked.get_absolute_url())


def test_answers_change_by_the_personal_link(client, asked, outbox):
    client.post(asked.get_absolute_url(), form_data() | answers(asked))
    registration = Registration.objects.get()
    path = f"{registration_path(registration)}changer/"
    kit = f"question_{asked.questions.all()[2].pk}"
    car = f"question_{asked.questions.all()[3].pk}"
    person = {"first_name": "Lou", "last_name": "Petit", "profession": "infirmier", "cpts_member": "unknown"}

    page = client.get(path).content.decode()
    client.post(path, person | answers(asked) | {kit: ["Coussin"], car: ""})

    assert 'value="débutante"' in page
    assert page.count('type="checkbox"') == 3
    assert given(registration) == {"Repas ?": "Sans gluten", "Niveau ?": "débutante", "Matériel ?": "Coussin"}


def test_the_coordination_may_leave_a_required_question_when_registering_somebody(desk, asked, outbox):
    url = f"/coordination/seances/{asked.slug}/inscriptions/ajouter/"

    response = desk.post(url, form_data())

    assert response.status_code == 302
    assert given(Registration.objects.get()) == {}


def test_answers_are_in_the_list_the_sheet_and_the_exports(desk, client, asked, outbox):
    desk.post(asked.get_absolute_url(), form_data() | answers(asked))
    url = f"/coordination/seances/{asked.slug}/inscriptions"
    pk = Registration.objects.get().pk

    pages = [desk.get(f"{url}/").content.decode(), desk.get(f"{url}/{pk}/").content.decode()]
    header, row = desk.get(f"{url}.csv").content.decode("utf-8-sig").splitlines()

    assert all("débutante" in page and "Tapis ; Plaid" in page for page in pages)
    assert header.split(";")[-4:] == ["Repas ?", "Niveau ?", "Matériel ?", "Covoiturage ?"]
    assert row.endswith('Sans gluten;débutante;"Tapis ; Plaid";Oui')


# --- the coordinator's page -----------------------------------------------------------------------


def test_questions_are_added_changed_moved_and_deleted(desk):
    session = make_session()
    page = f"/coordination/seances/{session.slug}/questions/"

    for text in ("Un", "Deux", "Trois"):
        desk.post(page, {"text": text, "kind": "text", "choices": "", "required": "on"})
    one, two, three = session.questions.all()
    desk.post(f"{page}{three.pk}/deplacer/", {"sens": "haut"})
    desk.post(f"{page}{one.pk}/deplacer/", {"sens": "haut"})
    desk.post(f"{page}{two.pk}/", {"text": "Deux fois", "kind": "choice", "choices": "a\nb\na\n"})
    desk.post(f"{page}{one.pk}/supprimer/")

    assert texts(session) == ["Trois", "Deux fois"]
    two.refresh_from_db()
    assert (two.kind, two.choice_list(), two.required) == ("choice", ["a", "b"], False)


@pytest.mark.parametrize(
    ("choices", "sentence"),
    [
        ("un seul", "Donnez au moins deux choix, un par ligne."),
        ("a\nb ; c", "Un choix ne peut pas contenir de point-virgule."),
        ("\n".join(f"{number} {'x' * 90}" for number in range(15)), "Ces choix sont trop longs, tous ensemble."),
    ],
)
def test_choices_that_cannot_be_asked_are_refused_at_their_field(desk, choices, sentence):
    session = make_session()

    page = desk.post(
        f"/coordination/seances/{session.slug}/questions/", {"text": "Quoi ?", "kind": "choices", "choices": choices}
    )

    assert sentence in page.content.decode()
    assert texts(session) == []


def test_a_question_with_answers_is_deleted_only_by_who_has_read_that_there_are_some(desk, outbox):
    session = make_session()
    question = ask(session)
    path = f"/coordination/seances/{session.slug}/questions/{question.pk}/supprimer/"
    blind = desk.get(path).content.decode()
    sign_up(session, answers={question.pk: "Oui, deux."})

    desk.post(path)
    kept = texts(session)
    warned = desk.get(path).content.decode()
    desk.post(path, {"avec_reponses": "1"})

    assert ("avec_reponses" in blind, "avec_reponses" in warned) == (False, True)
    assert (kept, texts(session)) == (["Avez-vous un tapis ?"], [])
    assert not Answer.objects.exists()


def test_the_kind_of_a_question_stays_once_it_is_answered(outbox):
    session = make_session()
    question = ask(session)
    sign_up(session, answers={question.pk: "Oui."})

    with pytest.raises(Refusal) as refusal:
        questions.change_question(question=question, values={"text": "Un tapis ?", "kind": "yes_no"})
    questions.change_question(question=question, values={"text": "Un tapis à vous ?", "kind": "text"})

    assert refusal.value.sentence.startswith("Des personnes ont déjà répondu")
    assert texts(session) == ["Un tapis à vous ?"]


def test_a_session_asks_twenty_questions_at_most():
    session = make_session()
    for number in range(20):
        ask(session, f"Question {number}")

    with pytest.raises(Refusal):
        ask(session)

    assert session.questions.count() == 20


def test_a_copy_asks_the_same_questions_in_the_same_order(asked):
    copy = planning.copy_session(session=asked, by=None)

    fields = [*questions.COPIED]
    assert list(copy.questions.values_list(*fields)) == list(asked.questions.values_list(*fields))


def test_an_answer_to_the_question_of_another_session_is_ignored(outbox):
    session, other = make_session(), make_session()
    stranger = ask(other)

    registration = sign_up(session, answers={stranger.pk: "Oui."})

    assert given(registration) == {}


# --- personal data --------------------------------------------------------------------------------


def test_answers_are_given_back_and_forgotten_with_the_person(client, outbox):
    user, session = make_user(), make_session()
    question = ask(session)
    registration = sign_up(session, user.email, answers={question.pk: "Oui, un bleu."})
    client.force_login(user)

    data = json.loads(client.get("/mon-espace/donnees/export/").content)
    type(session).objects.filter(pk=session.pk).update(starts_at=timezone.now() - timedelta(days=800))
    retention.purge(timezone.now(), dry_run=False)

    assert data["inscriptions"][0]["reponses"] == {"Avez-vous un tapis ?": "Oui, un bleu."}
    assert given(registration) == {}
    assert Question.objects.count() == 1
