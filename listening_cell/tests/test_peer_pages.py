"""The peers' space on screen: today, a case from its cover on, the log, handing over, closing; and who sees nothing."""

import re
from datetime import UTC

import pytest
from django.contrib.sessions.models import Session
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from cafe.models import Outgoing
from listening_cell.enums import CaseState
from listening_cell.models import Case, CaseEnvelope, CellSettings, Note, Slip
from listening_cell.services import (
    booking,
    casework,
    closing,
    following,
    interviews,
    keys,
    passing,
    returning,
    sessions,
)
from listening_cell.tests.factories import PASSPHRASE, make_case, make_cell, make_peer, make_slot, private_of
from listening_cell.tests.test_following import CONTENT, SLIP, opened_by, said, slots_of
from listening_cell.views.spaces import COOKIE
from members.enums import Profession, Role
from members.tests.factories import make_superuser, make_user
from resources.enums import Visibility
from resources.models import Resource, ResourceChange
from resources.tests.factories import make_resource

pytestmark = pytest.mark.django_db(transaction=True)
WORDS, NAME, COMMUNE = "chrysalide", "Alouette", "Port-Sauvel"
TODAY = reverse("cell_peers")
NOTE = {"day": "2026-03-02", "held": "held", "alert": "none", "narrative": WORDS}
ANSWERS = {"profession": "soins", "beneficiary": "soi", "talks": "1", "through": "papier", "motives": ["charge"]}


@pytest.fixture
def cell():
    return make_cell()


@pytest.fixture
def pair(cell):
    return make_peer(cell), make_peer(cell, seasoned=False)


def enter(client, peer):
    """Sign in as a peer and open their space."""
    client.force_login(peer.user)
    client.cookies[COOKIE] = sessions.open_space(sessions.Space("peer", peer.pk, private_of(peer)))


@pytest.fixture
def case(client, pair):
    """A case of which the first peer of the pair, whose space is open, has read the request."""
    opened, _ = make_case(*pair, words=WORDS, name=NAME, commune=COMMUNE)
    following.take_up(**opened_by(pair[0]))
    enter(client, pair[0])
    return opened.case


@pytest.fixture
def request_to_read(client, pair):
    """The same, before anybody has read it."""
    opened, receipt = make_case(*pair, words=WORDS, name=NAME, commune=COMMUNE, profession=Profession.MIDWIFE.value)
    enter(client, pair[0])
    return opened.case, receipt


def address(name, case, *args):
    return reverse(name, args=[case.pk, *args])


def words_of(response):
    text = re.sub(r"<[^>]+>", " ", response.content.decode())
    return " ".join(text.replace("&nbsp;", " ").replace("\u00a0", " ").split())


# --- Today ----------------------------------------------------------------------------------------


def test_today_says_what_waits_the_next_talks_and_the_cases_without_a_date(client, pair):
    waiting, dated, undated = (make_case(*pair, profession=word)[0] for word in ("sage-femme", "orthophoniste", ""))
    (at,) = slots_of(pair, 3)
    booking.hold(case=dated.case, peers=pair, starts_at=at)
    CaseEnvelope.objects.exclude(case=waiting.case).update(opened=True)
    enter(client, pair[0])

    context = client.get(TODAY).context

    lists = {name: [cover.case.pk for cover in context[name]] for name in ("waiting", "undated")}
    lists["talks"] = [reference for _, reference, _ in context["talks"]]
    assert lists == {"waiting": [waiting.case.pk], "talks": [dated.case.pk], "undated": [undated.case.pk]}


def test_today_is_calm_where_nothing_waits(client, pair):
    enter(client, pair[0])

    page = words_of(client.get(TODAY))

    assert "Rien ne vous attend." in page
    assert "Aucun entretien à venir." in page
    assert "Sans date" not in page


