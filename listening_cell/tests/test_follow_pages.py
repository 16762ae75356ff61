"""The pages behind a receipt: the code, the appointment, messages, another pair, leaving; what they keep and forget."""

import html
import logging
import re
from datetime import UTC, timedelta
from urllib.parse import urlsplit

import pytest
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from cafe.models import Hit, Outgoing
from listening_cell import vault
from listening_cell.enums import CaseState
from listening_cell.models import Case, CaseEnvelope, CellSession, CellSettings, Message
from listening_cell.services import booking, casework, files, following, returning, sessions
from listening_cell.services.casework import REQUESTER
from listening_cell.tests.factories import make_case, make_cell, make_peer, make_slot
from listening_cell.views.spaces import COOKIE
from members.enums import Role
from members.tests.factories import make_user

pytestmark = pytest.mark.django_db(transaction=True)
NOBODY = "ZZZZ ZZZZ ZZZZ ZZZZ"
SENTENCE = "Je n’en peux plus de ce cabinet."
RETURN, FOLLOW, MESSAGE, DATE, CANCEL, PAIR, FORGET, LEAVE, QUIT = (
    reverse(f"cell_{name}")
    for name in (
        *("return", "follow", "follow_message", "follow_date", "follow_cancel"),
        *("follow_pair", "follow_forget", "leave", "quit"),
    )
)


@pytest.fixture
def cell():
    return make_cell()


@pytest.fixture
def pair(cell):
    peers = [make_peer(cell), make_peer(cell, seasoned=False)]
    for peer, name in zip(peers, ("Camille", "Hugo"), strict=True):
        peer.user.first_name = name
        peer.user.save()
    return peers


@pytest.fixture
def lot(monkeypatch):
    monkeypatch.setattr(returning.matching, "LEFT_OUT_ONE_IN", 1 << 300)


@pytest.fixture
def case(pair):
    """A case in person, whose talk is in three days: (Opened, receipt, when)."""
    at = hours(pair, 3)[0]
    opened, receipt = make_case(*pair, mode="place")
    booking.hold(case=opened.case, peers=pair, starts_at=at)
    return opened, receipt, at


def hours(peers, *days):
    opened = [[make_slot(peer, days=count) for peer in peers] for count in days]
    return [slots[0].starts_at for slots in opened]


def come(client, code, **fields):
    return client.post(RETURN, {"code": code, **fields})


def texts(response):
    """Return the words of the page's content, spaces as one reads them."""
    content = re.search(r"<main.*</main>", response.content.decode(), re.S)[0]
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", content)).split())


def value(moment):
    return str(int(moment.timestamp()))


def thread(response):
    """Return (who, what) of each message shown."""
    page = response.content.decode()
    who = re.findall(r'thread-who">\s*<strong>(.*?)</strong>', page)
    words = re.findall(r'thread-words">\s*<p>(.*?)</p>', page, re.S)
    return list(zip(map(html.unescape, who), map(html.unescape, words), strict=True))


def errors(response):
    return {name: list(found) for name, found in response.context["form"].errors.items()}


# --- Coming back ----------------------------------------------------------------------------------


def test_the_page_of_the_code_is_kept_by_nobody_and_shows_who_answers_now(client):
    response = client.get(RETURN)
    page = response.content.decode()

    assert "no-store" in response.headers["Cache-Control"]
    assert (response.headers["X-Robots-Tag"], response.headers["Referrer-Policy"]) == (
        "noindex, nofollow",
        "same-origin",
    )
    assert re.search(r"<title>(.*?) ·", page)[1] == "Le Café des Soignants"
    field = re.search(r'<input[^>]*name="code"[^>]*>', page)[0]
    assert ('autocomplete="off"' in field, 'spellcheck="false"' in field) == (True, True)
    assert re.findall(r'href="((?:tel|sms):[^"]+)"', page.partition("<main")[2])[:4] == [
        *("tel:15", "tel:112", "tel:3114", "sms:114")
    ]


