"""The page by which a talk is asked for: what it shows, keeps, refuses, and what it never writes."""

import logging
import re
from datetime import timedelta
from html import unescape
from urllib.parse import quote_from_bytes, urlencode

import pytest
from django.core import mail as django_mail
from django.db import connection
from django.test import Client
from django.utils import timezone
from icalendar import Calendar

from listening_cell.forms.asking import FILLED_FOR_YOU, OLD_PAGE, OLD_SLOTS
from listening_cell.models import AskedOn, Case, CellSettings, Reservation
from listening_cell.services import asking, casework, files
from listening_cell.tests.asked import ASK, form_of, hidden, receipt, slots
from listening_cell.tests.factories import make_cell, make_peer, make_slot
from members.enums import Profession, Role
from members.middleware import SENTENCE
from members.tests.factories import make_user

pytestmark = pytest.mark.django_db(transaction=True)
DAYS = range(3, 27)  # so many that the lot of no day leaves out too many of them


@pytest.fixture
def cell():
    return make_cell()


def make_pair(cell, days=DAYS):
    peers = [make_peer(cell, monthly_limit=30), make_peer(cell, profession=Profession.MIDWIFE, monthly_limit=30)]
    for name, peer in zip(("Claire", "Nadia"), peers, strict=True):
        peer.user.first_name, peer.user.commune = name, "Port-Sauvel"
        peer.user.save()
        for number in days:
            make_slot(peer, days=number)
    return peers


@pytest.fixture
def pair(cell):
    return make_pair(cell)


def words(response):
    """Return the words of a page, without markup, spaces alike."""
    text = re.sub(r"<[^>]+>", " ", response.content.decode())
    return re.sub(r"\s+([.,])", r"\1", " ".join(unescape(text).split()))


def page(client):
    return client.get(ASK).content.decode()


def send(client, **fields):
    return client.post(ASK, form_of(page(client), **fields))


# --- What the page shows ------------------------------------------------------------------------------


def test_helplines_come_before_any_field(client, pair):
    body = page(client)

    first_field = body.index('name="for_whom"')
    numbers = ["15", "112", "3114", "114", "+33608282589", "+33805232336", "+33800288038"]
    main = body.index('<main id="contenu"')
    found = [re.search(rf'href="(?:tel|sms):{re.escape(number)}"', body[main:first_field]) for number in numbers]
    assert [number for number, one in zip(numbers, found, strict=True) if one is None] == []


def test_every_question_says_why_it_is_asked(client, pair):
    form = client.get(ASK).context["form"]

    assert {name for name, field in form.fields.items() if not field.help_text} == {"nonce", "shown", "fax_reference"}


def test_peers_are_listed_by_first_name_profession_and_commune_alone(client, pair):
    said = words(client.get(ASK))

    assert "Claire Infirmier, infirmière, Port-Sauvel Nadia Sage-femme, Port-Sauvel" in said
    assert [peer.user.last_name in said for peer in pair] == [False, False]
    assert [peer.user.email in said for peer in pair] == [False, False]


def test_at_most_six_slots_are_shown_and_one_may_take_none(client, pair):
    body = page(client)

    assert 1 <= len(slots(body)) <= 6
    assert "Aucun de ces créneaux" in body


def test_without_any_valid_peer_there_are_numbers_and_no_form(client, cell):
    response = client.get(ASK)

    assert 'name="for_whom"' not in response.content.decode()
    assert "Aucun binôme n’est disponible en ce moment. Ces lignes, elles, vous répondent." in words(response)


def test_each_page_has_a_nonce_of_its_own(client, pair):
    nonces = {hidden(page(client))["nonce"] for _ in range(3)}

    assert (len(nonces), {len(nonce) >= 32 for nonce in nonces}) == (3, {True})


def test_the_page_takes_as_many_statements_for_two_peers_as_for_five(client, cell, django_assert_num_queries):
    make_pair(cell)
    page(client)
    with django_assert_num_queries(9):
        page(client)
    make_pair(cell, days=(3, 4))
    make_peer(cell)

    with django_assert_num_queries(9):
        page(client)


