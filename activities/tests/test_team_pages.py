"""The team's pages, the coordination's rota and the team's dates, as a browser asks for them."""

import re
from datetime import UTC, date, datetime, timedelta

import pytest
from django.contrib.messages import get_messages
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from icalendar import Calendar

from activities.models import Absence, CalendarFeed, HostAvailability, Session, TeamEvent
from activities.tests.factories import make_activity, make_session, make_team_event
from members.enums import Role
from members.tests.factories import make_user

pytestmark = pytest.mark.django_db
State = Session.State


def told(response):
    return [str(message).replace("\u00a0", " ") for message in get_messages(response.wsgi_request)]


@pytest.fixture
def host():
    return make_user(role=Role.TEAM, first_name="Anne", last_name="Duval")


@pytest.fixture
def team_room(client, host):
    """A browser in which a member of the team is signed in."""
    client.force_login(host)
    return client


def hosts(session):
    return [one.user for one in session.hostings.select_related("user").order_by("rank")]


# --- my evenings ----------------------------------------------------------------------------------


def test_my_page_shows_my_evenings_and_asks_for_the_others(team_room, host):
    mine, free = make_session(hosts=[host, make_user()]), make_session(state=State.DRAFT)
    make_session(hosts=[make_user(), make_user()])
    make_session(hosts=[host], state=State.CANCELLED)

    page = team_room.get("/equipe/")

    assert list(page.context["mine"]) == [mine]
    assert [(session, waits) for session, _, waits in page.context["answers"].rows()] == [(free, True)]


def test_all_answers_are_kept_with_one_button(team_room, host):
    sessions = [make_session(starts_in=timedelta(days=days)) for days in (5, 6, 7)]
    answers = {f"s{session.pk}": said for session, said in zip(sessions, ["yes", "maybe", ""], strict=True)}

    response = team_room.post("/equipe/", answers)

    kept = dict(HostAvailability.objects.filter(user=host).values_list("session", "answer"))
    assert kept == {sessions[0].pk: "yes", sessions[1].pk: "maybe"}
    assert (response.url, told(response)) == ("/equipe/", ["Vos réponses sont enregistrées. Merci."])


def test_an_answer_that_does_not_exist_is_refused(team_room):
    session = make_session()

    response = team_room.post("/equipe/", {f"s{session.pk}": "peut-être"})

    assert "Choisissez oui, s’il le faut ou non." in response.text
    assert not HostAvailability.objects.exists()


def test_the_navigation_leads_the_team_and_nobody_else_there(client, host):
    seen = {}
    for name, user in {"host": host, "other": make_user(), "board": make_user(role=Role.BOARD)}.items():
        client.force_login(user)
        seen[name] = 'href="/equipe/"' in client.get("/activites/").text

    assert seen == {"host": True, "other": False, "board": False}


def test_an_absence_is_added_and_taken_back(team_room, host):
    today = timezone.localdate()
    days = {"first_day": today, "last_day": today + timedelta(days=3)}

    added = team_room.post(reverse("team_absence_add"), days)
    absence = Absence.objects.get()
    removed = team_room.post(reverse("team_absence_delete", args=[absence.pk]))

    assert (absence.user, absence.first_day, absence.last_day) == (host, days["first_day"], days["last_day"])
    assert (added.url, removed.url, Absence.objects.count()) == ("/equipe/#absences", "/equipe/#absences", 0)


@pytest.mark.parametrize(
    ("days", "errors"),
    [
        (
            {"first_day": "2030-03-05", "last_day": "2030-03-04"},
            {"__all__": ["Le dernier jour ne peut pas précéder le premier."]},
        ),
        ({"first_day": "2020-03-05", "last_day": "2020-03-06"}, {"last_day": ["Cette absence est déjà passée."]}),
    ],
)
def test_an_absence_that_cannot_be_is_refused(team_room, days, errors):
    response = team_room.post(reverse("team_absence_add"), days)

    assert (response.context["absence"].errors, Absence.objects.count()) == (errors, 0)
    assert f'value="{days["last_day"]}"' in response.text


