"""The facilitator's link: who comes, how much to collect, and « je dois annuler ou reporter »."""

import re
import uuid
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from activities import todo_facilitators
from activities.facilitator_links import facilitator_path
from activities.models import FacilitatorNotice, Registration, Session
from activities.services import planning
from activities.services.retention import purge
from activities.tests.factories import make_activity, make_facilitator, make_place, make_session, sign_up
from members.enums import Role
from members.tests.factories import make_user

pytestmark = pytest.mark.django_db
State = Session.State


def led(**fields):
    """A published session whose facilitator can be written to."""
    fields.setdefault("facilitator", make_facilitator(email="dominique@cafe.example"))
    return make_session(**fields)


def links_to(outbox, address):
    """Return the paths of the facilitator's links mailed to an address, oldest first."""
    texts = [row.text for row in outbox.rows if row.to == address]
    return [re.search(r"https?://[^/\s]+(/intervenant/\S+)", text)[1] for text in texts]


def admit(session, count):
    last = session.registrations.count()
    Registration.objects.bulk_create(
        Registration(
            session=session,
            number=last + index + 1,
            state="confirmed",
            confirmed_at=timezone.now(),
            person_key=uuid.uuid4(),
            email=f"p{last + index}@cafe.example",
            first_name="Louise",
            last_name=f"Petit {last + index}",
            profession="infirmier",
        )
        for index in range(count)
    )


# --- the link -------------------------------------------------------------------------------------


def test_publishing_mails_the_link_once_however_often_it_is_published(client, outbox, coordinator):
    draft = led(state=State.DRAFT, hosts=[make_user(role=Role.TEAM)])

    planning.publish_session(session=draft, by=coordinator)
    planning.unpublish_session(session=draft, by=coordinator)
    planning.publish_session(session=draft, by=coordinator)

    [path] = links_to(outbox, "dominique@cafe.example")
    assert path == facilitator_path(draft)
    assert client.get(path).status_code == 200


def test_a_new_facilitator_gets_a_link_and_the_other_s_opens_nothing_any_more(client, outbox):
    session = led()
    before = facilitator_path(session)
    other = make_facilitator(name="Sacha Morel", email="sacha@cafe.example")

    planning.update_session(session=session, values={"facilitator": other})

    [path] = links_to(outbox, "sacha@cafe.example")
    assert (client.get(before).status_code, client.get(path).status_code) == (404, 200)


@pytest.mark.parametrize(
    "fields",
    [
        {"facilitator": None},
        {"starts_in": timedelta(days=-1)},
        {"state": State.DRAFT},
    ],
)
def test_nobody_is_written_to_about_a_session_that_is_past_hidden_or_without_facilitator(outbox, fields):
    session = make_session(**fields)
    facilitator = make_facilitator(email="" if "facilitator" in fields else "dominique@cafe.example")

    planning.update_session(session=session, values={"facilitator": facilitator})

    assert outbox.rows == []


def test_the_page_shows_names_professions_and_money_and_no_address(client, outbox):
    session = led(
        activity=make_activity(title="Yoga"),
        place=make_place(name="Salle des Docks", address="3 quai Rouge", private=True),
        fee="7.50",
        hosts=[make_user(role=Role.TEAM, first_name="Nour")],
    )
    for name in ("Zoé", "Émile"):
        sign_up(session, f"{name.lower()}@cafe.example", first_name=name, last_name=f"{name}sson", phone="0612345678")
    waiting = sign_up(session, last_name="Dehors")
    Registration.objects.filter(pk=waiting.pk).update(state="waiting", confirmed_at=None)

    response = client.get(facilitator_path(session))

    names = re.findall(r'<th scope="row">(.*?)</th>', response.text)
    assert names == ["Émile Émilesson", "Zoé Zoésson"]
    assert "7,50\u00a0€ par personne" in response.text
    assert "<strong>15\u00a0€</strong>" in response.text
    assert "3 quai Rouge" in response.text
    assert "Nour" in response.text
    for hidden in ("zoé@", "émile@", "0612345678", "Dehors"):
        assert hidden not in response.text


def test_the_page_is_neither_kept_by_browsers_nor_found_by_search_engines(client, outbox):
    response = client.get(facilitator_path(led()))

    assert "no-store" in response["Cache-Control"]
    assert '<meta name="robots" content="noindex">' in response.text


