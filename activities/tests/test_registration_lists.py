"""The coordination's list of a session's registrations: found, written to, moved to another session."""

import base64
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from icalendar import Calendar

from activities.models import Registration
from activities.services.questions import add_question
from activities.services.transfers import move_registrations
from activities.tests.factories import make_session, sign_up
from activities.tests.test_manage_lists import fill
from cafe.errors import Refusal
from cafe.models import Portal

pytestmark = pytest.mark.django_db


def page_of(session, more=""):
    return f"/coordination/seances/{session.slug}/inscriptions/{more}"


def found(desk, session, **query):
    return [one.first_name for one in desk.get(page_of(session), query).context["page_obj"]]


def states(session):
    return list(session.registrations.order_by("number").values_list("first_name", "state"))


@pytest.fixture
def four(outbox):
    """Two places; Anne and Bruno have them, Chloé waits, David has cancelled."""
    session = make_session(capacity=2)
    sign_up(session, "anne@cafe.example", first_name="Anne", last_name="Petit", cpts_member=True)
    sign_up(session, "bruno@ailleurs.example", first_name="Bruno", last_name="Adam", profession="sage-femme")
    gone = sign_up(session, "david@cafe.example", first_name="David", last_name="Roy", cpts_member=False)
    sign_up(session, "chloe@cafe.example", first_name="Chloé", last_name="Blanc", profession="sage-femme")
    Registration.objects.filter(pk=gone.pk).update(
        state="cancelled", cancelled_at=gone.created_at, cancel_reason="person", number=9
    )
    return session


# --- finding --------------------------------------------------------------------------------------


def test_people_are_searched_filtered_and_sorted(desk, four):
    assert found(desk, four) == ["Anne", "Bruno", "Chloé", "David"]
    assert found(desk, four, q="petit anne") == ["Anne"]
    assert found(desk, four, q="ailleurs.example") == ["Bruno"]
    assert found(desk, four, etat="waiting") == ["Chloé"]
    assert found(desk, four, profession="sage-femme", tri="last_name") == ["Bruno", "Chloé"]
    assert found(desk, four, adherent="oui") == ["Anne"]
    assert found(desk, four, adherent="inconnu") == ["Bruno", "Chloé"]
    assert found(desk, four, tri="-number") == ["David", "Chloé", "Bruno", "Anne"]
    assert found(desk, four, q="personne") == []


def test_the_export_follows_the_filters_of_the_list(desk, four):
    text = desk.get(f"/coordination/seances/{four.slug}/inscriptions.csv?etat=waiting").content.decode("utf-8-sig")

    assert [line.split(";")[4] for line in text.splitlines()] == ["Adresse e-mail", "chloe@cafe.example"]


@pytest.mark.parametrize("query", ["?etat=x&adherent=y&reconfirme=z&tri=pk&page=1", "?q=%00%E2%80%AE'%22%3Cb%3E"])
def test_a_senseless_filter_breaks_nothing(desk, four, query):
    assert desk.get(page_of(four, query)).status_code == 200


@pytest.mark.parametrize("path", ["inscriptions/", "inscriptions.csv", "inscriptions/ecrire/", "questions/"])
def test_the_number_of_statements_does_not_grow(desk, path):
    session = make_session(capacity=300)
    add_question(session=session, values={"text": "Un tapis ?", "kind": "text"})
    url = f"/coordination/seances/{session.slug}/{path}"
    counts = []
    for count in (1, 2, 297):
        fill(session, count)
        with CaptureQueriesContext(connection) as captured:
            assert desk.get(url).status_code == 200
        counts.append(len(captured))

    assert counts == [counts[0]] * 3


# --- writing --------------------------------------------------------------------------------------


def write(desk, session, people, **more):
    keys = ",".join(str(one.pk) for one in people)
    data = {"cochees": "1", "qui": keys, "subject": "Le parking", "text": "Entrez par la cour.\n\nÀ mardi."} | more
    return desk.post(page_of(session, "ecrire/"), data, follow=True)


def nonce_of(response):
    return response.context["nonce"]


def test_a_word_is_read_again_then_sent_once_to_each_person(desk, four, outbox):
    people = list(four.registrations.filter(first_name__in=["Anne", "Chloé"]))
    before = len(outbox.rows)

    preview = write(desk, four, people)
    unsent = len(outbox.rows) - before
    for _ in range(2):
        write(desk, four, people, envoyer="1", envoi=nonce_of(preview))

    assert unsent == 0
    assert "Entrez par la cour." in preview.content.decode()
    rows = outbox.rows[before:]
    assert [(row.to, row.subject) for row in rows] == [
        ("anne@cafe.example", "Le parking"),
        ("chloe@cafe.example", "Le parking"),
    ]
    assert "Bonjour Anne,\n\nEntrez par la cour." in rows[0].text
    assert rows[0].headers["Reply-To"] == Portal.load().contact_email
    assert all(row.carries_token for row in rows)


def test_correcting_keeps_what_was_typed_and_sends_nothing(desk, four, outbox):
    people = list(four.registrations.live())
    before = len(outbox.rows)
    preview = write(desk, four, people)

    back = write(desk, four, people, relire="1", envoi=nonce_of(preview)).content.decode()

    assert ('value="Le parking"' in back, "Entrez par la cour." in back) == (True, True)
    assert len(outbox.rows) == before


def test_to_all_means_those_who_still_take_part_unless_a_state_is_asked_for(desk, four):
    def addressed(query):
        return [one.first_name for one in desk.get(page_of(four, f"ecrire/{query}")).context["people"]]

    assert addressed("") == ["Anne", "Bruno", "Chloé"]
    assert addressed("?profession=sage-femme") == ["Bruno", "Chloé"]
    assert addressed("?etat=cancelled") == ["David"]


