"""Written answers under headings: one coder, or two who read blind and compare."""

import pytest
from django.urls import reverse

from cafe.errors import Refusal
from evaluation.models import Coding, Heading
from evaluation.services import coding
from evaluation.services.anonymity import shuffle
from evaluation.services.verbatims import NOTHING, heading_counts
from evaluation.tests.written import make_written, read, write
from members.enums import Role
from members.tests.factories import make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def coders():
    names = ("Anne", "Betty", "Chloé")
    return [make_user(role=Role.COORDINATION, second_factor=True, first_name=name, last_name="D.") for name in names]


def path(name, corpus, *more):
    return reverse(name, args=[corpus.question.survey_id, corpus.question.pk, corpus.part, *more])


def code(corpus, coder, *labels):
    """Put each answer, in the order of the page, under its labels (« a b » is two)."""
    for answer, given in zip(corpus.answers(), labels, strict=False):
        for label in given.split():
            chosen = Coding.objects.filter(answer=answer, coder=coder).values_list("heading", flat=True)
            coding.code_answer(answer=answer, headings=list(chosen), new=label, coder=coder)


def labels(corpus, coder):
    found = coding.labels_by(corpus, coder)
    return [" ".join(sorted(found.get(pk, ()))) for pk in corpus.ids]


def heading(corpus, label):
    return corpus.question.headings.get(label=label)


def test_one_answer_goes_under_several_headings_and_a_heading_is_made_once(coders):
    corpus = make_written(11)
    code(corpus, coders[0], "lieu horaire", "Lieu")

    assert labels(corpus, coders[0])[:3] == ["horaire lieu", "lieu", ""]
    assert sorted(Heading.objects.values_list("label", flat=True)) == ["horaire", "lieu"]


def test_coding_again_replaces_one_s_own_alone(coders):
    corpus = make_written(11)
    for coder in coders[:2]:
        code(corpus, coder, "lieu")
    coding.code_answer(answer=corpus.answers()[0], headings=[], coder=coders[0])

    assert [labels(corpus, coder)[0] for coder in coders[:2]] == ["", "lieu"]


def test_nothing_goes_with_no_other_heading_and_a_heading_of_another_question_is_ignored(coders):
    corpus, other = make_written(11), make_written(11)
    code(other, coders[0], "ailleurs")
    code(corpus, coders[0], "lieu")
    answer, chosen = corpus.answers()[0], [heading(corpus, "lieu").pk, heading(other, "ailleurs").pk]

    with pytest.raises(Refusal):
        coding.code_answer(answer=answer, headings=chosen, new=NOTHING, coder=coders[0])
    coding.code_answer(answer=answer, headings=chosen, coder=coders[0])
    assert labels(corpus, coders[0])[0] == "lieu"


def test_past_the_most_headings_a_new_one_is_refused_and_an_old_one_still_serves(coders, monkeypatch):
    corpus = make_written(11)
    monkeypatch.setattr(coding, "MAX_HEADINGS", 1)
    code(corpus, coders[0], "lieu")

    with pytest.raises(Refusal, match="Il y a déjà 1 rubriques"):
        code(corpus, coders[1], "horaire")
    code(corpus, coders[1], "LIEU")

    assert [labels(corpus, coder)[0] for coder in coders[:2]] == ["lieu", "lieu"]


def test_merging_moves_each_coder_s_answers_without_doubling_them(coders):
    corpus = make_written(11)
    code(corpus, coders[0], "lieu salle", "salle", "heure")
    code(corpus, coders[1], "salle", "lieu")
    coding.merge_headings(source=heading(corpus, "salle"), target=heading(corpus, "lieu"))

    assert labels(corpus, coders[0])[:3] == ["lieu", "lieu", "heure"]
    assert labels(corpus, coders[1])[:3] == ["lieu", "lieu", ""]
    assert not corpus.question.headings.filter(label="salle").exists()


def test_a_heading_takes_no_taken_name_and_goes_only_when_empty(coders):
    corpus = make_written(11)
    code(corpus, coders[0], "lieu", "heure")
    place = heading(corpus, "lieu")
    with pytest.raises(Refusal, match="fusionnez-les"):
        coding.rename_heading(heading=place, label="Heure")
    with pytest.raises(Refusal, match="y sont classées"):
        coding.delete_heading(heading=place)
    with pytest.raises(Refusal, match="même question"):
        coding.merge_headings(source=place, target=place)
    coding.rename_heading(heading=place, label="Lieu")
    coding.forget_codings(corpus=corpus, coder=coders[0])
    coding.delete_heading(heading=heading(corpus, "Lieu"))

    assert not corpus.question.headings.filter(label__iexact="lieu").exists()


def test_two_who_read_blind_see_nothing_of_each_other_until_both_have_finished(coders, client):
    corpus, (anne, betty, chloe) = make_written(11), coders
    code(corpus, anne, *["lieu"] * 11)
    code(corpus, betty, *["heure"] * 10)
    client.force_login(anne)
    page = client.get(path("survey_verbatims_read", corpus)).content.decode()

    assert '<span class="pill">lieu</span>' in page and '<span class="pill">heure</span>' not in page
    with pytest.raises(Refusal, match="deux personnes ont tout classé"):
        coding.compare(corpus=corpus, by=anne)
    assert heading_counts(corpus.question) == []

    code(corpus, betty, *[""] * 10, "lieu")
    code(corpus, chloe, "lieu")
    with pytest.raises(Refusal, match="votre propre lecture"):
        coding.compare(corpus=corpus, by=chloe)
    assert coding.compare(corpus=corpus, by=betty).content["coders"] == sorted([anne.pk, betty.pk])