def test_a_free_session_has_nothing_to_collect_and_an_empty_one_says_so(client, outbox):
    text = client.get(facilitator_path(led())).text

    assert "il n’y a rien à recueillir" in text
    assert "Personne n’est inscrit pour le moment." in text


def test_the_link_ends_two_days_after_the_session(client, outbox, clock):
    session = led()
    path = facilitator_path(session)

    clock.move_to(session.ends_at + timedelta(days=2, seconds=-1), tick=False)
    assert client.get(path).status_code == 200
    clock.move_to(session.ends_at + timedelta(days=2), tick=False)
    assert client.get(path).status_code == 404


def test_neither_a_forged_link_nor_one_to_a_draft_opens(client, outbox):
    session = led()
    other = led(facilitator=session.facilitator)
    signature = facilitator_path(session).rstrip("/").rpartition(".")[2]
    draft = led(state=State.DRAFT)

    forged = f"/intervenant/{other.pk}-{other.facilitator_id}-0.{signature}/"
    paths = [forged, "/intervenant/x/", f"/intervenant/{session.pk}-1-0/", facilitator_path(draft)]
    assert [client.get(path).status_code for path in paths] == [404, 404, 404, 404]


def test_a_cancelled_session_says_so_and_names_nobody(client, outbox):
    session = led(activity=make_activity(title="Yoga"))
    sign_up(session, last_name="Petitjean")
    planning.cancel_session(session=session, message="La salle est fermée.", by=make_user())

    text = client.get(facilitator_path(session)).text

    assert "Cette séance est annulée." in text
    assert "La salle est fermée." in text
    assert "Petitjean" not in text
    assert "Je dois annuler" not in text


@pytest.mark.parametrize("path", ["", "prevenir/"])
def test_the_number_of_statements_does_not_grow_with_people(client, outbox, path):
    session = led(capacity=300)
    counts = []
    for count in (1, 2, 297):
        admit(session, count)
        with CaptureQueriesContext(connection) as captured:
            assert client.get(f"{facilitator_path(session)}{path}").status_code == 200
        counts.append(len(captured))

    assert counts == [counts[0]] * 3


# --- « je dois annuler ou reporter » --------------------------------------------------------------

SAID = {"kind": "postpone", "message": "Je suis souffrant.", "dates": "mardi 12"}


def test_a_notice_reaches_every_coordinator_at_once_and_waits_on_their_list(client, outbox, coordinator):
    second = make_user(role=Role.COORDINATION)
    session = led(activity=make_activity(title="Yoga"))
    path = facilitator_path(session)

    page = client.post(f"{path}prevenir/", SAID, follow=True)

    assert page.redirect_chain == [(path, 302)]
    assert "La coordination est prévenue" in page.text
    sent = {message.to[0]: message for message in outbox.deliver()}
    assert set(sent) == {coordinator.email, second.email}
    letter = sent[coordinator.email]
    assert letter.subject.startswith("À reporter : « Yoga »")
    assert letter.extra_headers["Reply-To"] == "dominique@cafe.example"
    for words in (*SAID.values(), f"/coordination/seances/{session.slug}/intervenant/"):
        assert words == "postpone" or words in letter.body
    [line] = todo_facilitators.lines()
    assert line.sentence.startswith("« Yoga »,")
    assert line.sentence.endswith("l’intervenant doit reporter.")


def test_saying_the_same_twice_writes_and_mails_once(client, outbox, coordinator):
    path = f"{facilitator_path(led())}prevenir/"

    client.post(path, SAID)
    client.post(path, SAID)

    assert (FacilitatorNotice.objects.count(), len(outbox.rows)) == (1, 1)


def test_without_a_coordinator_the_general_contact_is_told(client, outbox):
    client.post(f"{facilitator_path(led())}prevenir/", {"kind": "cancel"})

    assert [row.to for row in outbox.rows] == ["contact@cafe.example"]


def test_a_notice_without_its_kind_is_refused_and_what_was_typed_is_kept(client, outbox):
    page = client.post(f"{facilitator_path(led())}prevenir/", {"message": "Je suis souffrant."})

    assert page.status_code == 200
    assert "Choisissez\u00a0: annuler, ou reporter." in page.text.replace(" :", "\u00a0:")
    assert "Je suis souffrant." in page.text
    assert FacilitatorNotice.objects.count() == 0


def test_a_session_that_is_over_takes_no_notice(client, outbox, clock):
    session = led()
    path = f"{facilitator_path(session)}prevenir/"
    clock.move_to(session.ends_at, tick=False)

    assert client.get(path).status_code == 302
    page = client.post(path, SAID)

    assert "Cette séance est passée ou annulée" in page.text
    assert FacilitatorNotice.objects.count() == 0


