"""The coordination's pages where newsletters are written, their frames, and the trial that one sends oneself."""

import re
from datetime import timedelta
from email import message_from_bytes, policy
from html import unescape

import pytest
from django.contrib.messages import get_messages
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from activities.tests.factories import make_activity, make_session
from cafe import mime
from members.enums import Role
from members.tests.factories import make_user
from newsletters.forms.writing import FORMS
from newsletters.models import Newsletter
from newsletters.placeholders import MARKS
from newsletters.tests.factories import make_sent
from newsletters.tests.writing import make_letter, make_message, picture
from resources.tests.factories import make_resource

pytestmark = pytest.mark.django_db
LIST, NEW = reverse("letter_list"), reverse("letter_new")
HELLO = ("text", {"markdown": "Bonjour {prénom},"})


@pytest.fixture
def coordinator():
    return make_user(role=Role.COORDINATION, second_factor=True, first_name="Louise")


@pytest.fixture
def desk(client, coordinator):
    client.force_login(coordinator)
    return client


def text_of(response):
    content = re.search(r"<main.*</main>", response.content.decode(), re.S)[0]
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", content)).split())


def told(response):
    return [str(message) for message in get_messages(response.wsgi_request)]


def page(name, letter, block=None):
    return reverse(f"letter_{name}", args=[letter.pk, block.pk] if block else [letter.pk])


def adding(letter, kind):
    return f"{page('block_add', letter)}?sorte={kind}"


# --- The list, a new one --------------------------------------------------------------------------


def test_without_any_letter_one_is_led_to_the_ready_made_ones(desk):
    assert f'href="{NEW}">Choisir un modèle</a>' in desk.get(LIST).content.decode()


def test_the_list_is_searched_and_filtered(desk):
    make_letter(subject="Sommeil")
    make_sent(subject="Réouverture")

    found = {query: text_of(desk.get(f"{LIST}?{query}")) for query in ("", "q=somm", "etat=sent", "q=rien")}

    titles = {query: [one for one in ("Sommeil", "Réouverture") if one in text] for query, text in found.items()}
    assert titles == {"": ["Sommeil", "Réouverture"], "q=somm": ["Sommeil"], "etat=sent": ["Réouverture"], "q=rien": []}
    assert "Aucune lettre ne correspond." in found["q=rien"]


def test_pages_take_as_many_statements_whatever_they_hold(desk):
    def statements(address):
        with CaptureQueriesContext(connection) as queries:
            assert desk.get(address).status_code == 200
        return len(queries)

    small = make_letter(
        HELLO, ("session", {"session": make_session().pk}), ("resource", {"resource": make_resource().pk})
    )
    one = statements(LIST)
    blocks = [HELLO] + [("session", {"session": make_session().pk}) for _ in range(6)]
    large = make_letter(*blocks, *[("resource", {"resource": make_resource().pk}) for _ in range(6)])

    assert statements(LIST) == one
    assert statements(page("edit", large)) == statements(page("edit", small))


def test_a_letter_is_started_from_a_model_a_copy_or_nothing(desk):
    session = make_session(activity=make_activity(title="Yoga doux"))
    source = make_letter(HELLO, subject="Avant")

    went = [
        desk.post(NEW, {"source": "agenda"}),
        desk.post(NEW, {"source": "invitation", "session": session.pk}),
        desk.post(NEW, {"source": "copie", "copied": source.pk}),
        desk.post(NEW, {"source": "vide"}),
    ]

    made = list(Newsletter.objects.exclude(pk=source.pk).order_by("pk"))
    assert [letter.model_key for letter in made] == ["agenda", "invitation", "", ""]
    assert [response.url for response in went] == [
        *(page("edit", letter) for letter in made[:3]),
        page("settings", made[3]),
    ]
    assert (made[1].invitation, made[2].subject) == (session, "Avant")