@pytest.mark.parametrize(("left", "told"), [(60, False), (59, True), (-1, True)])
def test_today_says_two_months_before_that_ones_key_is_to_be_extended(client, pair, left, told):
    keys.Peer.objects.filter(pk=pair[0].pk).update(expires_on=timezone.localdate() + timezone.timedelta(days=left))
    enter(client, pair[0])

    assert ("Votre clé s’arrête le" in words_of(client.get(TODAY))) is told


def called_off(peer):
    return [hour.at for hour in following.hours_ahead(peer) if hour.called_off]


def test_today_says_that_a_talk_whose_case_was_withdrawn_will_not_take_place_until_its_hour_is_past(
    client, cell, pair, time_machine
):
    opened, receipt = make_case(*pair, words=WORDS)
    (at,) = slots_of(pair, 1)
    booking.hold(case=opened.case, peers=pair, starts_at=at)
    third = make_peer(cell)
    make_slot(third, days=1)
    enter(client, pair[0])
    sentence = "n’aura pas lieu"
    seen = [sentence in words_of(client.get(TODAY))]

    returning.forget(opened=casework.open_by_receipt(receipt))
    page = words_of(client.get(TODAY))
    seen += [sentence in page, opened.case.pk in page]
    # The hour is free again; whoever is given another talk then reads of that one alone.
    again, _ = make_case(pair[1], third)
    booking.hold(case=again.case, peers=[pair[1], third], starts_at=at)
    seen.append([called_off(peer) for peer in (*pair, third)])
    time_machine.move_to(at + following.TALK)
    seen.append(called_off(pair[0]))

    assert seen == [False, True, False, [[at], [], []], []]
    assert not Outgoing.objects.exists()


def test_today_shows_covers_and_no_word_of_the_requests(client, request_to_read):
    response = client.get(TODAY)

    assert "Sage-femme, Port-Sauvel · par téléphone" in words_of(response)
    assert WORDS not in response.content.decode()
    assert NAME not in response.content.decode()
    assert "no-store" in response.headers["Cache-Control"]


def statements(client, url):
    """Return how many statements a page takes, once what it keeps in the cache is there."""
    client.get(url)
    with CaptureQueriesContext(connection) as queries:
        client.get(url)
    return len(queries)


def test_today_and_the_closed_cases_take_as_many_statements_for_one_case_as_for_fifty(client, pair):
    enter(client, pair[0])
    taken = {}
    for state, url in ((CaseState.ASKED, TODAY), (CaseState.CLOSED, reverse("cell_closed"))):
        Case.objects.update(state=state)
        while Case.objects.count() < 50:
            make_case(*pair)
            Case.objects.update(state=state)
            if Case.objects.count() in {1, 3, 50}:
                taken.setdefault(url, set()).add(statements(client, url))
        taken.setdefault(url, set()).add(statements(client, url))

    assert [len(counts) for counts in taken.values()] == [1, 1]
    assert len(client.get(reverse("cell_closed")).context["rows"]) == 5


def test_today_opens_five_cases_at_once_those_that_wait_first(client, pair):
    enter(client, pair[0])
    for _ in range(7):
        make_case(*pair)
    CaseEnvelope.objects.update(opened=True)
    late = CaseEnvelope.objects.filter(peer=pair[0]).order_by("-case__pk").first()
    CaseEnvelope.objects.filter(pk=late.pk).update(opened=False)

    pages = [client.get(TODAY, {"page": page}).context for page in (1, 2)]

    assert [[len(page["waiting"]), len(page["undated"])] for page in pages] == [[1, 4], [0, 2]]
    assert pages[0]["waiting"][0].case == late.case


