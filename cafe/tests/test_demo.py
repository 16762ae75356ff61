from collections import Counter
from datetime import date, datetime, timedelta
from io import StringIO
from zoneinfo import ZoneInfo

import pytest
import time_machine
from allauth.account.models import EmailAddress
from django.apps import apps
from django.contrib.auth import authenticate
from django.core import mail
from django.core.management import CommandError, call_command
from django.db import transaction
from django.utils import timezone

from activities.enums import RegistrationState, SessionState
from activities.models import Answer, Attendance, Hosting, Question, Registration, Session, TimeWish, Vote
from activities.permissions import why_closed, why_not_for
from activities.services.retention import purge
from cafe.models import Outgoing, Portal
from members.enums import Profession, Role
from members.models import User
from members.tests.factories import make_user

pytestmark = pytest.mark.django_db
PARIS = ZoneInfo("Europe/Paris")
ORDINARY_DAY = datetime(2026, 11, 23, 10, 0, tzinfo=PARIS)
DAYS = {
    "ordinary day": ORDINARY_DAY,
    "leap day": datetime(2028, 2, 29, 12, 0, tzinfo=PARIS),
    "new year’s eve": datetime(2026, 12, 31, 23, 50, tzinfo=PARIS),
    "night of 23 hours": datetime(2027, 3, 28, 3, 30, tzinfo=PARIS),
    "night of 25 hours": datetime(2026, 10, 25, 2, 30, tzinfo=PARIS, fold=1),
    "august": datetime(2027, 8, 15, 8, 0, tzinfo=PARIS),
    "first minutes of the season": datetime(2027, 9, 1, 0, 5, tzinfo=PARIS),
}


def demo(**options):
    output = StringIO()
    call_command("demo", stdout=output, **options)
    return output.getvalue()


@pytest.fixture
def loaded():
    with time_machine.travel(ORDINARY_DAY, tick=False):
        demo()
        yield


def all_rows():
    """Every row of every table, as plain values."""
    return {model._meta.label: list(model._base_manager.order_by("pk").values()) for model in apps.get_models()}


def local(moment):
    return timezone.localtime(moment)


def balance_sessions():
    start, end = datetime(2023, 10, 1, tzinfo=PARIS), datetime(2025, 5, 1, tzinfo=PARIS)
    return [s for s in Session.objects.all() if s.state == SessionState.HELD and start <= s.starts_at < end]


def balance():
    """The published figures, counted row by row."""
    sessions = balance_sessions()
    pks = {session.pk for session in sessions}
    rows = [r for r in Registration.objects.all() if r.session_id in pks and r.state == RegistrationState.CONFIRMED]
    gender_known = [row for row in rows if row.gender]
    planned = sum(session.capacity for session in sessions)
    return {
        "sessions": len(sessions),
        "attendances": len(rows),
        "different people": len({row.person_key for row in rows}),
        "planned places": planned,
        "filling %": round(100 * len(rows) / planned),
        "women %": 100 * sum(row.gender == "femme" for row in gender_known) / len(gender_known),
        "members": sum(row.cpts_member is True for row in rows),
        "membership known": sum(row.cpts_member is not None for row in rows),
    }


PUBLISHED = {
    "sessions": 17,
    "attendances": 151,
    "different people": 84,
    "planned places": 144,
    "filling %": 105,
    "women %": 80.0,
    "members": 75,
    "membership known": 151,
}


def test_held_sessions_reproduce_the_published_balance(loaded):
    assert balance() == PUBLISHED


def test_everyone_who_had_a_place_at_a_held_session_is_marked_present_and_nobody_else(loaded):
    held = Registration.objects.filter(session__state=SessionState.HELD, state=RegistrationState.CONFIRMED)

    marks = Attendance.objects.values_list("registration", "session", "presence")
    assert sorted(marks) == sorted((row.pk, row.session_id, "present") for row in held)
    assert Attendance.objects.filter(session__in=balance_sessions()).count() == PUBLISHED["attendances"]


def test_balance_survives_the_anonymisation_of_old_registrations(loaded):
    assert purge(timezone.now(), dry_run=False)[0] != "Inscriptions de plus de 24 mois anonymisées : 0."

    assert balance() == PUBLISHED