@pytest.mark.parametrize(
    ("posted", "sentence"),
    [
        ({}, "Choisissez d’où partir."),
        ({"source": "rappel"}, "Choisissez la séance dont parle cette lettre."),
        ({"source": "copie"}, "Choisissez la lettre à copier."),
        ({"source": "invitation", "session": "x"}, "Sélectionnez un choix valide"),
    ],
)
def test_what_is_missing_to_start_is_told_and_the_choice_is_kept(desk, posted, sentence):
    make_letter()
    response = desk.post(NEW, posted)

    assert sentence in text_of(response)
    assert ("checked" in response.content.decode()) == bool(posted)
    assert Newsletter.objects.count() == 1


def test_a_session_leads_to_its_invitation(desk):
    session = make_session()

    html = desk.get(f"{NEW}?seance={session.slug}").content.decode()

    assert re.search(r'value="invitation"[^>]*checked', html)
    assert f'<option value="{session.pk}" selected>' in html
    assert desk.get(f"{NEW}?seance=%00").status_code == 200


# --- One newsletter -------------------------------------------------------------------------------


def test_settings_are_kept_and_a_subject_is_wanted(desk):
    letter = make_letter(subject="Avant")
    values = {"subject": "  Après\r\nBcc: a@b.example ", "preview": "Lire", "topic": "life"}

    refused = desk.post(page("settings", letter), values | {"subject": " \t"})
    kept = desk.post(page("settings", letter), values)

    letter.refresh_from_db()
    assert ("Lire" in refused.content.decode(), kept.url) == (True, page("edit", letter))
    assert (letter.subject, letter.topic, letter.in_archive) == ("AprèsBcc: a@b.example", "life", False)


def test_of_one_that_has_left_nothing_can_be_changed(desk):
    letter = make_sent(blocks=[HELLO], html="<html><head></head><body>Parti</body></html>")
    block = letter.blocks.get()

    for address in (page("settings", letter), adding(letter, "text"), page("block_edit", letter, block)):
        assert desk.get(address).url == page("edit", letter)
    shown = desk.get(page("edit", letter))
    assert (
        "ses mots ne changent plus" in text_of(shown),
        page("block_delete", letter, block) in shown.content.decode(),
    ) == (
        True,
        False,
    )
    assert b"Parti" in desk.get(page("frame", letter)).content
    assert "Bonjour, voici les séances." in text_of(desk.get(f"{page('preview', letter)}?vue=texte"))
    response = desk.post(adding(letter, "heading"), {"text": "Trop tard"})
    assert ("ses mots ne changent plus" in text_of(response), 'value="Trop tard"' in response.content.decode()) == (
        True,
        True,
    )


def test_one_that_waits_to_leave_says_what_was_broken_since(desk):
    letter = make_letter(HELLO, state="scheduled", scheduled_for=timezone.now() + timedelta(days=1))
    before = text_of(desk.get(page("edit", letter)))

    desk.post(page("block_delete", letter, letter.blocks.get()))

    warning = "Quelque chose est à corriger avant"
    assert [warning in said for said in (before, text_of(desk.get(page("edit", letter))))] == [False, True]


def test_deleting_and_copying_wait_for_a_button(desk):
    letter = make_letter(HELLO)
    block = letter.blocks.get()

    desk.get(page("delete", letter))
    desk.get(page("block_delete", letter, block))
    seen = [desk.get(page(name, letter)).status_code for name in ("copy", "trial")]
    assert (Newsletter.objects.count(), letter.blocks.count(), seen) == (1, 1, [405, 405])

    desk.post(page("block_delete", letter, block))
    assert letter.blocks.count() == 0
    desk.post(page("delete", letter))
    assert Newsletter.objects.count() == 0


# --- Its blocks -----------------------------------------------------------------------------------


