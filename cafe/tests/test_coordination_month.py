"""« Le mois en un coup d’œil »: what has a date, each on its day; and a line to do for each kind of work."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from activities.models import HostWithdrawal, Registration
from activities.tests.factories import make_activity, make_facilitator, make_session, make_team_event, sign_up
from activities.tests.proposals import make_proposal
from cafe.coordination.month import month_of
from cafe.models import Document, Hit, Outgoing, SchoolZone
from evaluation.tests.factories import make_sending, make_survey
from listening_cell.models import Case
from members.enums import Role
from members.tests.factories import make_user
from newsletters.tests.factories import make_newsletter, make_sent, make_subscriber
from resources.enums import Verification
from resources.models import Resource
from resources.tests.factories import make_resource
from resources.tests.reports import make_report

pytestmark = pytest.mark.django_db
PAGE = "/coordination/"
MARCH = date(2026, 3, 1)


@pytest.fixture
def now(time_machine):
    """A Tuesday noon in March, until the test moves it."""
    time_machine.move_to(datetime(2026, 3, 10, 11, 0, tzinfo=UTC), tick=False)
    return timezone.now()


@pytest.fixture
def desk(client):
    client.force_login(make_user(roles=[Role.COORDINATION, Role.TEAM], second_factor=True))
    return client


def told(first=MARCH):
    """Return {day of the month: [what is told of it]}."""
    days = [day for week in month_of(first, SchoolZone.B).weeks for day in week if day.entries]
    return {day.date.day: [(one.kind, one.title, *one.facts, one.lacking) for one in day.entries] for day in days}


def at(day, hour=18):
    return datetime(2026, 3, day, hour, 0, tzinfo=UTC)


def session_on(day, title, **fields):
    return make_session(activity=make_activity(title=title), starts_at=at(day), capacity=2, **fields)


def test_sessions_tell_their_state_who_comes_who_waits_and_what_they_lack(now, outbox):
    host = make_user(role=Role.TEAM)
    full = session_on(20, "Yoga", hosts=[host])
    for _ in range(3):
        sign_up(full)
    sign_up(session_on(21, "Marche"))
    session_on(22, "Terre", state="draft")
    session_on(23, "Boxe", state="cancelled")
    session_on(5, "Chant", state="held")
    session_on(6, "Dessin")

    assert told() == {
        5: [("", "Chant", "tenue", "0 inscrit sur 2", "")],
        6: [("", "Dessin", "0 inscrit sur 2", "à marquer tenue")],
        20: [("", "Yoga", "2 inscrits sur 2", "1 en attente", "")],
        21: [("", "Marche", "1 inscrit sur 2", "personne n’accueille")],
        22: [("", "Terre", "brouillon", "")],
        23: [("", "Boxe", "annulée", "")],
    }


def test_a_date_of_a_cycle_tells_the_places_of_the_whole(now, outbox):
    head = session_on(12, "Groupe", hosts=[make_user(role=Role.TEAM)])
    make_session(activity=head.activity, starts_at=at(19), head=head, capacity=9, hosts=list(head.hosts.all()))
    sign_up(head)

    assert told() == {day: [("", "Groupe", "1 inscrit sur 2", "")] for day in (12, 19)}


def test_the_other_apps_tell_their_dates(now):
    make_team_event(title="Bilan", kind="supervision", starts_at=at(4))
    make_newsletter(subject="Agenda", state="scheduled", scheduled_for=at(16, 7))
    make_newsletter(subject="Oubliée", scheduled_for=at(9, 7))
    make_sent(subject="Partie", started_at=at(2, 7))
    make_survey(title="Besoins", opened_on=date(2026, 3, 3), closes_on=date(2026, 3, 31))
    make_survey(title="Clos", state="closed", opened_on=date(2026, 2, 1), closed_on=date(2026, 3, 8))
    make_survey(title="Pas ouvert", state="draft", opened_on=None, closes_on=date(2026, 3, 31))

    assert told() == {
        2: [("Lettre", "Partie", "envoyée", "")],
        3: [("Questionnaire", "Besoins", "ouvert", "")],
        4: [("Supervision", "Bilan", "")],
        8: [("Questionnaire", "Clos", "clos", "")],
        9: [("Lettre", "Oubliée", "n’est pas partie")],
        16: [("Lettre", "Agenda", "programmée", "")],
        31: [("Questionnaire", "Besoins", "dernier jour pour répondre", "")],
    }


def test_registrations_that_open_and_close_and_places_that_wait_for_an_answer(now, outbox):
    dates = {"opens_at": at(15), "closes_at": at(30)}
    make_session(activity=make_activity(title="Yoga"), starts_at=at(31) + timedelta(days=9), **dates)
    offered = session_on(25, "Marche", hosts=[make_user(role=Role.TEAM)])
    for hour in (9, 8):
        Registration.objects.filter(pk=sign_up(offered).pk).update(state="offered", offer_ends_at=at(12, hour))
    Registration.objects.filter(pk=sign_up(offered).pk).update(state="offered", offer_ends_at=at(9))

    found = told()

    assert found[15] == [("Inscriptions", "Yoga", "ouvrent pour le 9\u00a0avr. 2026", "")]
    assert found[30] == [("Inscriptions", "Yoga", "se ferment pour le 9\u00a0avr. 2026", "")]
    assert found[12] == [("2 places proposées", "Marche", "fin du délai pour répondre", "")]
    assert set(found) == {12, 15, 25, 30}


def test_a_day_begins_at_midnight_on_the_clock_of_the_portal_and_holds_its_hours_in_order(now):
    host = [make_user(role=Role.TEAM)]
    make_session(activity=make_activity(title="Avant"), starts_at=datetime(2026, 2, 28, 22, 59, tzinfo=UTC), hosts=host)
    make_session(activity=make_activity(title="Dedans"), starts_at=datetime(2026, 2, 28, 23, 0, tzinfo=UTC), hosts=host)
    make_session(activity=make_activity(title="Fin"), starts_at=datetime(2026, 3, 31, 21, 59, tzinfo=UTC), hosts=host)
    make_session(activity=make_activity(title="Après"), starts_at=datetime(2026, 3, 31, 22, 0, tzinfo=UTC), hosts=host)
    make_team_event(title="Matin", starts_at=at(31, 6))
    make_survey(title="Tout le jour", opened_on=date(2026, 3, 31))

    assert {day: [one[1] for one in entries] for day, entries in told().items()} == {
        1: ["Dedans"],
        31: ["Tout le jour", "Matin", "Fin"],
    }


def test_nothing_of_the_listening_cell_is_read(now, desk):
    make_team_event(starts_at=at(4))
    with CaptureQueriesContext(connection) as seen:
        month_of(MARCH, SchoolZone.B)
    assert Case._meta.db_table.startswith("listening_cell")
    assert [one["sql"] for one in seen if "listening_cell" in one["sql"]] == []


@pytest.mark.parametrize("text", ["", "mars", "2026-13", "2026-3", "1999-12", "2026-03-01", "२०२६-०३", "\0"])
def test_a_month_that_makes_no_sense_is_the_present_one(now, desk, text):
    assert desk.get(PAGE, {"mois": text}).context["month"].first == MARCH


def test_the_months_beside_are_one_press_away_and_an_empty_one_says_so(now, desk):
    make_session(starts_in=timedelta(days=60), opens_at=at(20))
    this, other = desk.get(PAGE).text, desk.get(PAGE, {"mois": "2027-01"}).text
    edge = desk.get(PAGE, {"mois": "2099-12"})

    assert ('href="?mois=2026-02#mois"' in this, 'href="?mois=2026-04#mois"' in this) == (True, True)
    assert ('href="?mois=2026-12#mois"' in other, 'href="/coordination/#mois"' in other) == (True, True)
    assert "Ce mois-ci" not in this
    assert (edge.context["month"].next, "Rien n’a de date ce mois-là." in edge.text) == (None, True)


def test_a_phone_goes_straight_to_what_comes(now, desk):
    for day in (2, 14, 20):
        make_team_event(starts_at=at(day))

    page = desk.get(PAGE)

    assert (page.context["month"].first_ahead.day, 'href="#jour-14"' in page.text) == (14, True)
    assert desk.get(PAGE, {"mois": "2026-04"}).context["month"].first_ahead is None


def test_holidays_of_the_month_are_said(now, desk):
    page = desk.get(PAGE, {"mois": "2026-05"})
    assert "Fête du Travail\u00a0: vendredi 1er mai 2026, férié." in page.text


def test_every_entry_leads_to_a_page_that_opens(now, desk, outbox):
    offered = session_on(25, "Marche")
    make_session(starts_at=at(27), opens_at=at(11))
    Registration.objects.filter(pk=sign_up(offered).pk).update(state="offered", offer_ends_at=at(12))
    session_on(26, "Terre", state="draft")
    make_team_event(starts_at=at(4))
    make_newsletter(state="scheduled", scheduled_for=at(16), text="Mot")
    make_newsletter(scheduled_for=at(9))
    make_sent(started_at=at(2))
    make_survey(opened_on=date(2026, 3, 3))
    make_survey(audience="public", opened_on=date(2026, 3, 3))
    make_survey(state="closed", opened_on=date(2026, 2, 1), closed_on=date(2026, 3, 8))

    urls = {one.url for week in month_of(MARCH, SchoolZone.B).weeks for day in week for one in day.entries}

    assert len(urls) == 10
    assert {url: desk.get(url).status_code for url in urls} == dict.fromkeys(urls, 200)


# --- « À faire » ----------------------------------------------------------------------------------


def work_of_each_kind():
    """Make one thing to do of each kind that the coordination follows."""
    soon, today, now = timezone.now() + timedelta(days=5), timezone.localdate(), timezone.now()
    sign_up(make_session(activity=make_activity(title="Seule"), starts_at=soon, capacity=12))
    lost = make_session(activity=make_activity(title="Désistée"), starts_at=soon)
    HostWithdrawal.objects.create(session=lost, user=make_user(role=Role.TEAM))
    waited = make_session(activity=make_activity(title="Attendue"), starts_at=soon)
    ends = {"state": "offered", "offer_ends_at": now + timedelta(hours=3)}
    Registration.objects.filter(pk=sign_up(waited).pk).update(**ends)
    make_session(activity=make_activity(title="Finie"), starts_at=now - timedelta(days=1))
    make_session(activity=make_activity(title="Ébauche"), state="draft")
    make_session(facilitator=make_facilitator(), starts_at=soon).facilitator_notices.create(kind="cancel")
    make_proposal()
    make_report()
    stale = {"verified_on": today - timedelta(days=300), "verification": Verification.values[0]}
    Resource.objects.filter(pk=make_resource().pk).update(**stale)
    quiet = make_survey(title="Peu", kind="other", opened_on=today - timedelta(days=20))
    make_sending(quiet, invited=30, last_sent_on=today - timedelta(days=1))
    make_survey(title="Fini", kind="other", opened_on=today - timedelta(days=9), closes_on=today - timedelta(days=1))
    asked = make_session(state="held", starts_at=now - timedelta(days=2), held_at=now - timedelta(days=1))
    row = sign_up(make_session())
    Registration.objects.filter(pk=row.pk).update(session=asked)
    asked.attendances.create(registration_id=row.pk, presence="present")
    make_newsletter(state="paused", scheduled_for=soon, started_at=soon, text="Mot")
    make_subscriber(state="suspended", bounced_on=today, bounce_score=Decimal(5))
    for number, state in enumerate(("failed", "unknown", "pending")):
        Outgoing.objects.create(
            dedupe_key=f"x{number}", to="qui@cafe.example", state=state, not_before=now - timedelta(hours=1),
            finished_at=now, text="Mot",
        )  # fmt: skip
    Document.objects.create(kind="x", filename="x.pdf", state="failed", expires_at=now + timedelta(days=1))
    Hit.objects.create(key="x", count=1, expires_at=now - timedelta(days=3))


WORK = [
    ("un référent s’est désisté", "Trouver un relais"),
    ("une place proposée attend une réponse", "Voir la liste d’attente"),
    ("la séance a-t-elle eu lieu", "La marquer tenue"),
    ("personne n’accueille encore", "Choisir un référent"),
    ("1 inscrit pour 12 places", "Voir la séance"),
    ("encore un brouillon", "Relire et publier"),
    ("l’intervenant doit annuler", "Lire et répondre"),
    ("proposition d’intervenant est à examiner", "Les examiner"),
    ("erreur est signalée", "Examiner"),
    ("n’a pas été vérifiée depuis plus de huit mois", "Vérifier"),
    ("sans questionnaire ouvert", "Ouvrir un questionnaire"),
    ("« Peu » : moins de 5 réponses", "Voir les envois"),
    ("« Fini » devait se clore", "Le clore"),
    ("est suspendue", "Reprendre ou arrêter"),
    ("adresse d’abonné est refusée", "Les voir"),
    ("Courriels refusés", "Que faire"),
    ("Courriels peut-être non arrivés", "Que faire"),
    ("Des courriels attendent de partir", "Que faire"),
    ("document n’a pas pu être préparé", "Voir"),
    ("L’effacement de nuit ne passe plus", "Que faire"),
]


def test_each_kind_of_work_has_its_line_and_an_action_that_opens(desk, outbox):
    work_of_each_kind()

    lines = desk.get(PAGE).context["lines"]

    found = [
        (part, action) for part, action in WORK for line in lines if part in line.sentence and action == line.action
    ]
    assert [one for one in WORK if one not in found] == []
    assert {line.url for line in lines if desk.get(line.url.partition("#")[0]).status_code != 200} == set()


def test_with_nothing_done_there_is_none_of_these_lines(desk):
    assert desk.get(PAGE).context["lines"] == []
