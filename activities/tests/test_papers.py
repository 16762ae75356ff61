"""Attendance sheets, posters, leaflets, and the picture that goes with a shared link."""

import re
from datetime import timedelta
from io import BytesIO

import pytest
from django.core.files.storage import default_storage
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from PIL import Image

from activities.models import Registration, Session
from activities.seasons import season_of
from activities.services.posters import PAPERS, Box, fitted
from activities.tests.factories import make_activity, make_facilitator, make_place, make_session, sign_up
from cafe import pdf
from cafe.models import Document
from cafe.tests.pdf_reader import ACCESSIBLE, promises, read, tags_of, text_of
from members.enums import Role
from members.tests.factories import make_user

pytestmark = pytest.mark.django_db
LONG = {
    "activity": {"title": "Autohypnose, relaxation et anticonstitutionnellement " * 3, "summary": "Souffler " * 25},
    "place": {"name": "Maison de santé des Quatre-Vents " * 4, "address": "bâtiment administratif " * 8},
    "facilitator": {"name": "Marie-Dominique Laurent " * 5, "title": "masseuse-kinésithérapeute " * 4},
}
LIMITS = {"title": 120, "summary": 200, "name": 120, "address": 200}


def bounded(**fields):
    """Return values as long as the fields that hold them allow."""
    return {name: value[: LIMITS[name]].strip() for name, value in fields.items()}


@pytest.fixture
def longest(clock):
    """A published session each of whose words is as long as it may be."""
    return make_session(
        slug="seance-au-nom-si-long-qu-il-deborderait-de-toute-affiche-" + "x" * 60,
        activity=make_activity(**bounded(**LONG["activity"])),
        place=make_place(**bounded(**LONG["place"]), commune="Saint-Martin-des-Champs-sur-Loire-et-Indre"),
        facilitator=make_facilitator(**bounded(**LONG["facilitator"])),
        fee=10, equipment="Un tapis " * 30, clothing="Une tenue souple " * 16,
    )  # fmt: skip


def lines_below(page, height):
    """Return the words written lower than `height` points from the bottom of a page."""
    found = []

    def keep(text, page_matrix, text_matrix, _font, _size):
        x, y = text_matrix[4:]
        if text.strip() and x * page_matrix[1] + y * page_matrix[3] + page_matrix[5] < height:
            found.append(text.strip())

    page.extract_text(visitor_text=keep)
    return " ".join(found)


# --- Attendance sheet -----------------------------------------------------------------------------


def test_the_sheet_lists_who_is_expected_by_name_with_room_for_latecomers(clock):
    host = make_user(role=Role.TEAM, first_name="Inès", last_name="Roux")
    session = make_session(capacity=4, hosts=[host], activity=make_activity(title="Pilates du soir"))
    for name in ("Zola", "Évrard", "Martin", "de La Tour"):
        sign_up(session, last_name=name, first_name="Ana")
    sign_up(session, last_name="Attente")

    content = pdf.render("attendance_sheet", {"session": session.pk})

    text = text_of(content).replace("\u00a0", " ")
    names = [text.index(name) for name in ("de La Tour Ana", "Évrard Ana", "Martin Ana", "Zola Ana")]
    assert names == sorted(names)
    assert "Attente" not in text
    for words in ("Feuille de présence", "Pilates du soir", "Vendredi 13 mars 2026, 13 h 15 – 14 h 45", "Inès Roux",
                  "Infirmier, infirmière", "Signature", "Venus sans inscription", "page 1 sur 1"):  # fmt: skip
        assert words in text
    assert "@" not in text
    assert promises(content) == ACCESSIBLE
    assert {"H1", "H2", "Table", "TR", "TH", "TD"} <= tags_of(read(content))


def test_a_sheet_of_three_hundred_repeats_its_heads_and_costs_the_same(clock):
    session = make_session(capacity=400)
    one = sign_up(session)
    counts = []
    for total in (1, 3, 300):
        missing = total - session.registrations.count()
        Registration.objects.bulk_create(
            Registration(
                session=session, number=1000 + total * 10 + n, state="confirmed", confirmed_at=timezone.now(),
                person_key=one.person_key, first_name="Ana", last_name=f"Nom{n}", profession="infirmier",
            )
            for n in range(missing)
        )  # fmt: skip
        with CaptureQueriesContext(connection) as captured:
            pdf._kinds["attendance_sheet"](session=session.pk)
        counts.append(len(captured))

    reader = read(pdf.render("attendance_sheet", {"session": session.pk}))

    assert counts == [counts[0]] * 3
    assert len(reader.pages) > 5
    assert all("Profession ou fonction" in page.extract_text() for page in reader.pages)


