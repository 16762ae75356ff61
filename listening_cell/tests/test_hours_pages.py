"""A peer's hours and the peers' meetings, as a browser asks for them."""

import re
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.contrib.messages import get_messages
from django.db import connection
from django.db.models.signals import pre_save
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from listening_cell.models import Absence, Debriefing, Slot
from listening_cell.services import availability, booking, debriefings, sessions
from listening_cell.tests.factories import make_case, make_cell, make_peer, private_of
from listening_cell.views.spaces import COOKIE

pytestmark = pytest.mark.django_db(transaction=True)
PARIS = ZoneInfo("Europe/Paris")
HOURS, MEETINGS = reverse("cell_hours"), reverse("cell_debriefings")
TODAY = date(2026, 10, 5)  # a Monday


@pytest.fixture
def clock(time_machine):
    time_machine.move_to(datetime(2026, 10, 5, 12, tzinfo=PARIS), tick=False)
    return time_machine


@pytest.fixture
def cell(clock):
    return make_cell()


@pytest.fixture
def peer(client, cell):
    """A peer signed in, her space open."""
    peer = make_peer(cell)
    enter(client, peer)
    return peer


def enter(client, peer):
    client.force_login(peer.user)
    client.cookies[COOKIE] = sessions.open_space(sessions.Space("peer", peer.pk, private_of(peer)))


def at(day, hour):
    return datetime(2026, 10, day, hour, tzinfo=PARIS)


def told(response):
    return [str(message) for message in get_messages(response.wsgi_request)]


def plain(response):
    return " ".join(
        re.sub(r"<[^>]+>", " ", response.content.decode()).replace("&nbsp;", " ").replace("\u00a0", " ").split()
    )


def hold(peer, other, starts_at):
    for one in (peer, other):
        Slot.objects.get_or_create(peer=one, starts_at=starts_at)
    opened, _ = make_case(peer, other, words="chrysalide")
    booking.hold(case=opened.case, peers=[peer, other], starts_at=starts_at)
    return opened.case


def errors(response, name):
    return response.context[name].errors


# --- Weekly hours -----------------------------------------------------------------------------------


def test_hours_that_are_ticked_are_kept_and_shown_ticked(client, peer):
    response = client.post(HOURS, {"hours": ["0-18", "5-9"]})

    assert (response.url, told(response)) == (f"{HOURS}#semaine", ["C’est enregistré."])
    assert list(peer.weekly_hours.values_list("weekday", "hour")) == [(0, 18), (5, 9)]
    rows = dict(client.get(HOURS).context["weekly"].rows())
    assert [(hour, value) for hour, boxes in rows.items() for value, _, ticked in boxes if ticked] == [
        (9, "5-9"),
        (18, "0-18"),
    ]


def test_every_box_has_a_name_of_its_own(client, peer):
    labels = [label for _, boxes in client.get(HOURS).context["weekly"].rows() for _, label, _ in boxes]

    assert (len(labels), len(set(labels)), labels[0], labels[-1]) == (105, 105, "lundi 7\u00a0h", "dimanche 21\u00a0h")


@pytest.mark.parametrize("odd", ["0-6", "7-18", "0-22", "x", "", "\x00", "\ud800", "0-18-1", "9" * 400])
def test_a_box_that_does_not_exist_is_refused_and_the_others_stay_ticked(client, peer, odd):
    response = client.post(HOURS, {"hours": ["0-18", odd.encode("utf-8", "surrogatepass")]})

    assert (response.status_code, list(errors(response, "weekly"))) == (200, ["hours"])
    assert 'value="0-18" checked' in " ".join(response.content.decode().split())
    assert not peer.weekly_hours.exists()


# --- One date ---------------------------------------------------------------------------------------


