"""Cycles: one registration for all sessions, carried by the first; and what is private stays so."""

from datetime import timedelta

import icalendar
import pytest
from django.core import mail as django_mail
from django.urls import NoReverseMatch, reverse
from django.utils import timezone

from activities.enums import Audience, CancelReason, RegistrationState
from activities.links import registration_path
from activities.models import Hosting, Registration, Session
from activities.permissions import why_closed
from activities.services import planning
from activities.services.registering import cancel_registration, register
from activities.services.reminders import send_reminders
from activities.services.series import following, repeat_session, update_following
from activities.tests.factories import form_data, make_activity, make_place, make_session, sign_up
from activities.tests.test_manage_form import told
from cafe.errors import Refusal
from cafe.tests.roles_table import ANYONE, TABLE
from members.enums import Role
from members.tests.factories import make_user

pytestmark = pytest.mark.django_db
State = Session.State
SECRET = "7 impasse du Verger"
PRIVATE = {"address": SECRET, "parking": "Portail du Verger", "transport": "Arrêt du Verger", "private": True}


def make_cycle(coordinator, *, published=True, weeks=3, **fields):
    """A cycle led by peers, without facilitator: its first session in ten days, then one a week; return them all."""
    first = make_session(state=State.DRAFT, facilitator=None, **fields)
    Hosting.objects.create(session=first, user=make_user(role=Role.TEAM), rank=1)
    day = timezone.localtime(first.starts_at).date()
    days = [day + timedelta(weeks=number) for number in range(1, weeks)]
    repeat_session(session=first, days=days, rule="chaque semaine", as_cycle=True, by=coordinator)
    if published:
        planning.publish_session(session=first, by=coordinator)
    return list(Session.objects.of_cycle(first.pk))


def text_of(messages):
    return "\n".join(message.body for message in messages)


# --- registering ----------------------------------------------------------------------------------


def test_publishing_the_first_session_publishes_the_cycle_without_facilitator(coordinator, clock):
    first, second, third = make_cycle(coordinator)

    assert [one.state for one in (first, second, third)] == [State.PUBLISHED] * 3
    assert [one.head_id for one in (first, second, third)] == [None, first.pk, first.pk]
    assert {one.hosts.get() for one in (second, third)} == {first.hosts.get()}


def test_one_registers_once_for_all_from_any_page_of_the_cycle(client, coordinator, clock, outbox):
    first, *_, third = make_cycle(coordinator, capacity=2)

    page = client.get(third.get_absolute_url())
    client.post(first.get_absolute_url(), form_data(email="louise@cafe.example"))

    assert f'action="{first.get_absolute_url()}#inscription"' in page.text
    assert "Cycle de 3 séances." in page.text
    assert list(Registration.objects.values_list("session_id", flat=True)) == [first.pk]
    lists = Session.objects.upcoming().for_list()
    assert [(one.places_left, one.occupied, one.cycle_size) for one in lists] == [(1, 1, 3)] * 3


def test_a_session_that_follows_takes_no_registration_of_its_own(client, coordinator, clock):
    _, second, _ = make_cycle(coordinator)

    with pytest.raises(Refusal, match="une seule fois pour tout le cycle"):
        register(slug=second.slug, email="louise@cafe.example", profession="infirmier")
    with pytest.raises(Refusal, match="une seule fois pour tout le cycle"):
        register(slug=second.slug, email="louise@cafe.example", profession="infirmier", by=coordinator)
    response = client.post(second.get_absolute_url(), form_data())

    assert "On s’inscrit une seule fois pour tout le cycle" in response.text
    assert Registration.objects.count() == 0


def test_the_mail_and_its_calendar_hold_every_date(coordinator, clock, outbox):
    sessions = make_cycle(coordinator)
    sign_up(sessions[0])

    message = outbox.deliver()[-1]

    calendar = icalendar.Calendar.from_ical(message.attachments[0][1])
    assert [event.start for event in calendar.walk("VEVENT")] == [
        one.starts_at.replace(microsecond=0) for one in sessions
    ]
    assert "Cycle de 3 séances, pour une seule inscription" in message.body


def test_reminders_leave_for_each_date_of_the_cycle(coordinator, clock, outbox):
    sessions = make_cycle(coordinator)
    registration = sign_up(sessions[0])
    sign_up(sessions[0], "attente@cafe.example")
    Registration.objects.filter(email="attente@cafe.example").update(state=RegistrationState.WAITING)

    for session in sessions:
        clock.move_to(session.starts_at - timedelta(hours=3), tick=False)
        send_reminders()

    keys = [row.dedupe_key for row in outbox.rows if ":reminder:1:" in row.dedupe_key]
    assert keys == [f"registration:{registration.pk}:reminder:1:{one.starts_at:%Y%m%d%H%M}" for one in sessions]


