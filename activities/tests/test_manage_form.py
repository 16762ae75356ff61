import pytest
from django.contrib.messages import get_messages
from django.urls import reverse
from django.utils import timezone

from activities.models import Activity, Facilitator, Place, Session
from activities.tests.factories import make_activity, make_session, sign_up
from members.enums import Role
from members.tests.factories import make_user

pytestmark = pytest.mark.django_db
State = Session.State


def told(response):
    return [str(message) for message in get_messages(response.wsgi_request)]


def typed(**fields):
    """Return what a browser posts to prepare a session."""
    return {
        "activity": "",
        "starts_at_0": "2030-10-14",
        "starts_at_1": "10:00",
        "activity_minutes": "45",
        "social_minutes": "45",
        "place": "",
        "audience": "tous",
        "capacity": "12",
        "extra_places": "0",
        "fee": "10",
        "new_activity_kind": "bien-etre",
    } | fields


# --- writing a session ----------------------------------------------------------------------------


def test_a_session_is_prepared_with_an_activity_a_place_and_a_facilitator_typed_in_place(desk, coordinator):
    host = make_user(role=Role.TEAM)
    data = typed(
        new_activity="Boxe douce",
        new_activity_kind="formation",
        new_place="Gymnase des Docks",
        new_place_commune="Le Port",
        new_facilitator="Club de boxe",
        host_1=host.pk,
    )

    response = desk.post(reverse("manage_session_create"), data)

    session = Session.objects.get()
    assert response.url == reverse("manage_session", args=["boxe-douce-2030-10-14"])
    assert (session.state, session.activity.kind, str(session.place), session.facilitator.name) == (
        State.DRAFT,
        "formation",
        "Gymnase des Docks, Le Port",
        "Club de boxe",
    )
    assert timezone.localtime(session.starts_at).strftime("%H:%M") == "10:00"
    assert (list(session.hosts.all()), session.moved_by) == ([host], coordinator)


def test_nothing_is_kept_of_a_form_with_an_error_but_what_was_typed(desk):
    data = typed(new_activity="Boxe douce", new_place="Gymnase des Docks", fee="12")

    response = desk.post(reverse("manage_session_create"), data)

    assert (Activity.objects.count(), Place.objects.count(), Facilitator.objects.count()) == (0, 0, 0)
    assert 'value="Gymnase des Docks"' in response.text
    assert list(response.context["form"].errors) == ["fee"]


def test_a_name_that_exists_is_to_be_chosen_in_the_list(desk):
    make_activity(title="Yoga")

    response = desk.post(reverse("manage_session_create"), typed(new_activity="Yoga"))

    assert response.context["form"].errors == {"new_activity": ["Ce nom existe déjà : choisissez-le dans la liste."]}


def test_a_session_has_an_activity(desk):
    response = desk.post(reverse("manage_session_create"), typed())

    sentence = "Choisissez une activité, ou donnez le titre d’une nouvelle."
    assert response.context["form"].errors == {"activity": [sentence]}


ERRORS = [
    ({"fee": "12"}, "fee", "Assurez-vous que cette valeur est inférieure ou égale à 10."),
    ({"activity_minutes": "0"}, "activity_minutes", "La durée va de 1 minute à 12 heures."),
    ({"audience": "profession"}, "audience_profession", "Indiquez la profession concernée."),
    ({"capacity": "2000"}, "capacity", "Une séance compte au plus 1000 places et 100 supplémentaires."),
    (
        {"closes_at_0": "2030-10-15", "closes_at_1": "10:00"},
        "closes_at",
        "Les inscriptions ferment au plus tard au début de la séance.",
    ),
    (
        {"opens_at_0": "2030-10-15", "opens_at_1": "10:00"},
        "opens_at",
        "Les inscriptions ouvrent avant le début de la séance.",
    ),
    ({"starts_at_1": ""}, "starts_at", "Indiquez la date et l’heure."),
    ({"starts_at_0": "31/02/2030"}, "starts_at", "Indiquez la date, par exemple 14/10/2025."),
    ({"closes_at_0": "2030-10-13"}, "closes_at", "Indiquez l’heure, par exemple 19:30."),
    (
        {"starts_at_0": "2030-03-31", "starts_at_1": "02:30"},
        "starts_at",
        "Cette nuit-là, on avance d’une heure : 2 h 30 n’existe pas. Choisissez une autre heure.",
    ),
    (
        {"starts_at_0": "2030-10-27", "starts_at_1": "02:30"},
        "starts_at",
        "Cette nuit-là, on recule d’une heure : 2 h 30 a lieu deux fois. Choisissez une autre heure.",
    ),
]