# --- What is sent -------------------------------------------------------------------------------------


def test_the_receipt_is_shown_by_the_answer_itself_in_groups_of_four(client, pair):
    response = send(client, words="bonjour", name="Dune", reach="06", commune="Port-Sauvel", profession="infirmier")

    code = receipt(response.content.decode())
    kept = casework.read_request(casework.open_by_receipt(code))
    assert (response.status_code, response.request["PATH_INFO"], len(code)) == (200, ASK, 16)
    assert kept == casework.Request(
        for_whom="self", profession="infirmier", mode="phone", commune="Port-Sauvel", name="Dune", reach="06",
        words="bonjour",
    )  # fmt: skip


def test_resubmission_is_idempotent(client, pair):
    """Proof 7, second half: the same form sent again shows the same page and books nothing more."""
    form = form_of(page(client), mode="place")

    pages = [words(client.post(ASK, form)) for _ in range(3)]
    changed = words(client.post(ASK, form | {"mode": "phone", "slot": "none", "words": "autre"}))

    assert {*pages, changed} == {pages[0]}
    assert (Case.objects.count(), Reservation.objects.count(), AskedOn.objects.get().count) == (1, 2, 1)


def test_the_place_is_told_only_on_the_receipt(client, pair):
    CellSettings.objects.update(place="Au phare", phone_words="Nous appelons d’un numéro masqué.")
    before = words(client.get(ASK)) + words(client.get("/ecoute/"))

    said = {mode: words(send(client, mode=mode)) for mode in ("place", "phone", "video")}

    assert ("Au phare" in before, "masqué" in before) == (False, False)
    assert ["Au phare" in said[mode] for mode in said] == [True, False, False]
    assert ["numéro masqué" in said[mode] for mode in said] == [False, True, False]
    assert "le lien vous est donné par message" in said["video"]


def test_the_receipt_says_by_when_to_come_back_with_or_without_a_slot(client, pair, time_machine):
    time_machine.move_to(timezone.now().replace(year=2026, month=3, day=6, hour=10), tick=False)  # a Friday
    said = words(send(client, slot="none"))

    assert "Revenez voir avant le mercredi 11 mars 2026" in said
    assert "Vos deux pairs vous en proposent une, par message dans votre suivi, sous 3 jours ouvrés." in said


def test_the_receipt_of_a_colleague_is_the_colleagues(client, pair):
    said = words(send(client, for_whom="colleague"))

    assert "Le code de suivi de votre collègue" in said
    assert "Remettez-le à votre collègue : lui seul doit l’avoir." in said


# --- What is refused, and what is kept ----------------------------------------------------------------

TYPED = {
    "for_whom": "worried",
    "mode": "video",
    "name": "Dune",
    "reach": "06 00",
    "words": "Fatigue <b>",
    "commune": "Sauvel",
}


def kept_in(response):
    """Return what was typed as the fields of the page hold it."""
    form = response.context["form"]
    return {name: form[name].value() for name in TYPED}


def test_a_slot_just_taken_gives_three_near_ones_and_keeps_everything_typed(client, cell, pair):
    apart = make_peer(cell)  # without any hour
    form = form_of(page(client), **TYPED, excluded=[apart.pk], profession="sage-femme")
    client.post(ASK, form | {"nonce": "a" * 43})

    response = client.post(ASK, form)

    said, body = words(response), response.content.decode()
    assert response.status_code == 409
    assert "Ce créneau vient d’être pris par quelqu’un d’autre. En voici trois proches." in said
    assert (len(slots(body)), form["slot"] in slots(body)) == (3, False)
    assert kept_in(response) == TYPED
    assert re.search(rf'value="{apart.pk}"[^>]*checked', body)
    assert hidden(body)["nonce"] == form["nonce"]
    assert receipt(client.post(ASK, form_of(body, **TYPED)).content.decode()) != ""