def test_every_page_of_today_has_the_talks_to_come_and_the_first_alone_says_that_nothing_waits(client, pair):
    enter(client, pair[0])
    for _ in range(6):
        make_case(*pair)
    CaseEnvelope.objects.update(opened=True)
    case = CaseEnvelope.objects.filter(peer=pair[0]).latest("pk").case
    (at,) = slots_of(pair, 3)
    booking.hold(case=case, peers=pair, starts_at=at)
    first, second = (client.get(TODAY, {"page": page}) for page in (1, 2))
    assert [page.context["talks"][0][:2] for page in (first, second)] == [(at, case.pk)] * 2
    assert ["Rien ne vous attend." in words_of(page) for page in (first, second)] == [True, False]
    CaseEnvelope.objects.exclude(case=case).update(opened=False)
    pages = [client.get(TODAY, {"page": page}) for page in (1, 2)]
    assert pages[0].context["talks"] == [(at, case.pk, "")]
    assert pages[1].context["talks"][0][2]
    assert "Aucun entretien à venir." not in words_of(pages[0])


def test_closed_cases_come_by_pages_and_an_empty_list_says_why(client, pair):
    enter(client, pair[0])
    empty = words_of(client.get(reverse("cell_closed")))
    for _ in range(21):
        make_case(*pair)
    Case.objects.update(state=CaseState.CLOSED)

    pages = [client.get(reverse("cell_closed"), {"page": page}).context["rows"] for page in (1, 2)]

    assert "Aucun suivi terminé." in empty
    assert [len(rows) for rows in pages] == [5, 5]


# --- Who sees nothing -----------------------------------------------------------------------------


PAGES = ("cell_case", "cell_case_recuse", "cell_case_pass", "cell_case_close", "cell_interview_write")
MOVES = (
    "cell_case_read", "cell_case_recuse", "cell_case_message", "cell_case_talk", "cell_case_cancel", "cell_case_pass",
    "cell_case_entrust", "cell_case_close", "cell_case_reopen", "cell_interview_write",
)  # fmt: skip


@pytest.mark.parametrize("who", ["another peer", "coordination", "superuser", "referent"])
def test_a_case_is_nobody_elses(client, cell, pair, who):
    opened, _ = make_case(*pair, words=WORDS)
    if who == "another peer":
        enter(client, make_peer(cell))
    elif who == "referent":
        client.force_login(cell.referent.user)
    else:
        client.force_login(
            make_superuser() if who == "superuser" else make_user(role=Role.COORDINATION, second_factor=True)
        )

    seen = [client.get(address(name, opened.case)).status_code for name in PAGES]
    seen += [client.post(address(name, opened.case)).status_code for name in MOVES]

    assert set(seen) == {404}
    assert set(CaseEnvelope.objects.values_list("peer", "opened")) == {(peer.pk, False) for peer in pair}


def test_a_peer_who_has_not_unlocked_sees_nothing_but_the_question(client, pair):
    opened, _ = make_case(*pair, words=WORDS, commune=COMMUNE)
    client.force_login(pair[0].user)

    for url in (
        TODAY,
        reverse("cell_closed"),
        address("cell_case", opened.case),
        address("cell_case_close", opened.case),
    ):
        page = client.get(url)
        assert "Ouvrez votre espace" in words_of(page)
        assert COMMUNE not in page.content.decode()
        assert page.context["target"] == url


def test_what_was_being_sent_to_a_closed_space_is_carried_by_the_page(client, pair, case):
    del client.cookies[COOKIE]

    asked = client.post(address("cell_case_message", case), {"words": WORDS})

    assert (asked.context["held"], asked.context["target"]) == ([("words", WORDS)], address("cell_case_message", case))
    assert casework.read_messages(opened_by(pair[0])["opened"]) == []


def test_an_unreadable_case_gives_one_calm_page_that_says_whom_to_tell(client, case):
    CaseEnvelope.objects.update(keys=b"\x01nonsense")

    for url in (address("cell_case", case), address("cell_case_close", case), address("cell_interview", case, 1)):
        page = words_of(client.get(url))
        assert "Ce suivi ne s’ouvre pas" in page
        assert "Prévenez le référent" in page


def test_notes_cut_off_give_the_same_calm_page(client, pair, case):
    interviews.write_interview(**opened_by(pair[0]), content=CONTENT)
    Note.objects.all().delete()

    assert "Ce suivi ne s’ouvre pas" in words_of(client.get(address("cell_case", case)))