def test_in_a_cycle_the_sheet_lists_those_registered_to_its_first_session(clock):
    head = make_session()
    second = make_session(starts_in=timedelta(days=17), head=head)
    sign_up(head, last_name="Évrard")

    assert "Évrard" in text_of(pdf.render("attendance_sheet", {"session": second.pk}))


def test_hosts_and_coordination_ask_for_the_sheet_each_for_oneself(client, clock):
    session = make_session()
    document_of = {}
    for role in (Role.TEAM, Role.COORDINATION):
        user = make_user(role=role, second_factor=True)
        client.force_login(user)
        answer = client.get(reverse("attendance_sheet", args=[session.slug]))
        document_of[user] = Document.objects.get(requested_by=user)
        assert answer.url == pdf.page_of(document_of[user])

    assert [one.filename for one in document_of.values()] == [f"feuille-de-presence-{session.slug}.pdf"] * 2


# --- Posters and leaflets -------------------------------------------------------------------------


@pytest.mark.parametrize("paper", PAPERS)
def test_a_session_poster_says_what_matters_and_leads_to_the_page(clock, paper):
    session = make_session(
        activity=make_activity(title="Yoga", summary="Se poser une heure."), fee=10,
        place=make_place(name="Salle des fêtes", address="3 rue des Tilleuls"),
    )  # fmt: skip

    content = pdf.render("session_poster", {"session": session.pk, "paper": paper})

    text = text_of(content).replace("\u00a0", " ")
    address = f"localhost:8000{session.get_absolute_url()[:-1]}"
    for words in (
        *("Yoga", "Vendredi 13 mars 2026", "13 h 15 – 14 h 45", "Salle des fêtes, 3 rue des Tilleuls, Saint-Paul"),
        *("10 €, à régler sur place", "Inscrivez-vous", address),
    ):
        assert words in text, words
    assert promises(content) == ACCESSIBLE
    assert {"H1", "Figure"} <= tags_of(read(content))


@pytest.mark.parametrize("paper", PAPERS)
def test_the_longest_words_overflow_no_paper(longest, paper):
    reader = read(pdf.render("session_poster", {"session": longest.pk, "paper": paper}))

    pages = reader.pages
    band = 18 * PAPERS[paper].rem * 72 / 25.4
    low = lines_below(pages[0], band)
    assert len(pages) == (2 if PAPERS[paper].folded else 1)
    assert "Inscrivez-vous" in low
    assert [word for word in ("Autohypnose", "Souffler", "Quatre-Vents", "kinésith") if word in low] == []


@pytest.mark.parametrize(
    ("paper", "count"), [*((paper, 15) for paper in PAPERS), ("affiche-a4", 1), ("depliant-a4", 1), ("affiche-a4", 7)]
)
def test_a_season_poster_shows_a_dozen_dates_and_counts_the_rest(clock, paper, count):
    for number in range(count):
        make_session(starts_in=timedelta(days=3 + number * 9), activity=make_activity(title=f"Atelier n° {number:02}"))
    season = season_of(timezone.localdate())

    content = pdf.render("season_poster", {"season": season.year, "paper": paper})

    text = text_of(content).replace("\u00a0", " ")
    shown = re.findall(r"Atelier n° \d\d", text)
    assert shown == [f"Atelier n° {number:02}" for number in range(min(count, 12))]
    assert ("Et 3 autres dates sur le portail." in text) == (count == 15)
    assert "Saison 2025-2026" in text
    assert len(read(content).pages) == (2 if PAPERS[paper].folded else 1)
    assert promises(content) == ACCESSIBLE


def test_a_private_address_is_on_no_poster(clock):
    place = make_place(name="Chez Louise", address="12 impasse du Puits", private=True)
    session = make_session(place=place)
    season = season_of(timezone.localdate()).year

    text = text_of(pdf.render("session_poster", {"session": session.pk, "paper": "depliant-a4"}))
    season_text = text_of(pdf.render("season_poster", {"season": season, "paper": "depliant-a4"}))

    assert "Saint-Paul, adresse donnée aux inscrits" in text
    assert [word for word in ("Puits", "Chez Louise") if word in text + season_text] == []


def test_a_piece_that_fits_is_not_shrunk(clock):
    session = make_session(activity=make_activity(title="Yoga"))
    context = {"session": session, "size": "huge", "paper": PAPERS["affiche-a4"], "subject": "session"}

    scales = [fitted("session", Box("in-body", height), context)["scale"] for height in (47, 20)]

    assert scales[0] == "1"
    assert float(scales[1]) < 1


