from datetime import UTC, datetime, timedelta

import pytest
from django.core import signing
from django.urls import reverse
from icalendar import Calendar

from activities.enums import ActivityKind
from activities.links import registration_path
from activities.models import Registration, Session, TimeWish
from activities.services.registering import cancel_registration
from activities.tests.factories import form_data, make_activity, make_session, sign_up
from members.tests.factories import make_user

pytestmark = pytest.mark.django_db
State = Registration.State


def post(client, session, **fields):
    return client.post(session.get_absolute_url(), form_data(**fields), follow=True)


def receipt(response):
    """What « C’est noté » says, apart from the security token."""
    return response.content.decode().split("<main", 1)[1].split("</main>", 1)[0]


def test_a_visitor_registers_and_reads_that_it_is_noted(client, outbox):
    session = make_session()

    response = post(client, session, email="louise@cafe.example", phone="02 35 00 00 00", gender="femme")

    registration = Registration.objects.get()
    snapshot = (registration.state, registration.email, registration.phone, registration.gender)
    assert snapshot == (State.CONFIRMED, "louise@cafe.example", "02 35 00 00 00", "femme")
    assert "Votre place est réservée." in receipt(response)
    assert "louise@cafe.example" in receipt(response)
    assert "louise" not in response.request["PATH_INFO"]


@pytest.mark.parametrize("capacity", [1, 5], ids=["full", "free"])
def test_nobody_can_tell_from_the_page_whether_someone_attends(client, outbox, capacity):
    """A first and a second registration of one address answer alike, in a full session and in a free one."""
    session = make_session(capacity=capacity)
    for _ in range(2):
        sign_up(session)
    sign_up(session, "attend@cafe.example")

    stranger = receipt(post(client, session, email="ailleurs@cafe.example"))
    attendee = receipt(post(client, session, email="attend@cafe.example"))

    assert attendee.replace("attend@", "ailleurs@") == stranger


def test_a_robot_that_fills_the_hidden_field_is_thanked_and_forgotten(client, outbox):
    session = make_session()

    response = post(client, session, fax_reference="12", email="robot@cafe.example")

    assert "C’est noté." in receipt(response)
    assert (Registration.objects.count(), outbox.rows) == (0, [])


def test_an_address_that_registers_too_often_is_asked_to_wait_and_keeps_what_was_typed(client, outbox, settings):
    settings.REGISTRATIONS_PER_HOUR = 1
    session = make_session()
    post(client, session)

    response = post(client, session, first_name="Marianne")

    assert "Trop d’inscriptions viennent de cette connexion" in receipt(response)
    assert 'value="Marianne"' in receipt(response)
    assert Registration.objects.count() == 1


def test_without_the_commitment_nothing_is_registered(client, outbox):
    data = form_data()
    del data["commitment"]

    response = client.post(make_session().get_absolute_url(), data)

    assert "Cochez cette case pour vous inscrire" in response.content.decode()
    assert not Registration.objects.exists()


def test_a_session_for_one_profession_refuses_the_others_kindly(client, outbox):
    session = make_session(audience="profession", audience_profession="sage-femme")

    response = post(client, session, profession="infirmier")

    assert "Cette séance est réservée à une profession : sage-femme." in receipt(response)


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"state": Session.State.CANCELLED, "cancel_message": "Salle inondée."}, "Salle inondée."),
        ({"starts_in": timedelta(days=-2), "state": Session.State.HELD}, "Cette séance a déjà eu lieu."),
        ({"closes_at": datetime(2026, 1, 1, tzinfo=UTC)}, "Les inscriptions sont closes."),
    ],
)
def test_a_closed_session_has_a_page_without_a_form(client, fields, words):
    response = client.get(make_session(**fields).get_absolute_url())

    page = receipt(response)
    assert words in page
    assert "commitment" not in page