@pytest.mark.parametrize(("fields", "field", "sentence"), ERRORS)
def test_each_rule_speaks_at_its_field(desk, fields, field, sentence):
    activity = make_activity()

    response = desk.post(reverse("manage_session_create"), typed(activity=activity.pk, **fields))

    errors = response.context["form"].errors
    assert (list(errors), [text.replace("\u00a0", " ") for text in errors[field]]) == ([field], [sentence])
    assert Session.objects.count() == 0


def test_the_same_person_does_not_host_twice(desk):
    host = make_user(role=Role.TEAM)

    response = desk.post(
        reverse("manage_session_create"), typed(activity=make_activity().pk, host_1=host.pk, host_2=host.pk)
    )

    assert response.context["form"].errors == {"host_2": ["C’est déjà le premier référent."]}


def test_a_published_session_keeps_a_place(desk):
    session = make_session()

    response = desk.post(reverse("manage_session_edit", args=[session.slug]), typed(activity=session.activity.pk))

    assert response.context["form"].errors == {"place": ["Avant de publier, indiquez un lieu et au moins une place."]}


def test_changing_the_place_of_a_published_session_says_how_many_are_told(desk, outbox):
    session = make_session()
    sign_up(session)
    page = desk.get(reverse("manage_session_edit", args=[session.slug]))
    form = page.context["form"]
    start = timezone.localtime(session.starts_at)
    data = typed(
        activity=session.activity.pk,
        starts_at_0=f"{start:%Y-%m-%d}",
        starts_at_1=f"{start:%H:%M}",
        capacity=form["capacity"].value(),
        new_place="Salle des fêtes",
    )

    response = desk.post(reverse("manage_session_edit", args=[session.slug]), data)

    session.refresh_from_db()
    assert session.place.name == "Salle des fêtes"
    assert told(response) == ["Les changements sont enregistrés. 1 courriel part aux inscrits."]


def test_a_refused_change_keeps_what_was_typed(desk, outbox):
    session = make_session(capacity=2)
    for _ in range(2):
        sign_up(session)
    data = typed(activity=session.activity.pk, place=session.place.pk, capacity="1", note="Par la cour.")

    response = desk.post(reverse("manage_session_edit", args=[session.slug]), data)

    assert "2 places sont déjà prises ou proposées" in response.text
    assert "Par la cour." in response.text


@pytest.mark.parametrize(
    "fields",
    [
        {"note": "a" * 10_000_0},
        {"new_activity": "\x00Yoga"},
        {"activity": "x", "place": "-1", "host_1": "0"},
        {"capacity": "99999999999999999999", "fee": "NaN", "starts_at_0": "9999-99-99"},
        {"starts_at_0": "0001-01-01"},
        {"starts_at_0": "9999-12-31", "starts_at_1": "23:59", "activity_minutes": "720"},
    ],
)
def test_senseless_values_are_refused_in_french(desk, fields):
    response = desk.post(reverse("manage_session_create"), typed(**{"activity": make_activity().pk} | fields))

    assert response.status_code == 200
    assert response.context["form"].errors
    assert Session.objects.count() == 0
