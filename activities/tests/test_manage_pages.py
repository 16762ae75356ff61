from datetime import timedelta

import pytest
from django.contrib.messages import get_messages
from django.urls import reverse
from django.utils import timezone

from activities.models import Activity, Facilitator, Place, Registration, Session, TimeWish
from activities.tests.factories import make_session, sign_up
from members.enums import Role
from members.tests.factories import make_user

pytestmark = pytest.mark.django_db
State = Session.State


def told(response):
    return [str(message) for message in get_messages(response.wsgi_request)]


# --- moves ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "fields", "state", "sentence"),
    [
        (
            "manage_session_publish",
            {"state": State.DRAFT},
            State.PUBLISHED,
            "La séance est publiée : elle paraît dans l’agenda.",
        ),
        ("manage_session_unpublish", {}, State.DRAFT, "La séance est de nouveau un brouillon."),
        (
            "manage_session_hold",
            {"starts_in": timedelta(hours=-1)},
            State.HELD,
            "La séance est marquée tenue.",
        ),
        ("manage_session_hold", {}, State.PUBLISHED, "Cette séance n’a pas encore commencé."),
    ],
)
def test_a_button_moves_the_session_or_says_why_not(desk, name, fields, state, sentence):
    session = make_session(hosts=[make_user(role=Role.TEAM)], **fields)

    response = desk.post(reverse(name, args=[session.slug]))

    session.refresh_from_db()
    assert (session.state, told(response)) == (state, [sentence])


@pytest.mark.parametrize("name", ["publish", "unpublish", "hold", "copy"])
def test_a_link_moves_nothing(desk, name):
    session = make_session(state=State.DRAFT)

    assert desk.get(reverse(f"manage_session_{name}", args=[session.slug])).status_code == 405


def test_a_copy_opens_on_its_form(desk):
    session = make_session()

    response = desk.post(reverse("manage_session_copy", args=[session.slug]))

    draft = Session.objects.get(state=State.DRAFT)
    assert response.url == reverse("manage_session_edit", args=[draft.slug])


def test_cancelling_asks_first_then_tells_the_registered(desk, outbox):
    session = make_session()
    person = sign_up(session)
    url = reverse("manage_session_cancel", args=[session.slug])

    desk.get(url)
    before = Session.objects.get().state
    response = desk.post(url, {"message": "Salle inondée."})

    assert (before, Session.objects.get().state) == (State.PUBLISHED, State.CANCELLED)
    assert told(response) == ["La séance est annulée. Courriels envoyés aux inscrits : 1."]
    assert outbox.rows[-1].to == person.email


def test_a_draft_is_deleted_after_a_question(desk):
    session = make_session(state=State.DRAFT)
    url = reverse("manage_session_delete", args=[session.slug])

    page = desk.get(url)
    response = desk.post(url)

    assert "Supprimer ce brouillon" in page.text
    assert (response.url, Session.objects.count()) == (reverse("manage_sessions"), 0)


def test_the_preview_is_the_public_page(desk):
    session = make_session(state=State.DRAFT)

    response = desk.get(reverse("manage_session_preview", args=[session.slug]), follow=True)

    assert response.redirect_chain == [(session.get_absolute_url(), 302)]
    assert session.activity.title in response.text


def test_the_followed_session_shows_people_by_state_and_wishes(desk, outbox):
    session = make_session(capacity=1)
    first, second, third = (sign_up(session) for _ in range(3))
    TimeWish.objects.create(session=session, slot="20-22", count=4)

    response = desk.get(reverse("manage_session", args=[session.slug]))

    groups = {state: [one.pk for one in people] for state, people in response.context["groups"].items()}
    assert groups == {
        "confirmed": [first.pk],
        "waiting": [second.pk, third.pk],
        "offered": [],
        "cancelled": [],
    }
    assert [one.position for one in response.context["groups"]["waiting"]] == [1, 2]
    assert [(wish.slot, wish.count) for wish in response.context["wishes"]] == [("20-22", 4)]


# --- registrations --------------------------------------------------------------------------------


def phoned(**fields):
    return {
        "first_name": "Louise",
        "last_name": "Petit",
        "email": " Louise@Cafe.Example ",
        "profession": "infirmier",
        "cpts_member": "unknown",
    } | fields


