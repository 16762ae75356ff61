from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from activities.enums import CancelReason
from activities.models import Activity, Place, Registration, Session
from activities.services import planning, seating
from activities.services.catalogue import delete_unused
from activities.tests.factories import make_activity, make_place, make_session, sign_up
from cafe.errors import Refusal
from members.enums import Role
from members.tests.factories import make_user

pytestmark = pytest.mark.django_db
State = Session.State


def kinds(outbox):
    return [row.dedupe_key.split(":")[2] for row in outbox.rows]


def values(session, **changed):
    return {name: getattr(session, name) for name in (*planning.COPIED, "starts_at", "extra_places")} | changed


def refused(service, **arguments):
    with pytest.raises(Refusal) as refusal:
        service(**arguments)
    return refusal.value.sentence


@pytest.fixture
def coordinator():
    return make_user(role=Role.COORDINATION)


# --- drafts and their address ---------------------------------------------------------------------


def test_a_new_session_is_a_draft_whose_address_tells_title_and_local_date(coordinator):
    activity = make_activity(title="L’été indien : tai-chi")
    starts_at = datetime(2030, 10, 14, 22, 30, tzinfo=UTC)

    session = planning.create_session(values={"activity": activity, "starts_at": starts_at}, by=coordinator)

    assert (session.state, session.slug, session.moved_by) == (
        State.DRAFT,
        "l-ete-indien-tai-chi-2030-10-15",
        coordinator,
    )


def test_two_sessions_of_one_day_have_two_addresses():
    fields = {"activity": make_activity(title="Yoga"), "starts_at": datetime(2030, 10, 14, 10, tzinfo=UTC)}

    slugs = [planning.create_session(values=fields).slug for _ in range(3)]

    assert slugs == ["yoga-2030-10-14", "yoga-2030-10-14-2", "yoga-2030-10-14-3"]


def test_what_was_typed_along_is_saved_with_the_session():
    fields = {"activity": make_activity(), "starts_at": timezone.now(), "place": Place(name="Gymnase des Docks")}

    session = planning.create_session(values=fields)

    assert session.place == Place.objects.get(name="Gymnase des Docks")


def test_a_drafts_address_follows_its_title_until_it_is_published(coordinator):
    draft = planning.create_session(
        values={
            "activity": make_activity(title="Yoga"),
            "starts_at": datetime(2030, 10, 14, 10, tzinfo=UTC),
            "place": make_place(),
        }
    )
    boxing = make_activity(title="Boxe")

    moved, _ = planning.update_session(
        session=draft, values=values(draft, activity=boxing), hosts=[make_user(role=Role.TEAM)]
    )
    planning.publish_session(session=moved, by=coordinator)
    again, _ = planning.update_session(session=moved, values=values(moved, activity=draft.activity))

    assert (moved.slug, again.slug) == ("boxe-2030-10-14", "boxe-2030-10-14")


def test_a_constraint_speaks_french_before_the_database_does():
    fields = {"activity": make_activity(), "starts_at": timezone.now(), "fee": 12}

    assert refused(planning.create_session, values=fields) == "La participation va de 0 à 10 €, payée sur place."


# --- publishing and taking back -------------------------------------------------------------------


def test_publishing_opens_a_draft_and_keeps_who_and_when(coordinator):
    session = make_session(state=State.DRAFT, hosts=[make_user(role=Role.TEAM)])

    published = planning.publish_session(session=session, by=coordinator)

    session.refresh_from_db()
    assert (session.state, session.published_at, session.moved_by) == (
        State.PUBLISHED,
        published.published_at,
        coordinator,
    )


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"place": None}, "Avant de publier, indiquez un lieu et au moins une place."),
        ({"capacity": 0}, "Avant de publier, indiquez un lieu et au moins une place."),
        ({}, "Choisissez au moins un référent avant de publier."),
        (
            {"starts_in": timedelta(hours=-1)},
            "La date de cette séance est passée. Changez-la avant de publier.",
        ),
    ],
)
def test_an_incomplete_or_past_draft_is_not_published(coordinator, fields, sentence):
    session = make_session(state=State.DRAFT, **fields)

    assert refused(planning.publish_session, session=session, by=coordinator) == sentence
    session.refresh_from_db()
    assert session.state == State.DRAFT


@pytest.mark.parametrize("state", [State.CANCELLED, State.HELD])
def test_a_session_that_ended_is_not_published_again(coordinator, state):
    session = make_session(state=state)

    sentence = refused(planning.publish_session, session=session, by=coordinator)

    assert sentence == "Seul un brouillon se publie. Copiez cette séance pour en proposer une autre."


