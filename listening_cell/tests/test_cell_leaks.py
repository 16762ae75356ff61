"""The coordinator, the superuser in the admin, another peer, and a peer before unlocking see nothing of the cell.

Not a name, not a count below the threshold, not even in page titles, logs or the outbox. Every address of the roles
table is asked for, with a case whose words are found nowhere else.
"""

import logging
import re
from io import StringIO

import pytest
from django.apps import apps
from django.contrib import admin
from django.core.management import call_command
from django.test import Client
from django.urls import get_resolver, reverse
from django.utils import timezone

from cafe.models import Portal
from cafe.tests.roles_table import BOARD, COORDINATION, PROFESSIONAL, SUPERUSER, TABLE, TEAM
from cafe.tests.test_roles import ADMIN, ADMIN_ARGUMENTS, enter
from listening_cell.models import Case, Slip
from listening_cell.services import casework, sessions
from listening_cell.tests.factories import make_case, make_cell, make_peer, make_slot, private_of
from listening_cell.tests.slips import keep_slips
from listening_cell.views.spaces import COOKIE

pytestmark = pytest.mark.django_db(transaction=True)
OUTSIDERS = [COORDINATION, SUPERUSER, BOARD, TEAM, PROFESSIONAL]
# Words of nobody's; the last is the receipt's.
SAID = ["zéphyrine", "quinconce-aimé", "bourdaloue", "ornithogale", "vermiculite", "clepsydre"]
RECEIPT = "AAAA2222BBBB3333"
OF_A_CASE = {name for name in TABLE if name.startswith(("cell_case", "cell_interview"))}


@pytest.fixture
def cell():
    Portal.objects.get_or_create(pk=1)
    return make_cell()


@pytest.fixture
def peers(cell):
    """The two of the pair, and another one."""
    return make_peer(cell), make_peer(cell), make_peer(cell)


def confide(pair):
    """Make a case in which everything that can be written is; return it."""
    request = {"name": SAID[0], "commune": SAID[1], "reach": SAID[2], "words": SAID[3]}
    opened, _ = make_case(*pair, receipt=RECEIPT, **request)
    casework.write_message(opened=opened, author="requester", content=SAID[4])
    casework.write_note(opened=opened, author=pair[0].pk, content={"kind": "other", "narrative": SAID[5]})
    return opened.case


def addresses(case=None):
    """Return {name: address} of the whole table, those of a case being this case's."""
    found = {}
    for name, row in TABLE.items():
        arguments = row.arguments()
        if case is not None and name in OF_A_CASE:
            arguments = arguments | {"reference": case.pk}
        found[name] = reverse(name, kwargs=arguments)
    return found


def admin_addresses():
    for name, pattern in ADMIN.items():
        needed = pattern.pattern.converters or pattern.pattern.regex.groupindex
        yield reverse(name, kwargs={key: ADMIN_ARGUMENTS[key] for key in needed})


def words_of(response):
    """Return everything an answer says: headers, cookies, body, whether it is streamed or not."""
    body = b"".join(response.streaming_content) if response.streaming else response.content
    return f"{response.headers} {response.cookies} {body.decode(errors='replace')}"


def told(text, secrets):
    return [word for word in secrets if word.lower() in text.lower()]


def walk(client, urls, secrets, *, posting=()):
    """Ask for every address, by POST too where it is named; return {address: what it gave away}."""
    found = {}
    for url in urls:
        answers = [client.get(url)] + ([client.post(url, {"words": "x", "sure": "on"})] if url in posting else [])
        given = sorted({word for answer in answers for word in told(words_of(answer), secrets)})
        if given:
            found[url] = given
    return found


def secrets_of(case):
    return [*SAID, RECEIPT, "AAAA 2222", case.pk]


# --- Walking --------------------------------------------------------------------------------------