def test_a_slot_that_needs_a_peer_one_leaves_out_says_so(client, cell, pair):
    """Two other peers make a pair, at no hour: so there is something left to ask for."""
    make_peer(cell)
    make_peer(cell)

    response = send(client, excluded=[pair[0].pk], **TYPED)

    assert (response.status_code, Case.objects.count(), kept_in(response)) == (409, 0, TYPED)
    assert "À cette heure-là, il faudrait un pair que vous avez écarté. Il n’en reste pas d’autre" in words(response)
    assert slots(response.content.decode()) == []


def test_leaving_everybody_out_gives_numbers_keeps_the_form_and_stores_nothing(client, pair):
    response = send(client, excluded=[peer.pk for peer in pair], **TYPED)

    said = words(response)
    assert asking.NO_PEER in said
    assert kept_in(response) == TYPED
    assert (Case.objects.count(), files.references(), AskedOn.objects.count()) == (0, set(), 0)


@pytest.mark.parametrize("nonce", ["", "court", "é" * 40, "x" * 65, "<script>" + "a" * 40])
def test_a_missing_or_odd_nonce_gives_a_fresh_form_with_what_was_typed(client, pair, nonce):
    response = send(client, nonce=nonce, **TYPED)

    fresh = hidden(response.content.decode())["nonce"]
    assert (OLD_PAGE in words(response), kept_in(response)) == (True, TYPED)
    assert (fresh != nonce, len(fresh), Case.objects.count()) == (True, 43, 0)


def test_slots_shown_long_ago_or_never_shown_are_not_had(client, pair, time_machine):
    form = form_of(page(client))
    forged = [form | {"shown": "x"}, form | {"slot": str(int(form["slot"]) + 3600)}, form | {"slot": "\x00"}]
    answers = [words(client.post(ASK, one)) for one in forged]
    time_machine.move_to(timezone.now() + timedelta(hours=4))

    late = client.post(ASK, form)

    assert (OLD_SLOTS in answers[0], OLD_SLOTS in words(late), Case.objects.count()) == (True, True, 0)
    assert "Choisissez un créneau" in answers[1]


def test_beyond_the_daily_cap_the_form_has_no_slot_and_still_works(client, pair):
    CellSettings.objects.update(daily_cap=1)
    early = form_of(page(client), **TYPED)
    send(client)

    full = client.get(ASK)
    refused = client.post(ASK, early)
    asked = send(client, slot="none")

    assert slots(full.content.decode()) == []
    assert "plus aucun créneau ne se réserve avant demain" in words(full)
    assert kept_in(refused) == TYPED
    assert receipt(asked.content.decode()) != ""


def test_a_browser_that_fills_the_trap_loses_nothing_and_a_machine_gains_nothing(client, pair):
    response = send(client, fax_reference="02 35", **TYPED)

    again = client.post(ASK, form_of(response.content.decode(), **TYPED))
    assert (FILLED_FOR_YOU in words(response), kept_in(response)) == (True, TYPED)
    assert (len(receipt(again.content.decode())), Case.objects.count()) == (16, 1)


@pytest.mark.parametrize(
    "odd",
    [
        {"words": "x" * 4001}, {"words": "a\x00b"}, {"name": "\x00"}, {"reach": "x" * 500}, {"for_whom": "chat"},
        {"mode": ["place", "phone"], "for_whom": ""}, {"profession": "roi"}, {"excluded": ["<b>"]},
        {"excluded": ["f" * 26] * 200}, {"slot": "9" * 400}, {"slot": "-1"}, {"shown": "é:é"},
    ],
    ids=repr,
)  # fmt: skip
def test_odd_answers_are_told_in_french_and_store_nothing(client, pair, odd):
    response = send(client, **odd)

    said = words(response)
    assert "Quelques points à corriger" in said or "Ce n’est pas passé" in said
    assert (response.status_code, Case.objects.count()) == (200, 0)


def test_half_a_character_is_text_all_the_same(client, pair):
    sent = urlencode(form_of(page(client))) + "&words=" + quote_from_bytes("\ud83d".encode("utf-8", "surrogatepass"))

    response = client.post(ASK, sent, content_type="application/x-www-form-urlencoded")

    assert len(receipt(response.content.decode())) == 16


# --- What is written, and what is not -----------------------------------------------------------------