def test_publishing_twice_changes_nothing(coordinator):
    draft = make_session(state=State.DRAFT, hosts=[make_user(role=Role.TEAM)])
    session = planning.publish_session(session=draft, by=coordinator)

    again = planning.publish_session(session=session, by=make_user())

    assert (again.published_at, again.moved_by) == (session.published_at, coordinator)


def test_a_session_goes_back_to_draft_only_while_nobody_is_registered(coordinator, outbox):
    free, taken = make_session(), make_session()
    sign_up(taken)

    planning.unpublish_session(session=free, by=coordinator)
    sentence = refused(planning.unpublish_session, session=taken, by=coordinator)

    free.refresh_from_db()
    taken.refresh_from_db()
    assert (free.state, taken.state) == (State.DRAFT, State.PUBLISHED)
    assert sentence == "Des personnes sont inscrites : annulez la séance, elles seront prévenues."


# --- cancelling, holding, deleting ----------------------------------------------------------------


def test_cancelling_ends_every_registration_and_mails_each_person_once(coordinator, outbox):
    session = make_session(capacity=1)
    people = [sign_up(session), sign_up(session)]

    _, told = planning.cancel_session(session=session, message="La salle est inondée.", by=coordinator)

    ended = session.registrations.values_list("state", "cancel_reason", "moved_by")
    assert set(ended) == {(Registration.State.CANCELLED, CancelReason.SESSION, coordinator.pk)}
    assert told == 2
    mails = outbox.rows[-2:]
    assert {row.to for row in mails} == {one.email for one in people}
    assert all("La salle est inondée." in row.text for row in mails)


@pytest.mark.parametrize("state", [State.DRAFT, State.CANCELLED, State.HELD])
def test_only_a_published_session_is_cancelled(coordinator, state):
    session = make_session(state=state)

    assert refused(planning.cancel_session, session=session, by=coordinator) == "Seule une séance publiée s’annule."


def test_a_session_is_held_only_once_it_has_started(coordinator):
    coming, begun = make_session(), make_session(starts_in=timedelta(minutes=-5))

    sentence = refused(planning.hold_session, session=coming, by=coordinator)
    held = planning.hold_session(session=begun, by=coordinator)

    assert sentence == "Cette séance n’a pas encore commencé."
    assert (held.state, held.moved_by, held.held_at is not None) == (State.HELD, coordinator, True)


def test_only_a_draft_without_any_registration_is_deleted(outbox):
    draft, published = make_session(state=State.DRAFT), make_session()
    traced = make_session()
    sign_up(traced)
    traced.registrations.update(state="cancelled", cancelled_at=timezone.now(), cancel_reason="person")
    Session.objects.filter(pk=traced.pk).update(state=State.DRAFT)

    planning.delete_session(session=draft)
    refused(planning.delete_session, session=published)
    refused(planning.delete_session, session=traced)

    assert set(Session.objects.all()) == {published, traced}


def test_a_place_in_use_is_not_deleted():
    place = make_session().place

    sentence = refused(delete_unused, item=place)

    assert sentence == f"« {place} » ne peut pas être supprimé : une séance s’en sert."


# --- copying --------------------------------------------------------------------------------------


def test_a_copy_is_a_draft_at_the_same_local_hour_four_weeks_later_across_the_change_of_hour(clock, coordinator):
    source = make_session(starts_in=timedelta(days=8), capacity=7, extra_places=2, hosts=[make_user(role=Role.TEAM)])

    copied = planning.copy_session(session=source, by=coordinator)

    before, after = timezone.localtime(source.starts_at), timezone.localtime(copied.starts_at)
    assert after.replace(tzinfo=None) - before.replace(tzinfo=None) == timedelta(weeks=4)
    assert after.utcoffset() != before.utcoffset()
    assert (copied.state, copied.capacity, copied.extra_places, list(copied.hosts.all())) == (State.DRAFT, 7, 0, [])


def test_the_copy_of_an_old_session_lies_ahead(coordinator):
    source = make_session(state=State.HELD, starts_in=timedelta(days=-400))

    copied = planning.copy_session(session=source, by=coordinator)

    assert timezone.now() < copied.starts_at <= timezone.now() + timedelta(weeks=4, hours=1)


# --- changing -------------------------------------------------------------------------------------