def test_the_absence_of_somebody_else_is_out_of_reach(team_room):
    absence = Absence.objects.create(user=make_user(), first_day=date(2030, 1, 1), last_day=date(2030, 1, 2))

    assert team_room.post(reverse("team_absence_delete", args=[absence.pk])).status_code == 404
    assert Absence.objects.count() == 1


def test_dropping_out_asks_first(team_room, host, outbox):
    session = make_session(hosts=[host])
    url = reverse("team_withdraw", args=[session.slug])

    page = team_room.get(url)
    still = hosts(session)
    response = team_room.post(url, {"word": "De\n garde."})

    assert "Vous ne pouvez plus accueillir" in page.text
    assert (still, hosts(session), session.withdrawals.get().word) == ([host], [], "De garde.")
    assert told(response) == ["C’est noté. L’équipe et la coordination sont prévenues."]


def test_one_cannot_drop_out_for_somebody_else(team_room):
    session = make_session(hosts=[make_user(role=Role.TEAM)])

    assert team_room.post(reverse("team_withdraw", args=[session.slug])).status_code == 404
    assert len(hosts(session)) == 1


# --- the common calendar --------------------------------------------------------------------------


def test_the_month_shows_sessions_hosts_meetings_and_who_is_away(team_room, host):
    start = datetime(2030, 3, 12, 17, tzinfo=UTC)
    session = make_session(starts_at=start, hosts=[host], state=State.DRAFT)
    event = make_team_event(starts_at=start + timedelta(days=1))
    make_team_event(starts_at=start + timedelta(days=31))
    absence = Absence.objects.create(user=host, first_day=date(2030, 2, 20), last_day=date(2030, 3, 2))

    page = team_room.get("/equipe/agenda/?mois=2030-03")

    assert page.context["meetings"] == [session, event]
    cells = [cell for week in page.context["weeks"] for cell in week if cell["inside"]]
    assert [cell["date"].day for cell in cells if cell["absences"] == [absence]] == [1, 2]
    assert [cell["date"].day for cell in cells if cell["events"] == [event]] == [13]
    assert "Anne Duval" in page.text


def test_a_month_that_is_no_month_shows_this_one(team_room):
    page = team_room.get("/equipe/agenda/?mois=2030-13")

    assert page.context["month"] == timezone.localdate().replace(day=1)


# --- my calendar's address ------------------------------------------------------------------------


def events(response):
    return {str(one["summary"]).replace("\u00a0", " "): one for one in Calendar.from_ical(response.content).events}


def test_the_feed_shows_what_i_host_and_the_teams_dates_or_everything(client, team_room, host):
    make_session(activity=make_activity(title="Yoga"), hosts=[host])
    make_session(activity=make_activity(title="Boxe"), hosts=[host], state=State.DRAFT)
    make_session(activity=make_activity(title="Tai-chi"))
    make_session(activity=make_activity(title="Secret"), state=State.DRAFT)
    make_session(activity=make_activity(title="Ancienne"), hosts=[host], starts_in=timedelta(days=-200))
    make_team_event(title="Supervision de mars", kind="supervision", minutes=60)
    team_room.post(reverse("team_feed_renew"))
    url = reverse("team_feed", args=[host.calendar_feed.key])
    client.logout()

    mine, everything = events(client.get(url)), events(client.get(f"{url}?seances=toutes"))

    assert set(mine) == {
        "J’accueille : Yoga",
        "J’accueille : Boxe (à confirmer)",
        "Supervision : Supervision de mars",
    }
    assert set(everything) == {*mine, "Tai-chi"}
    meeting = mine["Supervision : Supervision de mars"]
    assert meeting.end - meeting.start == timedelta(minutes=60)
    assert "url" not in mine["J’accueille : Boxe (à confirmer)"]


def test_the_feed_follows_a_session_under_the_same_uid(client, host):
    session, feed = make_session(hosts=[host]), CalendarFeed.objects.create(user=host)
    url = reverse("team_feed", args=[feed.key])

    [before] = Calendar.from_ical(client.get(url).content).events
    Session.objects.filter(pk=session.pk).update(starts_at=session.starts_at + timedelta(days=1), sequence=1)
    [after] = Calendar.from_ical(client.get(url).content).events

    assert (after["uid"], after["sequence"] > before["sequence"]) == (before["uid"], True)
    assert after.start - before.start == timedelta(days=1)