# --- The cover ------------------------------------------------------------------------------------


def test_a_case_opens_on_its_cover(client, request_to_read):
    response = client.get(address("cell_case", request_to_read[0]))

    page = words_of(response)
    assert "Profession Sage-femme Commune Port-Sauvel Comment Par téléphone Date Pas encore de date." in page
    assert (WORDS in page, NAME in page) == (False, False)
    assert "<title>Le Café des Soignants" in response.content.decode()


def test_before_the_request_is_read_every_other_page_leads_to_the_cover(client, pair, request_to_read):
    case, receipt = request_to_read
    cover = address("cell_case", case)

    for name in ("cell_case_pass", "cell_case_close", "cell_interview_write"):
        assert client.get(address(name, case)).url == cover
    assert client.post(address("cell_case_message", case), {"words": WORDS}).url == cover
    assert said(receipt) == []


def test_reading_the_request_shows_the_case(client, pair, request_to_read):
    case, _ = request_to_read
    refused = client.get(address("cell_case_read", case)).status_code

    response = client.post(address("cell_case_read", case), follow=True)

    page = words_of(response)
    assert refused == 405
    assert (WORDS in page, NAME in page, f"Avec {pair[1].user}" in page) == (True, True, True)
    assert CaseEnvelope.objects.get(peer=pair[0]).opened


def test_recusing_is_confirmed_then_the_case_is_gone_from_ones_space(client, cell, pair, request_to_read):
    case, _ = request_to_read
    other = make_peer(cell)
    asked = client.get(address("cell_case_recuse", case))

    done = client.post(address("cell_case_recuse", case), follow=True)

    assert "Un autre pair, que la personne n’a pas écarté" in words_of(asked)
    assert WORDS not in asked.content.decode()
    assert "Rien ne vous attend." in words_of(done)
    assert client.get(address("cell_case", case)).status_code == 404
    assert set(case.envelopes.values_list("peer", flat=True)) == {pair[1].pk, other.pk}


def test_where_nobody_can_take_over_a_calm_sentence_says_so_and_nothing_changes(client, pair, request_to_read):
    case, _ = request_to_read

    response = client.post(address("cell_case_recuse", case))

    assert " ".join(passing.NOBODY.split()) in words_of(response)
    assert set(case.envelopes.values_list("peer", flat=True)) == {peer.pk for peer in pair}


# --- Messages and talks ---------------------------------------------------------------------------


def test_opening_the_case_marks_its_messages_read_and_sending_one_keeps_it_short(client, pair, case):
    casework.write_message(opened=opened_by(pair[0])["opened"], author=casework.REQUESTER, content="Bonjour <b>")

    page = client.get(address("cell_case", case))
    sent = client.post(address("cell_case_message", case), {"words": "Bien reçu."}, follow=True)

    assert "Bonjour &lt;b&gt;" in page.content.decode()
    assert CaseEnvelope.objects.get(peer=pair[0]).read_up_to == 2
    assert [name for name, _, _ in sent.context["messages_read"]] == [NAME, str(pair[0].user)]
    assert "C’est fait." in words_of(sent)


@pytest.mark.parametrize(
    ("words", "sentence"),
    [("", "Écrivez votre message."), ("x" * 4001, "4000"), ("a\x00b", "nul"), ("  \n ", "Écrivez votre message.")],
)
def test_a_message_that_cannot_be_sent_is_kept_on_the_page(client, pair, case, words, sentence):
    response = client.post(address("cell_case_message", case), {"words": words})

    form = response.context["message_form"]
    assert sentence in form.errors["words"][0]
    assert form["words"].value() == words
    assert Case.objects.get().messages == 0


def test_lone_surrogates_are_kept_as_marks(client, pair, case):
    url = address("cell_case_message", case)

    response = client.post(url, b"words=a%ED%A0%80b", "application/x-www-form-urlencoded")

    (message,) = casework.read_messages(opened_by(pair[0])["opened"])
    assert (response.status_code, message.content.replace("\ufffd", "")) == (302, "ab")