def test_one_person_is_one_key_and_sits_once_in_a_session(loaded):
    pairs = set(Registration.objects.values_list("email", "person_key"))
    seats = Counter(Registration.objects.live().values_list("session", "person_key"))

    assert len({email for email, key in pairs}) == len(pairs) == len({key for email, key in pairs})
    assert set(seats.values()) == {1}


def test_first_sessions_are_those_of_the_launch_newsletter(loaded):
    first = Session.objects.filter(starts_at__lt=datetime(2024, 2, 1, tzinfo=PARIS))

    assert [
        (f"{local(s.starts_at):%a %d/%m/%Y %H:%M}", f"{local(s.ends_at):%H:%M}", s.activity.title, s.activity.kind)
        for s in first
    ] == [
        ("Sat 30/09/2023 11:00", "12:00", "Rencontre annuelle\u00a0: découverte du tai-chi", "annuelle"),
        ("Sat 30/09/2023 14:00", "15:00", "Rencontre annuelle\u00a0: découverte de la relaxation", "annuelle"),
        ("Sat 14/10/2023 10:00", "12:00", "Hypnose et auto-hypnose", "bien-etre"),
        ("Tue 14/11/2023 19:30", "21:00", "Relaxation", "bien-etre"),
        ("Tue 05/12/2023 20:00", "21:15", "Boxe douce", "bien-etre"),
        ("Mon 15/01/2024 19:00", "20:30", "Pilates", "bien-etre"),
    ]
    assert first.get(activity__title="Hypnose et auto-hypnose").fee == 10


def test_sessions_of_the_balance_come_about_once_a_month_outside_summer(loaded):
    months = [local(session.starts_at).strftime("%Y-%m") for session in balance_sessions()]

    school_year = ["2023-10", "2023-11", "2023-12", *[f"2024-{m:02}" for m in (1, 2, 3, 4, 5, 6, 9, 10, 11, 12)]]
    assert sorted(months) == [*school_year, "2025-01", "2025-02", "2025-03", "2025-04"]


def test_nobody_holds_a_place_that_does_not_exist(loaded):
    taken = {s.slug: (s.occupied, s.places) for s in Session.objects.with_counts()}

    assert {slug: pair for slug, pair in taken.items() if pair[0] > pair[1]} == {}


@pytest.mark.parametrize("now", DAYS.values(), ids=DAYS)
def test_every_row_passes_the_rules_of_its_model(now):
    with time_machine.travel(now, tick=False):
        demo()

        for model in (
            Portal,
            User,
            EmailAddress,
            Session,
            Hosting,
            Registration,
            TimeWish,
            Attendance,
            Vote,
            Question,
            Answer,
        ):
            for row in model.objects.all():
                row.full_clean()


@pytest.mark.parametrize("now", DAYS.values(), ids=DAYS)
def test_season_shows_every_state_whatever_the_day(now):
    with time_machine.travel(now, tick=False):
        demo()
        coming = Session.objects.for_display().filter(starts_at__gt=now).order_by("starts_at")

        assert [
            (
                s.activity.title,
                f"{local(s.starts_at):%a %H:%M}",
                s.state,
                s.places_left,
                s.waiting,
                why_closed(s) is None,
            )
            for s in coming
        ] == [
            ("Boxe douce", "Sat 10:00", "published", 8, 0, True),
            ("Hypnose et auto-hypnose", "Tue 19:30", "published", 2, 0, True),
            ("Veilleur-guetteur\u00a0: repérer un collègue en difficulté", "Thu 20:00", "published", 17, 0, True),
            ("Yoga", "Mon 19:00", "published", 0, 3, True),
            ("Relaxation", "Wed 12:30", "published", 5, 0, True),
            ("Tai-chi", "Tue 19:30", "cancelled", 10, 0, False),
            ("Marche sur le littoral", "Sat 09:30", "published", 15, 0, False),
            ("Pilates", "Thu 18:30", "published", 10, 0, True),
            ("Atelier terre", "Tue 19:00", "draft", 8, 0, False),
        ]
        assert coming[0].starts_at > now + timedelta(days=7)