def test_the_page_shows_one_week_and_what_each_hour_is(client, peer, cell):
    availability.set_weekly_hours(peer=peer, hours={(1, 18), (2, 18)})
    case = hold(peer, make_peer(cell), at(6, 18))
    availability.close_slot(slot=Slot.objects.get(peer=peer, starts_at=at(14, 18)))
    Slot.objects.filter(peer=peer, starts_at=at(7, 18)).delete()

    this_week, next_week = client.get(HOURS), client.get(HOURS, {"semaine": "1"})

    seen = [
        [(slot.starts_at, slot.held, slot.closed) for slot in page.context["slots"]] for page in (this_week, next_week)
    ]
    assert seen == [[(at(6, 18), True, False)], [(at(13, 18), False, False), (at(14, 18), False, True)]]
    assert "Mardi 6 octobre 18 h Entretien prévu" in plain(this_week)
    assert case.pk not in this_week.content.decode()


@pytest.mark.parametrize("asked", ["9", "-1", "x", "²", "9" * 30, "\x00"])
def test_a_week_that_does_not_exist_is_this_one(client, peer, asked):
    assert client.get(HOURS, {"semaine": asked}).context["monday"] == TODAY


def test_the_page_opens_on_the_first_week_that_has_an_hour(client, peer):
    availability.open_hour(peer=peer, starts_at=at(22, 18))

    page, this_week = client.get(HOURS), client.get(HOURS, {"semaine": "0"})

    assert (page.context["monday"], page.context["rank"], page.context["before"]) == (date(2026, 10, 19), 2, 1)
    assert (this_week.context["monday"], this_week.context["slots"]) == (TODAY, [])


def test_an_hour_is_closed_and_opened_again_and_one_stays_in_its_week(client, peer):
    availability.set_weekly_hours(peer=peer, hours={(1, 18)})
    slot = Slot.objects.get(peer=peer, starts_at=at(13, 18))
    url, seen = f"{reverse('cell_slot', args=[slot.pk])}?semaine=1", []

    for value in ("0", "1"):
        response = client.post(url, {"open": value})
        seen.append((response.url, Slot.objects.get(pk=slot.pk).closed))

    assert seen == [(f"{HOURS}?semaine=1#creneaux", True), (f"{HOURS}?semaine=1#creneaux", False)]


def test_an_hour_of_a_talk_says_that_it_is_to_be_moved_first(client, peer, cell):
    hold(peer, make_peer(cell), at(6, 18))
    slot = Slot.objects.get(peer=peer)

    response = client.post(reverse("cell_slot", args=[slot.pk]), {"open": "0"})

    assert told(response) == [availability.HELD]
    assert Slot.objects.get(pk=slot.pk).closed is False


def test_nobody_touches_the_hours_or_absences_of_another(client, peer, cell):
    other = make_peer(cell)
    slot = availability.open_hour(peer=other, starts_at=at(8, 18))
    absence = Absence.objects.create(peer=other, first_day=TODAY, last_day=TODAY)

    refused = [
        client.post(reverse("cell_slot", args=[slot.pk])).status_code,
        client.post(reverse("cell_absence_remove", args=[absence.pk])).status_code,
    ]

    assert refused == [404, 404]
    assert (Slot.objects.get(), Absence.objects.get()) == (slot, absence)


def test_one_more_hour_is_opened(client, peer):
    client.post(reverse("cell_slot_open"), {"day": "2026-10-08", "hour": "20"})

    assert [(slot.starts_at, slot.extra) for slot in Slot.objects.all()] == [(at(8, 20), True)]


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"day": "2026-10-04", "hour": "18"}, "day"),
        ({"day": "2027-03-01", "hour": "18"}, "day"),
        ({"day": "0001-01-01", "hour": "7"}, "day"),
        ({"day": "9999-12-31", "hour": "21"}, "day"),
        ({"day": "demain", "hour": "18"}, "day"),
        ({"day": "2026-10-08", "hour": "3"}, "hour"),
        ({"day": "2026-10-08", "hour": "x"}, "hour"),
        ({"day": "\x00", "hour": "18"}, "day"),
    ],
)
def test_an_hour_that_cannot_be_opened_is_said_and_what_was_typed_stays(client, peer, typed, field):
    response = client.post(reverse("cell_slot_open"), typed)

    assert (response.status_code, list(errors(response, "open_hour"))) == (200, [field])
    assert response.context["open_hour"]["day"].value() == typed["day"]
    assert not Slot.objects.exists()


