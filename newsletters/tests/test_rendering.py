"""What leaves: HTML that any parser reads, a text that reads well, marks for what changes from person to person."""

import re
from datetime import timedelta
from html import unescape

import pytest
from django.core.files.base import ContentFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from activities.models import Activity, Place
from activities.tests.factories import make_activity, make_place, make_session, sign_up
from cafe.models import Portal
from newsletters import rendering
from newsletters.models import LetterImage
from newsletters.placeholders import FIRST_NAME, PREFERENCES, UNSUBSCRIBE, filled_html, filled_text, personal
from newsletters.plain import WIDTH, filled, markdown_text
from newsletters.tests.writing import make_letter, picture, syntax_errors
from resources.tests.factories import make_resource

pytestmark = pytest.mark.django_db
SITE = "https://cafe.example"


@pytest.fixture(autouse=True)
def site(settings):
    settings.SITE_URL = SITE


@pytest.fixture
def march(time_machine):
    time_machine.move_to("2026-03-03T12:00:00+00:00", tick=False)


def words_of(html):
    return " ".join(unescape(re.sub(r"<style.*?</style>|<[^>]+>", " ", html, flags=re.S)).split())


def make_image(letter, alt="Trois tasses sur une table"):
    return LetterImage.objects.create(newsletter=letter, file=ContentFile(picture().read(), "tasses.png"), alt=alt)


def full_letter():
    """A letter with a block of each kind."""
    yoga = Activity.objects.filter(title="Yoga doux").first() or make_activity(title="Yoga doux")
    place = Place.objects.filter(name="Salle du port").first() or make_place(name="Salle du port")
    session = make_session(activity=yoga, place=place)
    letter = make_letter(
        ("heading", {"text": "Ce mois-ci"}),
        ("text", {"markdown": "Bonjour {prénom},\n\n- [la charte](/confidentialite/)\n- une *autre* idée"}),
        ("sessions", {"count": 3}),
        ("session", {"session": session.pk}),
        ("prevention", {"text": "Une pause vaut mieux que pas de pause."}),
        ("resource", {"resource": make_resource(name="Ligne des soignants").pk}),
        ("button", {"label": "Voir les séances", "url": "/activites/"}),
        preview="Deux soirées près de chez vous",
    )
    letter.blocks.create(position=8, kind="image", content={"image": make_image(letter).pk})
    return letter


def test_every_kind_of_block_is_shown_in_both_versions():
    letter = full_letter()

    rendering_of = rendering.rendered(letter)

    for said in [
        *("Les séances de mars", "Ce mois-ci", "la charte", "Yoga doux", "Salle du port", "il reste 3 places"),
        *("Une pause vaut mieux", "Ligne des soignants", "02 61 91 00 20", "Voir les séances"),
    ]:
        assert said in words_of(rendering_of.html), said
        assert said in rendering_of.text, said
    assert 'alt="Trois tasses sur une table"' in rendering_of.html
    assert "[Image : Trois tasses sur une table]" in rendering_of.text
    assert "Deux soirées près de chez vous" in rendering_of.html


def test_the_html_is_read_without_an_error_by_a_strict_parser_and_its_styles_are_inlined():
    html = rendering.rendered(full_letter()).html

    assert syntax_errors(html) == []
    assert re.findall(r"<table(?![^>]*role=\"presentation\")", html) == []
    assert re.search(r'<td class="said"[^>]* style="[^"]*background-color: ?#e3ece6', html)
    assert (re.findall(r"<(?:script|link|iframe|object|form)\b", html), re.findall(r"<img(?![^>]*alt=)", html)) == (
        [],
        [],
    )
    assert [src for src in re.findall(r'src="([^"]*)"', html) if not src.startswith("cid:")] == []


def test_only_three_marks_change_from_person_to_person():
    one = rendering.rendered(full_letter())
    values = personal(
        unsubscribe_url="https://a.example/x?y&z", preferences_url="https://a.example/p", first_name="Zoé <b>"
    )
    html, text = filled_html(one.html, values), filled_text(one.text, values)

    assert ("Bonjour Zoé &lt;b&gt;," in html, "Bonjour Zoé <b>," in text) == (True, True)
    assert 'href="https://a.example/x?y&amp;z"' in html
    assert "Ne plus rien recevoir :\nhttps://a.example/x?y&z\n" in text
    assert [mark for mark in (UNSUBSCRIBE, PREFERENCES, FIRST_NAME) if mark in html + text] == []
    nobody = personal(unsubscribe_url="u", preferences_url="p")
    assert ("Bonjour,\n" in filled_text(one.text, nobody), "Bonjour," in filled_html(one.html, nobody)) == (True, True)


def test_the_text_keeps_within_78_columns_but_for_addresses():
    letter = full_letter()
    letter.blocks.create(position=9, kind="text", content={"markdown": f"> {'un mot ' * 60}\n\n1. {'deux mots ' * 30}"})

    lines = rendering.rendered(letter).text.splitlines()

    assert [line for line in lines if len(line) > WIDTH and not re.match(r"\S+$", line)] == []
    assert "    un mot un mot" in "\n".join(lines)


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("**Gras** et *penché*, `code`", "Gras et penché, code"),
        ("- un\n- deux\n\nfin", "- un\n- deux\n\nfin"),
        ("3. un\n4. deux", "3. un\n4. deux"),
        ("[ici](/a/) et [là](https://b.example)", f"ici ({SITE}/a/) et là (https://b.example)"),
        ("[cafe@a.example](mailto:cafe@a.example)", "cafe@a.example"),
        ("un  \ndeux\ntrois", "un\ndeux trois"),
        ("> dit\n> quelqu’un", "    dit quelqu’un"),
        ("- un\n  - sous", "- un\n  - sous"),
    ],
)
def test_markdown_becomes_text(source, text):
    assert markdown_text(source, SITE) == text


