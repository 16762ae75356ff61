"""Documents made in the background: asked for by a page, made by a worker, given once and to whom they are for."""

import socket
import time
import uuid
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.management import call_command
from django.template import engines
from django.urls import reverse
from django.utils import timezone

from cafe import mail, pdf
from cafe.celery import app
from cafe.models import Document, Portal
from cafe.tasks import make_document, sweep_documents
from cafe.tests.pdf_reader import ACCESSIBLE, fonts_of, promises, read, tags_of, text_of
from cafe.tests.processes import free_port, portal_env, run_manage, run_python
from members.tests.factories import make_user

pytestmark = pytest.mark.django_db
PAGE = """{% extends "layout/pdf.html" %}{% block title %}Un essai{% endblock %}
{% block content %}<h1>L’œuvre d’Élodie</h1><p>Łódź, ő, 5 €</p>{{ more|safe }}{% endblock %}"""


def essay(more="", pages=1):
    content = more + '<p class="new-page">Suite</p>' * (pages - 1)
    return engines["django"].from_string(PAGE).render({"portal": Portal(), "more": content})


def letter_of(word):
    if word == "panne":
        raise RuntimeError("broken")
    return f"Bonjour {word}".encode(), "text/plain"


@pytest.fixture(autouse=True)
def kinds(monkeypatch):
    monkeypatch.setitem(pdf._kinds, "essay", essay)
    monkeypatch.setitem(pdf._kinds, "letter", letter_of)


def ask(word="Louise", user=None):
    return pdf.request_document(kind="letter", params={"word": word}, filename="lettre.txt", user=user)


def file_path(document):
    return reverse("document_file", args=[document.pk])


def files():
    return default_storage.listdir("documents")[1] if default_storage.exists("documents") else []


# --- From asking to having ------------------------------------------------------------------------


def test_the_page_waits_then_gives_the_file(client):
    document = ask()
    waiting = client.get(pdf.page_of(document)).content.decode()
    early = client.get(file_path(document))

    make_document(str(document.pk))

    ready = client.get(pdf.page_of(document)).content.decode()
    given = client.get(file_path(document))
    assert "Votre document se prépare" in waiting
    assert '<meta http-equiv="refresh" content="2">' in waiting
    assert early.url == pdf.page_of(document)
    assert f"0;url={file_path(document)}" in ready
    assert b"".join(given.streaming_content) == b"Bonjour Louise"
    assert given.headers["Content-Disposition"] == 'attachment; filename="lettre.txt"'
    assert (given.headers["Content-Type"], "no-store" in given.headers["Cache-Control"]) == ("text/plain", True)


