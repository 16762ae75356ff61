"""What the portal does by itself, told in numbers; and the price of the coordination's first page."""

from datetime import timedelta
from decimal import Decimal
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from activities.models import Registration
from activities.tests.factories import make_facilitator, make_session, make_team_event, sign_up
from activities.tests.proposals import make_proposal
from cafe.coordination import mails, work
from cafe.models import DeliveryState, Document, Hit, Outgoing
from evaluation import todo_answers
from evaluation.tests.factories import make_response, make_sending, make_survey
from members.enums import Role
from members.tests.factories import make_user
from newsletters import todo_bounces
from newsletters.models import LetterDelivery
from newsletters.tests.factories import make_newsletter, make_sent, make_subscriber
from resources.enums import Verification
from resources.models import Resource
from resources.tests.factories import make_resource
from resources.tests.reports import make_report

pytestmark = pytest.mark.django_db
PAGE = "/coordination/courriels/"


@pytest.fixture
def desk(client):
    client.force_login(make_user(roles=[Role.COORDINATION, Role.TEAM], second_factor=True))
    return client


def mail_row(state, key="1", **fields):
    now = timezone.now()
    given = {"dedupe_key": key, "to": "qui@cafe.example", "subject": "Quoi", "text": "Mot", "not_before": now}
    return Outgoing.objects.create(state=state, **given | {"finished_at": now} | fields)


def document_row(state, days=1):
    expires_at = timezone.now() + timedelta(days=days)
    return Document.objects.create(kind="test", filename="secret.pdf", state=state, expires_at=expires_at)


@pytest.mark.parametrize(
    ("minutes", "told"),
    [(5, "depuis 5 minutes."), (20, "depuis 20 minutes. C’est trop long"), (150, "depuis 2 heures. C’est trop long")],
)
def test_mails_that_wait_are_told_with_their_age(desk, minutes, told):
    mail_row("pending", not_before=timezone.now() - timedelta(minutes=minutes, seconds=30))

    page = desk.get(PAGE)

    assert f"Un courriel attend ; le plus ancien devrait être parti {told}" in page.text
    assert "qui@cafe.example" not in page.text
    assert [line.sentence for line in mails.lines()] == (
        [] if minutes < 15 else [f"Des courriels attendent de partir {told.partition('.')[0]}."]
    )


def test_refused_mails_of_the_week_are_sent_again_and_no_other(desk):
    week = timezone.now() - timedelta(days=7, minutes=1)
    refused = mail_row("failed", "1")
    others = [mail_row("failed", "2", finished_at=week), mail_row("failed", "3", text=""), mail_row("unknown", "4")]

    desk.post(f"{PAGE}renvoyer/")

    states = [Outgoing.objects.get(pk=row.pk).state for row in [refused, *others]]
    assert states == ["pending", "failed", "failed", "unknown"]


def test_documents_that_failed_are_asked_for_again(desk):
    failed, ready = document_row("failed"), document_row("ready")
    assert [line.url for line in work.lines()] == [f"{PAGE}#documents"]
    assert "secret.pdf" not in desk.get(PAGE).text

    desk.post("/coordination/documents/refaire/")

    assert [Document.objects.get(pk=row.pk).state for row in (failed, ready)] == ["waiting", "ready"]
    assert work.documents() == {"waiting": 1, "ready": 1, "failed": 0}


def test_letters_are_counted_and_no_reader_is_shown(desk):
    newsletter = make_sent()
    for number, state in enumerate(["sent", "sent", "failed", "pending"]):
        LetterDelivery.objects.create(
            newsletter=newsletter, dedupe_key=str(number), to=f"l{number}@cafe.example", domain="cafe.example",
            state=state, not_before=timezone.now(), subscriber=make_subscriber(email=f"l{number}@cafe.example"),
        )  # fmt: skip

    page = desk.get(PAGE)

    assert dict(page.context["letters"]) == {
        "À envoyer": 1, "En cours d’envoi": 0, "Envoyées": 2, "Refusées": 1, "Sort inconnu": 0,
    }  # fmt: skip
    assert "@cafe.example" not in page.text.partition("<main")[2].partition("</main>")[0]


