from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from activities.models import Activity
from activities.seasons import Season
from activities.tests.factories import make_activity, make_session
from evaluation.enums import QuestionKind, SurveyKind
from evaluation.services.ranking import ranking, satisfaction
from evaluation.statistics import Verdict
from evaluation.tests.factories import make_response, make_sending, make_survey
from members.enums import Role
from members.tests.factories import make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def survey():
    asked = [{"kind": QuestionKind.SCALE, "national_key": "satisfaction"}]
    return make_survey(kind=SurveyKind.SESSION, questions=asked)


def an_evening(survey, title, marks, year=2024):
    activity = Activity.objects.filter(title=title).first() or make_activity(title=title)
    session = make_session(activity=activity, starts_at=datetime(year, 10, 3, 18, tzinfo=UTC))
    make_sending(survey, session=session)
    for mark in marks:
        day = timezone.localdate() - timedelta(days=1)
        make_response(survey, {survey.questions.get(): mark}, session=session, day=day)
    return session


def verdicts(found):
    return [(row.key, row.n, row.verdict) for row in found.ranked]


def test_activities_are_ordered_by_their_shrunken_mean_with_a_verdict(survey):
    an_evening(survey, "Yoga", [8] * 30)
    an_evening(survey, "Tai-chi", [10] * 5)
    an_evening(survey, "Boxe", [4] * 20)
    an_evening(survey, "Chant", [10] * 4)

    found = ranking(satisfaction())

    assert verdicts(found) == [
        ("Yoga", 30, Verdict.RENEW),
        ("Tai-chi", 5, Verdict.TOO_FEW),
        ("Boxe", 20, Verdict.REVIEW),
    ]
    assert found.waiting == ["Chant"]


def test_sessions_versions_and_whole_seasons_add_up_block_by_block(survey):
    newer = make_survey(kind=SurveyKind.SESSION, questions=[{"national_key": "satisfaction"}])
    an_evening(survey, "Yoga", [8] * 6)
    an_evening(survey, "Yoga", [8] * 4)
    an_evening(newer, "Yoga", [8] * 7, year=2025)
    marks = satisfaction()

    assert verdicts(ranking(marks)) == [("Yoga", 13, Verdict.RENEW)]
    assert [verdicts(ranking(marks, season=Season(year))) for year in (2024, 2025)] == [
        [("Yoga", 6, Verdict.TOO_FEW)],
        [("Yoga", 7, Verdict.TOO_FEW)],
    ]


def test_only_questionnaires_after_sessions_that_ask_for_the_mark_count(survey):
    others = [
        make_survey(kind=SurveyKind.OTHER, questions=[{"national_key": "satisfaction"}]),
        make_survey(kind=SurveyKind.SESSION, questions=[QuestionKind.SCALE]),
    ]
    for other in others:
        an_evening(other, "Yoga", [8] * 12)

    assert ranking(satisfaction()) == ranking(satisfaction(), season=Season(2024))
    assert (ranking(satisfaction()).ranked, ranking(satisfaction()).waiting) == ([], [])


def test_the_page_says_why_and_takes_as_many_statements_for_one_activity_as_for_many(
    survey, django_assert_max_num_queries
):
    client = Client()
    client.force_login(make_user(role=Role.COORDINATION, second_factor=True))
    url = reverse("survey_ranking")
    empty = client.get(url).content.decode()
    for number in range(8):
        an_evening(survey, f"Activité {number}", [8] * 12)
    client.get(url)
    with django_assert_max_num_queries(11):
        full = client.get(url).content.decode()

    assert "Pas encore assez de réponses" in empty
    assert "sa note de classement atteint 7." in full
    assert "(nombre de réponses × moyenne de l’activité + 10 × moyenne générale)" in full
    assert client.get(url, {"saison": "1999"}).status_code == 404