def test_cancelling_frees_the_whole_even_half_way(coordinator, clock, outbox):
    sessions = make_cycle(coordinator)
    registration = sign_up(sessions[0])
    clock.move_to(sessions[1].starts_at - timedelta(days=1), tick=False)

    cancel_registration(registration=registration)
    send_reminders()

    registration.refresh_from_db()
    assert (registration.state, registration.cancel_reason) == (RegistrationState.CANCELLED, CancelReason.PERSON)
    assert not [row for row in outbox.rows if ":reminder:" in row.dedupe_key]


def test_once_the_last_session_has_begun_nothing_changes_any_more(coordinator, clock, outbox):
    sessions = make_cycle(coordinator)
    registration = sign_up(sessions[0])
    clock.move_to(sessions[-1].starts_at, tick=False)

    with pytest.raises(Refusal, match="ne peut plus être changée"):
        cancel_registration(registration=registration)


def test_once_the_cycle_has_begun_registration_is_closed_on_every_page(coordinator, clock):
    first, second, _ = make_cycle(coordinator)
    clock.move_to(first.starts_at + timedelta(hours=1), tick=False)
    second = Session.objects.select_related("head").get(pk=second.pk)

    assert (why_closed(first), why_closed(second)) == (
        "Cette séance a déjà eu lieu.",
        "Le cycle a commencé : les inscriptions sont closes.",
    )


# --- what the coordination changes ----------------------------------------------------------------


def test_cancelling_one_date_tells_the_people_and_keeps_them_registered(coordinator, clock, outbox):
    first, second, third = make_cycle(coordinator)
    registration = sign_up(first)

    for one in (second, third):
        planning.cancel_session(session=one, message="La salle est prise.", by=coordinator)

    registration.refresh_from_db()
    cancelled = [row for row in outbox.rows if ":session_cancelled:" in row.dedupe_key and row.to == registration.email]
    assert (registration.state, len(cancelled)) == (RegistrationState.CONFIRMED, 2)


def test_cancelling_the_first_session_cancels_the_cycle_and_tells_once(coordinator, clock, outbox):
    sessions = make_cycle(coordinator)
    registration = sign_up(sessions[0])

    _, count = planning.cancel_session(session=sessions[0], message="Faute d’inscrits.", by=coordinator)

    registration.refresh_from_db()
    assert (registration.state, registration.cancel_reason, count) == (
        RegistrationState.CANCELLED,
        CancelReason.SESSION,
        1,
    )
    assert set(Session.objects.values_list("state", "cancel_message")) == {(State.CANCELLED, "Faute d’inscrits.")}
    withdrawn = icalendar.Calendar.from_ical(outbox.deliver()[-1].attachments[0][1])
    assert (withdrawn["method"], len(withdrawn.walk("VEVENT"))) == ("CANCEL", 3)


def test_a_date_that_joins_later_is_told_to_the_people(coordinator, clock, outbox):
    first, *_ = make_cycle(coordinator)
    registration = sign_up(first)
    day = timezone.localtime(first.starts_at).date() + timedelta(weeks=6)
    (added,) = repeat_session(session=first, days=[day], rule="", as_cycle=True, by=coordinator)

    planning.publish_session(session=added, by=coordinator)

    sent = [message for message in outbox.deliver() if message.subject.startswith("Une date de plus")]
    assert [message.to for message in sent] == [[registration.email]]


def test_the_first_session_stays_the_first(coordinator, clock):
    first, second, third = make_cycle(coordinator)

    with pytest.raises(Refusal, match="porte les inscriptions"):
        planning.update_session(session=third, values={"starts_at": first.starts_at - timedelta(days=1)})
    with pytest.raises(Refusal, match="elle vient avant celle"):
        planning.update_session(session=first, values={"starts_at": second.starts_at + timedelta(hours=1)})


def test_a_whole_cycle_moves_later_or_earlier_at_once(coordinator, clock):
    first, *_ = make_cycle(coordinator)
    before = [one.starts_at for one in Session.objects.of_cycle(first.pk)]

    for days in (21, -14):
        first.refresh_from_db()
        update_following(session=first, values={"starts_at": first.starts_at + timedelta(days=days)})

    after = [timezone.localtime(one.starts_at) for one in Session.objects.of_cycle(first.pk)]
    expected = [timezone.localtime(one).replace(tzinfo=None) + timedelta(days=7) for one in before]
    assert [one.replace(tzinfo=None) for one in after] == expected