def test_agreement_is_cohen_s_kappa_of_each_heading_and_of_all():
    first = {1: {"a"}, 2: {"a"}, 3: {"b"}, 4: {"a", "b"}, 9: {"a"}}
    second = {1: {"a"}, 2: {"b"}, 3: {"b"}, 4: {"a", "b"}}

    # a: 3 of 4 agree, chance 1/2. b: 3 of 4, chance 1/2. Together: 6 of 8, chance 1/2 + (5 × 5 + 3 × 3 - 32) / 64.
    assert coding.measure(first, second) == {
        "overall": 0.47,
        "headings": [
            {"label": "a", "kappa": 0.5, "both": 2, "first": 1, "second": 0},
            {"label": "b", "kappa": 0.5, "both": 2, "first": 0, "second": 1},
        ],
        "answers": 4,
    }


@pytest.mark.parametrize(
    ("value", "word"),
    [
        (None, None),
        (-0.1, "inférieur au hasard"),
        (0.2, "très faible"),
        (0.41, "modéré"),
        (0.8, "fort"),
        (1, "presque parfait"),
    ],
)
def test_a_kappa_is_called_as_landis_and_koch_do(value, word):
    assert coding.strength(value) == word


def test_agreement_is_measured_once_and_disagreements_are_settled(coders, client):
    corpus, (anne, betty, _) = make_written(12), coders
    code(corpus, anne, *["lieu"] * 6, *["heure"] * 6)
    code(corpus, betty, *["lieu"] * 5, "heure", "heure lieu", *["heure"] * 5)
    client.force_login(betty)
    client.post(path("survey_agreement", corpus))
    page = client.get(path("survey_agreement", corpus)).content.decode()
    before = {one.label: one.count for one in heading_counts(corpus.question)}
    client.post(path("survey_settle", corpus, corpus.ids[5]), {"choix": "first"})
    client.post(path("survey_settle", corpus, corpus.ids[6]), {"choix": "both"})
    after = client.get(path("survey_agreement", corpus)).content.decode()

    assert "2 désaccords à trancher" in page and "Plus rien à trancher" in after
    assert "kappa de Cohen&nbsp;: 0,75" in page and "kappa de Cohen&nbsp;: 0,75" in after
    assert labels(corpus, anne) == labels(corpus, betty) == ["lieu"] * 6 + ["heure lieu"] + ["heure"] * 5
    assert (before, {one.label: one.count for one in heading_counts(corpus.question)}) == (
        {"heure": 6, "lieu": 5},
        {"lieu": 7, "heure": 6},
    )


def test_a_disagreement_is_settled_once_and_never_before_comparing(coders):
    corpus = make_written(11)
    for coder, label in zip(coders, ("lieu", "heure"), strict=False):
        code(corpus, coder, *[label] * 11)

    with pytest.raises(Refusal):
        coding.settle(corpus=corpus, answer=corpus.ids[0], choice="first")
    coding.compare(corpus=corpus, by=coders[0])
    coding.settle(corpus=corpus, answer=corpus.ids[0], choice="first")
    with pytest.raises(Refusal):
        coding.settle(corpus=corpus, answer=corpus.ids[0], choice="second")


def test_five_more_answers_open_the_reading_again_and_leave_the_agreement_as_it_was(coders):
    corpus = make_written(11)
    for coder in coders[:2]:
        code(corpus, coder, *["lieu"] * 11)
    coding.compare(corpus=corpus, by=coders[0])
    write(corpus.question, 5)
    corpus = read(corpus.question.survey)

    assert (len(corpus.ids), coding.finished_coders(corpus)) == (16, [])
    assert coding.compare(corpus=corpus, by=coders[0]).n == 11


def test_headings_are_renamed_merged_and_deleted_on_their_pages(coders, client):
    corpus = make_written(11)
    code(corpus, coders[0], "lieu", "salle")
    empty = Heading.objects.create(question=corpus.question, label="vide")
    client.force_login(coders[0])
    room = heading(corpus, "salle")
    client.post(path("survey_heading_rename", corpus, room.pk), {"label": "Salles"})
    taken = client.post(path("survey_heading_rename", corpus, room.pk), {"label": "lieu"}).content.decode()
    asked = client.get(path("survey_heading_merge", corpus, room.pk)).content.decode()
    client.post(path("survey_heading_merge", corpus, room.pk), {"target": heading(corpus, "lieu").pk})
    client.post(path("survey_heading_delete", corpus, empty.pk))
    page = client.get(path("survey_headings", corpus)).content.decode()

    assert "Cette rubrique existe déjà" in taken and "Salles" in asked and "Cela ne se défait pas" in asked
    assert list(corpus.question.headings.values_list("label", flat=True)) == ["lieu"]
    assert 'data-label="Vos réponses">2</td>' in page


def test_giving_up_one_s_own_classifying_is_confirmed(coders, client):
    corpus = make_written(11)
    for coder in coders[:2]:
        code(corpus, coder, "lieu")
    client.force_login(coders[0])
    page = client.get(path("survey_coding_forget", corpus)).content.decode()
    client.post(path("survey_coding_forget", corpus))

    assert "1 réponse n’aura plus vos rubriques" in page
    assert [labels(corpus, coder)[0] for coder in coders[:2]] == ["", "lieu"]


def test_what_was_classified_and_the_order_outlive_the_night_s_shuffle(coders):
    corpus = make_written(11)
    code(corpus, coders[0], "lieu", "heure lieu", "", "heure")
    before = labels(corpus, coders[0])
    shuffle(corpus.question.survey)
    after = read(corpus.question.survey)

    assert (after.ids, labels(after, coders[0])) == (corpus.ids, before)
