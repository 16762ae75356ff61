"""Sessions made together: repeated, changed, published and copied to the next season."""

from datetime import UTC, datetime, time, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from activities.models import Hosting, Series, Session
from activities.seasons import Season
from activities.services import planning
from activities.services.season_copies import copy_season, planned_copies
from activities.services.series import following, publish_together, repeat_session, update_following
from activities.tests.factories import make_activity, make_place, make_session, sign_up
from activities.tests.test_manage_form import told, typed
from cafe.errors import Refusal
from cafe.models import Portal
from members.enums import Role
from members.tests.factories import make_user

pytestmark = pytest.mark.django_db
State = Session.State
FIRST_TUESDAYS = ["2026-10-06", "2026-11-03", "2026-12-01", "2027-01-05"]


def first_tuesday(**fields):
    """A draft on the first Tuesday of September 2026 at half past twelve, in Paris."""
    fields = {"state": State.DRAFT, "activity": make_activity(title="Yoga du midi")} | fields
    session = make_session(**fields)
    session.starts_at = datetime(2026, 9, 1, 10, 30, tzinfo=UTC)
    session.save()
    return session


def local(session):
    return f"{timezone.localtime(session.starts_at):%Y-%m-%d %H:%M}"


def repeated(session, by, **options):
    days = [datetime.fromisoformat(day).date() for day in FIRST_TUESDAYS]
    drafts = repeat_session(session=session, days=days, rule="chaque premier mardi du mois", by=by, **options)
    session.refresh_from_db()
    return drafts


def hosted(*sessions):
    host = make_user(role=Role.TEAM)
    for session in sessions:
        Hosting.objects.create(session=session, user=host, rank=1)
    return host


@pytest.fixture
def spring(clock):
    """The portal in spring 2026: the season to come is planned."""
    return clock


# --- repeating ------------------------------------------------------------------------------------


def test_the_coordinator_sees_ten_dates_ticks_them_and_gets_drafts_at_the_same_hour(desk, spring):
    session = first_tuesday(capacity=9, fee="10", clothing="Souple")
    address = reverse("manage_session_repeat", args=[session.slug])
    query = "?forme=separees&rythme=mois-1&nombre=10"

    page = desk.get(address + query)
    days = [f"{timezone.localtime(date.starts_at):%Y-%m-%d}" for date in page.context["plan"]]
    response = desk.post(address + query, {"jour": days[:-1]})

    made = Session.objects.exclude(pk=session.pk).order_by("starts_at")
    assert (len(days), days[:4]) == (9, FIRST_TUESDAYS)
    assert told(response) == ["8 brouillons sont enregistrés. Relisez-les, puis publiez-les."]
    assert [local(one) for one in made] == [f"{day} 12:30" for day in days[:-1]]
    assert {(one.state, one.capacity, one.fee, one.clothing) for one in made} == {(State.DRAFT, 9, 10, "Souple")}
    assert {one.series.rule for one in Session.objects.all()} == {"chaque premier mardi du mois"}


def test_holidays_are_said_beside_the_dates_and_block_nothing(desk, spring):
    Portal.objects.update_or_create(pk=1, defaults={"school_zone": "C"})
    session = first_tuesday()

    page = desk.get(
        reverse("manage_session_repeat", args=[session.slug]), {"forme": "separees", "rythme": "semaine", "nombre": 30}
    )

    said = {local_date(date): date.remarks for date in page.context["plan"] if date.remarks}
    assert said == {
        "2026-10-20": ["vacances de la Toussaint (Zone C)"],
        "2026-10-27": ["vacances de la Toussaint (Zone C)"],
        "2026-12-22": ["vacances de Noël (Zone C)"],
        "2026-12-29": ["vacances de Noël (Zone C)"],
        "2027-02-09": ["vacances d’hiver (Zone C)"],
        "2027-02-16": ["vacances d’hiver (Zone C)"],
    }
    assert all(date.available for date in page.context["plan"])
    assert "Le calendrier scolaire est connu jusqu’au jeudi 31 août 2028" in page.text


def local_date(date):
    return f"{timezone.localtime(date.starts_at):%Y-%m-%d}"


def test_repeating_twice_does_not_double(coordinator, spring):
    session = first_tuesday()

    made = [len(repeated(session, coordinator)), len(repeated(session, coordinator))]

    assert (made, Session.objects.count(), Series.objects.count()) == ([4, 0], 5, 1)