def tables():
    """Return every row of every table, by table."""
    found = {}
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
            rows = [tuple(bytes(one) if isinstance(one, memoryview) else one for one in row) for row in cursor]
            found[table] = sorted(map(repr, rows))
    return found


@pytest.mark.parametrize("who", [None, Role.COORDINATION, Role.PEER], ids=["nobody", "coordination", "a peer"])
def test_asking_writes_only_cell_rows(pair, who, caplog, settings, tmp_path):
    """Proof 4: every other table, the log and the mail folder are identical before and after; whoever is signed in."""
    caplog.set_level(logging.DEBUG)
    settings.EMAIL_FILE_PATH = tmp_path / "mail"
    client = Client()
    if who:
        client.force_login(make_user(role=who, second_factor=True))
    client.get("/ecoute/")
    before = tables()
    caplog.clear()

    response = send(client, words="bonjour")
    send(client, words="trop" * 2000)

    after = tables()
    assert len(receipt(response.content.decode())) == 16
    assert {table for table in after if after[table] != before[table]} == {
        "listening_cell_askedon", "listening_cell_case", "listening_cell_caseenvelope", "listening_cell_reservation",
    }  # fmt: skip
    # Django itself says its statements where it is asked for, and that alone.
    assert {record.name for record in caplog.records} <= {"django.db.backends"}
    assert (django_mail.outbox, (tmp_path / "mail").exists()) == ([], False)


def test_whoever_is_signed_in_is_nobody_here(pair, client):
    """The same page to the letter; and no message that waits in the session is shown, nor used up."""
    strangers = page(client)
    client.force_login(make_user(role=Role.COORDINATION))
    client.get("/coordination/")  # leaves a message about the second factor

    mine = page(client)

    assert neutral(mine) == neutral(strangers)
    assert " ".join(SENTENCE.split()) in words(client.get("/contact/"))


def neutral(body):
    """Return a page without what is drawn for each visit."""
    return re.sub(r'(name="(?:csrfmiddlewaretoken|nonce|shown)"\s+value=)"[^"]*"', r"\1", body)


def test_no_cookie_but_csrf_and_no_cache(pair):
    client = Client()
    shown = client.get(ASK)
    sent = client.post(ASK, form_of(shown.content.decode()))

    assert (set(shown.cookies), set(client.cookies)) == ({"csrftoken"}, {"csrftoken"})
    for response in (shown, sent):
        assert "no-store" in response["Cache-Control"]
        assert (response["X-Robots-Tag"], response["Referrer-Policy"]) == ("noindex, nofollow", "same-origin")
        assert re.search(r"<title>([^<·]+)", response.content.decode())[1].strip() == "Le Café des Soignants"


def test_no_field_is_kept_by_the_browser(client, pair):
    body = page(client)

    fields = re.findall(r"<(?:input|textarea|select)[^>]*name=\"(?!csrf)[^>]*>", body)
    assert [field for field in fields if 'autocomplete="off"' not in field or 'spellcheck="false"' not in field] == []


# --- The calendar file --------------------------------------------------------------------------------


def test_the_calendar_file_is_neutral_and_names_nothing(client, pair):
    body = send(client).content.decode()
    moment = re.search(r'name="quand"\s+value="(\d+)"', body)[1]

    response = client.post("/ecoute/rendez-vous.ics", {"quand": moment})

    text = response.content.decode()
    (event,) = Calendar.from_ical(text).walk("VEVENT")
    assert str(event["summary"]) == "Rendez-vous"
    assert event.decoded("dtstart").timestamp() == int(moment)
    assert event.decoded("dtend") - event.decoded("dtstart") == timedelta(hours=1)
    assert [word for word in ("Café", "coute", "testserver", "LOCATION", "URL", receipt(body)) if word in text] == []
    assert response["Content-Disposition"] == 'attachment; filename="rendez-vous.ics"'


@pytest.mark.parametrize("moment", ["", "demain", "9" * 30, "-5", "0", "1e9", "\x00"])
def test_a_calendar_file_of_no_moment_leads_nowhere(client, moment):
    assert client.post("/ecoute/rendez-vous.ics", {"quand": moment}).status_code == 404
