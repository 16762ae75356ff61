"""Which written answers may be read, in which words they leave, and the pages where that is done."""

import csv
import io

import pytest
from django.urls import reverse
from django.utils import timezone

from activities.tests.factories import make_facilitator, make_place
from cafe.errors import Refusal
from evaluation.enums import QuestionKind, SurveyKind
from evaluation.models import Answer, Reading, ResultSnapshot
from evaluation.services import reports
from evaluation.services.coding import code_answer
from evaluation.services.verbatims import corpora, decide, heading_counts, known_words, quotations
from evaluation.tests.factories import make_question, make_response, make_survey
from evaluation.tests.written import make_written, read, write, yesterday
from members.enums import Role
from members.tests.factories import make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def coder(client):
    user = make_user(role=Role.COORDINATION, second_factor=True)
    client.force_login(user)
    return user


def path(name, corpus, *more):
    return reverse(name, args=[corpus.question.survey_id, corpus.question.pk, corpus.part, *more])


def clear(answer, words="Un temps pour soi.", *, quoted=False):
    decide(answer=answer, words=words, cleared=True, quoted=quoted)


def test_eleven_are_read_at_once_then_five_more_and_none_of_today():
    survey = make_survey(questions=[QuestionKind.LONG])
    question = survey.questions.get()
    seen = []
    for count, day in (
        (10, yesterday()),
        (1, timezone.localdate()),
        (1, yesterday()),
        (4, yesterday()),
        (1, yesterday()),
    ):
        write(question, count, day=day)
        seen.append(len(read(survey).ids))

    assert seen == [0, 0, 11, 11, 16]


def test_the_cell_shows_eleven_more_only():
    survey = make_survey(kind=SurveyKind.CELL, publish_from=11, questions=[QuestionKind.LONG])
    seen = []
    for count in (11, 10, 1):
        write(survey.questions.get(), count)
        seen.append(len(read(survey).ids))

    assert seen == [11, 11, 22]


def test_the_order_is_not_that_of_arrival_and_stays_between_looks():
    corpus = make_written(40)
    arrived = list(Answer.objects.order_by("response__day", "text").values_list("pk", flat=True))

    assert (corpus.ids, sorted(corpus.ids)) == (read(corpus.question.survey).ids, sorted(arrived))
    assert list(corpus.ids) not in (arrived, sorted(arrived))


def test_a_look_that_shows_nothing_new_writes_nothing(django_assert_num_queries):
    corpus = make_written(14)
    write(corpus.question, 1)

    with django_assert_num_queries(4):
        corpora(corpus.question.survey)
    assert ResultSnapshot.objects.get().n == 14


def test_comments_and_the_texts_of_other_are_read_apart():
    survey = make_survey(
        questions=[{"kind": QuestionKind.CHOICE, "text": "Lieu ?", "with_other": True, "comment": "Pourquoi ?"}]
    )
    question = survey.questions.get()
    for _ in range(12):
        response = make_response(survey, day=yesterday())
        Answer.objects.create(response=response, question=question, text="Parce que", comment=True)
    others, comments = corpora(survey)

    assert (others.title, len(others.ids)) == ("Lieu ? (réponse «\u00a0autre\u00a0»)", 0)
    assert (comments.title, len(comments.ids)) == ("Pourquoi ?", 12)


def test_where_writing_tells_what_was_ticked_five_must_not_have_written():
    options = [{"key": "here", "label": "Ici"}]
    survey = make_survey(questions=[{"kind": QuestionKind.CHOICE, "with_other": True, "options": options}])
    question = survey.questions.get()
    for _ in range(12):
        response = make_response(survey, day=yesterday())
        Answer.objects.create(response=response, question=question, value=Answer.OTHER, text="Ailleurs")
    for _ in range(4):
        make_response(survey, {question: 1}, day=yesterday())
    with_four = len(read(survey).ids)
    for _ in range(5):
        make_response(survey, {question: 1}, day=yesterday())

    assert (with_four, len(read(survey).ids)) == (0, 12)


def test_what_is_written_under_a_condition_is_read_with_the_table_of_the_question_it_hangs_on():
    """Thirteen people, of whom eight « yes », would with a table of fourteen tell what the last one said."""
    survey = make_survey(questions=[QuestionKind.YES_NO])
    asked = survey.questions.get()
    why = make_question(survey, kind=QuestionKind.LONG, condition=asked, condition_values=[1])
    seen = []
    for yes, no in ((12, 4), (0, 1), (0, 4)):
        for number in range(yes):
            make_response(survey, {asked: 1, why: f"Parce que {number}"}, day=yesterday())
        for _ in range(no):
            make_response(survey, {asked: 0}, day=yesterday())
        seen.append(len(read(survey).ids))

    assert seen == [0, 0, 12]


