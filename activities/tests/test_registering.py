from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from activities.enums import Audience, CancelReason
from activities.models import Person, Registration, Session
from activities.services.registering import (
    accept_offer,
    ask_email_change,
    cancel_registration,
    change_email,
    change_registration,
    promote_registration,
    register,
    waiting_position,
)
from activities.tests.factories import form_data, make_session, sign_up
from cafe.errors import Refusal
from members.tests.factories import make_user

pytestmark = pytest.mark.django_db
State = Registration.State


def states(session):
    return list(session.registrations.order_by("number").values_list("state", flat=True))


def events(outbox):
    """Return (kind of mail, recipient) of each row written so far, by the key's own words."""
    return [(row.dedupe_key.split(":")[2], row.to) for row in outbox.rows]


def test_places_are_given_in_order_of_arrival_then_the_line_begins(outbox):
    session = make_session(capacity=2)

    people = [sign_up(session) for _ in range(4)]

    assert states(session) == [State.CONFIRMED, State.CONFIRMED, State.WAITING, State.WAITING]
    assert [waiting_position(one) for one in people[2:]] == [1, 2]
    assert [kind for kind, _ in events(outbox)] == ["confirmed", "confirmed", "waiting", "waiting"]


def test_extra_places_are_places(outbox):
    session = make_session(capacity=1, extra_places=1)

    for _ in range(3):
        sign_up(session)

    assert states(session) == [State.CONFIRMED, State.CONFIRMED, State.WAITING]


def test_a_newcomer_queues_while_someone_waits_even_if_a_place_is_free(outbox):
    session = make_session(capacity=1)
    first, second = sign_up(session), sign_up(session)
    Session.objects.filter(pk=session.pk).update(capacity=5)

    newcomer = sign_up(session)

    assert (first.state, second.state, newcomer.state) == (State.CONFIRMED, State.WAITING, State.WAITING)


def test_registering_again_changes_nothing_and_answers_the_same(outbox):
    session = make_session(capacity=2)
    first, free_first = register(slug=session.slug, email="a@b.fr", profession="infirmier", first_name="Lou")

    again, free_again = register(slug=session.slug, email=" A@B.fr ", profession="pharmacien", first_name="Léa")

    assert (again, free_first, free_again) == (first, True, True)
    assert session.registrations.get().first_name == "Lou"
    assert events(outbox) == [("confirmed", "a@b.fr")]


def test_registering_again_later_mails_the_link_once_an_hour(outbox, clock):
    session = make_session()
    sign_up(session, "a@b.fr")
    clock.shift(timedelta(hours=1))

    sign_up(session, "a@b.fr")
    sign_up(session, "a@b.fr")

    assert events(outbox) == [("confirmed", "a@b.fr"), ("link", "a@b.fr")]


def test_one_person_has_one_key_across_sessions_and_others_have_others(outbox):
    first, second = make_session(), make_session()

    keys = [sign_up(first, "a@b.fr").person_key, sign_up(second, "A@b.fr").person_key, sign_up(first).person_key]

    assert keys[0] == keys[1] != keys[2]
    assert Person.objects.count() == 2


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"state": Session.State.CANCELLED}, "Cette séance est annulée."),
        ({"starts_in": timedelta(hours=-1)}, "Cette séance a déjà eu lieu."),
        ({"state": Session.State.DRAFT}, "Cette séance n’est pas encore publiée."),
        ({"closes_at": timezone.now() - timedelta(hours=1)}, "Les inscriptions sont closes."),
        ({"audience": Audience.EMPLOYEES}, "Cette séance est réservée aux salariés des cabinets."),
        ({"audience": Audience.STUDENTS}, "Cette séance est réservée aux étudiants et aux internes."),
        (
            {"audience": Audience.ONE_PROFESSION, "audience_profession": "sage-femme"},
            "Cette séance est réservée à une profession : sage-femme.",
        ),
    ],
)
def test_a_closed_session_says_why(fields, sentence, outbox):
    session = make_session(**fields)

    with pytest.raises(Refusal) as refusal:
        sign_up(session)

    assert refusal.value.sentence == sentence
    assert (session.registrations.count(), outbox.rows) == (0, [])


def test_before_opening_the_date_is_told(outbox):
    session = make_session(opens_at=timezone.now() + timedelta(days=2))

    with pytest.raises(Refusal, match="Les inscriptions ouvrent le "):
        sign_up(session)


def test_the_coordinator_registers_someone_after_the_deadline(outbox):
    session = make_session(closes_at=timezone.now() - timedelta(hours=1))
    coordinator = make_user(role="coordination")

    registration = sign_up(session, by=coordinator)

    assert (registration.state, registration.moved_by) == (State.CONFIRMED, coordinator)


def test_cancelling_offers_the_place_at_once_to_the_first_in_line(outbox):
    session = make_session(capacity=1)
    first, second, third = (sign_up(session) for _ in range(3))

    cancel_registration(registration=first)

    assert states(session) == [State.CANCELLED, State.OFFERED, State.WAITING]
    assert events(outbox)[-2:] == [("cancelled", first.email), ("offered", second.email)]
    assert waiting_position(third) == 1


def test_cancelling_twice_changes_nothing(outbox):
    session = make_session(capacity=1)
    first = sign_up(session)
    cancelled = cancel_registration(registration=first)

    again = cancel_registration(registration=first)

    assert again.cancelled_at == cancelled.cancelled_at
    assert [kind for kind, _ in events(outbox)] == ["confirmed", "cancelled"]


