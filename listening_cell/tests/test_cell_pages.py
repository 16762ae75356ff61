"""What holds at every address of the cell, whoever asks, errors included: kept nowhere, indexed nowhere, neutral."""

import re

import pytest
from django.test import Client, RequestFactory
from django.urls import URLPattern, get_resolver, reverse
from django.views.debug import ExceptionReporter

from cafe.models import Portal
from cafe.tests.roles_table import ANONYMOUS, COORDINATION, SUPERUSER
from cafe.tests.test_roles import enter
from listening_cell.services import sessions
from listening_cell.tests.factories import make_case, make_cell, make_peer, private_of
from listening_cell.tests.test_cell_leaks import addresses, confide
from listening_cell.views import unlocking
from listening_cell.views.keys import KeyPage
from listening_cell.views.spaces import COOKIE, CellPage, HolderSpace, PublicCellPage
from members.enums import Role
from members.tests.factories import make_user

NEUTRAL = "Le Café des Soignants"
ABSENT, REFUSED, BROKEN = "Page introuvable", "Formulaire expiré", "Une panne de notre côté"
# Closes a space, for anybody: a function, which shows no page and reads nothing that is sent.
FUNCTIONS = {unlocking.lock}


def cell_patterns(resolver=None, before=""):
    """Yield (address, view) of everything under /ecoute/, wherever it was mounted."""
    for pattern in (resolver or get_resolver()).url_patterns:
        address = f"{before}{pattern.pattern}"
        if not isinstance(pattern, URLPattern):
            yield from cell_patterns(pattern, address)
        elif address.startswith("ecoute/"):
            yield address, pattern.callback


# --- By which door --------------------------------------------------------------------------------


def test_every_view_of_the_cell_is_one_of_the_guarded_pages():
    views = dict(cell_patterns())
    unguarded = [
        address
        for address, view in views.items()
        if view not in FUNCTIONS and not issubclass(getattr(view, "view_class", object), CellPage)
    ]

    assert unguarded == []
    assert len(views) > 60


@pytest.mark.parametrize(
    ("under", "kinds"),
    [("ecoute/pairs/", HolderSpace), ("ecoute/referent/", HolderSpace), ("ecoute/cle/<str:kind>/", KeyPage)],
)
def test_what_a_key_opens_is_under_the_mixin_that_asks_for_it(under, kinds):
    """The guide alone is read without a key, by whoever has lost theirs."""
    views = {address: view for address, view in cell_patterns() if address.startswith(under)}

    assert [address for address, view in views.items() if not issubclass(view.view_class, kinds)] in (
        [],
        ["ecoute/pairs/guide/"],
    )
    assert not [address for address, view in views.items() if issubclass(view.view_class, PublicCellPage)]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("role", "names"),
    [(Role.PEER, ["cell_peers"]), (Role.CELL_REFERENT, ["cell_referent"]), (Role.COORDINATION, []), (None, [])],
)
def test_one_s_own_space_leads_to_what_one_s_role_opens(client, role, names):
    client.force_login(make_user(role=role, second_factor=True))

    page = client.get(reverse("my_space")).content.decode()

    assert [name for name in ("cell_peers", "cell_referent") if f'href="{reverse(name)}"' in page] == names


# --- What every answer says -----------------------------------------------------------------------


@pytest.fixture
def peers(transactional_db):
    Portal.objects.get_or_create(pk=1)
    cell = make_cell()
    return make_peer(cell), make_peer(cell)


def faults(response, titles):
    """Return what is wrong with an answer: whether it may be kept or indexed, sends its address, or tells too much."""
    body = b"".join(response.streaming_content) if response.streaming else response.content
    is_page = response.headers.get("Content-Type", "").startswith("text/html") and b"<title>" in body
    said = " ".join(re.findall(r"<title>(.*?)</title>", body.decode(errors="replace"), re.S)).split(" · ")[0].strip()
    checks = {
        "kept": "no-store" in response.headers.get("Cache-Control", ""),
        "indexed": response.headers.get("X-Robots-Tag") == "noindex, nofollow",
        "referrer": response.headers.get("Referrer-Policy") == "same-origin",
        "title": not is_page or said in titles,
        "robots": not is_page or b'name="robots" content="noindex' in body,
    }
    return [name for name, holds in checks.items() if not holds] + ([said] if is_page and said not in titles else [])


def walk(client, urls):
    found = {
        (url, way): faults(getattr(client, way)(url), {NEUTRAL, ABSENT}) for url in urls for way in ("get", "post")
    }
    return {asked: wrong for asked, wrong in found.items() if wrong}


def open_space(client, holder, kind):
    client.force_login(holder.user)
    client.cookies[COOKIE] = sessions.open_space(sessions.Space(kind, holder.pk, private_of(holder)))


def cell_addresses(case):
    urls = {url for url in addresses(case).values() if url.startswith("/ecoute/")}
    return [*sorted(urls - {reverse("cell_quit"), reverse("cell_lock")}), "/ecoute/nulle-part/", "/Ecoute/pairs/x"]


@pytest.mark.parametrize("who", [ANONYMOUS, COORDINATION, SUPERUSER])
def test_no_answer_to_an_outsider_is_kept_indexed_or_telling(client, peers, who):
    case = confide(peers)
    enter(client, who)

    assert walk(client, [*cell_addresses(case), reverse("cell_quit"), reverse("cell_lock")]) == {}


@pytest.mark.parametrize("is_open", [False, True])
def test_nor_to_a_peer_whether_the_space_is_open_or_not(client, peers, is_open):
    case = confide(peers)
    client.force_login(peers[0].user)
    if is_open:
        open_space(client, peers[0], "peer")
        client.post(reverse("cell_case_read", args=[case.pk]))

    assert walk(client, cell_addresses(case)) == {}


def test_nor_where_the_form_is_expired_or_something_breaks(peers, settings):
    refused = Client(enforce_csrf_checks=True).post(reverse("cell_ask"))
    settings.CELL_PEPPER = "no number at all"
    broken = Client(raise_request_exception=False).post(reverse("cell_return"), {"code": "AAAA 2222 BBBB 3333"})

    assert (refused.status_code, broken.status_code) == (403, 500)
    assert faults(refused, {REFUSED}) == []
    assert faults(broken, {BROKEN}) == []


def test_what_breaks_on_the_way_back_reports_neither_receipt_nor_key(client, peers, settings):
    _, receipt = make_case(*peers)
    client.post(reverse("cell_return"), {"code": receipt})
    settings.CELL_PEPPER = "no number at all"

    with pytest.raises(ValueError, match="fromhex") as failure:
        client.get(reverse("cell_follow"))

    trace = failure.tb
    while not trace.tb_frame.f_code.co_filename.endswith("listening_cell/views/spaces.py"):
        trace = trace.tb_next  # above are this test's own variables
    request = RequestFactory().get("/")
    report = ExceptionReporter(request, failure.type, failure.value, trace).get_traceback_html()
    assert "bytes.fromhex" in report
    assert receipt not in report


def test_what_is_not_of_the_cell_is_left_as_it_is(client, db):
    headers = client.get(reverse("contact")).headers

    assert ("X-Robots-Tag" in headers, "Cache-Control" in headers) == (False, False)