def test_a_right_code_writes_the_cells_own_session_and_nothing_else(client, case, caplog):
    caplog.set_level(logging.DEBUG)
    tables = Case, CaseEnvelope, Message, Hit, Outgoing, Session, CellSettings
    before = [list(table.objects.order_by("pk").values()) for table in tables]

    response = come(client, vault.grouped(case[1]).lower())

    assert (response.status_code, response.url) == (302, FOLLOW)
    assert [list(table.objects.order_by("pk").values()) for table in tables] == before
    assert (CellSession.objects.count(), list(client.cookies)) == (1, [COOKIE])
    cookie = client.cookies[COOKIE]
    assert (cookie["httponly"], cookie["samesite"], cookie["max-age"], cookie["expires"]) == (True, "Strict", "", "")
    logged = [record for record in caplog.records if record.name != "django.db.backends"]
    assert not any(case[1] in record.getMessage() for record in logged)


def test_a_wrong_code_is_kept_in_the_field_and_nowhere_else(client, caplog, capsys):
    caplog.set_level(logging.DEBUG)

    response = come(client, "zzzz-zzzz zzzz 2345")

    assert errors(response) == {"code": [returning.UNKNOWN]}
    assert (response.context["form"]["code"].value(), client.cookies.get(COOKIE)) == ("zzzz-zzzz zzzz 2345", None)
    spoken = [record.getMessage() for record in caplog.records if record.name != "django.db.backends"]
    assert not any("2345" in line for line in [*spoken, *capsys.readouterr()])
    assert "2345" not in str(list(Hit.objects.values()))


def test_receipt_guessing_limited_on_the_page_and_the_same_for_a_right_code(client, case):
    answers = [errors(come(client, NOBODY)) for _ in range(6)]

    assert answers == [{"code": [returning.UNKNOWN]}] * 5 + [{"code": [returning.TOO_MANY]}]
    right, wrong = come(client, case[1]), come(client, NOBODY)
    assert (errors(right), right.status_code) == (errors(wrong), wrong.status_code)
    assert (errors(right), COOKIE in client.cookies) == ({"code": [returning.TOO_MANY]}, False)


@pytest.mark.parametrize("code", ["", "   ", "\x00" * 4, "A" * 5000, "é\u202e😀", "None"])
def test_an_odd_code_meets_a_sentence(client, code):
    response = come(client, code)

    assert (response.status_code, list(errors(response))) == (200, ["code"])


def test_an_open_case_is_found_again_without_the_code_for_fifteen_minutes(client, case, time_machine):
    start = timezone.now()
    time_machine.move_to(start, tick=False)
    come(client, case[1])
    seen = []
    for minutes in (5, 14, 16):
        time_machine.move_to(start + timedelta(minutes=minutes), tick=False)
        seen.append((client.get(RETURN).status_code, client.get(FOLLOW).status_code))

    assert seen == [(302, 200), (302, 200), (200, 302)]


def test_who_is_signed_in_changes_nothing(client, case):
    come(client, case[1])
    alone = texts(client.get(FOLLOW))
    for role in (Role.COORDINATION, Role.PEER):
        client.force_login(make_user(role=role, second_factor=True))
        assert texts(client.get(FOLLOW)) == alone


# --- What is shown --------------------------------------------------------------------------------


def test_the_page_shows_date_place_pair_and_both_sides_of_the_messages(client, case, pair):
    opened, receipt, at = case
    for author, words in [(pair[0].pk, "Bonjour."), (REQUESTER, SENTENCE), (casework.CELL, "Un mot.")]:
        casework.write_message(opened=opened, author=author, content=words)
    come(client, receipt)

    response = client.get(FOLLOW)

    assert thread(response) == [
        ("Votre binôme, Camille", "Bonjour."),
        ("Vous", SENTENCE),
        ("Votre binôme", "Un mot."),
    ]
    shown = texts(response)
    for words in (
        "Où : Maison des associations, 2e étage",
        "Camille (infirmier, infirmière)",
        "Hugo (infirmier, infirmière)",
        following.said(at).replace("\u00a0", " ").split(" à ")[0].capitalize(),
        "Revenez voir avant le",
    ):
        assert words in shown
    assert receipt not in response.content.decode()