def test_every_kind_of_block_has_its_form(desk):
    letter, session, sheet = make_letter(), make_session(), make_resource()
    posted = {
        "heading": {"text": "Titre"},
        "text": {"markdown": "Un\r\n\r\nDeux"},
        "sessions": {"count": "4", "free_only": "on"},
        "session": {"session": session.pk},
        "prevention": {"message": make_message().text},
        "resource": {"resource": sheet.pk},
        "button": {"label": "Voir", "url": "/activites/"},
        "image": {"file": picture(), "alt": "Une tasse"},
    }
    assert posted.keys() == set(FORMS)

    for kind, values in posted.items():
        assert desk.get(adding(letter, kind)).status_code == 200
        response = desk.post(adding(letter, kind), values)
        assert response.url.startswith(page("edit", letter)), kind

    contents = {block.kind: block.content for block in letter.blocks.all()}
    assert contents == {
        "heading": {"text": "Titre"},
        "text": {"markdown": "Un\n\nDeux"},
        "sessions": {"count": 4, "free_only": True},
        "session": {"session": session.pk},
        "prevention": {"text": make_message.__defaults__[0]},
        "resource": {"resource": sheet.pk},
        "button": {"label": "Voir", "url": "/activites/"},
        "image": {"image": letter.images.get().pk},
    }
    for block in letter.blocks.all():
        assert desk.get(page("block_edit", letter, block)).status_code == 200
        again = desk.post(page("block_edit", letter, block), posted[block.kind] | {"file": ""})
        assert again.url.endswith(f"#b{block.pk}"), block.kind
    assert {block.kind: block.content for block in letter.blocks.all()} == contents


@pytest.mark.parametrize(
    ("kind", "posted", "sentence"),
    [
        ("heading", {"text": " \u202e"}, "Écrivez le titre."),
        ("text", {"markdown": ""}, "obligatoire"),
        ("sessions", {"count": "13"}, "inférieure ou égale à 12"),
        ("session", {"session": "0"}, "Sélectionnez un choix valide"),
        ("prevention", {}, "Choisissez un message, ou écrivez le vôtre."),
        ("prevention", {"message": "inconnu"}, "Sélectionnez un choix valide"),
        ("resource", {}, "obligatoire"),
        ("button", {"label": "Voir", "url": "/nulle-part/"}, "Ce lien ne mène nulle part."),
        ("button", {"label": "Voir", "url": "javascript:alert(1)"}, "Cette adresse est mal écrite."),
        ("image", {"alt": "Une tasse"}, "Choisissez une image."),
        ("image", {"file": picture(), "alt": " "}, "Dites ce que montre l’image."),
    ],
)
def test_what_is_wrong_in_a_block_is_told_and_nothing_is_kept(desk, kind, posted, sentence):
    letter = make_letter()

    response = desk.post(adding(letter, kind), posted)

    assert sentence in text_of(response)
    assert (letter.blocks.count(), letter.images.count()) == (0, 0)


def test_what_was_typed_is_kept_in_an_error(desk):
    html = desk.post(adding(make_letter(), "button"), {"label": "Voir <b>", "url": "/x/"}).content.decode()

    assert ('value="Voir &lt;b&gt;"' in html, 'value="/x/"' in html) == (True, True)


def test_buttons_move_a_block(desk):
    letter = make_letter(("heading", {"text": "Un"}), ("heading", {"text": "Deux"}))
    first = letter.blocks.first()

    response = desk.post(page("block_shift", letter, first), {"sens": "bas"})

    assert response.url == f"{page('edit', letter)}#b{first.pk}"
    assert [block.content["text"] for block in letter.blocks.all()] == ["Deux", "Un"]


def test_a_block_of_another_letter_is_not_there(desk):
    letter, other = make_letter(HELLO), make_letter()
    block = letter.blocks.get()

    seen = [desk.get(page(name, other, block)).status_code for name in ("block_edit", "block_delete")]
    assert [*seen, desk.post(page("block_shift", other, block)).status_code] == [404] * 3


# --- Frames ---------------------------------------------------------------------------------------


def test_the_letter_stands_in_a_sandbox_where_nothing_runs_and_nothing_is_fetched(desk):
    letter = make_letter(HELLO)
    desk.post(adding(letter, "image"), {"file": picture(), "alt": "Une tasse"})

    frame = desk.get(page("frame", letter))

    assert dict(part.split(" ", 1) for part in frame["Content-Security-Policy"].split("; ")) == {
        "default-src": "'none'",
        "style-src": "'unsafe-inline'",
        "img-src": "data:",
        "form-action": "'none'",
        "base-uri": "'none'",
        "frame-ancestors": "'self'",
        "sandbox": "allow-popups allow-popups-to-escape-sandbox",
    }
    html = frame.content.decode()
    assert (frame["X-Frame-Options"], 'src="data:image/png;base64,' in html, "cid:" in html) == (
        "SAMEORIGIN",
        True,
        False,
    )
    assert [mark for mark in MARKS if mark in html] == []
    for name in ("edit", "preview"):
        assert "frame-src 'self'" in desk.get(page(name, letter))["Content-Security-Policy"]
    assert "frame-src" not in desk.get(LIST)["Content-Security-Policy"]