def test_a_new_address_ends_the_old_one(client, team_room, host):
    team_room.post(reverse("team_feed_renew"))
    old = reverse("team_feed", args=[CalendarFeed.objects.get(user=host).key])
    team_room.post(reverse("team_feed_renew"))
    new = reverse("team_feed", args=[CalendarFeed.objects.get(user=host).key])
    client.logout()

    assert (client.get(old).status_code, client.get(new).status_code) == (404, 200)


def test_an_ended_address_and_one_of_who_left_the_team_answer_nothing(client, team_room, host):
    gone = CalendarFeed.objects.create(user=make_user())
    mine = CalendarFeed.objects.create(user=host)
    team_room.post(reverse("team_feed_end"))

    assert [client.get(reverse("team_feed", args=[feed.key])).status_code for feed in (gone, mine)] == [404, 404]


def test_the_page_gives_both_addresses_in_full(team_room, host, settings):
    feed = CalendarFeed.objects.create(user=host)

    page = team_room.get("/equipe/agenda/")

    address = f"{settings.SITE_URL}/equipe/agenda/{feed.key}.ics"
    assert re.findall(r'readonly\s+value="([^"]+)"', page.text) == [address, f"{address}?seances=toutes"]


# --- the coordination's rota ----------------------------------------------------------------------


def fields_of(page):
    """Return what the browser would send back if nothing were touched."""
    form = page.context["form"]
    return {name: "" if (value := form[name].value()) is None else value for name in form.fields}


def test_a_proposal_is_shown_with_reasons_and_kept_only_once_sent(desk, host, outbox):
    session = make_session(state=State.DRAFT)
    HostAvailability.objects.create(session=session, user=host, answer="yes")

    page = desk.get("/coordination/rota/?proposition=1")
    untouched = hosts(session)
    response = desk.post("/coordination/rota/", fields_of(page))

    assert "aucune soirée, disponible, seule personne disponible" in page.text
    assert (untouched, hosts(session)) == ([], [host])
    assert told(response) == ["La répartition est enregistrée. 1 courriel part aux référents concernés."]
    assert [row.to for row in outbox.rows] == [host.email]


def test_the_coordination_picks_somebody_else(desk, host):
    session, other = make_session(hosts=[host]), make_user(role=Role.TEAM)
    data = fields_of(desk.get("/coordination/rota/"))

    desk.post("/coordination/rota/", data | {f"h{session.pk}_1": other.pk, f"h{session.pk}_2": host.pk})

    assert hosts(session) == [other, host]


def test_keeping_what_is_there_tells_nobody(desk, host, outbox):
    make_session(hosts=[host])

    response = desk.post("/coordination/rota/", fields_of(desk.get("/coordination/rota/")))

    assert told(response) == ["La répartition est enregistrée. Personne n’avait à en être prévenu."]
    assert outbox.rows == []


def test_the_same_person_twice_is_refused_at_the_second_seat(desk, host):
    session = make_session()
    data = fields_of(desk.get("/coordination/rota/"))

    page = desk.post("/coordination/rota/", data | {f"h{session.pk}_1": host.pk, f"h{session.pk}_2": host.pk})

    assert page.context["form"].errors == {f"h{session.pk}_2": ["C’est déjà le premier référent."]}
    assert hosts(session) == []


def test_two_people_preparing_the_rota_do_not_undo_each_other(desk, host):
    session, other = make_session(), make_user(role=Role.TEAM)
    data = fields_of(desk.get("/coordination/rota/"))
    desk.post("/coordination/rota/", data | {f"h{session.pk}_1": other.pk})

    late = desk.post("/coordination/rota/", data | {f"h{session.pk}_1": host.pk})

    assert told(late)[-1].startswith("La répartition a changé pendant que vous la prépariez.")
    assert hosts(session) == [other]


def test_somebody_outside_the_team_cannot_be_picked(desk, host):
    session, stranger = make_session(), make_user()
    data = fields_of(desk.get("/coordination/rota/"))

    page = desk.post("/coordination/rota/", data | {f"h{session.pk}_1": stranger.pk})

    assert list(page.context["form"].errors) == [f"h{session.pk}_1"]
    assert hosts(session) == []