def test_the_place_is_not_said_to_who_does_not_come_in_person(client, pair):
    _, receipt = make_case(*pair, mode="phone")
    come(client, receipt)

    assert "Maison des associations" not in texts(client.get(FOLLOW))


def test_the_page_costs_the_same_whatever_the_number_of_messages(client, case, pair):
    opened, receipt, _ = case
    come(client, receipt)
    client.get(FOLLOW)
    costs, shown = set(), []
    for count in (1, 3, 60):
        for number in range(Message.objects.count(), count):
            casework.write_message(opened=opened, author=pair[number % 2].pk, content=f"Message {number}.")
        with CaptureQueriesContext(connection) as queries:
            response = client.get(FOLLOW)
        costs.add(len(queries))
        shown.append((len(thread(response)), len(response.context["older"]), len(response.context["recent"])))

    assert (len(costs), shown) == (1, [(1, 0, 1), (3, 0, 3), (60, 40, 20)])


def test_a_peer_who_was_replaced_is_still_named_beside_her_messages(client, cell, case, pair):
    opened, receipt, _ = case
    casework.write_message(opened=opened, author=pair[0].pk, content="Bonjour.")
    CaseEnvelope.objects.filter(peer=pair[0]).delete()
    come(client, receipt)

    assert thread(client.get(FOLLOW)) == [("Votre binôme, Camille", "Bonjour.")]


def test_a_message_is_shown_as_words_and_never_as_a_page(client, case, pair):
    opened, receipt, _ = case
    casework.write_message(opened=opened, author=pair[0].pk, content="<script>a</script> <b>b</b>")
    come(client, receipt)

    page = client.get(FOLLOW).content.decode()
    assert "&lt;script&gt;a&lt;/script&gt; &lt;b&gt;b&lt;/b&gt;" in page


@pytest.mark.parametrize("url", [FOLLOW, DATE, CANCEL])
def test_a_message_that_was_tampered_with_is_one_calm_sentence(client, case, url):
    casework.write_message(opened=case[0], author=REQUESTER, content=SENTENCE)
    Message.objects.update(blob=b"\x01nonsense")
    come(client, case[1])

    response = client.get(url)

    assert "Une partie de ce suivi ne s’ouvre pas" in texts(response)
    assert client.get(FORGET).status_code == 200


# --- Date -----------------------------------------------------------------------------------------


def test_three_dates_of_the_pair_then_more(client, case, pair, lot):
    dates = hours(pair, *range(4, 12))
    come(client, case[1])

    shown = [
        [choice[0] for choice in client.get(DATE, {"voir": count}).context["form"].fields["date"].widget.choices]
        for count in ("", "6", "-1", "٣", "99999999", "x")
    ]

    values = [value(at) for at in dates]
    assert shown == [values[:3], values[:6], values[:3], values[:3], values[:3], values[:3]]
    assert [client.get(DATE, {"voir": count}).context["more"] for count in (3, 6, 9)] == [6, 9, None]


def test_moving_shows_the_new_date_and_what_the_pair_was_told(client, case, pair, lot):
    _, receipt, at = case
    (other,) = hours(pair, 6)
    come(client, receipt)

    response = client.post(DATE, {"date": value(other)}, follow=True)

    assert response.redirect_chain == [(FOLLOW, 302)]
    assert response.context["followed"].starts_at == other
    told = f"J’ai déplacé l’entretien du {following.said(at)} au {following.said(other)}."
    assert thread(response) == [("Vous", told)]