def test_a_no_break_space_is_never_a_place_to_break():
    assert [line[-1] for line in filled("mot\u00a0! " * 40).splitlines()] == ["!"] * len(
        filled("mot\u00a0! " * 40).splitlines()
    )


def test_dates_are_written_in_full_and_full_sessions_say_so(march):
    session = make_session(starts_in=timedelta(days=29, hours=5, minutes=30), capacity=1)
    sign_up(session)
    letter = make_letter(("sessions", {"count": 3}))

    text = rendering.rendered(letter).text

    assert "Mercredi 1er avril 2026, 19\u00a0h\u00a030" in text
    assert "liste d’attente" in text


def test_sessions_without_a_place_left_are_left_out_on_request(march):
    full, free = make_session(capacity=1), make_session(capacity=2)
    sign_up(full)
    letter = make_letter(("sessions", {"count": 3, "free_only": True}))

    text = rendering.rendered(letter).text

    assert (full.activity.title in text, free.activity.title in text) == (False, True)


def test_for_whom_a_session_is_and_a_cycle_are_told():
    head = make_session(audience="profession", audience_profession="infirmier")
    make_session(head=head, starts_in=timedelta(days=17))
    one = rendering.rendered(make_letter(("sessions", {"count": 3})))

    said = "Cycle de 2 séances, une seule inscription. Pour : infirmier, infirmière."
    text = " ".join(one.text.split())
    assert (text.count(said), words_of(one.html).count(said), text.count("il reste")) == (1, 1, 1)


@pytest.mark.parametrize(
    ("written", "known", "unknown"),
    [
        ("Bonjour {prénom},", "Bonjour Zoé,", "Bonjour,"),
        ("Bonjour\u00a0{ PRENOM }.", "Bonjour Zoé.", "Bonjour."),
        ("Bonjour {pre\u0301nom}.", "Bonjour Zoé.", "Bonjour."),
        ("- {prénom}\n- venez", "-  Zoé\n- venez", "-\n- venez"),
    ],
)
def test_a_first_name_comes_with_its_space_and_leaves_a_list_a_list(written, known, unknown):
    text = rendering.rendered(make_letter(("text", {"markdown": written}))).text
    named = personal(unsubscribe_url="u", preferences_url="p", first_name="Zoé")

    assert known in filled_text(text, named)
    assert unknown in filled_text(text, personal(unsubscribe_url="u", preferences_url="p")).replace("- \n", "-\n")


def test_what_is_not_public_is_not_shown():
    draft = make_session(state="draft")
    hidden = make_resource(name="Fiche réservée", visibility="team")
    letter = make_letter(("session", {"session": draft.pk}), ("resource", {"resource": hidden.pk}))
    other = make_letter()
    letter.blocks.create(position=3, kind="image", content={"image": make_image(other).pk})

    one = rendering.rendered(letter)

    assert (draft.activity.title in one.html, "Fiche réservée" in one.html, "cid:image" in one.html) == (False,) * 3


def test_words_that_look_like_html_stay_words():
    letter = make_letter(("heading", {"text": "<script>"}), ("text", {"markdown": "<b>gras</b> ![x](http://a/b.png)"}))

    html = rendering.rendered(letter).html

    assert (html.count("<script"), html.count("<img"), "&lt;script&gt;" in html) == (0, 0, True)


def test_headings_of_a_text_follow_the_title_before_them():
    letter = make_letter(
        ("text", {"markdown": "# Un"}), ("heading", {"text": "Deux"}), ("text", {"markdown": "##### Trois"})
    )

    assert re.findall(r"<(h\d)", rendering.rendered(letter).html) == ["h1", "h2", "h2", "h3"]


def test_as_many_statements_for_thirty_blocks_as_for_one_of_each_kind():
    small, large = full_letter(), full_letter()
    for position in range(9, 30):
        session = make_session()
        kind, content = [("session", {"session": session.pk}), ("resource", {"resource": make_resource().pk})][
            position % 2
        ]
        large.blocks.create(position=position, kind=kind, content=content)

    counts = []
    for letter in (small, large):
        with CaptureQueriesContext(connection) as queries:
            rendering.rendered(letter)
        counts.append(len(queries))

    assert counts[0] == counts[1]
    assert counts[0] <= 10


def test_images_travel_in_the_mail_and_stand_inside_the_page():
    letter = full_letter()
    Portal.objects.create(pk=1, logo=ContentFile(picture().read(), "logo.png"))
    html = rendering.rendered(letter).html

    parts = rendering.inline_parts(letter, html)
    page = rendering.for_browser(letter, html)

    assert [(part["cid"], part["type"]) for part in parts] == [
        ("logo", "image/png"),
        (f"image-{letter.images.get().pk}", "image/png"),
    ]
    assert (page.count("cid:"), page.count('src="data:image/png;base64,')) == (0, 2)


def test_a_lost_file_takes_nothing_else_with_it():
    letter = full_letter()
    html = rendering.rendered(letter).html
    letter.images.get().file.delete(save=False)

    assert rendering.inline_parts(letter, html) == []