@pytest.mark.parametrize(
    ("day", "months"),
    [
        ("ordinary day", ["2026-09", "2026-10", "2026-11"]),
        ("leap day", ["2027-09", "2027-10", "2027-11", "2027-12", "2028-01", "2028-02"]),
        ("new year’s eve", ["2026-09", "2026-10", "2026-11", "2026-12"]),
        ("night of 25 hours", ["2026-06", "2026-09", "2026-10"]),
        ("august", [*[f"2026-{m:02}" for m in (9, 10, 11, 12)], *[f"2027-{m:02}" for m in (1, 2, 3, 4, 5, 6)]]),
        ("first minutes of the season", ["2027-04", "2027-05", "2027-06"]),
    ],
)
def test_season_has_a_held_session_each_month_since_september_and_three_at_least(day, months):
    with time_machine.travel(DAYS[day], tick=False):
        demo()
        past = Session.objects.filter(starts_at__gt=datetime(2025, 5, 1, tzinfo=PARIS), starts_at__lt=DAYS[day])

        assert [(f"{local(s.starts_at):%Y-%m}", s.state) for s in past.order_by("starts_at")] == [
            (month, "held") for month in months
        ]
        assert not past.filter(held_at__gt=DAYS[day]).exists()


def test_full_session_offers_a_freed_place_to_the_first_in_line(loaded):
    session = Session.objects.upcoming().get(activity__title="Yoga")

    states = list(
        session.registrations.exclude(state="confirmed").values_list("state", "cancel_reason", "offer_ends_at")
    )
    deadline = ORDINARY_DAY + timedelta(hours=42)
    assert states == [
        ("cancelled", "person", None),
        ("offered", "", deadline),
        ("waiting", "", None),
        ("waiting", "", None),
        ("waiting", "", None),
    ]


def test_session_for_one_profession_has_only_that_profession(loaded):
    session = Session.objects.upcoming().get(audience="profession")

    assert set(session.registrations.values_list("profession", flat=True)) == {Profession.NURSE}
    assert why_not_for(session, Profession.PHARMACIST) is not None


def test_cancelled_session_ends_its_registrations(loaded):
    session = Session.objects.get(state=SessionState.CANCELLED)

    ends = session.registrations.values_list("state", "cancel_reason", "cancelled_at")
    assert list(ends) == [("cancelled", "session", session.cancelled_at)] * 5
    assert session.cancel_message


def test_professional_has_a_past_and_a_coming_registration(loaded):
    mine = Registration.objects.filter(email="soignant@demo.example").order_by("session__starts_at")

    assert [(r.session.activity.title, r.session.state, r.state) for r in mine] == [
        ("Relaxation", "held", "confirmed"),
        ("Hypnose et auto-hypnose", "published", "confirmed"),
    ]


def test_registrations_are_numbered_as_they_arrived_before_the_session(loaded):
    for session in Session.objects.prefetch_related("registrations"):
        rows = list(session.registrations.all())
        moments = [row.created_at for row in rows]

        assert [row.number for row in rows] == list(range(1, len(rows) + 1))
        assert moments == sorted(moments)
        assert all(moment < min(session.starts_at, timezone.now()) for moment in moments)


def test_accounts_open_with_the_demonstration_password_and_their_role(loaded):
    names = ["coordination", "equipe", "ecoute1", "ecoute2", "ecoute3", "referent", "conseil", "soignant", "admin"]
    users = [authenticate(username=f"{name}@demo.example", password="cafe-demo") for name in names]

    assert [(sorted(user.role_names), user.is_superuser) for user in users] == [
        ([Role.COORDINATION], False),
        ([Role.TEAM], False),
        ([Role.PEER], False),
        ([Role.PEER], False),
        ([Role.PEER], False),
        ([Role.CELL_REFERENT], False),
        ([Role.BOARD], False),
        ([], False),
        ([], True),
    ]
    assert EmailAddress.objects.filter(verified=True, primary=True).count() == User.objects.count()


