"""The national figures are those of the sources, and each says which of a territory's answers it counts."""

import pytest

from evaluation.catalogue import MODELS
from evaluation.enums import QuestionKind
from evaluation.models import Question
from evaluation.national import burnout, figures, sources

# As published; 63 % counts « assez bonne » as not good, « one in three » is a third.
SHARES = {
    "health_not_good": 63,
    "life_below_7": 53,
    "stress_above_6": 71,
    "sleeps_too_little": 77,
    "fatigue_5_or_less": 64,
    "no_gp": 14,
    "occupational_visit_useful": 11,
    "has_other_gp": 33,
    "spotted_colleague": 80,
    "medication_when_difficult": 16,
    "depression_signs": 33,
    "no_declared_gp_haute_normandie_gp": 84,
    "no_declared_gp_haute_normandie_other": 74,
}
MEANS = {"gp_wellbeing": 6.6, "gp_overall_health": 7.4, "gp_work_life_impact": 6.7}
BURNOUT = {
    "infirmier": (56.5, 22.9, 5.6),
    "kinesitherapeute": (52.8, 20.3, 4.8),
    "orthophoniste": (48.6, 16.7, 3.8),
    "orthoptiste": (39.8, 9.3, 1.7),
    "pedicure-podologue": (48.5, 18.4, 3.4),
}
COUNTED = {
    "health_not_good": {3, 4, 5},
    "life_below_7": {0, 1, 2, 3, 4, 5, 6},
    "stress_above_6": {7, 8, 9, 10},
    "sleeps_too_little": {1},
    "fatigue_5_or_less": {0, 1, 2, 3, 4, 5},
    "no_gp": {0},
    "occupational_visit_useful": {1},
    "has_other_gp": {1},
    "spotted_colleague": {1},
    "medication_when_difficult": {1},
}


def test_the_figures_are_those_of_the_sources():
    shares = {key: round(one.value * 100) for key, one in figures().items() if one.is_share}
    means = {key: one.value for key, one in figures().items() if not one.is_share}
    by_profession = {
        one.profession: tuple(round(share * 100, 1) for share in (one.symptoms, one.pathological, one.severe))
        for one in burnout()[2]
    }

    assert (shares, means, by_profession) == (SHARES, MEANS, BURNOUT)


def test_each_says_who_was_asked_when_and_with_what_caution():
    asked = {key: (one.source.year, one.n) for key, one in figures().items()}

    assert asked["life_below_7"] == (2023, 50_000)
    assert asked["occupational_visit_useful"] == (2023, None)  # of those with access alone, how many is not told
    assert asked["gp_wellbeing"] == (None, 508)
    assert asked["no_declared_gp_haute_normandie_gp"][0] == 2011
    assert burnout()[0].year == 2020
    assert "établissements seulement" in sources()["amadeus"].caution
    assert "Une seule région" in sources()["thesis"].caution
    assert "« Assez bonne » est compté comme n’étant pas bonne." in figures()["health_not_good"].cautions
    assert all(one.wording and one.population and one.cautions for one in figures().values())


def test_the_ready_made_questionnaire_asks_what_the_figures_count():
    asked = {ask.national_key: ask for ask in MODELS["etat-de-sante"].questions if ask.national_key in figures()}
    counted = {}
    for key, ask in asked.items():
        options = [{"key": option, "label": label} for option, label in ask.options]
        counted[key] = figures()[key].counted(Question(kind=ask.kind, options=options))

    assert {key: values for key, values in counted.items() if values} == COUNTED
    assert {key for key, values in counted.items() if not values} == set(MEANS)


@pytest.mark.parametrize("kind", [QuestionKind.LONG, QuestionKind.YES_NO, QuestionKind.CHOICE])
def test_a_question_of_another_kind_is_compared_with_nothing(kind):
    assert figures()["life_below_7"].counted(Question(kind=kind)) is None
    assert figures()["health_not_good"].counted(Question(kind=kind, options=[{"key": "good", "label": "Bon"}])) is None