def test_a_purge_that_no_longer_runs_is_said():
    Hit.objects.create(key="x", count=1, expires_at=timezone.now() - timedelta(days=1))
    assert work.lines() == []
    Hit.objects.create(key="y", count=1, expires_at=timezone.now() - timedelta(days=3))
    assert [line.sentence for line in work.lines()] == [
        "L’effacement de nuit ne passe plus : des données restent trop longtemps."
    ]


def test_addresses_refused_this_week_are_counted():
    today = timezone.localdate()
    for days in (1, 6, 8):
        bounced = {"bounced_on": today - timedelta(days=days), "bounce_score": Decimal(5)}
        make_subscriber(state="suspended", **bounced)

    [line] = todo_bounces.lines()

    assert (line.sentence[:23], line.url) == ("2 adresses d’abonnés so", "/coordination/abonnes/?etat=suspended")


class TestFewAnswers:
    def make(self, invited, answers, days=15):
        today = timezone.localdate()
        survey = make_survey(title="Après", opened_on=today - timedelta(days=days))
        make_sending(survey, invited=invited, last_sent_on=today - timedelta(days=1))
        for _ in range(answers):
            make_response(survey, day=today - timedelta(days=1))

    @pytest.mark.parametrize(
        ("invited", "answers", "days", "told"),
        [
            (40, 7, 15, "« Après » : 7 réponses, soit 18\u00a0%."),
            (40, 3, 15, "« Après » : moins de 5 réponses."),
            (40, 8, 15, None),
            (19, 0, 15, None),
            (40, 7, 13, None),
        ],
    )
    def test_are_told_once_settled_as_far_as_the_threshold_allows(self, invited, answers, days, told):
        self.make(invited, answers, days)
        assert [line.sentence.partition(" En parler")[0] for line in todo_answers.lines()] == ([told] if told else [])

    @pytest.mark.parametrize("count", [1, 5])
    def test_cost_three_statements(self, django_assert_num_queries, count):
        for _ in range(count):
            self.make(40, 6)
        with django_assert_num_queries(3):
            assert len(todo_answers.lines()) == min(count, 3)


def everything(count):
    """Something to do of each kind, so many times."""
    soon, today = timezone.now() + timedelta(days=5), timezone.localdate()
    for number in range(count):
        sign_up(make_session(starts_at=soon + timedelta(hours=number)))
        make_session(starts_at=timezone.now() - timedelta(minutes=number), hosts=[make_user(role=Role.TEAM)])
        offered = sign_up(make_session(starts_at=soon, opens_at=timezone.now() - timedelta(minutes=1)))
        expires = {"state": "offered", "offer_ends_at": timezone.now() + timedelta(minutes=10)}
        Registration.objects.filter(pk=offered.pk).update(**expires)
        make_team_event(starts_at=timezone.now())
        make_newsletter(state="scheduled", scheduled_for=timezone.now())
        make_session(state="draft")
        make_session(facilitator=make_facilitator(), starts_at=soon).facilitator_notices.create(kind="cancel")
        make_proposal()
        make_report()
        stale = {"verified_on": today - timedelta(days=300), "verification": Verification.values[0]}
        Resource.objects.filter(pk=make_resource().pk).update(**stale)
        survey = make_survey(opened_on=today - timedelta(days=20), closes_on=today - timedelta(days=1))
        make_sending(survey, invited=30, last_sent_on=today - timedelta(days=1))
        make_newsletter(state="paused", scheduled_for=soon, started_at=soon, text="Mot")
        make_subscriber(state="suspended", bounced_on=today, bounce_score=Decimal(5))
        for state in DeliveryState.values[2:]:
            mail_row(state, uuid4().hex)
        mail_row("pending", uuid4().hex, not_before=timezone.now() - timedelta(hours=1))
        document_row("failed")


def test_the_first_page_costs_the_same_whatever_waits_and_under_thirty_statements(desk):
    counts, lines, dated = [], [], []
    for more in (1, 6):
        everything(more)
        with CaptureQueriesContext(connection) as seen:
            page = desk.get("/coordination/")
        counts.append(len(seen))
        lines.append(len(page.context["lines"]))
        dated.append(sum(len(day.entries) for week in page.context["month"].weeks for day in week))

    assert counts[0] == counts[1] < 30
    assert dated[1] >= 5 * dated[0] > 0
    assert lines[0] >= 12