# --- Absences and load ------------------------------------------------------------------------------


def test_an_absence_is_noted_and_taken_back(client, peer):
    noted = client.post(reverse("cell_absence_add"), {"first_day": "2026-10-12", "last_day": "2026-10-16"})
    absence = Absence.objects.get()
    shown = "du lundi 12 octobre 2026 au vendredi 16 octobre 2026" in plain(client.get(HOURS))
    client.post(reverse("cell_absence_remove", args=[absence.pk]))

    assert (noted.url, told(noted), shown) == (f"{HOURS}#absences", ["C’est enregistré."], True)
    assert not Absence.objects.exists()


def test_an_absence_over_a_talk_says_so_in_words_that_tell_nothing(client, peer, cell):
    hold(peer, make_peer(cell), at(13, 18))

    response = client.post(reverse("cell_absence_add"), {"first_day": "2026-10-12", "last_day": "2026-10-16"})

    assert told(response) == [
        "C’est enregistré. Ce qui était prévu ces jours-là reste prévu, et l’autre personne est prévenue."
    ]
    assert "mardi 13 octobre 2026 à 18 h" in plain(client.get(HOURS))


@pytest.mark.parametrize(
    ("first", "last", "field"),
    [
        ("2026-10-16", "2026-10-12", "__all__"),
        ("2026-10-01", "2026-10-04", "last_day"),
        ("2026-10-12", "2028-10-12", "last_day"),
        ("9999-12-30", "9999-12-31", "last_day"),
        ("", "2026-10-12", "first_day"),
        ("x", "\x00", "first_day"),
    ],
)
def test_an_absence_that_cannot_be_is_refused(client, peer, first, last, field):
    response = client.post(reverse("cell_absence_add"), {"first_day": first, "last_day": last})

    assert (response.status_code, field in errors(response, "absence")) == (200, True)
    assert response.context["absence"]["first_day"].value() == first
    assert not Absence.objects.exists()


def test_pause_and_limit_are_kept(client, peer):
    client.post(reverse("cell_load"), {"paused": "on", "monthly_limit": "2"})

    peer.refresh_from_db()
    assert (peer.paused, peer.monthly_limit) == (True, 2)
    assert "Vous êtes en pause" in plain(client.get(HOURS))


@pytest.mark.parametrize("limit", ["0", "31", "-1", "x", "", "9" * 30, "\x00"])
def test_a_limit_that_is_none_is_refused(client, peer, limit):
    response = client.post(reverse("cell_load"), {"monthly_limit": limit})

    peer.refresh_from_db()
    assert (list(errors(response, "load")), peer.monthly_limit) == (["monthly_limit"], 4)


# --- The page as a whole ----------------------------------------------------------------------------


def test_with_nothing_set_the_page_says_what_to_do_and_leads_to_the_declaration_of_hours(client, peer):
    page = client.get(HOURS)

    assert "Aucune heure ouverte. Cochez vos heures plus bas" in plain(page)
    assert f'href="{reverse("my_hours")}"' in page.content.decode()
    assert "<title>Le Café des Soignants" in page.content.decode()


def test_as_many_statements_for_a_full_week_as_for_an_empty_one(client, peer, cell):
    def statements(url):
        client.get(url)
        with CaptureQueriesContext(connection) as seen:
            client.get(url)
        return len(seen)

    Debriefing.objects.create(day=TODAY).peers.add(peer)
    empty = [statements(HOURS), statements(MEETINGS)]
    availability.set_weekly_hours(peer=peer, hours={(day, hour) for day in range(7) for hour in range(7, 22)})
    other = make_peer(cell)
    for day in range(6, 11):
        hold(peer, other, at(day, 18))
        Absence.objects.create(peer=peer, first_day=TODAY, last_day=TODAY)
        Debriefing.objects.create(day=TODAY - timedelta(days=day)).peers.add(peer, other)

    assert [statements(HOURS), statements(MEETINGS)] == empty