def test_a_date_taken_meanwhile_is_said_with_others(client, case, pair, lot):
    taken, *near = hours(pair, 6, 7, 8)
    come(client, case[1])
    booking.hold(case=make_case(*pair)[0].case, peers=pair, starts_at=taken)

    response = client.post(DATE, {"date": value(taken)})

    assert response.status_code == 409
    assert errors(response) == {"date": ["Ce créneau vient d’être pris par quelqu’un d’autre. En voici deux proches."]}
    choices = response.context["form"].fields["date"].widget.choices
    assert [choice[0] for choice in choices] == [value(at) for at in near]
    assert client.get(FOLLOW).context["followed"].starts_at == case[2]


@pytest.mark.parametrize("date", ["", "x", "none", "9" * 30, "-1e5", "\x00", "1e9"])
def test_an_odd_date_moves_nothing(client, case, pair, lot, date):
    hours(pair, 6)
    come(client, case[1])

    response = client.post(DATE, {"date": date})

    assert (response.status_code, list(errors(response))) == (200, ["date"])
    assert client.get(FOLLOW).context["followed"].starts_at == case[2]


def test_without_a_common_date_one_is_led_to_writing(client, case):
    come(client, case[1])

    assert "Votre binôme n’a pas de date en commun" in texts(client.get(DATE))


def test_cancelling_asks_first_then_keeps_the_case(client, case, pair):
    _, receipt, at = case
    come(client, receipt)

    assert client.get(FOLLOW).context["followed"].starts_at == at
    assert client.get(CANCEL).status_code == 200
    response = client.post(CANCEL, {"words": "Je suis\r\nsouffrant."}, follow=True)

    assert (response.redirect_chain, response.context["followed"].starts_at) == ([(FOLLOW, 302)], None)
    assert casework.read_messages(casework.open_by_receipt(receipt))[0].content.endswith("\n\nJe suis\nsouffrant.")
    assert (client.get(CANCEL).status_code, client.get(CANCEL).url) == (302, FOLLOW)
    assert "Choisir une date" in texts(response)


def test_after_a_talk_another_one_may_be_asked_for(client, case, pair, time_machine):
    time_machine.move_to(case[2] + timedelta(hours=2), tick=False)
    come(client, case[1])

    assert "Demander un autre entretien" in texts(client.get(FOLLOW))


def test_the_calendar_file_says_appointment_and_nothing_else(client, case):
    come(client, case[1])
    page = client.get(FOLLOW).content.decode()
    moment = re.search(r'name="quand"\s+value="(\d+)"', page)[1]

    content = client.post(reverse("cell_calendar"), {"quand": moment}).content.decode()

    assert re.findall(r"^(?:SUMMARY|LOCATION|DESCRIPTION|URL).*$", content.replace("\r", ""), re.M) == [
        "SUMMARY:Rendez-vous"
    ]
    assert f"DTSTART:{case[2].astimezone(UTC):%Y%m%dT%H%M%SZ}" in content


# --- Messages -------------------------------------------------------------------------------------


def test_a_message_is_written_once_and_shown_on_both_sides(client, case):
    come(client, case[1])

    response = client.post(MESSAGE, {"words": f"  {SENTENCE}\r\nMerci. "}, follow=True)

    assert response.redirect_chain == [(f"{FOLLOW}#messages", 302)]
    assert [one.content for one in casework.read_messages(casework.open_by_receipt(case[1]))] == [f"{SENTENCE}\nMerci."]
    assert (client.get(MESSAGE).status_code, client.get(MESSAGE).url) == (302, FOLLOW)


@pytest.mark.parametrize(
    ("words", "problem"),
    [
        ("", "Écrivez quelques mots avant d’envoyer."),
        ("a" * 5001, "C’est trop long"),
        ("a\x00b", "Le caractère nul"),
    ],
)
def test_a_message_that_cannot_be_sent_stays_in_the_page(client, case, words, problem):
    come(client, case[1])

    response = client.post(MESSAGE, {"words": words})

    assert response.status_code == 200
    assert errors(response)["words"][0].startswith(problem)
    assert response.context["form"]["words"].value() == words
    assert Message.objects.count() == 0