def test_somebody_who_phoned_is_registered_by_the_same_rules(desk, coordinator, outbox):
    session = make_session(closes_at=timezone.now() - timedelta(hours=1))

    response = desk.post(reverse("manage_registration_add", args=[session.slug]), phoned())

    registration = Registration.objects.get()
    assert (registration.state, registration.email, registration.moved_by, registration.cpts_member) == (
        "confirmed",
        "louise@cafe.example",
        coordinator,
        None,
    )
    assert told(response) == ["C’est noté : Louise Petit, inscrit. Un courriel part."]
    assert [row.to for row in outbox.rows] == ["louise@cafe.example"]


def test_a_full_session_queues_or_gets_an_extra_place_as_the_coordination_decides(desk, outbox):
    session = make_session(capacity=1)
    sign_up(session)
    url = reverse("manage_registration_add", args=[session.slug])

    desk.post(url, phoned(email="attend@cafe.example"))
    desk.post(url, phoned(email="vient@cafe.example", extra_place="on"))

    session.refresh_from_db()
    states = dict(session.registrations.values_list("email", "state"))
    assert (states["attend@cafe.example"], states["vient@cafe.example"]) == ("waiting", "confirmed")
    assert (session.extra_places, len(outbox.rows)) == (1, 3)


def test_an_extra_place_is_not_added_where_one_is_free(desk, outbox):
    session = make_session(capacity=2)

    desk.post(reverse("manage_registration_add", args=[session.slug]), phoned(extra_place="on"))

    session.refresh_from_db()
    assert (session.extra_places, session.registrations.get().state) == (0, "confirmed")


def test_an_address_already_registered_is_said_to_the_coordination(desk, outbox):
    session = make_session()
    sign_up(session, "louise@cafe.example")

    response = desk.post(reverse("manage_registration_add", args=[session.slug]), phoned())

    assert response.context["form"].errors == {"email": ["Cette adresse est déjà inscrite à cette séance."]}


def test_cancelling_a_registration_asks_first_and_passes_the_place_on(desk, coordinator, outbox):
    session = make_session(capacity=1)
    first, second = sign_up(session), sign_up(session)
    url = reverse("manage_registration_cancel", args=[session.slug, first.pk])

    desk.get(url)
    still = Registration.objects.get(pk=first.pk).state
    desk.post(url)

    first.refresh_from_db()
    second.refresh_from_db()
    assert still == "confirmed"
    assert (first.state, first.cancel_reason, first.moved_by) == ("cancelled", "team", coordinator)
    assert second.state == "offered"


def test_a_waiting_person_is_given_a_place_by_decision(desk, outbox):
    session = make_session(capacity=1)
    sign_up(session)
    waiting = sign_up(session)

    desk.post(reverse("manage_registration_promote", args=[session.slug, waiting.pk]))

    waiting.refresh_from_db()
    session.refresh_from_db()
    assert (waiting.state, session.extra_places) == ("confirmed", 1)


def test_the_link_is_sent_again_once_an_hour_at_most(desk, outbox):
    session = make_session()
    person = sign_up(session)
    Registration.objects.filter(pk=person.pk).update(created_at=timezone.now() - timedelta(days=1))
    url = reverse("manage_registration_resend", args=[session.slug, person.pk])

    first, second = desk.post(url), desk.post(url)

    assert len(outbox.rows) == 2
    assert told(first) == ["Le lien personnel part de nouveau par courriel."]
    assert "Attendez une heure" in told(second)[-1]


def test_a_registration_is_found_under_its_own_session_only(desk, outbox):
    person, other = sign_up(make_session()), make_session()

    assert desk.get(reverse("manage_registration", args=[other.slug, person.pk])).status_code == 404


# --- activities, places, facilitators -------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "data", "model"),
    [
        ("activity", {"title": "Yoga", "kind": "bien-etre"}, Activity),
        ("place", {"name": "Gymnase", "wheelchair": "true"}, Place),
        ("facilitator", {"name": "Club de boxe"}, Facilitator),
    ],
)
def test_a_catalogue_is_written_changed_and_emptied(desk, kind, data, model):
    desk.post(reverse(f"manage_{kind}_create"), data)
    item = model.objects.get()
    name = "title" if kind == "activity" else "name"
    desk.post(reverse(f"manage_{kind}_edit", args=[item.pk]), data | {name: "Autre nom"})
    changed = str(model.objects.get())
    desk.post(reverse(f"manage_{kind}_delete", args=[item.pk]))

    assert (changed, model.objects.count()) == ("Autre nom", 0)


def test_what_a_session_uses_is_not_deleted(desk):
    session = make_session()

    response = desk.post(reverse("manage_place_delete", args=[session.place.pk]))

    assert Place.objects.get() == session.place
    assert told(response) == [f"« {session.place} » ne peut pas être supprimé : une séance s’en sert."]