def test_asking_wakes_a_worker_once_it_is_written(django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks() as callbacks:
        document = ask()
        ask()

    assert [(one.func, one.args) for one in callbacks] == [
        (mail.call_worker, ("cafe.tasks.make_document", str(document.pk)))
    ]


def test_asking_twice_at_once_makes_one_document():
    first, second, other, somebody = ask(), ask(), ask("Zoé"), ask(user=make_user())

    assert (first, len({first.pk, other.pk, somebody.pk})) == (second, 3)


def test_a_document_made_for_one_person_is_hers_alone(client):
    louise = make_user()
    document = ask(user=louise)
    make_document(str(document.pk))
    addresses = [pdf.page_of(document), file_path(document)]

    anonymous = [client.get(url).headers["Location"] for url in addresses]
    client.force_login(make_user())
    stranger = [client.get(url).status_code for url in addresses]
    client.force_login(louise)
    page, given = (client.get(url) for url in addresses)
    hers = (page.status_code, b"".join(given.streaming_content))

    assert all(url.startswith("/comptes/login/?next=/documents/") for url in anonymous)
    assert (stranger, hers) == ([404, 404], (200, b"Bonjour Louise"))


def test_an_unknown_or_expired_document_is_not_found(client, time_machine):
    document = ask()
    time_machine.move_to(timezone.now() + pdf.KEPT + timedelta(minutes=1))

    answers = [client.get(f"/documents/{key}/").status_code for key in (document.pk, uuid.uuid4())]

    assert answers == [404, 404]


def test_a_document_that_cannot_be_made_says_so_and_may_be_tried_again(client, monkeypatch):
    document = ask("panne")
    make_document(str(document.pk))
    failed = client.get(pdf.page_of(document)).content.decode()
    monkeypatch.setitem(pdf._kinds, "letter", lambda word: (b"enfin", "text/plain"))

    answer = client.post(pdf.page_of(document))
    sweep_documents()

    assert "Réessayer" in failed
    assert answer.url == pdf.page_of(document)
    assert b"".join(client.get(file_path(document)).streaming_content) == b"enfin"


def test_trying_again_what_is_ready_changes_nothing(client):
    document = ask()
    make_document(str(document.pk))

    client.post(pdf.page_of(document))

    assert Document.objects.get().state == "ready"


# --- Workers that die, meet or are late -----------------------------------------------------------


def test_two_workers_make_one_file():
    document = ask()
    make_document(str(document.pk))
    make_document(str(document.pk))

    assert (len(files()), Document.objects.get().done) == (1, 100)


def test_a_worker_leaves_alone_what_another_is_making():
    document = ask()
    pdf.shared.add(f"document:{document.pk}", 1, 60)

    make_document(str(document.pk))

    assert Document.objects.get().state == "waiting"


def test_a_document_forgotten_while_it_is_made_leaves_no_file(monkeypatch):
    document = ask()

    def forgotten(word):
        Document.objects.all().delete()
        return b"x", "text/plain"

    monkeypatch.setitem(pdf._kinds, "letter", forgotten)
    make_document(str(document.pk))

    assert files() == []


def test_the_sweep_makes_what_no_wake_up_reached():
    document = ask()

    sweep_documents()

    document.refresh_from_db()
    assert (document.state, document.done) == ("ready", 100)


def test_the_sweep_gives_up_what_has_waited_too_long(time_machine):
    document = ask()
    time_machine.move_to(timezone.now() + pdf.PATIENCE + timedelta(minutes=1))

    sweep_documents()

    document.refresh_from_db()
    assert document.state == "failed"


@pytest.fixture
def dead_broker():
    """A Redis address where nothing listens."""
    before = app.conf.broker_url
    app.conf.update(broker_url=f"redis://127.0.0.1:{free_port()}/0", broker_transport_options={})
    mail.waking_line.cache_clear()
    yield
    app.conf.update(broker_url=before)
    mail.waking_line.cache_clear()
    mail.quiet_until = 0.0


@pytest.mark.django_db(transaction=True)
def test_a_broker_that_is_down_breaks_no_page(dead_broker, caplog):
    started = time.monotonic()

    documents = [ask(word) for word in ("Louise", "Zoé", "Ana")]

    assert time.monotonic() - started < 1.5
    assert {one.state for one in documents} == {"waiting"}


def test_documents_are_deleted_after_a_day_with_their_files(time_machine, capsys):
    kept, gone, erased = ask("kept"), ask("gone"), ask("erased")
    default_storage.save("portal/logo.png", ContentFile(b"x"))
    for document in (gone, erased):
        make_document(str(document.pk))
    Document.objects.filter(pk=erased.pk).delete()  # as when its person's account goes
    time_machine.move_to(timezone.now() + pdf.KEPT + timedelta(minutes=2))
    Document.objects.filter(pk=kept.pk).update(expires_at=timezone.now() + timedelta(hours=1))

    call_command("purge", "--dry-run")
    tried = (capsys.readouterr().out, len(files()))
    call_command("purge")

    assert "Documents préparés, effacés après un jour : 1." in tried[0]
    assert (tried[1], files(), list(Document.objects.all())) == (2, [], [kept])
    assert default_storage.exists("portal/logo.png")


# --- What is drawn --------------------------------------------------------------------------------


def test_a_drawn_document_is_accessible_and_keeps_its_letters():
    content = pdf.render("essay", {"pages": 3})

    reader = read(content)
    assert promises(content) == ACCESSIBLE
    assert (reader.metadata.title, len(reader.pages)) == ("Un essai", 3)
    assert {"Document", "H1", "P"} <= tags_of(reader)
    assert "L’œuvre d’Élodie Łódź, ő, 5 €" in text_of(content)
    assert {name.split("-")[0] for name in fonts_of(reader)} == {"Fraunces", "Atkinson", "AtkinsonExt"}
    assert "page 2 sur 3" in reader.pages[1].extract_text()


@pytest.mark.parametrize(
    ("url", "ours"),
    [
        (f"{pdf.STATIC.as_uri()}/css/pdf.css", True),
        ("data:image/svg+xml,<svg/>", True),
        ("file:///etc/passwd", False),
        (f"{pdf.STATIC.as_uri()}/../manage.py", False),
        (f"{pdf.STATIC.as_uri()}/%2e%2e/manage.py", False),
        (f"file://evil.example{pdf.STATIC}/css/pdf.css", False),
        ("http://127.0.0.1:6379/", False),
        ("ftp://exemple.fr/x", False),
    ],
)
def test_a_document_reads_our_files_alone(url, ours):
    assert pdf.is_ours(url) == ours


def test_logos_may_be_drawn_and_other_uploads_may_not(settings):
    media = Path(settings.MEDIA_ROOT)

    answers = [pdf.is_ours((media / name).as_uri()) for name in ("portal/logo.png", "private/diplome.pdf")]

    assert answers == [True, False]


def test_a_document_that_points_elsewhere_is_drawn_without_and_asks_nobody():
    with socket.create_server(("127.0.0.1", 0)) as somebody:
        somebody.settimeout(0.1)
        url = f"http://127.0.0.1:{somebody.getsockname()[1]}/x.png"

        content = pdf.render("essay", {"more": f'<img src="{url}" alt="Une image">'})

        with pytest.raises(TimeoutError):
            somebody.accept()
    assert list(read(content).pages[0].images) == []


@pytest.mark.server
def test_the_web_process_asks_for_documents_without_loading_what_draws_them(tmp_path):
    code = """
import sys
import cafe.wsgi
from django.test import Client
from cafe import pdf
document = pdf.request_document(kind="season_poster", params={"season": 2026, "paper": "affiche-a4"}, filename="a.pdf")
paths = ["/", "/activites/", "/attestations/", "/attestations/ABCD/", pdf.page_of(document), "/comptes/login/"]
paths += ["/ressources/livret.pdf", "/urgence/sw.js"]
statuses = [Client(headers={"host": "localhost"}).get(path).status_code for path in paths]
print(statuses, "weasyprint" in sys.modules, "fontTools" in sys.modules)
"""
    with portal_env(tmp_path) as env:
        run_manage(env, "collectstatic", "--noinput", "--verbosity=0")
        said = run_python(env, code)

    assert said == "[200, 200, 200, 404, 200, 200, 302, 200] False False"