def test_a_talk_is_set_and_moved_among_the_hours_in_common(client, pair, case):
    first, second = slots_of(pair, 3, 4)
    make_slot(pair[0], days=5)
    offered = client.get(address("cell_case", case)).context["hours"]

    for at in (first, second):
        client.post(address("cell_case_talk", case), {"starts_at": str(int(at.timestamp()))})

    assert offered == [first, second]
    assert booking.coming(case) == second
    assert client.post(address("cell_case_cancel", case)).url == address("cell_case", case)
    assert booking.coming(case) is None


def test_an_hour_that_went_meanwhile_is_said_and_the_others_are_shown(client, pair, case):
    (at,) = slots_of(pair, 3)
    gone = str(int(at.timestamp()) + 3600)

    for value in (gone, "x", "9" * 40, "-1"):
        response = client.post(address("cell_case_talk", case), {"starts_at": value})
        (error,) = response.context["talk_form"].errors["starts_at"]
        assert error.startswith(booking.TAKEN)
    assert response.context["hours"] == [at]
    assert booking.coming(case) is None


def test_without_an_hour_in_common_a_date_is_proposed_by_message(client, case):
    page = words_of(client.get(address("cell_case", case)))

    assert "Vous n’avez aucune heure libre en commun." in page
    assert "proposez une date par message" in page


def test_a_refusal_is_a_page_and_no_word_of_it_lies_in_the_session(client, case):
    response = client.post(address("cell_case_cancel", case))

    assert following.NO_TALK in words_of(response)
    assert all("_messages" not in session.get_decoded() for session in Session.objects.all())


# --- Interview log --------------------------------------------------------------------------------


def test_a_talk_is_written_down_with_two_sheets_and_the_next_talk(client, pair, case):
    sheets = [make_resource(name=f"Permanence {word}", visibility=Visibility.PEERS) for word in ("une", "deux")]
    (at,) = slots_of(pair, 9)
    slugs = [sheet.slug for sheet in sheets]
    data = NOTE | {
        "work": ["overload"], "team": ["associates", "money"], "addictions": ["alcohol"], "alert": "watch",
        "agreed": "revoir", "resources": slugs, "next_talk": str(int(at.timestamp())),
    }  # fmt: skip

    client.post(address("cell_interview_write", case), data)

    (one,) = interviews.interviews_of(casework.read_notes(opened_by(pair[0])["opened"]))
    assert one.content == {
        "kind": "interview", "replaces": None, "day": "2026-03-02", "held": "held",
        "themes": ["overload", "associates", "money"], "addictions": ["alcohol"], "alert": "watch", "agreed": "revoir",
        "narrative": WORDS, "resources": slugs, "next": at.astimezone(UTC).isoformat(),
    }  # fmt: skip
    assert booking.coming(case) == at
    page = words_of(client.get(address("cell_interview", case, 1)))
    for words in ("Surcharge de travail, Relations avec les associés, Finances", "Alcool", "Permanence une", "À faire"):
        assert words in page


def test_no_show_is_a_note_like_another(client, pair, case):
    client.post(address("cell_interview_write", case), {"day": "2026-03-02", "held": "absent", "alert": "none"})

    assert "La personne n’est pas venue" in words_of(client.get(address("cell_case", case)))


def test_the_protocol_stands_beside_each_level_without_javascript(client, case):
    page = words_of(client.get(address("cell_interview_write", case)))

    assert "Ne laissez pas la personne seule" in page
    assert "Appelez le 15 avec elle" in page
    assert 'href="tel:3114"' in client.get(address("cell_interview_write", case)).content.decode()