def test_a_draft_is_for_the_coordination_alone(client):
    session = make_session(state=Session.State.DRAFT)
    coordinator = make_user(role="coordination", second_factor=True)

    statuses = [client.get(session.get_absolute_url()).status_code]
    client.force_login(make_user(role="equipe"))
    statuses.append(client.get(session.get_absolute_url()).status_code)
    client.force_login(coordinator)
    statuses.append(client.get(session.get_absolute_url()).status_code)

    assert statuses == [404, 404, 200]


def test_an_account_finds_the_form_filled_in_then_its_registration_instead(client, outbox):
    user, session = make_user(first_name="Marianne"), make_session()
    client.force_login(user)

    before = receipt(client.get(session.get_absolute_url()))
    registration = sign_up(session, user.email)
    after = receipt(client.get(session.get_absolute_url()))

    assert 'value="Marianne"' in before
    assert registration_path(registration) in after
    assert "commitment" not in after


def test_an_unverified_address_shows_nobody_s_registration(client, outbox):
    user, session = make_user(verified=False), make_session()
    sign_up(session, user.email)
    client.force_login(user)

    page = receipt(client.get(session.get_absolute_url()))

    assert "Vous avez déjà une inscription" not in page


def test_the_personal_link_tells_the_position_and_lets_one_leave(client, outbox):
    session = make_session(capacity=1)
    sign_up(session)
    waiting = sign_up(session)
    path = registration_path(waiting)

    page = receipt(client.get(path))
    left = receipt(client.post(f"{path}annuler/", follow=True))

    assert "Vous êtes la prochaine personne" in page
    assert "Cette inscription est annulée" in left
    assert Registration.objects.get(pk=waiting.pk).cancel_reason == "person"


def test_an_offer_is_taken_by_its_link(client, outbox):
    session = make_session(capacity=1)
    first, second = sign_up(session), sign_up(session)
    cancel_registration(registration=first)

    page = receipt(client.post(f"{registration_path(second)}accepter/", follow=True))

    assert "Votre place est réservée" in page


def test_opening_a_link_changes_nothing(client, outbox):
    """Mail readers that open links by themselves neither accept nor cancel."""
    session = make_session(capacity=1)
    first, second = sign_up(session), sign_up(session)
    cancel_registration(registration=first)
    path = registration_path(second)

    statuses = [client.get(f"{path}{verb}").status_code for verb in ("", "annuler/", "accepter/", "changer/")]

    assert statuses == [200, 200, 405, 200]
    assert Registration.objects.get(pk=second.pk).state == State.OFFERED


def test_profession_and_details_change_by_the_link(client, outbox):
    registration = sign_up(make_session())
    data = {"first_name": "Lou", "last_name": "Petit", "profession": "pharmacien", "cpts_member": "true"}

    client.post(f"{registration_path(registration)}changer/", data)

    registration.refresh_from_db()
    changed = (registration.first_name, registration.profession, registration.cpts_member)
    assert changed == ("Lou", "pharmacien", True)


def test_the_address_changes_once_the_new_one_has_answered(client, outbox):
    registration = sign_up(make_session(), "a@cafe.example")
    client.post(f"{registration_path(registration)}adresse/", {"email": "B@cafe.example"})
    link = next(word for word in outbox.rows[-1].text.split() if "/inscription/adresse/" in word)
    path = link.split("8000", 1)[1]

    shown = receipt(client.get(path))
    client.post(path)
    again = client.get(path)

    assert "b@cafe.example" in shown
    assert Registration.objects.get().email == "b@cafe.example"
    assert again.status_code == 404
    assert client.get(registration_path(registration)).status_code == 404


@pytest.mark.parametrize(
    "token",
    ["forged", "abc.def", signing.Signer(salt="activities.registration", sep=".").sign("inconnu"), "%00", "é" * 300],
)
def test_forged_links_lead_to_a_french_404(client, token):
    response = client.get(f"/inscription/{token}/")

    assert response.status_code == 404
    assert 'lang="fr"' in response.content.decode()


def test_wishes_for_other_times_are_counted_without_a_name(client):
    session = make_session()
    url = reverse("session_time_wishes", args=[session.slug])

    client.post(url, {"slots": ["12-14", "20-22"]})
    client.post(url, {"slots": ["20-22"]})
    empty = client.post(url, {})

    assert dict(TimeWish.objects.values_list("slot", "count")) == {"12-14": 1, "20-22": 2}
    assert "Cochez au moins un moment." in empty.content.decode()