def test_a_link_that_fell_into_wrong_hands_cannot_flood_the_coordination(client, outbox):
    path = f"{facilitator_path(led())}prevenir/"

    pages = [client.post(path, {"kind": "cancel", "message": f"{number}"}) for number in range(12)]

    assert FacilitatorNotice.objects.count() == 10
    assert "Plusieurs messages sont déjà partis." in pages[-1].text


def test_the_coordination_reads_the_notice_and_takes_it_off_its_list(client, desk, outbox):
    session = led()
    desk.post(f"{facilitator_path(session)}prevenir/", SAID)
    url = f"/coordination/seances/{session.slug}/intervenant/"
    notice = FacilitatorNotice.objects.get()
    assert "Je suis souffrant." in desk.get(url).text

    desk.post(f"{url}messages/{notice.pk}/traite/")

    assert todo_facilitators.lines() == []
    assert "Traitée le" in desk.get(url).text
    assert "La coordination est prévenue" not in desk.get(facilitator_path(session)).text


def test_the_list_of_things_to_do_costs_one_statement(outbox):
    for count in (1, 2, 22):
        for _ in range(count):
            FacilitatorNotice.objects.create(session=led(), kind="cancel")
        with CaptureQueriesContext(connection) as captured:
            todo_facilitators.lines()
        assert len(captured) == 1


def test_what_facilitators_said_is_forgotten_with_the_season(outbox, clock):
    session = led()
    FacilitatorNotice.objects.create(session=session, kind="cancel", message="Je suis souffrant.")
    clock.move_to(session.starts_at + timedelta(days=740), tick=False)

    dry = purge(timezone.now(), dry_run=True)
    assert FacilitatorNotice.objects.count() == 1
    done = purge(timezone.now(), dry_run=False)

    assert dry[-1] == done[-1] == "Messages d’intervenants de plus de 24 mois supprimés : 1."
    assert FacilitatorNotice.objects.count() == 0


# --- what the coordination does with the link -----------------------------------------------------


def press(desk, session, button):
    response = desk.post(f"/coordination/seances/{session.slug}/intervenant/{button}/", follow=True)
    return [str(message) for message in response.context["messages"]]


def test_the_coordination_sends_the_link_again_but_not_twice_in_a_minute(desk, outbox, clock):
    session = led()

    said = [press(desk, session, "renvoyer") for _ in range(2)]

    assert said == [
        ["Le lien part par courriel."],
        ["Ce lien vient de partir. Attendez une minute avant de le renvoyer."],
    ]
    assert links_to(outbox, "dominique@cafe.example") == [facilitator_path(session)]


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"facilitator": None}, "Cette séance n’a pas d’intervenant."),
        ({"state": State.DRAFT}, "Le lien s’envoie pour une séance publiée et à venir."),
        ({"starts_in": timedelta(days=-1)}, "Le lien s’envoie pour une séance publiée et à venir."),
    ],
)
def test_the_link_is_not_sent_where_it_would_be_useless(desk, outbox, fields, sentence):
    assert press(desk, led(**fields), "renvoyer") == [sentence]
    assert outbox.rows == []


def test_a_facilitator_without_address_is_not_written_to_but_his_link_is_shown(desk, outbox):
    session = led(facilitator=make_facilitator())

    [sentence] = press(desk, session, "renvoyer")

    assert sentence.startswith("L’adresse e-mail de cet intervenant n’est pas connue.")
    assert facilitator_path(session) in desk.get(f"/coordination/seances/{session.slug}/intervenant/").text


def test_a_link_that_is_put_out_opens_nothing_and_the_next_mail_carries_another(client, desk, outbox):
    session = led()
    before = facilitator_path(session)

    press(desk, session, "couper")
    press(desk, session, "renvoyer")

    [path] = links_to(outbox, "dominique@cafe.example")
    assert (desk.get(before).status_code, desk.get(path).status_code) == (404, 200)


@pytest.mark.parametrize("fields", [{}, {"facilitator": None}, {"state": State.DRAFT}, {"starts_in": timedelta(-9)}])
def test_the_coordination_s_page_opens_whatever_the_session(desk, outbox, fields):
    session = led(**fields)

    assert desk.get(f"/coordination/seances/{session.slug}/intervenant/").status_code == 200