def test_new_lines_count_for_one_and_a_long_message_goes_through(client, case):
    come(client, case[1])

    response = client.post(MESSAGE, {"words": "😀\r\n" * 2499 + "ab"})

    assert (response.status_code, Message.objects.count()) == (302, 1)


def test_a_message_outlives_the_fifteen_minutes(client, case, time_machine):
    start = timezone.now()
    time_machine.move_to(start, tick=False)
    come(client, case[1])
    time_machine.move_to(start + timedelta(minutes=16), tick=False)

    locked = client.post(MESSAGE, {"words": SENTENCE})
    carried = {name: locked.context[name] for name in ("target", "held", "sending")}
    held = {"sending": "1", "target": MESSAGE, "held_name": ["words"], "held_value": [SENTENCE]}
    wrong = come(client, NOBODY, **held)
    resumed = come(client, case[1], **held)

    assert carried == {"target": MESSAGE, "held": [("words", SENTENCE)], "sending": True}
    assert (wrong.context["held"], errors(wrong)) == ([("words", SENTENCE)], {"code": [returning.UNKNOWN]})
    page = html.unescape(resumed.content.decode())
    assert re.search(r'<form method="post"\s+action="([^"]+)"', page)[1] == MESSAGE
    assert re.search(r"<textarea[^>]*>\n(.*?)</textarea>", page, re.S)[1] == SENTENCE
    assert client.post(MESSAGE, {"words": SENTENCE}).status_code == 302
    assert Message.objects.count() == 1


@pytest.mark.parametrize(
    "target", ["", "/", "//ailleurs.example/ecoute/suivi/rendez-vous/message/x", "http://[", "/ecoute/pairs/", "\x00"]
)
def test_what_is_sent_on_goes_to_a_page_of_the_case_only(client, case, target):
    response = come(client, case[1], sending="1", target=target, held_name="words", held_value="a")

    assert urlsplit(response.context["target"])[:3] == ("", "", FOLLOW)


# --- Another pair ---------------------------------------------------------------------------------


def test_another_pair_is_offered_where_this_one_does_not_answer(client, cell, case, pair, lot):
    others = [make_peer(cell), make_peer(cell, seasoned=False)]
    (at,) = hours(others, 6)
    come(client, case[1])
    assert (client.get(PAIR).status_code, PAIR in client.get(FOLLOW).content.decode()) == (302, False)
    Case.objects.update(replacement_wanted=True)
    assert PAIR in client.get(FOLLOW).content.decode()

    page = client.get(PAIR)
    response = client.post(PAIR, {"date": value(at)}, follow=True)

    assert {choice[0] for choice in page.context["form"].fields["excluded"].choices} == {peer.pk for peer in others}
    followed = response.context["followed"]
    assert ({peer.pk for peer in followed.pair}, followed.starts_at) == ({peer.pk for peer in others}, at)
    assert client.post(PAIR, {"date": "none"}, follow=True).redirect_chain == [(FOLLOW, 302)]


def test_a_choice_that_leaves_nobody_is_said_and_kept(client, cell, case, lot):
    others = [make_peer(cell), make_peer(cell, seasoned=False)]
    (at,) = hours(others, 6)
    Case.objects.update(replacement_wanted=True)
    come(client, case[1])

    nobody = client.post(PAIR, {"date": "none", "excluded": [others[0].pk]})
    taken = client.post(PAIR, {"date": value(at + timedelta(hours=1))})
    odd = client.post(PAIR, {"date": "", "excluded": ["x"]})

    assert errors(nobody) == {"__all__": [returning.NOBODY_ELSE]}
    assert nobody.context["form"]["excluded"].value() == [others[0].pk]
    assert (taken.status_code, list(errors(taken))) == (409, ["date"])
    assert (odd.status_code, sorted(errors(odd))) == (200, ["date", "excluded"])