@pytest.mark.parametrize("who", OUTSIDERS)
def test_outsiders_read_no_word_of_a_case_at_any_address(client, peers, who):
    case = confide(peers[:2])
    enter(client, who)
    urls = addresses(case)
    of_the_case = {urls[name] for name in OF_A_CASE}

    # The address of a case is typed by who asks for it: its reference may come back in it, its words may not.
    found = walk(client, urls.values(), SAID, posting=of_the_case)
    if who == SUPERUSER:
        found |= walk(client, admin_addresses(), secrets_of(case))

    assert found == {}
    assert {client.get(url).status_code for url in of_the_case} == {404}
    assert {client.post(url).status_code for url in of_the_case} == {404}


def test_another_peer_with_an_open_space_reads_no_word_of_it(client, peers):
    case = confide(peers[:2])
    other = peers[2]
    client.force_login(other.user)
    client.cookies[COOKIE] = sessions.open_space(sessions.Space("peer", other.pk, private_of(other)))
    urls = addresses(case)
    of_the_case = {urls[name] for name in OF_A_CASE}

    assert walk(client, [url for url in urls.values() if url not in of_the_case], secrets_of(case)) == {}
    assert walk(client, of_the_case, SAID, posting=of_the_case) == {}
    client.cookies[COOKIE] = sessions.open_space(sessions.Space("peer", other.pk, private_of(other)))
    assert {client.get(url).status_code for url in of_the_case} == {404}


def test_another_peer_learns_no_hour_that_a_case_holds(client, peers):
    opened, _ = make_case(*peers[:2])
    held = make_slot(peers[0])
    opened.case.reservations.create(slot=held)
    client.force_login(peers[2].user)
    client.cookies[COOKIE] = sessions.open_space(sessions.Space("peer", peers[2].pk, private_of(peers[2])))

    assert client.post(reverse("cell_slot", args=[held.pk])).status_code == 404


def test_a_peer_of_the_pair_reads_nothing_before_unlocking(client, peers):
    case = confide(peers[:2])
    client.force_login(peers[0].user)
    urls = addresses(case)
    of_the_case = {urls[name] for name in OF_A_CASE}

    found = walk(client, urls.values(), SAID, posting=of_the_case)

    assert found == {}
    assert all("Ouvrez votre espace" in client.get(url).content.decode() for url in of_the_case)
    assert case.pk not in client.get(reverse("cell_peers")).content.decode()


def test_a_peer_whose_space_is_a_colleague_s_reads_nothing(client, peers):
    """A cookie opens the space of whom it was made for, whoever is signed in."""
    confide(peers[:2])
    client.force_login(peers[2].user)
    client.cookies[COOKIE] = sessions.open_space(sessions.Space("peer", peers[0].pk, private_of(peers[0])))

    assert "Ouvrez votre espace" in client.get(reverse("cell_peers")).content.decode()


def test_the_peer_of_the_pair_does_read_it_once_unlocked(client, peers):
    """Without this, the walks above would prove nothing."""
    case = confide(peers[:2])
    client.force_login(peers[0].user)
    client.cookies[COOKIE] = sessions.open_space(sessions.Space("peer", peers[0].pk, private_of(peers[0])))
    client.post(reverse("cell_case_read", args=[case.pk]))

    page = client.get(reverse("cell_case", args=[case.pk])).content.decode()

    assert told(page, SAID[:5]) == SAID[:5]


# --- Counts ---------------------------------------------------------------------------------------

CHANGING = re.compile(r'name="csrfmiddlewaretoken" value="[^"]*"|nonce-[^\']*|nonce="[^"]*"|value="[^"]{40,}"')


def shown(client, urls):
    """Return {address: what the page says}, without what differs each time it is asked for."""
    return {url: CHANGING.sub("", words_of(client.get(url)).partition("Set-Cookie")[2]) for url in urls}