@pytest.mark.parametrize(
    ("field", "value", "word"),
    [
        ("day", "", "Donnez la date"),
        ("day", "2999-01-01", "pas encore passée"),
        ("day", "hier", "31/12/2026"),
        ("held", "x", "choix"),
        ("alert", "", "Choisissez un niveau"),
        ("narrative", "x" * 12001, "12000"),
        ("narrative", "a\x00b", "nul"),
        ("resources", "no-such-sheet", "choix"),
        ("next_talk", "12", "pris par quelqu’un"),
    ],
)
def test_a_note_that_cannot_be_kept_says_why_and_keeps_the_rest(client, case, field, value, word):
    response = client.post(address("cell_interview_write", case), NOTE | {"agreed": "convenu", field: value})

    form = response.context["form"]
    assert (list(form.errors), form["agreed"].value()) == ([field], "convenu")
    assert word in form.errors[field][0]
    assert not Note.objects.exists()


def test_searching_a_sheet_keeps_what_was_typed_and_writes_nothing(client, pair, case):
    ticked, hidden = make_resource(name="Ligne sommeil"), make_resource(name="Avocat caché", state="draft")
    found = make_resource(name="Avocat des soignants", visibility=Visibility.PEERS)
    before = [list(model.objects.order_by("pk").values()) for model in (Resource, ResourceChange)]
    data = NOTE | {"alert": "", "resources": [ticked.slug], "look_for": "avocat", "search": "1", "team": ["money"]}

    response = client.post(address("cell_interview_write", case), data)

    form = response.context["form"]
    assert [slug for slug, _ in form.fields["resources"].choices] == [ticked.slug, found.slug]
    assert hidden.name not in words_of(response)
    kept = [form[name].value() for name in ("narrative", "resources", "team", "look_for")]
    assert kept == [WORDS, [ticked.slug], ["money"], "avocat"]
    assert "error-summary" not in response.content.decode()
    assert [list(model.objects.order_by("pk").values()) for model in (Resource, ResourceChange)] == before
    assert not Note.objects.exists()


@pytest.mark.parametrize("words", ["", "zzzz", "\x00", "a " * 1500])
def test_a_search_that_finds_nothing_says_so(client, case, words):
    response = client.post(address("cell_interview_write", case), NOTE | {"look_for": words, "search": "1"})

    assert "Aucune fiche ne répond à ces mots." in words_of(response)
    assert response.context["form"]["narrative"].value() == WORDS


def test_an_edit_shows_the_last_version_and_keeps_the_former_ones(client, pair, case):
    interviews.write_interview(**opened_by(pair[0]), content=CONTENT | {"resources": ["gone"]})
    url = address("cell_interview_edit", case, 1)
    form = client.get(url).context["form"]

    client.post(url, NOTE | {"narrative": "plus tard", "resources": ["gone"], "version": "1"})

    page = words_of(client.get(address("cell_interview", case, 1)))
    assert (form["narrative"].value(), form["work"].value(), form["day"].value()) == (WORDS, ["overload"], "2026-03-02")
    assert "next_talk" not in form.fields
    assert page.index("plus tard") < page.index("Versions précédentes") < page.index(WORDS)
    assert "Une fiche retirée de l’annuaire (gone)" in page


def test_a_version_the_other_peer_wrote_meanwhile_is_never_overwritten_unseen(client, pair, case):
    interviews.write_interview(**opened_by(pair[0]), content=CONTENT)
    interviews.write_interview(**opened_by(pair[1]), content=CONTENT | {"narrative": "de l’autre"}, replaces=1)
    url = address("cell_interview_edit", case, 1)

    refused = client.post(url, NOTE | {"narrative": "la mienne", "version": "1"})
    version = refused.context["version"]
    client.post(url, NOTE | {"narrative": "la mienne", "version": str(version)})

    assert interviews.CHANGED in refused.context["form"].non_field_errors()[0]
    assert (refused.context["form"]["narrative"].value(), version) == ("la mienne", 2)
    (one,) = interviews.interviews_of(casework.read_notes(opened_by(pair[0])["opened"]))
    texts = [version.content["narrative"] for version in one.versions]
    assert texts == [WORDS, "de l’autre", "la mienne"]


