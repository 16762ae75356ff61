"""What is wrong with a newsletter before it leaves."""

import pytest

from activities.tests.factories import make_session
from newsletters import checks, rendering
from newsletters.checks import LONG_SUBJECT, blocking_problems, link_problem, problems_of
from newsletters.rendering import Rendering, rendered
from newsletters.services.writing import UNTITLED
from newsletters.tests.factories import make_sent
from newsletters.tests.writing import make_letter
from resources.tests.factories import make_resource

pytestmark = pytest.mark.django_db
SITE = "https://cafe.example"
TEXT = ("text", {"markdown": "Bonjour {prénom},"})


@pytest.fixture(autouse=True)
def site(settings):
    settings.SITE_URL = SITE


def told(*blocks, **fields):
    """Return (blocking, sentence) of each problem, of a letter that has none but for these."""
    letter = make_letter(*(blocks or [TEXT]), **{"preview": "Une ligne"} | fields)
    return [(one.blocking, one.sentence.replace("\u00a0", " ")) for one in problems_of(letter)]


def test_a_whole_letter_has_no_problem():
    assert told(TEXT, ("button", {"label": "Voir", "url": "/activites/"})) == []


def test_an_empty_letter_does_not_leave():
    assert blocking_problems(make_letter()) == ["La lettre est vide."]


def test_a_subject_is_given_and_short():
    long = "a" * (LONG_SUBJECT + 1)

    assert told(subject="a" * LONG_SUBJECT) == []
    assert told(subject=long) == [(False, "L’objet compte 61 caractères : un téléphone n’en montre que 60 environ.")]
    assert told(subject=UNTITLED) == [(True, "La lettre n’a pas d’objet.")]
    assert [blocking for blocking, _ in told(preview="")] == [False]


@pytest.mark.parametrize(
    ("block", "why"),
    [
        (("session", {}), "la séance est passée, annulée, ou n’est plus publiée"),
        (("sessions", {"count": 2}), "aucune séance à montrer"),
        (("resource", {"resource": 0}), "la fiche n’est plus publique"),
        (("image", {"image": 0}), "l’image manque"),
        (("heading", {"text": "  "}), "il n’est pas rempli"),
        (("button", {"label": "Voir", "url": ""}), "il n’est pas rempli"),
        (("prevention", {}), "il n’est pas rempli"),
    ],
)
def test_a_block_that_shows_nothing_is_told_with_its_rank(block, why):
    letter = make_letter(TEXT, block, preview="x")

    (problem,) = problems_of(letter)

    assert (problem.blocking, problem.block) == (True, letter.blocks.last().pk)
    assert problem.sentence.startswith("Le bloc 2 (") and problem.sentence.endswith(f"{why}.")


def test_variables_that_nobody_fills_are_told():
    unknown = told(("text", {"markdown": "Bonjour {prénom} {nom},"}))

    assert unknown == [(True, "Le bloc 1 contient {nom}, que personne ne remplit.")]
    assert [blocking for blocking, _ in told(subject="Bonjour {prénom}")] == [True]
    assert told(("text", {"markdown": "Un.\n{ Prenom }, venez."})) == [
        (False, "Le bloc 1 commence une ligne par {prénom} : sans prénom, il ne restera que la suite.")
    ]


def test_images_without_words_weight_and_the_way_out_are_looked_for_in_what_leaves():
    letter = make_letter(TEXT, preview="x")
    whole = rendered(letter)
    heavy = Rendering(whole.html + "é" * 50_000, whole.text)
    mute = Rendering(whole.html.replace("</h1>", '</h1><img src="cid:image-1" alt=" ">'), whole.text)
    shut = Rendering(whole.html, whole.text.replace(rendering.UNSUBSCRIBE, ""))
    hidden = Rendering(whole.html.replace(f'href="{rendering.UNSUBSCRIBE}"', 'href="/"'), whole.text)

    told_of = [[one.sentence for one in problems_of(letter, None, each)] for each in (heavy, mute, shut, hidden)]

    assert told_of[0] == [
        f"La lettre pèse {len(heavy.html.encode()) // 1000} ko\u00a0: au-delà de 100 ko, des boîtes la coupent."
    ]
    assert told_of[1:] == [
        ["Une image n’a pas de texte de remplacement."],
        ["Le lien pour se désabonner manque."],
        ["Le lien pour se désabonner manque."],
    ]


def test_links_of_the_portal_are_looked_up():
    open_one, draft = make_session(), make_session(state="draft")
    sheet, hidden = make_resource(), make_resource(visibility="team")
    sent, unsent = make_sent(), make_letter()

    good = [
        *("/", "/activites/", "/activites/?mois=2026-03", f"{SITE}/contact/", SITE, "/urgence/#3114"),
        *(open_one.get_absolute_url(), sheet.get_absolute_url(), f"/lettres/{sent.slug}/"),
    ]
    bad = ["/activite/", "/activites/rien/", draft.get_absolute_url(), hidden.get_absolute_url(), f"{SITE}/x/y"]
    bad += [f"/lettres/{unsent.slug}/", "/ressources/rien/", "/prevention/rien/"]

    assert {url: link_problem(url) for url in good + bad} == dict.fromkeys(good, "") | dict.fromkeys(
        bad, checks.LEADS_NOWHERE
    )


def test_of_other_addresses_the_writing_alone_is_checked(monkeypatch):
    def no_request(*args):
        raise AssertionError

    monkeypatch.setattr("socket.socket.connect", no_request)
    good = [
        "https://www.example.org/a?b=c#d",
        "mailto:a@b.example",
        "tel:+33261910020",
        "tel:3114",
        "http://a.example:80/",
    ]
    bad = ["", "#", "www.example.org", "https://", "https://exa mple.org", "javascript:alert(1)", "ftp://a.example/"]
    bad += [
        "//a.example/",
        "mailto:a",
        "tel:abc",
        "https://a.example:port/",
        "https://[",
        "data:text/html,x",
        "https://x",
    ]

    assert [url for url in good if link_problem(url)] == []
    assert [url for url in bad if not link_problem(url)] == []


def test_a_page_that_asks_for_an_account_is_noticed():
    written = ("text", {"markdown": "[a](/mon-espace/) [b](/coordination/) [c](/ecoute/)"})

    assert told(written) == [
        (False, f"Cette page demande un compte : {SITE}/mon-espace/"),
        (False, f"Cette page demande un compte : {SITE}/coordination/"),
    ]


def test_a_dead_link_of_a_text_is_told_once_and_a_plain_one_noticed():
    assert told(("text", {"markdown": "[a](/rien/) [b](/rien/) [c](http://a.example/)"})) == [
        (True, f"Ce lien ne mène nulle part : {SITE}/rien/"),
        (False, "Cette adresse n’est pas chiffrée (http, et non https) : http://a.example/"),
    ]