def test_a_space_that_is_closed_shows_no_hour_and_loses_nothing_that_was_sent(client, peer):
    availability.set_weekly_hours(peer=peer, hours={(0, 18)})
    client.cookies.pop(COOKIE)

    shown, sent = client.get(HOURS), client.post(HOURS, {"hours": ["0-18", "1-18"]})

    assert [page.templates[0].name for page in (shown, sent)] == ["listening_cell/unlock.html"] * 2
    assert "créneaux" not in plain(shown)
    assert [value for name, value in sent.context["held"]] == ["0-18", "1-18"]
    assert list(peer.weekly_hours.values_list("weekday", "hour")) == [(0, 18)]


# --- Debriefings ------------------------------------------------------------------------------------


def test_a_meeting_is_noted_and_each_says_of_herself_that_she_was_there(client, peer, cell):
    other = make_peer(cell)
    client.post(MEETINGS, {"day": "2026-10-05", "minutes": "90", "place": " Salle  \u202ebleue "})
    meeting = Debriefing.objects.get()
    url = reverse("cell_debriefing_came", args=[meeting.pk])
    client.post(url, {"came": "1"})
    enter(client, other)
    client.post(url, {"came": "1"})
    both = list(meeting.peers.order_by("pk"))
    client.post(url, {"came": "0"})

    assert (meeting.minutes, meeting.place, both) == (90, "Salle bleue", sorted([peer, other], key=lambda one: one.pk))
    assert list(meeting.peers.all()) == [peer]
    assert f"Y étaient : {peer.user}" in plain(client.get(MEETINGS))


def test_nobody_was_at_a_meeting_to_come(client, peer):
    meeting = Debriefing.objects.create(day=TODAY + timedelta(days=1))

    response = client.post(reverse("cell_debriefing_came", args=[meeting.pk]), {"came": "1"})

    assert told(response) == [debriefings.NOT_YET]
    assert not meeting.peers.exists()


def test_a_meeting_changes_and_goes_until_somebody_was_there(client, peer):
    meeting = Debriefing.objects.create(day=TODAY)
    url, remove = reverse("cell_debriefing", args=[meeting.pk]), reverse("cell_debriefing_remove", args=[meeting.pk])
    client.post(url, {"day": "2026-10-04", "minutes": "60", "place": "Ailleurs"})
    meeting.refresh_from_db()
    changed = (meeting.day, meeting.minutes, meeting.place)
    meeting.peers.add(peer)
    refused = told(client.post(remove))[-1]
    meeting.peers.clear()
    client.post(remove)

    assert (changed, refused) == ((date(2026, 10, 4), 60, "Ailleurs"), debriefings.SOMEBODY_CAME)
    assert not Debriefing.objects.exists()


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"day": "2026-10-05"}, "day"),
        ({"day": "2036-10-05"}, "day"),
        ({"day": ""}, "day"),
        ({"minutes": "0"}, "minutes"),
        ({"minutes": "9" * 30}, "minutes"),
        ({"place": "x" * 201}, "place"),
        ({"place": "\x00"}, "place"),
    ],
)
def test_a_meeting_that_cannot_be_is_refused(client, peer, typed, field):
    Debriefing.objects.create(day=TODAY)
    sent = {"day": "2026-10-06", "minutes": "90", "place": "Salle"} | typed

    response = client.post(MEETINGS, sent)

    assert (response.status_code, list(errors(response, "form"))) == (200, [field])
    assert Debriefing.objects.count() == 1


def test_two_meetings_of_one_day_sent_at_one_instant_make_one_and_the_other_keeps_what_was_typed(client, peer):
    def noted_meanwhile(instance, **_):
        Debriefing.objects.bulk_create([Debriefing(day=instance.day)])

    pre_save.connect(noted_meanwhile, sender=Debriefing)
    try:
        response = client.post(MEETINGS, {"day": "2026-10-06", "minutes": "90", "place": "Salle"})
    finally:
        pre_save.disconnect(noted_meanwhile, sender=Debriefing)

    assert errors(response, "form") == {"day": [debriefings.SAME_DAY]}
    assert response.context["form"]["place"].value() == "Salle"


def test_a_meeting_that_is_not_there_is_not_found(client, peer):
    assert client.get(reverse("cell_debriefing", args=[10**25])).status_code == 404