@pytest.mark.parametrize("version", ["", "x", "٣", "99999999", "0"])
def test_an_edit_that_names_no_version_replaces_none(client, pair, case, version):
    interviews.write_interview(**opened_by(pair[0]), content=CONTENT)

    client.post(address("cell_interview_edit", case, 1), NOTE | {"version": version})

    assert Note.objects.count() == 1


def test_a_number_that_is_no_talk_of_this_case_leads_nowhere(client, case):
    for name in ("cell_interview", "cell_interview_edit"):
        assert [client.get(address(name, case, number)).status_code for number in (1, 10**20)] == [404, 404]


# --- Handing over ---------------------------------------------------------------------------------


def test_a_peer_hands_over_the_others_place_and_stays(client, cell, pair, case):
    third = make_peer(cell, seasoned=False)

    response = client.post(address("cell_case_pass", case), {"who": "other"}, follow=True)

    assert [str(peer.user) for peer in response.context["others"]] == [str(third.user)]
    assert str(pair[1].user) in words_of(response)


def test_who_hands_over_both_places_is_back_in_a_space_without_the_case(client, cell, pair, case):
    make_peer(cell)
    make_peer(cell)

    response = client.post(address("cell_case_pass", case), {"who": "both"})

    assert response.url == TODAY
    assert client.get(address("cell_case", case)).status_code == 404


@pytest.mark.parametrize(("who", "word"), [("", "Dites qui"), ("x", "choix"), ("me", "Personne ne peut")])
def test_handing_over_that_cannot_be_done_says_why(client, pair, case, who, word):
    response = client.post(address("cell_case_pass", case), {"who": who})

    assert word in words_of(response)
    assert set(case.envelopes.values_list("peer", flat=True)) == {peer.pk for peer in pair}


def test_an_empty_place_is_filled_from_the_same_page(client, cell, pair, case):
    keys.revoke(holder=pair[1], actor=cell.referent.pk)
    third = make_peer(cell)
    shown = words_of(client.get(address("cell_case", case)))

    client.post(address("cell_case_pass", case), {"who": "nobody"})

    assert "l’autre place est vide" in shown
    assert set(case.envelopes.values_list("peer", flat=True)) == {pair[0].pk, third.pk}


def test_the_other_peer_who_made_another_key_is_given_the_case_again(client, cell, pair, case):
    keys.make_key(holder=pair[1], passphrase=PASSPHRASE)
    refused = words_of(client.post(address("cell_case_entrust", case)))
    keys.sign_holder(holder=pair[1], root=cell.root, actor=cell.referent.pk)

    client.post(address("cell_case_entrust", case))

    assert "Un référent doit d’abord la signer." in refused
    assert casework.read_request(opened_by(pair[1])["opened"]).words == WORDS


def test_a_replacement_asked_for_shows_on_the_case(client, case):
    Case.objects.update(replacement_wanted=True)

    assert "Le référent demande un remplacement" in words_of(client.get(address("cell_case", case)))


# --- Closing --------------------------------------------------------------------------------------


def test_the_slip_is_filled_with_what_the_case_knows(client, pair, case):
    sheet = make_resource()
    content = CONTENT | {"themes": ["overload", "money"], "addictions": ["alcohol"], "resources": [sheet.slug]}
    for day in ("2026-03-02", "2026-03-09"):
        interviews.write_interview(**opened_by(pair[0]), content=content | {"day": day})

    form = client.get(address("cell_case_close", case)).context["form"]

    given = {name: field.value() for name, field in zip(form.fields, form, strict=True)}
    given["motives"] = set(given["motives"])
    assert given == {
        "profession": "soins", "beneficiary": "soi", "talks": "2-3", "through": None,
        "motives": {"charge", "finances", "addictions"}, "orientations": None, "resources": [str(sheet.pk)],
    }  # fmt: skip