def test_a_date_that_has_passed_is_refused(coordinator, clock):
    session = first_tuesday()
    clock.move_to(datetime(2026, 11, 20, tzinfo=UTC))

    with pytest.raises(Refusal, match="mardi 6 octobre 2026 est déjà passé"):
        repeated(session, coordinator)

    assert Session.objects.count() == 1


def test_dates_may_be_chosen_one_by_one(desk, spring):
    session = first_tuesday()
    address = reverse("manage_session_repeat", args=[session.slug])
    query = {"forme": "separees", "rythme": "dates", "nombre": 3}

    blank = desk.get(address, query)
    page = desk.get(address, query | {"jour": ["2026-09-17", "2026-09-09", "", "pas une date"]})

    assert len(blank.context["to_type"]) == 2
    assert [local_date(date) for date in page.context["plan"]] == ["2026-09-09", "2026-09-17"]


@pytest.mark.parametrize(
    "query",
    [
        "?rythme=x&nombre=10&forme=y",
        "?rythme=semaine&nombre=400&forme=cycle",
        "?rythme=semaine&nombre=&forme=",
        "?jour=9",
    ],
)
def test_senseless_rhythms_are_refused_in_french(desk, spring, query):
    session = first_tuesday()

    response = desk.post(reverse("manage_session_repeat", args=[session.slug]) + query, {"jour": ["2026-10-06"]})

    assert (response.status_code, bool(response.context["form"].errors), Session.objects.count()) == (200, True, 1)


def test_posting_no_date_says_so(desk, spring):
    session = first_tuesday()
    query = "?forme=separees&rythme=semaine&nombre=3"

    response = desk.post(
        reverse("manage_session_repeat", args=[session.slug]) + query, {"jour": ["\x00", "9999-99-99"]}
    )

    assert "Cochez au moins une date." in response.text


# --- publishing together --------------------------------------------------------------------------


def test_a_series_is_published_at_once(desk, coordinator, spring):
    session = first_tuesday()
    hosted(session, *repeated(session, coordinator))

    response = desk.post(reverse("manage_session_publish_together", args=[session.slug]))

    assert told(response) == ["5 séances sont publiées."]
    assert set(Session.objects.values_list("state", flat=True)) == {State.PUBLISHED}


def test_a_series_with_one_date_that_lacks_something_is_not_published_at_all(coordinator, spring):
    session = first_tuesday()
    drafts = repeated(session, coordinator)
    hosted(session, *drafts[:2], drafts[3])

    with pytest.raises(Refusal, match="Séance du mardi 1er décembre 2026"):
        publish_together(session=session, by=coordinator)

    assert set(Session.objects.values_list("state", flat=True)) == {State.DRAFT}


# --- changing this one and the following ----------------------------------------------------------


def test_a_change_goes_to_this_session_and_those_that_follow(coordinator, spring):
    session = first_tuesday()
    repeated(session, coordinator)
    second = following(session)[0]
    place = make_place(name="Salle neuve")
    start = timezone.localtime(second.starts_at)
    values = {"starts_at": start + timedelta(days=1, hours=1), "place": place, "capacity": 20}

    _, changed, _ = update_following(session=second, values=values)

    assert changed == 4
    assert [(local(one), one.capacity, one.place == place) for one in Session.objects.order_by("starts_at")] == [
        ("2026-09-01 12:30", 3, False),
        ("2026-10-07 13:30", 20, True),
        ("2026-11-04 13:30", 20, True),
        ("2026-12-02 13:30", 20, True),
        ("2027-01-06 13:30", 20, True),
    ]


def test_what_was_decided_for_another_date_stays(coordinator, spring):
    session = first_tuesday()
    other = repeated(session, coordinator)[0]
    planning.update_session(session=other, values={"note": "Par la cour."})

    update_following(session=session, values={"note": "", "capacity": 4})

    other.refresh_from_db()
    assert (other.note, other.capacity) == ("Par la cour.", 4)


def test_the_closing_of_registrations_keeps_its_distance_from_each_start(coordinator, spring):
    session = first_tuesday()
    other = repeated(session, coordinator)[0]

    update_following(session=session, values={"closes_at": session.starts_at - timedelta(days=2)})

    other.refresh_from_db()
    assert other.starts_at - other.closes_at == timedelta(days=2)