def test_places_are_those_of_the_first_session_alone(coordinator, clock):
    first, second, _ = make_cycle(coordinator)

    update_following(session=first, values={"capacity": 9, "fee": 5})

    second.refresh_from_db()
    assert (second.places, second.capacity, second.fee) == (9, 3, 5)
    assert following(first).count() == 2


def test_a_follower_is_not_published_before_the_first_nor_a_published_session_made_a_cycle(coordinator, clock):
    _, second, _ = make_cycle(coordinator, published=False)
    alone = make_session()

    with pytest.raises(Refusal, match="Publiez d’abord la première séance"):
        planning.publish_session(session=second, by=coordinator)
    with pytest.raises(Refusal, match="se prépare à partir d’un brouillon"):
        repeat_session(session=alone, days=[], rule="", as_cycle=True, by=coordinator)


def test_withdrawing_and_deleting_keep_the_cycle_whole(coordinator, clock):
    first, second, third = make_cycle(coordinator)

    planning.unpublish_session(session=first, by=coordinator)
    with pytest.raises(Refusal, match="supprimez d’abord ses autres séances"):
        planning.delete_session(session=first)
    for one in (third, second, first):
        planning.delete_session(session=one)

    assert Session.objects.count() == 0


def test_the_coordination_makes_a_cycle_from_a_draft(desk, clock):
    first = make_session(state=State.DRAFT)
    query = "?forme=cycle&rythme=semaine&nombre=6"
    address = reverse("manage_session_repeat", args=[first.slug]) + query
    days = [f"{timezone.localtime(date.starts_at):%Y-%m-%d}" for date in desk.get(address).context["plan"]]

    response = desk.post(address, {"jour": days})
    page = desk.get(reverse("manage_session", args=[first.slug]))

    assert told(response) == ["5 brouillons sont enregistrés. Relisez-les, puis publiez-les."]
    assert "Cycle de 6 séances" in page.text
    follower = first.followers.first()
    assert "on s’inscrit pour tout le cycle" in desk.get(reverse("manage_session", args=[follower.slug])).text.lower()
    assert desk.get(reverse("manage_session_edit", args=[follower.slug])).status_code == 200


# --- lists, at the same cost ----------------------------------------------------------------------


@pytest.mark.parametrize("name", ["session_list", "agenda_month", "home", "agenda_ics"])
def test_lists_cost_the_same_with_one_cycle_and_with_ten(
    name, client, coordinator, clock, django_assert_max_num_queries
):
    make_cycle(coordinator)
    client.get(reverse(name))
    with django_assert_max_num_queries(12) as few:
        client.get(reverse(name))
    for _ in range(9):
        make_cycle(coordinator)

    with django_assert_max_num_queries(12) as many:
        client.get(reverse(name))

    assert len(few.captured_queries) == len(many.captured_queries)


def test_the_coordinations_list_costs_the_same_with_one_cycle_and_with_five(
    desk, coordinator, clock, django_assert_max_num_queries
):
    make_cycle(coordinator)
    desk.get(reverse("manage_sessions"))
    with django_assert_max_num_queries(20) as few:
        desk.get(reverse("manage_sessions"))
    for _ in range(4):
        make_cycle(coordinator)

    with django_assert_max_num_queries(20) as many:
        desk.get(reverse("manage_sessions"))

    assert len(few.captured_queries) == len(many.captured_queries)


def test_lists_label_each_date_of_a_cycle(client, coordinator, clock):
    make_cycle(coordinator)

    page = client.get(reverse("session_list"))

    assert page.text.count("Cycle de 3 séances, une seule inscription") == 3


# --- a private address ----------------------------------------------------------------------------


def public_addresses(session):
    """Every address that anybody may open, with this session's slug where one is asked for."""
    for name, who in TABLE.items():
        if who.who != ANYONE or name.startswith(("account", "mfa", "registration")):
            continue
        try:
            yield reverse(name)
        except NoReverseMatch:
            if name.startswith("session"):
                try:
                    yield reverse(name, args=[session.slug])
                except NoReverseMatch:
                    continue