@pytest.mark.parametrize(("held", "talks"), [([], None), (["absent"], "0"), (["absent", "held"], "1")])
def test_a_case_to_which_nobody_came_counts_for_no_talk(client, pair, case, held, talks):
    for one in held:
        interviews.write_interview(**opened_by(pair[0]), content=CONTENT | {"held": one})

    form = client.get(address("cell_case_close", case)).context["form"]

    assert form["talks"].value() == talks
    client.post(address("cell_case_close", case), ANSWERS | {"talks": "0"})
    assert Slip.objects.count() == 1


def test_closing_then_reading_then_opening_again(client, pair, case):
    closed = client.post(address("cell_case_close", case), ANSWERS, follow=True)
    late = words_of(client.post(address("cell_case_message", case), {"words": WORDS}))
    writing = client.get(address("cell_interview_write", case))
    again = client.get(address("cell_case_close", case))
    opened = client.post(address("cell_case_reopen", case), follow=True)
    counted = client.get(address("cell_case_close", case))

    assert "Ce suivi est terminé. Il se relit jusqu’au" in words_of(closed)
    assert WORDS in closed.content.decode()
    assert following.CLOSED in late
    assert (writing.url, again.url) == (address("cell_case", case),) * 2
    assert "Terminer le suivi" in words_of(opened)
    assert "il n’y a pas d’autre bulletin" in words_of(counted)
    client.post(address("cell_case_close", case))
    assert (Slip.objects.count(), Case.objects.get().state) == (1, CaseState.CLOSED)


@pytest.mark.parametrize(
    ("field", "value"),
    [("through", ""), ("talks", "12"), ("motives", ["x"]), ("resources", [str(n) for n in range(7)])],
)
def test_a_slip_that_cannot_be_kept_says_why_and_closes_nothing(client, pair, case, field, value):
    sheets = [make_resource().slug for _ in range(7)]
    interviews.write_interview(**opened_by(pair[0]), content=CONTENT | {"resources": sheets})
    if field == "resources":
        value = [str(pk) for pk in Resource.objects.values_list("pk", flat=True)]

    response = client.post(address("cell_case_close", case), ANSWERS | {field: value})

    assert list(response.context["form"].errors) == [field]
    assert (Slip.objects.count(), Case.objects.get().state) == (0, CaseState.FOLLOWED)


def test_a_statistics_key_that_does_not_verify_refuses_the_closing_with_a_sentence(client, case):
    CellSettings.objects.update(stat_public=b"x" * 32)

    response = client.post(address("cell_case_close", case), ANSWERS)

    assert "La clé des statistiques n’est pas reconnue" in words_of(response)
    assert response.context["form"]["through"].value() == "papier"
    assert Case.objects.get().state == CaseState.FOLLOWED


def test_a_request_nobody_read_before_it_was_closed_stays_unread(client, pair, request_to_read):
    case, _ = request_to_read
    closing.close(**opened_by(pair[1]), slip=SLIP)

    page = words_of(client.get(address("cell_case", case)))

    assert "il n’est plus à lire" in page
    assert WORDS not in page


def test_a_case_takes_as_many_statements_whatever_was_written(client, pair, case):
    taken = set()
    for _ in range(3):
        following.send_message(**opened_by(pair[0]), words=WORDS)
        interviews.write_interview(**opened_by(pair[0]), content=CONTENT)
        taken.add(statements(client, address("cell_case", case)))

    assert len(taken) == 1


def test_the_talk_that_has_begun_is_still_on_the_page_and_is_the_day_of_the_note(client, pair, case, time_machine):
    (at,) = slots_of(pair, 1)
    booking.hold(case=case, peers=pair, starts_at=at)
    time_machine.move_to(at + timezone.timedelta(minutes=30))
    enter(client, pair[0])
    client.force_login(pair[0].user)

    assert client.get(address("cell_case", case)).context["cover"].at == at
    day = client.get(address("cell_interview_write", case)).context["form"]["day"].value()
    assert day == timezone.localdate(at)