def test_where_notes_tie_the_case_to_its_pair_one_writes_to_it(client, case, pair):
    casework.write_note(opened=case[0], author=pair[0].pk, content={"kind": "x"})
    Case.objects.update(replacement_wanted=True)
    come(client, case[1])

    page = client.get(PAIR)
    assert "Écrivez un message : le relais sera passé" in texts(page)
    assert 'name="date"' not in page.content.decode()


# --- Closing, forgetting --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("method", "url", "to"), [("post", LEAVE, "/ecoute/"), ("get", QUIT, "https://meteofrance.com/")]
)
def test_leaving_deletes_the_row_and_the_cookie(client, case, method, url, to):
    come(client, case[1])
    cookie = client.cookies[COOKIE].value

    response = getattr(client, method)(url)

    assert (response.url, response.cookies[COOKIE].value, response.cookies[COOKIE]["max-age"]) == (to, "", 0)
    assert (CellSession.objects.count(), sessions.opened_space(cookie)) == (0, None)
    client.cookies[COOKIE] = cookie
    assert [client.get(page).url for page in (FOLLOW, DATE, CANCEL, PAIR, FORGET)] == [RETURN] * 5


def test_quick_exit_of_an_open_case_closes_it(client, case):
    come(client, case[1])

    link = re.search(r'<a class="quick-exit"\s+href="([^"]+)"', client.get(FOLLOW).content.decode())[1]

    assert link == QUIT


def test_coming_back_ends_the_space_that_was_open_before(client, case):
    come(client, case[1])
    come(client, case[1])

    assert CellSession.objects.count() == 1


def test_withdrawing_asks_first_and_says_what_it_did(client, case):
    come(client, case[1])
    asked = texts(client.get(FORGET))

    response = client.post(FORGET, follow=True)

    assert "Annulez-le d’abord" in asked
    assert response.redirect_chain == [(reverse("cell_forgotten"), 302)]
    assert "C’est effacé." in texts(response)
    assert (Case.objects.count(), CellSession.objects.count(), files.references()) == (0, 0, set())
    assert errors(come(client, case[1])) == {"code": [returning.UNKNOWN]}


def test_a_case_forgotten_meanwhile_leads_back_to_the_code(client, case):
    come(client, case[1])
    Case.objects.all().delete()

    assert [client.get(url).url for url in (FOLLOW, FORGET)] == [RETURN] * 2
    assert client.get(RETURN).status_code == 200


def test_a_closed_case_is_read_and_not_written_to(client, case, pair):
    Case.objects.update(state=CaseState.CLOSED)
    come(client, case[1])

    page = client.get(FOLLOW)

    assert "Ce suivi est terminé." in texts(page)
    assert 'name="words"' not in page.content.decode()
    assert errors(client.post(MESSAGE, {"words": "a"})) == {"__all__": [returning.CLOSED]}
    assert client.get(DATE).url == FOLLOW


# --- Traces ---------------------------------------------------------------------------------------


def test_no_word_of_the_case_reaches_session_cache_mail_log_or_title(client, case, pair, lot, caplog):
    caplog.set_level(logging.DEBUG)
    (other,) = hours(pair, 6)
    come(client, case[1])
    titles = set()
    for url, fields in [(MESSAGE, {"words": SENTENCE}), (DATE, {"date": value(other)}), (CANCEL, {"words": SENTENCE})]:
        client.post(url, fields)
        titles.add(re.search(r"<title>(.*?)</title>", client.get(FOLLOW).content.decode())[1])
    client.post(FORGET)

    spoken = [record.getMessage() for record in caplog.records if record.name != "django.db.backends"]
    assert not any(SENTENCE in line or case[1] in line for line in spoken)
    assert (Session.objects.count(), Outgoing.objects.count(), Hit.objects.count()) == (0, 0, 0)
    assert (cache.get(case[1]), len(titles), set(client.cookies)) == (
        None,
        1,
        {"csrftoken", COOKIE} & set(client.cookies),
    )