def test_no_public_page_tells_a_private_address(client, coordinator, clock):
    place = make_place(name="Chez Agnès", commune="Dunes", **PRIVATE)
    first, *_ = make_cycle(coordinator, place=place)
    addresses = list(public_addresses(first))

    pages = {address: client.get(address) for address in addresses}

    assert {first.get_absolute_url(), reverse("session_list"), reverse("agenda_ics")} <= set(addresses)
    said = [address for address, page in pages.items() if "Verger" in page.getvalue().decode(errors="replace")]
    assert said == []
    assert "L’adresse est donnée aux personnes inscrites." in pages[first.get_absolute_url()].text


def test_those_who_have_a_place_are_told_the_private_address_and_those_who_wait_are_not(
    client, coordinator, clock, outbox
):
    place = make_place(name="Chez Agnès", commune="Dunes", **PRIVATE)
    first, *_ = make_cycle(coordinator, place=place, capacity=1)
    inside, waiting = sign_up(first), sign_up(first)
    update_following(session=first, values={"starts_at": first.starts_at + timedelta(hours=1)})
    outbox.deliver()

    def everything(registration):
        path = registration_path(registration)
        mails = [message for message in django_mail.outbox if message.to == [registration.email]]
        calendars = [part[1] for message in mails for part in message.attachments]
        texts = [client.get(path).text, client.get(f"{path}seance.ics").text, text_of(mails), *map(str, calendars)]
        return [("Verger" in text) for text in texts]

    assert set(everything(inside)) == {True}
    assert set(everything(waiting)) == {False}


def test_a_cancelled_registration_no_longer_reads_the_private_address(client, coordinator, clock, outbox):
    first, *_ = make_cycle(coordinator, place=make_place(**PRIVATE))
    registration = sign_up(first)
    cancel_registration(registration=registration)

    page = client.get(registration_path(registration))

    message = outbox.deliver()[-1]
    assert (SECRET in page.text, SECRET in message.body) == (False, False)


def test_the_page_after_registering_keeps_the_address_for_the_mail(client, coordinator, clock, outbox):
    first, *_ = make_cycle(coordinator, place=make_place(**PRIVATE))

    page = client.post(first.get_absolute_url(), form_data(), follow=True)

    assert ("C’est noté" in page.text, SECRET in page.text) == (True, False)


# --- audiences ------------------------------------------------------------------------------------


def test_families_are_told_to_come_together(client, outbox):
    session = make_session(audience=Audience.FAMILIES, activity=make_activity(title="Pique-nique"))
    sign_up(session)

    page, message = client.get(session.get_absolute_url()), outbox.deliver()[-1]

    assert ("avec vos proches" in page.text, "avec vos proches" in message.body) == (True, True)


@pytest.mark.parametrize(
    ("audience", "profession", "sentence"),
    [
        (Audience.EMPLOYEES, "infirmier", "réservée aux salariés des cabinets"),
        (Audience.STUDENTS, "infirmier", "réservée aux étudiants et aux internes"),
        (Audience.EMPLOYEES, "salarie-cabinet", None),
        (Audience.FAMILIES, "infirmier", None),
    ],
)
def test_an_audience_decides_who_registers(audience, profession, sentence, outbox):
    session = make_session(audience=audience)

    if sentence:
        with pytest.raises(Refusal, match=sentence):
            sign_up(session, profession=profession)
    else:
        assert sign_up(session, profession=profession).state == RegistrationState.CONFIRMED


def test_a_cycle_under_way_stays_among_what_is_to_come(client, coordinator, clock, outbox):
    sessions = make_cycle(coordinator)
    person = make_user()
    sign_up(sessions[0], person.email)
    clock.move_to(sessions[1].starts_at - timedelta(days=1), tick=False)
    client.force_login(person)

    page = client.get(reverse("my_space"))

    assert [row.session for row, _ in page.context["coming"]] == [sessions[0]]
    assert "cycle jusqu’au" in page.text


def test_lists_say_of_each_date_what_the_first_session_of_its_cycle_says(client, coordinator, clock):
    first, *_ = make_cycle(coordinator, capacity=2)
    roomy, later = {"capacity": 3}, {"opens_at": timezone.now() + timedelta(days=2)}
    pages = [client.get(reverse("session_list")).text]

    for change in (roomy, later):
        Session.objects.filter(pk=first.pk).update(**change)
        pages.append(client.get(reverse("session_list")).text)

    said = [[page.count(words) for words in ("Il reste 2 places", "Il reste 3 places", "Ouvre le")] for page in pages]
    assert said == [[3, 0, 0], [0, 3, 0], [0, 0, 3]]