def test_a_deleted_answer_is_no_longer_there_and_shows_no_other():
    corpus = make_written(11)
    Answer.objects.get(pk=corpus.ids[0]).response.delete()
    write(corpus.question, 4)

    assert len(read(corpus.question.survey).ids) == 10


def test_only_cleared_words_are_quoted_in_the_shuffled_order():
    corpus = make_written(12)
    answers = corpus.answers()
    clear(answers[5], "Un autre moment.", quoted=True)
    clear(answers[2], quoted=True)
    clear(answers[3])
    survey = corpus.question.survey

    assert [one.words for one in quotations(survey)] == ["Un temps pour soi.", "Un autre moment."]
    assert len(quotations(survey, corpus.question, quoted_only=False)) == 3
    assert quotations(survey, make_question(survey)) == []


@pytest.mark.parametrize(
    ("words", "cleared", "sentence"),
    [
        ("Bien", False, "Avant de citer, vérifiez qu’aucun nom ni lieu ne désigne quelqu’un."),
        ("", True, "Écrivez les mots qui pourront être montrés."),
        ("Au 06 92 11 22 33", True, "Il reste quelque chose à retirer : « 06 92 11 22 33 » (numéro)."),
    ],
)
def test_nothing_is_quoted_that_was_not_cleared(words, cleared, sentence):
    answer = make_written(11).answers()[0]

    with pytest.raises(Refusal) as refusal:
        decide(answer=answer, words=words, cleared=cleared, quoted=True)
    assert (refusal.value.sentence, Reading.objects.count()) == (sentence, 0)


def test_a_heading_leaves_from_five_answers_only():
    corpus, coder = make_written(12), make_user()
    for place, answer in enumerate(corpus.answers()):
        code_answer(answer=answer, headings=[], new="Horaires" if place < 5 else f"Rare {place}", coder=coder)
        clear(answer)
    told = heading_counts(corpus.question)

    assert [(one.label, one.count, one.n) for one in told] == [("Horaires", 5, 12)]
    assert {one.headings for one in quotations(corpus.question.survey, quoted_only=False)} == {("Horaires",), ()}
    assert reports.written_in(corpus.question.survey) == {"Que changer ?": (told, [])}
    report = reports.report(survey=corpus.question.survey_id)
    assert ("Horaires&nbsp;: 5 réponses" in report, "Rare" in report) == (True, False)


def test_the_portal_knows_its_people_its_places_and_what_is_no_name():
    make_user(first_name="Maëlle", last_name="Hoareau", commune="Bras-Panon")
    make_facilitator(name="Dominique Laurent")
    make_place(name="Salle des Vacoas", commune="Trois-Bassins")
    known = known_words()

    assert {"maelle"} <= known.first_names and {"hoareau", "laurent"} <= known.last_names
    assert {"bras panon", "salle des vacoas", "trois bassins"} <= known.places
    assert {"infirmier", "cafe", "soignants"} <= known.plain


def test_the_page_of_a_questionnaire_says_which_questions_can_be_read(client, coder):
    corpus = make_written(12)
    make_question(corpus.question.survey, kind=QuestionKind.SHORT, text="Un mot ?")
    page = client.get(reverse("survey_verbatims", args=[corpus.question.survey_id])).content.decode()

    assert "Pas encore assez de réponses pour les lire." in page
    assert path("survey_verbatims_read", corpus) in page


def test_a_questionnaire_without_open_question_says_what_to_do(client, coder):
    survey = make_survey(questions=[QuestionKind.SCALE])

    assert "pas de question ouverte" in client.get(reverse("survey_verbatims", args=[survey.pk])).content.decode()


def test_the_list_marks_names_and_asks_as_much_for_sixty_answers_as_for_twelve(
    client, coder, django_assert_max_num_queries
):
    corpus = make_written(12, text="Merci à Camille ?")
    Answer.objects.filter(pk=corpus.ids[0]).update(text="Merci à Camille <b>")
    page = client.get(path("survey_verbatims_read", corpus)).content.decode()
    write(corpus.question, 48)
    client.get(path("survey_verbatims_read", corpus))

    assert '<mark>Camille<span class="visually-hidden"> (prénom&nbsp;?)</span></mark> &lt;b&gt;' in page
    with django_assert_max_num_queries(24) as asked:
        client.get(path("survey_verbatims_read", corpus))
    with django_assert_max_num_queries(len(asked)):
        client.get(path("survey_verbatims_read", corpus), {"page": 3})