def test_team_has_the_professions_of_the_programme_and_shares_the_sessions(loaded):
    team = User.objects.filter(groups__name=Role.TEAM)

    assert Counter(team.values_list("profession", flat=True)) == {
        Profession.GENERAL_PRACTITIONER: 3,
        Profession.NURSE: 2,
        Profession.PHYSIOTHERAPIST: 2,
        Profession.SPEECH_THERAPIST: 1,
        Profession.MIDWIFE: 1,
    }
    turns = Counter(Hosting.objects.values_list("user", flat=True))
    assert set(turns) == set(team.values_list("pk", flat=True))
    assert max(turns.values()) - min(turns.values()) <= 1


def test_second_run_changes_nothing_the_same_day_nor_later():
    with time_machine.travel(ORDINARY_DAY, tick=False):
        demo()
    before = all_rows()

    for later in (timedelta(), timedelta(days=1), timedelta(days=45), timedelta(days=400)):
        with time_machine.travel(ORDINARY_DAY + later, tick=False):
            assert "rien n’a changé" in demo()
        assert all_rows() == before


def test_what_was_changed_by_hand_is_kept_and_what_is_missing_comes_back(loaded):
    Portal.objects.update(cpts="CPTS des Deux Rives")
    User.objects.filter(email="conseil@demo.example").update(last_name="Autre")
    before = User.objects.values_list("first_name", "last_name").get(email="ecoute2@demo.example")
    User.objects.filter(email="ecoute2@demo.example").delete()

    demo()

    assert Portal.load().cpts == "CPTS des Deux Rives"
    assert User.objects.get(email="conseil@demo.example").last_name == "Autre"
    assert User.objects.values_list("first_name", "last_name").get(email="ecoute2@demo.example") == before


def test_two_empty_portals_get_the_same_people_and_sessions():
    def load_and_forget():
        with time_machine.travel(ORDINARY_DAY, tick=False), transaction.atomic():
            demo()
            people = list(User.objects.order_by("email").values_list("email", "first_name", "last_name", "commune"))
            fields = ["session__slug", "number", "email", "last_name", "profession", "state", "created_at"]
            seats = list(Registration.objects.order_by("session__slug", "number").values_list(*fields))
            hosts = list(Hosting.objects.order_by("session__slug", "rank").values_list("session__slug", "user__email"))
            transaction.set_rollback(True)
        return people, seats, hosts

    assert load_and_forget() == load_and_forget()


def test_no_mail_leaves(loaded):
    assert (Outgoing.objects.count(), mail.outbox) == (0, [])


def test_portal_in_use_is_refused_in_french():
    make_user(email="claire@cabinet.example")
    before = all_rows()

    with pytest.raises(CommandError, match="vraies personnes"):
        demo()

    assert all_rows() == before


def test_portal_in_use_is_filled_when_forced():
    make_user(email="claire@cabinet.example")

    demo(force=True)

    assert balance() == PUBLISHED


def test_portal_of_the_demonstration_where_a_visitor_signed_up_is_left_as_it_is(loaded):
    make_user(email="claire@cabinet.example")
    before = all_rows()

    assert demo() == "La démonstration est déjà là, et des personnes s’y sont inscrites : rien n’a changé.\n"
    assert all_rows() == before


def test_tells_what_it_made_and_which_accounts_to_use():
    with time_machine.travel(ORDINARY_DAY, tick=False):
        lines = demo().splitlines()

    assert lines[0] == f"Démonstration chargée : 18 comptes, 31 séances, {Registration.objects.count()} inscriptions."
    assert lines[1] == "Comptes, tous avec le mot de passe cafe-demo :"
    assert [line.split()[0] for line in lines[2:]] == [
        f"{name}@demo.example"
        for name in (
            *("coordination", "equipe", "ecoute1", "ecoute2", "ecoute3"),
            *("referent", "conseil", "soignant", "admin"),
        )
    ]


def test_says_nothing_when_asked_to_be_quiet():
    assert demo(verbosity=0) == ""


def test_hours_are_those_of_the_portal_s_time_zone(settings):
    settings.TIME_ZONE = "Indian/Reunion"

    demo()

    first = Session.objects.get(slug="hypnose-et-auto-hypnose-2023-10-14")
    assert first.starts_at == datetime(2023, 10, 14, 10, 0, tzinfo=ZoneInfo("Indian/Reunion"))
    assert date(2023, 10, 14) == local(first.starts_at).date()