def test_the_coordination_asks_for_a_session_poster(desk, coordinator, clock):
    session = make_session()
    page = desk.get(reverse("manage_session", args=[session.slug])).content.decode()
    url = reverse("manage_session_poster", args=[session.slug])

    answer = desk.post(url, {"paper": "affiche-a3"})

    document = Document.objects.get()
    assert url in page
    assert answer.url == pdf.page_of(document)
    assert (document.kind, document.params, document.filename, document.requested_by) == (
        "session_poster", {"session": session.pk, "paper": "affiche-a3"}, f"affiche-a3-{session.slug}.pdf", coordinator,
    )  # fmt: skip


@pytest.mark.parametrize("state", [Session.State.DRAFT, Session.State.CANCELLED])
def test_what_leads_to_no_open_page_is_not_posted(desk, clock, state):
    session = make_session(state=state)
    url = reverse("manage_session_poster", args=[session.slug])

    pages = [desk.get(url).content.decode(), desk.post(url, {"paper": "affiche-a4"}).content.decode()]

    sentence = "Publiez d’abord" if state == Session.State.DRAFT else "n’est plus à venir"
    assert all(sentence in page for page in pages)
    assert not Document.objects.exists()


def test_the_coordination_asks_for_the_poster_of_a_season(desk, clock):
    make_session()
    listed = desk.get(reverse("manage_sessions")).content.decode()
    url = reverse("manage_season_poster")
    form = desk.get(url).content.decode()

    desk.post(url, {"paper": "depliant-a4", "season": "2025"})

    document = Document.objects.get()
    assert url in listed
    assert "2025-2026" in form
    assert (document.params, document.filename) == (
        {"season": 2025, "paper": "depliant-a4"}, "depliant-a4-saison-2025-2026.pdf",
    )  # fmt: skip


def test_without_a_session_to_come_the_season_says_what_to_do(desk, clock):
    page = desk.get(reverse("manage_season_poster")).content.decode()

    assert "L’affiche se prépare dès qu’une date est publiée." in page


@pytest.mark.parametrize(
    "fields", [{}, {"paper": "affiche-a9", "season": "2025"}, {"paper": "affiche-a4", "season": "1"}]
)
def test_a_format_or_season_that_is_none_is_refused(desk, clock, fields):
    make_session()

    answer = desk.post(reverse("manage_season_poster"), fields)

    assert (answer.status_code, Document.objects.count()) == (200, 0)


# --- The picture of a shared link -----------------------------------------------------------------


def picture_of(client, session):
    return client.get(reverse("session_image", args=[session.slug]))


def test_a_session_has_a_picture_that_other_sites_may_show(client, clock, longest):
    for session in (
        make_session(activity=make_activity(title="Yoga")),
        longest,
        make_session(place=make_place(private=True)),
    ):
        answer = picture_of(client, session)

        with Image.open(BytesIO(answer.content)) as picture:
            assert (picture.format, picture.size) == ("PNG", (1200, 630))
        assert answer.headers["Content-Type"] == "image/png"
        assert answer.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
        assert len(answer.content) < 200_000


def test_the_picture_is_drawn_once_and_anew_when_the_session_changes(client, clock):
    session = make_session()
    first, again = picture_of(client, session).content, picture_of(client, session).content
    names = default_storage.listdir("share")[1]
    Session.objects.update(starts_at=session.starts_at + timedelta(days=1))

    moved = picture_of(client, session).content

    assert (first == again, first == moved) == (True, False)
    assert len(names) == 1
    assert len(default_storage.listdir("share")[1]) == 1
    assert default_storage.listdir("share")[1] != names


def test_a_draft_shows_its_picture_to_the_coordination_alone(client, desk, clock):
    draft = make_session(state=Session.State.DRAFT)

    inside = picture_of(desk, draft).status_code
    desk.logout()

    assert (inside, picture_of(desk, draft).status_code) == (200, 404)


def test_the_page_tells_other_sites_what_to_show(client, clock):
    session = make_session(activity=make_activity(title="Yoga & « souffle »", summary="Se poser une heure."))

    page = client.get(session.get_absolute_url()).content.decode()

    found = dict(re.findall(r'<meta (?:property|name)="((?:og|twitter):[\w:]+)"\s+content="([^"]*)"', page))
    assert found["og:title"] == "Yoga &amp; « souffle »"
    assert found["og:description"].replace("\u00a0", " ") == "Vendredi 13 mars 2026, 13 h 15. Se poser une heure."
    assert found["og:image"] == f"http://localhost:8000/activites/{session.slug}/image.png"
    assert found["og:url"] == f"http://localhost:8000{session.get_absolute_url()}"
    assert found["twitter:card"] == "summary_large_image"


def test_a_draft_is_shared_with_nobody(desk, clock):
    draft = make_session(state=Session.State.DRAFT)

    assert "og:image" not in desk.get(draft.get_absolute_url()).content.decode()