def test_the_agenda_lists_what_is_to_come_by_kind(client):
    training = make_session(activity=make_activity(kind=ActivityKind.TRAINING, title="Veilleur-guetteur"))
    make_session(activity=make_activity(title="Pilates"))
    make_session(activity=make_activity(title="Brouillon secret"), state=Session.State.DRAFT)

    everything = receipt(client.get("/activites/"))
    trainings = receipt(client.get("/activites/?nature=formation"))
    unknown = receipt(client.get("/activites/?nature=%00"))

    assert ("Pilates" in everything, "Brouillon secret" in everything) == (True, False)
    assert (training.get_absolute_url() in trainings, "Pilates" in trainings) == (True, False)
    assert "Pilates" in unknown


def test_the_month_shows_a_session_on_its_local_day(client, settings, clock):
    make_session(starts_in=timedelta(days=28, hours=10, minutes=30), activity=make_activity(title="Yoga du soir"))

    march = receipt(client.get("/activites/mois/?mois=2026-03"))
    april = receipt(client.get("/activites/mois/?mois=2026-04"))
    wrong = client.get("/activites/mois/?mois=2026-13")

    assert ("Yoga du soir" in march, "Yoga du soir" in april) == (False, True)  # 22:45 UTC on 31 March is 1 April
    assert "mars 2026" in wrong.content.decode()


def test_past_seasons_run_from_september_to_august(client, clock):
    make_session(state=Session.State.HELD, starts_in=timedelta(days=-400), activity=make_activity(title="Tai-chi"))
    make_session(state=Session.State.HELD, starts_in=timedelta(days=-20), activity=make_activity(title="Boxe"))

    latest = receipt(client.get("/activites/passees/"))
    earlier = receipt(client.get("/activites/passees/?saison=2024"))

    assert ("Boxe" in latest, "Tai-chi" in latest) == (True, False)
    assert ("Boxe" in earlier, "Tai-chi" in earlier) == (False, True)


def test_empty_pages_say_what_to_do_next(client):
    pages = [receipt(client.get(path)) for path in ("/activites/", "/activites/passees/", "/activites/mois/")]

    assert "La prochaine date n’est pas encore fixée" in pages[0]
    assert "Aucune séance n’a encore eu lieu" in pages[1]
    assert "Aucune séance ce mois-ci" in pages[2]


def test_calendars_follow_sessions_and_say_when_one_is_cancelled(client):
    make_session(activity=make_activity(title="Yoga"))
    make_session(activity=make_activity(title="Boxe"), state=Session.State.CANCELLED)
    make_session(state=Session.State.DRAFT)

    agenda = Calendar.from_ical(client.get("/activites/agenda.ics").content)

    events = sorted((str(event["summary"]), str(event["status"])) for event in agenda.walk("VEVENT"))
    assert events == [("Boxe – Café des Soignants", "CANCELLED"), ("Yoga – Café des Soignants", "CONFIRMED")]


@pytest.mark.parametrize("path", ["/", "/activites/", "/activites/passees/", "/activites/mois/", "session"])
def test_pages_cost_the_same_for_1_3_and_300_registrations(client, path, outbox, django_assert_max_num_queries):
    session = make_session(capacity=5)
    make_session(state=Session.State.HELD, starts_in=timedelta(days=-3))
    url = session.get_absolute_url() if path == "session" else path
    client.get(url)

    counts = []
    for total in (1, 3, 300):
        while session.registrations.count() < total:
            sign_up(session)
        with django_assert_max_num_queries(8) as captured:
            client.get(url)
        counts.append(len(captured))

    assert len(set(counts)) == 1


def test_page_form_and_confirmation_cost_at_most_25_statements(client, outbox, django_assert_max_num_queries):
    session = make_session()

    with django_assert_max_num_queries(25):
        client.get(session.get_absolute_url())
        post(client, session)