def test_leaving_the_line_offers_nothing(outbox):
    session = make_session(capacity=1)
    sign_up(session)
    second = sign_up(session)

    cancel_registration(registration=second)

    assert states(session) == [State.CONFIRMED, State.CANCELLED]


def test_whoever_cancelled_may_register_again(outbox):
    session = make_session()
    cancel_registration(registration=sign_up(session, "a@b.fr"))

    again = sign_up(session, "a@b.fr")

    assert (again.state, again.number) == (State.CONFIRMED, 2)


def test_nobody_cancels_once_the_session_has_begun(outbox, clock):
    registration = sign_up(make_session())
    clock.shift(timedelta(days=11))

    with pytest.raises(Refusal, match="La séance a commencé"):
        cancel_registration(registration=registration)


def test_an_offer_accepted_is_a_place_and_accepting_twice_changes_nothing(outbox):
    session = make_session(capacity=1)
    first, second = sign_up(session), sign_up(session)
    cancel_registration(registration=first)

    accepted = accept_offer(registration=second)
    again = accept_offer(registration=second)

    assert (accepted.state, again.confirmed_at) == (State.CONFIRMED, accepted.confirmed_at)
    assert [kind for kind, to in events(outbox) if to == second.email] == ["waiting", "offered", "confirmed"]


def test_accepting_after_the_deadline_is_refused(outbox, clock):
    session = make_session(capacity=1)
    first, second = sign_up(session), sign_up(session)
    cancel_registration(registration=first)
    clock.shift(timedelta(hours=49))

    with pytest.raises(Refusal, match="Le délai de cette proposition est passé"):
        accept_offer(registration=second)

    assert states(session) == [State.CANCELLED, State.OFFERED]


def test_accepting_what_was_never_offered_is_refused(outbox):
    session = make_session(capacity=1)
    sign_up(session)

    with pytest.raises(Refusal):
        accept_offer(registration=sign_up(session))


def test_declining_passes_the_place_on(outbox):
    session = make_session(capacity=1)
    first, second, _ = (sign_up(session) for _ in range(3))
    cancel_registration(registration=first)

    declined = cancel_registration(registration=second, reason=CancelReason.DECLINED)

    assert (declined.cancel_reason, states(session)[2]) == (CancelReason.DECLINED, State.OFFERED)


def test_promoting_uses_an_extra_place_and_keeps_the_line(outbox):
    session = make_session(capacity=1)
    _, second, third = (sign_up(session) for _ in range(3))

    promote_registration(registration=third, by=make_user(role="coordination"))

    session.refresh_from_db()
    assert (states(session), session.extra_places) == ([State.CONFIRMED, State.WAITING, State.CONFIRMED], 1)
    assert waiting_position(second) == 1


def test_details_change_but_never_against_the_audience(outbox):
    session = make_session(audience=Audience.EMPLOYEES)
    registration = sign_up(session, profession="salarie-cabinet")

    changed = change_registration(registration=registration, profession="salarie-cabinet", phone="0123")
    with pytest.raises(Refusal, match="réservée aux salariés"):
        change_registration(registration=registration, profession="infirmier")

    assert (changed.phone, changed.profession) == ("0123", "salarie-cabinet")


def test_a_new_address_takes_effect_once_proved_and_the_old_link_ends(outbox):
    registration = sign_up(make_session(), "a@b.fr")

    ask_email_change(registration=registration, email="c@d.fr")
    unchanged = Registration.objects.get().email
    changed = change_email(registration=registration, email="c@d.fr")

    assert (unchanged, changed.email) == ("a@b.fr", "c@d.fr")
    assert changed.link_key != registration.link_key
    assert changed.person_key == Person.objects.get(email="c@d.fr").key
    assert events(outbox)[1:] == [("confirm_email", "c@d.fr"), ("email_changed", "c@d.fr")]


def test_asking_for_an_address_already_registered_tells_its_holder_alone(outbox, clock):
    session = make_session()
    registration, other = sign_up(session, "a@b.fr"), sign_up(session, "c@d.fr")
    clock.shift(timedelta(minutes=11))

    ask_email_change(registration=registration, email="C@d.fr")

    assert events(outbox)[-1] == ("link", other.email)
    with pytest.raises(Refusal, match="déjà inscrite"):
        change_email(registration=registration, email="c@d.fr")


def test_a_cancelled_registration_can_no_longer_be_changed(outbox):
    registration = cancel_registration(registration=sign_up(make_session()))

    with pytest.raises(Refusal, match="Cette inscription est annulée"):
        change_registration(registration=registration, profession="pharmacien")


def test_the_database_itself_refuses_a_second_live_registration(outbox):
    session = make_session()
    first = sign_up(session, "a@b.fr")
    first.pk, first.number, first.link_key = None, 2, "autre"

    with pytest.raises(IntegrityError), transaction.atomic():
        first.save(force_insert=True)


def test_registering_costs_at_most_twelve_statements(client, django_assert_max_num_queries, outbox):
    session = make_session()

    with django_assert_max_num_queries(12):
        response = client.post(session.get_absolute_url(), form_data())

    assert response.status_code == 302


def test_the_address_of_a_cancelled_registration_no_longer_changes(outbox):
    registration = cancel_registration(registration=sign_up(make_session()))

    with pytest.raises(Refusal, match="son adresse ne change plus"):
        ask_email_change(registration=registration, email="c@d.fr")