def test_a_filter_that_makes_no_sense_addresses_nobody(desk, four):
    response = desk.get(page_of(four, "ecrire/?profession=astronaute"), follow=True)

    assert "Cochez d’abord les personnes dans la liste." in response.content.decode()


@pytest.mark.parametrize("page", ["ecrire/", "deplacer/"])
def test_with_nobody_ticked_nobody_is_meant(desk, four, page):
    response = desk.get(page_of(four, f"{page}?cochees=1&qui=abc"), follow=True)

    assert "Cochez d’abord les personnes dans la liste." in response.content.decode()


def test_a_word_without_text_is_asked_for(desk, four, outbox):
    before = len(outbox.rows)

    page = write(desk, four, four.registrations.live(), text="", envoyer="1", envoi="x").content.decode()

    assert "Quelques points à corriger" in page
    assert len(outbox.rows) == before


# --- moving ---------------------------------------------------------------------------------------


def move(source, target, *names):
    people = source.registrations.filter(first_name__in=names).values_list("pk", flat=True)
    return move_registrations(source=source, target=target, people=list(people), by=None)


def calendars_of(row):
    parts = [Calendar.from_ical(base64.b64decode(part["content"])) for part in row.attachments]
    return {
        str(calendar["method"]): (str(event["uid"]).split("@")[0], event["sequence"], str(event["status"]))
        for calendar in parts
        for event in calendar.walk("VEVENT")
    }


def test_people_move_into_the_places_then_the_line_of_the_other_session(desk, four, outbox):
    target = make_session(capacity=1)
    keys = ",".join(str(one.pk) for one in four.registrations.live())
    before = len(outbox.rows)

    page = desk.post(page_of(four, "deplacer/"), {"cochees": "1", "qui": keys, "target": target.pk}, follow=True)

    assert "Déplacées avec une place : 1. En liste d’attente : 2." in page.content.decode().replace("\u00a0", " ")
    assert states(target) == [("Anne", "confirmed"), ("Bruno", "waiting"), ("Chloé", "waiting")]
    assert states(four) == [("David", "cancelled")]
    rows = {row.to: row for row in outbox.rows[before:]}
    assert "Votre place est réservée à cette séance" in rows["anne@cafe.example"].text
    assert "position 2" in rows["chloe@cafe.example"].text
    assert calendars_of(rows["anne@cafe.example"]) == {
        "PUBLISH": (f"seance-{target.pk}", 0, "CONFIRMED"),
        "CANCEL": (f"seance-{four.pk}", 1, "CANCELLED"),
    }
    assert list(calendars_of(rows["bruno@ailleurs.example"])) == ["CANCEL"]
    assert calendars_of(rows["chloe@cafe.example"]) == {}


def test_who_moves_keeps_her_link_her_key_and_what_she_said(four, outbox):
    anne = four.registrations.get(first_name="Anne")
    target = make_session()

    move(four, target, "Anne")

    moved = Registration.objects.get(pk=anne.pk)
    assert moved.session == target
    kept = ("link_key", "person_key", "email", "cpts_member", "created_at")
    assert [getattr(moved, name) for name in kept] == [getattr(anne, name) for name in kept]


def test_answers_follow_where_the_other_session_asks_the_same(outbox):
    source, target = make_session(), make_session()
    asked = [add_question(session=source, values={"text": text, "kind": "text"}) for text in ("Tapis ?", "Repas ?")]
    same = add_question(session=target, values={"text": "Tapis ?", "kind": "text"})
    sign_up(source, first_name="Anne", answers={asked[0].pk: "Oui", asked[1].pk: "Tout"})

    move(source, target, "Anne")

    assert list(target.registrations.get().answers.values_list("question", "value")) == [(same.pk, "Oui")]


def test_the_place_left_behind_is_offered_at_once(four, outbox):
    move(four, make_session(), "Anne")

    assert states(four)[:2] == [("Bruno", "confirmed"), ("Chloé", "offered")]
    assert outbox.rows[-1].to == "chloe@cafe.example"


def test_whoever_cannot_go_there_stays_and_the_reason_is_told(desk, four, outbox):
    target = make_session(audience="profession", audience_profession="pharmacien")
    sign_up(target, "anne@cafe.example", profession="pharmacien")
    keys = [one.pk for one in four.registrations.filter(first_name__in=["Anne", "Bruno"])]

    page = desk.post(page_of(four, "deplacer/"), {"cochees": "1", "qui": keys, "target": target.pk}, follow=True)

    text = page.content.decode().replace("\u00a0", " ")
    assert "Anne Petit reste ici. Déjà inscrit à l’autre séance." in text
    assert "Bruno Adam reste ici. Cette séance est réservée à une profession : pharmacien, pharmacienne." in text
    assert states(four)[:2] == [("Anne", "confirmed"), ("Bruno", "confirmed")]


def test_people_move_only_between_sessions_to_come(four, outbox):
    past = make_session(starts_in=timedelta(days=-1))
    cycle = make_session(head=make_session())
    routes = [(four, past), (past, four), (four, make_session(state="draft")), (four, four), (four, cycle)]

    sentences = []
    for source, target in routes:
        with pytest.raises(Refusal) as refusal:
            move(source, target, "Anne")
        sentences.append(refusal.value.sentence)

    assert sentences == [
        "Cette séance n’accueille plus d’inscriptions : choisissez une séance publiée, à venir.",
        "La séance a commencé : l’inscription ne peut plus être changée ici.",
        "Cette séance n’accueille plus d’inscriptions : choisissez une séance publiée, à venir.",
        "Choisissez une autre séance que celle-ci.",
        "On s’inscrit à un cycle entier : choisissez sa première séance.",
    ]