def test_people_are_told_what_changed_of_date_and_place_and_only_then(outbox):
    session = make_session(starts_at=datetime(2030, 3, 5, 18, 30, tzinfo=UTC))
    sign_up(session)
    elsewhere = make_place(name="Gymnase des Docks", commune="")
    later = datetime(2030, 3, 6, 18, tzinfo=UTC)

    _, quiet = planning.update_session(session=session, values=values(session, note="Entrée par la cour."))
    _, told = planning.update_session(session=session, values=values(session, starts_at=later, place=elsewhere))

    assert (quiet, told, kinds(outbox)) == (0, 1, ["confirmed", "changed"])
    text = outbox.rows[-1].text.replace("\u00a0", " ")
    assert "Nouvel horaire : mercredi 6 mars 2030, 19 h – 20 h 30" in text
    assert "au lieu de : mardi 5 mars 2030, 19 h 30 – 21 h" in text
    assert f"Nouveau lieu : Gymnase des Docks, au lieu de : {session.place}." in text


def test_places_added_are_offered_at_once_to_the_first_in_line(outbox):
    session = make_session(capacity=1)
    people = [sign_up(session) for _ in range(3)]

    planning.update_session(session=session, values=values(session, capacity=2))

    states = list(session.registrations.order_by("number").values_list("state", flat=True))
    assert states == ["confirmed", "offered", "waiting"]
    assert (outbox.rows[-1].to, kinds(outbox)[-1]) == (people[1].email, "offered")


def test_places_never_go_below_those_taken(outbox):
    session = make_session(capacity=3)
    for _ in range(2):
        sign_up(session)

    sentence = refused(planning.update_session, session=session, values=values(session, capacity=1))

    assert sentence == (
        "2 places sont déjà prises ou proposées : gardez-en au moins autant, ou annulez d’abord des inscriptions."
    )
    session.refresh_from_db()
    assert session.capacity == 3


@pytest.mark.parametrize(
    ("state", "days", "sentence"),
    [
        (State.PUBLISHED, -1, "La nouvelle date est déjà passée. Choisissez une date à venir."),
        (State.HELD, 1, "Cette séance a eu lieu : sa date ne peut pas être à venir."),
        (
            State.CANCELLED,
            1,
            "Une séance annulée ne se modifie plus. Copiez-la pour en proposer une autre.",
        ),
    ],
)
def test_a_date_stays_on_its_side_of_now(state, days, sentence):
    session = make_session(state=state, starts_in=timedelta(days=-3 if state == State.HELD else 3))
    moved = timezone.now() + timedelta(days=days)

    assert refused(planning.update_session, session=session, values=values(session, starts_at=moved)) == sentence


def test_an_offer_does_not_outlast_a_session_moved_earlier(outbox):
    session = make_session(capacity=1, starts_in=timedelta(days=30))
    sign_up(session)
    second = sign_up(session)
    planning.update_session(session=session, values=values(session, capacity=2))
    sooner = timezone.now() + timedelta(hours=5)

    planning.update_session(session=session, values=values(session, capacity=2, starts_at=sooner))

    second.refresh_from_db()
    assert (second.state, second.offer_ends_at) == ("offered", sooner)


def test_hosts_are_two_at_most_from_the_team_and_keep_their_order():
    team = [make_user(role=Role.TEAM) for _ in range(3)]
    session = make_session()

    seating.set_hosts(session=session, hosts=[team[1], team[0]])

    assert list(session.hosts.order_by("hostings__rank")) == [team[1], team[0]]
    assert refused(seating.set_hosts, session=session, hosts=team) == "Une séance a deux référents au plus."
    stranger = make_user()
    assert refused(seating.set_hosts, session=session, hosts=[stranger]) == (
        "Un référent est choisi dans le groupe de travail."
    )


def test_a_host_who_left_the_team_stays_where_she_was():
    host = make_user(role=Role.TEAM)
    session = make_session(hosts=[host])
    host.groups.clear()

    seating.set_hosts(session=session, hosts=[type(host).objects.get(pk=host.pk)])

    assert list(session.hosts.all()) == [host]


def test_a_title_that_somebody_else_has_just_added_is_refused_in_words(coordinator):
    make_activity(title="Yoga neuf")
    fields = {"activity": Activity(title="Yoga neuf"), "starts_at": timezone.now() + timedelta(days=9)}

    sentence = refused(planning.create_session, values=fields, by=coordinator)

    assert sentence == "« Yoga neuf » vient d’être ajouté par quelqu’un d’autre : choisissez-le dans la liste."
    assert (Activity.objects.count(), Session.objects.count()) == (1, 0)