def test_an_answer_that_is_not_shown_has_no_page(client, coder):
    corpus = make_written(11)
    write(corpus.question, 1, day=timezone.localdate())
    hidden = Answer.objects.exclude(pk__in=corpus.ids).get()
    addresses = [
        path("survey_verbatim", corpus, hidden.pk),
        path("survey_verbatim", corpus, 2**63),
        path("survey_verbatims_read", corpus).replace("reponses/", "autres/"),
        path("survey_verbatims_read", corpus).replace(f"/{corpus.question.pk}/", f"/{2**70}/"),
    ]

    assert [client.get(address).status_code for address in addresses] == [404] * 4


def test_an_answer_is_classified_cleared_and_quoted_in_one_form_which_leads_to_the_next(client, coder):
    corpus = make_written(11)
    first, second = corpus.ids[:2]
    form = {"new": "Horaires", "words": "Un temps.", "cleared": "on", "quoted": "on"}
    response = client.post(path("survey_verbatim", corpus, first), form)
    reading = Reading.objects.get()

    assert response.url == path("survey_verbatim", corpus, second) + "#texte"
    assert (reading.answer_id, reading.words, reading.cleared, reading.quoted) == (first, "Un temps.", True, True)
    assert client.get(path("survey_verbatims_code", corpus)).url == response.url


def test_what_fits_no_heading_is_classified_too_and_the_last_answer_leads_back_to_the_list(client, coder):
    corpus = make_written(11)
    client.post(path("survey_verbatim", corpus, corpus.ids[0]), {"headings": ["0"]})
    nothing = corpus.question.headings.get()
    for pk in corpus.ids[1:]:
        response = client.post(path("survey_verbatim", corpus, pk), {"headings": [str(nothing.pk)]})

    assert (nothing.label, response.url) == ("Rien à classer", path("survey_verbatims_read", corpus))


def test_a_name_left_in_cleared_words_is_said_again(client, coder):
    corpus = make_written(11)
    form = {"new": "Merci", "words": "Merci à Camille, un mardi.", "cleared": "on"}
    page = client.post(path("survey_verbatim", corpus, corpus.ids[0]), form, follow=True).content.decode()

    assert "Dans la réponse 1, il reste peut-être un nom ou un lieu : « Camille »." in page


def test_what_is_wrong_is_said_and_what_was_typed_is_kept(client, coder):
    corpus = make_written(11)
    form = {"headings": ["0"], "new": "Horaires", "words": "Écrivez à a@b.fr", "quoted": "on"}
    page = client.post(path("survey_verbatim", corpus, corpus.ids[0]), form).content.decode()
    refused = client.post(
        path("survey_verbatim", corpus, corpus.ids[0]), {"new": "Horaires", "words": "Dites a@b.fr", "cleared": "on"}
    ).content.decode()

    assert "« Rien à classer » ne va pas avec une autre rubrique." in page
    assert "Avant de citer, vérifiez" in page and "Écrivez à a@b.fr" in page
    assert "Il reste quelque chose à retirer" in refused and not corpus.question.headings.exists()


def test_words_are_proposed_without_names_and_kept_only_once_somebody_decided(client, coder):
    corpus = make_written(11)
    Answer.objects.filter(pk=corpus.ids[0]).update(text="Merci à Camille.\nÀ bientôt")
    page = client.get(path("survey_verbatim", corpus, corpus.ids[0])).content.decode()
    client.post(
        path("survey_verbatim", corpus, corpus.ids[0]), {"new": "Merci", "words": "Merci à [prénom].\r\nÀ bientôt"}
    )

    assert "Merci à [prénom].\nÀ bientôt</textarea>" in page
    assert list(Reading.objects.values_list("words", "cleared")) == [("", False)]


def test_the_file_holds_cleared_words_alone_and_no_day(client, coder):
    corpus = make_written(11)
    answers = corpus.answers()
    clear(answers[1], "=Un temps pour soi", quoted=True)
    response = client.get(reverse("survey_verbatims_export", args=[corpus.question.survey_id, "csv"]))
    rows = list(csv.reader(io.StringIO(response.content.decode("utf-8-sig")), delimiter=";"))

    assert rows == [
        ["Question", "Réponse, noms retirés", "Rubriques", "À citer"],
        ["Que changer ?", "'=Un temps pour soi", "", "oui"],
    ]
    quoted = client.get(reverse("survey_quotations", args=[corpus.question.survey_id])).content.decode()
    assert "=Un temps pour soi" in quoted