def test_the_table_says_what_each_member_answered(desk, host):
    sessions = [make_session(starts_in=timedelta(days=days)) for days in range(5, 9)]
    for session, said in zip(sessions, ["yes", "maybe", "no"], strict=False):
        HostAvailability.objects.create(session=session, user=host, answer=said)
    away = timezone.localdate(sessions[0].starts_at)
    Absence.objects.create(user=host, first_day=away, last_day=away)

    table = desk.get("/coordination/rota/").context["form"].table()

    assert table == [
        (sessions[0], ["absence"]),
        (sessions[1], ["s’il le faut"]),
        (sessions[2], ["non"]),
        (sessions[3], ["n’a pas répondu"]),
    ]


@pytest.mark.parametrize(
    ("role", "sentence"),
    [(None, "Le groupe de travail n’a encore aucun membre."), (Role.TEAM, "Aucune séance n’est à venir.")],
)
def test_an_empty_rota_says_what_is_missing(desk, role, sentence):
    make_user(role=role)

    assert sentence in desk.get("/coordination/rota/").text


# --- the team's dates -----------------------------------------------------------------------------


def test_a_meeting_is_added_changed_and_deleted(desk):
    typed = {"kind": "supervision", "title": "Avec la psychologue", "minutes": "90", "place": "En visioconférence"}
    typed |= {"starts_at_0": "2030-10-14", "starts_at_1": "20:00"}

    desk.post(reverse("team_event_create"), typed)
    event = TeamEvent.objects.get()
    listed = desk.get(reverse("team_events")).text
    desk.post(reverse("team_event_edit", args=[event.pk]), typed | {"minutes": "60"})
    event.refresh_from_db()
    desk.post(reverse("team_event_delete", args=[event.pk]))

    assert "Avec la psychologue" in listed
    assert (f"{timezone.localtime(event.starts_at):%H:%M}", event.minutes) == ("20:00", 60)
    assert TeamEvent.objects.count() == 0


def test_a_meeting_without_end_is_refused(desk):
    typed = {"kind": "meeting", "title": "Réunion", "minutes": "0", "starts_at_0": "2030-10-14", "starts_at_1": "20:00"}

    page = desk.post(reverse("team_event_create"), typed)

    assert "La durée va de 1 minute à 12 heures." in page.text
    assert TeamEvent.objects.count() == 0


# --- statements -----------------------------------------------------------------------------------


def statements(client, url):
    with CaptureQueriesContext(connection) as captured:
        assert client.get(url).status_code == 200
    return len(captured)


def busy_month(host):
    """More of everything: sessions to come with and without hosts, answers, absences, meetings."""
    member = make_user(role=Role.TEAM)
    for hosted in ([host, member], [member], []):
        session = make_session(hosts=hosted, starts_in=timedelta(days=3))
        HostAvailability.objects.create(session=session, user=make_user(role=Role.TEAM), answer="yes")
        session.withdrawals.create(user=member)
    today = timezone.localdate()
    Absence.objects.create(user=host, first_day=today, last_day=today + timedelta(days=2))
    make_team_event(starts_at=timezone.now() + timedelta(hours=1))


@pytest.mark.parametrize("url", ["/equipe/", "/equipe/agenda/", "/equipe/agenda/KEY.ics?seances=toutes"])
def test_the_teams_pages_cost_the_same_whatever_they_show(team_room, host, url):
    feed = CalendarFeed.objects.create(user=host)
    counts = []
    for more in (1, 2, 7):
        for _ in range(more):
            busy_month(host)
        counts.append(statements(team_room, url.replace("KEY", feed.key)))

    assert counts == [counts[0]] * 3


@pytest.mark.parametrize(
    "url", ["/coordination/", "/coordination/rota/", "/coordination/rota/?proposition=1", "/coordination/reunions/"]
)
def test_the_coordinations_pages_cost_the_same_whatever_they_show(desk, host, url):
    counts = []
    for more in (1, 2, 7):
        for _ in range(more):
            busy_month(host)
        counts.append(statements(desk, url))

    assert counts == [counts[0]] * 3