def test_the_frame_shows_it_dark_and_without_a_first_name(desk):
    letter = make_letter(HELLO)

    plain, dark, nameless = (
        desk.get(page("frame", letter) + query).content.decode() for query in ("", "?vue=sombre", "?sans-prenom")
    )

    assert ("prefers-color-scheme: dark" in plain, "prefers-color-scheme: dark" in dark) == (True, False)
    assert ("Bonjour Camille," in plain, "Bonjour," in nameless) == (True, True)


def test_a_block_is_seen_while_it_is_typed_and_nothing_is_kept(desk):
    letter = make_letter(("heading", {"text": "Gardé"}))
    kept = letter.blocks.get()
    address = page("block_frame", letter)

    seen = desk.post(address, {"sorte": "text", "markdown": "**En cours** <script>"}).content.decode()
    odd = [
        desk.post(address, posted).status_code
        for posted in (
            {},
            {"sorte": "inconnue"},
            {"sorte": "button", "url": "javascript:x", "label": "a"},
            {"sorte": "heading", "bloc": "9" * 40, "text": ""},
            {"sorte": "image", "bloc": str(kept.pk)},
        )
    ]

    assert ("<strong>En cours</strong> &lt;script&gt;" in seen, "Gardé" in seen) == (True, False)
    assert (odd, [block.content for block in letter.blocks.all()]) == ([200] * 5, [{"text": "Gardé"}])


# --- Reading it again, a trial --------------------------------------------------------------------


def test_the_page_that_checks_says_what_is_wrong_where_and_what_is_not_looked_at(desk):
    letter = make_letter(HELLO, ("session", {}), preview="Lire")

    response = desk.get(page("preview", letter))

    said = text_of(response)
    assert "À corriger Le bloc 2 (Une séance) ne montre rien" in said
    assert page("block_edit", letter, letter.blocks.last()) in response.content.decode()
    assert "Rien dans la lettre ne dit qui l’ouvre ni qui clique" in said
    assert "aucune demande ne part" in said
    whole = make_letter(HELLO, preview="Lire")
    assert "Rien à corriger." in text_of(desk.get(page("preview", whole)))
    assert "Bonjour Camille," in text_of(desk.get(f"{page('preview', whole)}?vue=texte"))
    assert "Bonjour," in text_of(desk.get(f"{page('preview', whole)}?vue=texte&sans-prenom"))


def test_a_trial_reaches_oneself_once_a_minute_as_strict_mail(desk, coordinator, outbox, time_machine):
    time_machine.move_to(timezone.now().replace(second=5), tick=False)
    letter = make_letter(HELLO, subject="Les séances d’été, près de chez vous")
    desk.post(adding(letter, "image"), {"file": picture(), "alt": "Une tasse"})

    said = [told(desk.post(page("trial", letter)))[-1] for _ in range(2)]
    time_machine.shift(timedelta(minutes=1))
    desk.post(page("trial", letter))

    assert said == [
        f"Un essai part à {coordinator.email}.",
        f"Cet essai vient déjà de partir à {coordinator.email}.",
    ]
    row = outbox.rows[0]
    assert ([each.to for each in outbox.rows], row.subject) == (
        [coordinator.email] * 2,
        f"Essai : {letter.subject}",
    )
    message = message_from_bytes(mime.to_bytes(mime.build(row)), policy=policy.strict)
    parts = {part.get_content_type(): part for part in message.walk()}
    assert message["Subject"].strip() == row.subject
    assert "Bonjour Louise," in parts["text/plain"].get_content()
    assert f"cid:image-{letter.images.get().pk}" in parts["text/html"].get_content()
    assert parts["image/png"]["Content-ID"] == f"<image-{letter.images.get().pk}>"
    assert [mark for mark in MARKS if mark in row.text + row.html] == []