def test_where_one_date_cannot_change_none_does_and_it_is_named(coordinator, spring, outbox):
    session = first_tuesday()
    drafts = repeated(session, coordinator)
    hosted(session, *drafts)
    publish_together(session=session, by=coordinator)
    for _ in range(3):
        sign_up(drafts[2])

    with pytest.raises(Refusal, match="Séance du mardi 1er décembre 2026 : 3 places sont déjà prises"):
        update_following(session=session, values={"capacity": 2})

    assert set(Session.objects.values_list("capacity", flat=True)) == {3}


def test_the_form_asks_how_far_a_change_goes(desk, coordinator, spring):
    session = first_tuesday()
    repeated(session, coordinator)
    data = typed(
        activity=session.activity.pk,
        place=session.place.pk,
        starts_at_0="2026-09-01",
        starts_at_1="18:00",
        capacity="5",
        scope="suivantes",
    )

    response = desk.post(reverse("manage_session_edit", args=[session.slug]), data)

    assert told(response)[0] == "Les changements sont enregistrés pour 5 séances."
    hours = {timezone.localtime(one.starts_at).time() for one in Session.objects.all()}
    assert (hours, set(Session.objects.values_list("capacity", flat=True))) == ({time(18)}, {5})


def test_a_session_alone_is_not_asked(desk, spring):
    page = desk.get(reverse("manage_session_edit", args=[first_tuesday().slug]))

    assert "scope" not in page.context["form"].fields


def test_saving_a_session_on_a_holiday_warns_and_saves(desk, spring):
    data = typed(activity=make_activity().pk, starts_at_0="2026-11-11")

    response = desk.post(reverse("manage_session_create"), data)

    warned = told(response)[1].replace("\u00a0", " ")
    assert (Session.objects.count(), warned) == (1, "À noter, mercredi 11 novembre 2026 : jour férié : Armistice.")


# --- a season copied ------------------------------------------------------------------------------


def season_of_sessions(coordinator):
    session = first_tuesday()
    repeated(session, coordinator)
    Session.objects.update(state=State.HELD)
    Session.objects.filter(starts_at__month=11).update(state=State.CANCELLED)
    return Season(2026)


def test_a_season_is_copied_on_the_same_weekdays_and_twice_does_not_double(desk, coordinator, spring):
    season_of_sessions(coordinator)
    address = reverse("manage_season_copy") + "?saison=2026"

    page = desk.get(address)
    chosen = [copy.session.pk for copy in page.context["copies"]]
    desk.post(address, {"seance": chosen})
    response = desk.post(address, {"seance": chosen})

    made = Session.objects.filter(state=State.DRAFT).order_by("starts_at")
    dates = ["2027-09-07 12:30", "2027-10-05 12:30", "2027-12-07 12:30", "2028-01-04 12:30"]
    assert [local(one) for one in made] == dates
    assert len({one.series_id for one in made}) == 1
    assert told(response)[-1] == "Ces dates ont déjà leur séance : rien n’a été ajouté."


def test_a_copied_cycle_stays_a_cycle(coordinator, spring):
    session = first_tuesday()
    repeated(session, coordinator, as_cycle=True)
    season = Season(2026)

    drafts = copy_season(season=season, chosen={copy.session.pk for copy in planned_copies(season)}, by=coordinator)

    assert [one.head for one in drafts] == [None, *[drafts[0]] * 4]


def test_a_season_of_nothing_says_what_to_do(desk):
    page = desk.get(reverse("manage_season_copy"))

    assert "Il n’y a pas encore de saison à copier." in page.text


def test_the_pages_cost_the_same_for_three_and_for_thirty_dates(
    desk, coordinator, spring, django_assert_max_num_queries
):
    session = first_tuesday()
    hosted(session, *repeated(session, coordinator))
    address = reverse("manage_session_repeat", args=[session.slug])

    with django_assert_max_num_queries(14) as few:
        desk.get(address, {"forme": "separees", "rythme": "semaine", "nombre": 3})
    with django_assert_max_num_queries(14) as many:
        desk.get(address, {"forme": "separees", "rythme": "semaine", "nombre": 30})

    assert len(few.captured_queries) == len(many.captured_queries)