@pytest.mark.parametrize("who", [COORDINATION, BOARD, SUPERUSER])
def test_no_page_changes_with_how_many_asked_or_were_counted(client, cell, peers, who, time_machine):
    time_machine.move_to(timezone.now(), tick=False)
    enter(client, who)
    fixed = {name: row for name, row in TABLE.items() if who in row.who and row.arguments is dict}
    # What anybody sees of the hours that are free, or signs anew each time, is not about who asked.
    own = {"cell_ask", "health", "agenda_feed"} & fixed.keys()
    urls = [reverse(name) for name in fixed.keys() - own]
    if who == SUPERUSER:
        urls += [url for url in admin_addresses() if not url.endswith("logout/")]
    shown(client, urls)  # the first visit marks what is new, and begins what is made in the background
    enter(client, who)
    before, again = shown(client, urls), shown(client, urls)
    steady = [url for url in urls if before[url] == again[url]]

    for _ in range(3):
        make_case(*peers[:2])
    keep_slips(7)

    assert (Case.objects.count(), Slip.objects.count()) == (3, 7)
    after = shown(client, steady)
    assert {url for url in steady if after[url] != before[url]} == set()
    assert len(steady) > len(urls) * 0.8


# --- Titles, logs, outbox, admin, dumps -----------------------------------------------------------


def test_titles_of_the_cell_say_nothing_to_who_looks_over_a_shoulder(peers):
    case = confide(peers[:2])
    client = Client()
    client.force_login(peers[0].user)
    client.cookies[COOKIE] = sessions.open_space(sessions.Space("peer", peers[0].pk, private_of(peers[0])))
    client.post(reverse("cell_case_read", args=[case.pk]))

    urls = {url for url in addresses(case).values() if url.startswith("/ecoute/")}
    pages = [client.get(url) for url in sorted(urls)]
    html = [page.content.decode() for page in pages if page.headers.get("Content-Type", "").startswith("text/html")]
    titles = {title for page in html for title in re.findall(r"<title>(.*?)</title>", page, re.S)}

    neutral = f"Le Café des Soignants · {Portal.load().name}"
    # Whatever is absent has the title of any page of the portal that is.
    assert {" ".join(title.split()) for title in titles} - {"Page introuvable · " + Portal.load().name} == {neutral}


def test_logs_and_outbox_keep_no_trace_of_it(client, peers, caplog, outbox):
    caplog.set_level(logging.DEBUG)
    case = confide(peers[:2])
    client.force_login(peers[0].user)
    client.cookies[COOKIE] = sessions.open_space(sessions.Space("peer", peers[0].pk, private_of(peers[0])))
    for name in OF_A_CASE:
        client.get(addresses(case)[name])
    client.get(reverse("cell_return"))
    client.post(reverse("cell_return"), {"code": RECEIPT})

    # Statements are not logged where DEBUG is off; tests see them all, with what they carry: sealed, or nothing.
    assert told(caplog.text, [*SAID, RECEIPT]) == []
    written = " ".join(str(vars(row)) for row in outbox.rows)
    assert told(written, secrets_of(case)) == []


def test_no_table_holds_a_word_of_it(peers):
    confide(peers[:2])
    rows = " ".join(repr(row) for model in apps.get_models() for row in model._base_manager.values_list())

    # Sealed or not, in whatever encoding a driver gives bytes back.
    held = " ".join(
        bytes(value).decode("utf-8", "ignore")
        for model in apps.get_models()
        for row in model._base_manager.values_list()
        for value in row
        if isinstance(value, bytes | memoryview)
    )
    assert told(rows + held, [*SAID, RECEIPT]) == []


def test_the_admin_knows_no_model_of_the_cell(client):
    enter(client, SUPERUSER)

    index = client.get(reverse("admin:index")).content.decode()

    assert [model for model in admin.site._registry if model._meta.app_label == "listening_cell"] == []
    assert told(index, ["ecoute", "cellule", "listening"]) == []


def test_a_dump_of_everything_leaves_the_cell_out(peers):
    case = confide(peers[:2])
    keep_slips(3)
    output = StringIO()

    call_command("dumpdata", stdout=output)

    assert told(output.getvalue(), [*secrets_of(case), "listening_cell."]) == []


def test_every_address_of_a_case_is_walked_with_a_case_that_exists():
    known = get_resolver().reverse_dict
    taking = {name for name in TABLE for ways, *_ in known.getlist(name) for _, names in ways if "reference" in names}

    assert taking == OF_A_CASE
