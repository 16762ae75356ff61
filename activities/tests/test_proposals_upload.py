"""What a stranger may send as a diploma, and what is left on the disk afterwards."""

import tempfile
from io import BytesIO
from pathlib import Path

import pytest
from django.core.files.storage import default_storage
from django.test import Client
from PIL import Image
from pypdf.actions import JavaScript
from pypdf.generic import DictionaryObject, NameObject, TextStringObject

from activities.models import Proposal
from activities.tests.proposals import bomb, pdf, picture, send
from members.enums import Role
from members.tests.factories import make_user

pytestmark = pytest.mark.django_db

UNREADABLE = "Ce fichier n’est pas un PDF, un JPG ou un PNG lisible. Choisissez-en un autre."
ENCRYPTED = "Ce PDF est protégé par un mot de passe. Enregistrez-en une copie sans protection."
ACTIVE = "Ce PDF contient un programme ou une pièce jointe. Imprimez-le en PDF, puis envoyez cette copie."
HEAVY = "Ce PDF devient bien trop lourd une fois ouvert, ou compte trop de pages. Envoyez la seule page utile."
LARGE = "Cette image est trop grande. Envoyez-en une version plus petite."
TOO_HEAVY = "Ce fichier dépasse 5 Mo. Envoyez-en une version plus légère."
PATH = "Le nom de ce fichier contient un chemin. Renommez-le, puis joignez-le à nouveau."
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'


@pytest.fixture(autouse=True)
def disk(settings, tmp_path, monkeypatch, clock):
    """Every folder that an upload could reach; what lies in it is what the test left."""
    temporary = tmp_path / "tmp"
    temporary.mkdir()
    settings.FILE_UPLOAD_TEMP_DIR = str(temporary)
    monkeypatch.setattr(tempfile, "tempdir", str(temporary))
    return [temporary, Path(settings.MEDIA_ROOT)]


def files(disk):
    return [path for folder in disk for path in folder.rglob("*") if path.is_file()]


def launch(writer):
    action = {NameObject("/S"): NameObject("/Launch"), NameObject("/F"): TextStringObject("cmd.exe")}
    writer.root_object[NameObject("/OpenAction")] = DictionaryObject(action)


def script(writer):
    writer.add_open_action(JavaScript("app.alert(1)"))


def many_pages(writer):
    for _ in range(30):
        writer.add_blank_page(9, 9)


REFUSED = {
    "html named pdf": ("diplome.pdf", b"<html><script>alert(1)</script></html>", UNREADABLE),
    "html behind the mark of a pdf": ("diplome.pdf", b"%PDF-1.7\n<html><script>alert(1)</script></html>", UNREADABLE),
    "svg with a script": ("diplome.svg", SVG, UNREADABLE),
    "svg named png": ("diplome.png", SVG, UNREADABLE),
    "gif": ("diplome.png", b"GIF89a" + bytes(40), UNREADABLE),
    "cut picture": ("diplome.png", picture("PNG")[:60], UNREADABLE),
    "fifty megabytes": ("diplome.pdf", b"%PDF-1.4" + bytes(50 * 1024 * 1024), TOO_HEAVY),
    "one byte too many": ("diplome.pdf", bytes(5 * 1024 * 1024 + 1), TOO_HEAVY),
    "path in the name": ("../../etc/cron.d/diplome.pdf", pdf(), PATH),
    "windows path in the name": ("..\\..\\diplome.pdf", pdf(), PATH),
    "bomb": ("diplome.pdf", bomb(300_000_000), HEAVY),
    "bomb packed twice": ("diplome.pdf", bomb(300_000_000, twice=True), HEAVY),
    "many pages": ("diplome.pdf", pdf(many_pages), HEAVY),
    "script": ("diplome.pdf", pdf(script), ACTIVE),
    "script under an escaped name": (
        "diplome.pdf", pdf(script).replace(b"/JavaScript", b"/J#61vaScript"), ACTIVE,
    ),
    "program to launch": ("diplome.pdf", pdf(launch), ACTIVE),
    "attachment": ("diplome.pdf", pdf(lambda writer: writer.add_attachment("x.exe", b"MZ")), ACTIVE),
    "password": ("diplome.pdf", pdf(lambda writer: writer.encrypt("secret")), ENCRYPTED),
}  # fmt: skip


@pytest.mark.parametrize("case", REFUSED)
def test_is_refused_in_french_keeps_what_was_typed_and_leaves_no_file(client, disk, case):
    name, content, sentence = REFUSED[case]

    response = send(client, name=name, content=content)

    form = response.context["form"]
    assert dict(form.errors) == {"certificate": [sentence]}
    assert (form["practice"].value(), form["evaluation"].value()) == ("Sophrologie", True)
    assert sentence in response.text
    assert (Proposal.objects.count(), files(disk)) == (0, [])


def test_an_immense_picture_is_refused(client, disk, tmp_path):
    path = tmp_path / "immense.png"
    Image.new("1", (30_000, 30_000)).save(path)
    content = path.read_bytes()
    path.unlink()

    response = send(client, name="diplome.png", content=content)

    assert (dict(response.context["form"].errors), files(disk)) == ({"certificate": [LARGE]}, [])


def test_an_empty_or_missing_file_is_asked_for(client, disk):
    empty = send(client, content=b"")
    missing = send(client, name="", content=b"")

    errors = [dict(response.context["form"].errors) for response in (empty, missing)]
    assert errors == [
        {"certificate": ["Le fichier soumis est vide."]},
        {"certificate": ["Joignez votre diplôme ou votre certificat."]},
    ]


def test_files_under_other_names_are_not_even_read(client, disk):
    response = client.post("/activites/proposer/", {"other": BytesIO(bytes(9_000_000))})

    assert (response.status_code, files(disk)) == (200, [])


def test_a_request_of_a_gigabyte_is_not_read(client):
    response = client.post("/activites/proposer/", b"", content_type="text/plain", CONTENT_LENGTH=str(10**9))

    assert response.status_code == 413
    assert TOO_HEAVY in response.text


def test_a_good_file_sent_with_a_mistake_elsewhere_is_kindly_asked_for_again(client, disk):
    response = send(client, content=pdf(), email="dominique@")

    assert dict(response.context["form"].errors) == {
        "email": ["Saisissez une adresse de courriel valide."],
        "certificate": [
            "Joignez à nouveau votre fichier : il n’a pas pu être gardé pendant que vous corrigez le reste."
        ],
    }
    assert files(disk) == []


@pytest.mark.parametrize(
    ("name", "content", "media_type"),
    [
        ("diplome.pdf", pdf(), "application/pdf"),
        ("diplome.exe", picture("JPEG"), "image/jpeg"),
        ("diplôme à moi.png", picture("PNG"), "image/png"),
    ],
)
def test_a_pdf_a_jpg_and_a_png_are_kept_under_a_name_of_our_own_and_served_to_the_team_to_save(
    client, disk, name, content, media_type
):
    assert send(client, name=name, content=content, media_type="text/html").url == "/activites/proposer/merci/"
    [proposal] = Proposal.objects.all()
    client.force_login(make_user(role=Role.TEAM))

    response = client.get(f"/equipe/propositions/{proposal.pk}/certificat/")

    extension = {"image/jpeg": "jpg", "image/png": "png"}.get(media_type, "pdf")
    assert {name: response[name] for name in ("Content-Type", "Content-Disposition", "X-Content-Type-Options")} == {
        "Content-Type": media_type,
        "Content-Disposition": f'attachment; filename="diplome-{proposal.pk}.{extension}"',
        "X-Content-Type-Options": "nosniff",
    }
    [kept] = files(disk)
    assert b"".join(response.streaming_content) == kept.read_bytes()
    assert kept.parent.name == "proposals"
    assert len(kept.name) == 32


def test_a_picture_is_drawn_again_without_what_hid_in_it(client, disk):
    exif = Image.Exif()
    exif[0x010E] = "Chez Dominique, 2 rue du Port"
    image = Image.new("RGB", (60, 40))
    path = disk[0] / "photo.jpg"
    image.save(path, exif=exif)
    content = path.read_bytes() + b"<script>alert(1)</script>"
    path.unlink()

    send(client, name="photo.jpg", content=content)

    [kept] = files(disk)
    assert (b"Dominique" in kept.read_bytes(), b"script" in kept.read_bytes()) == (False, False)


def test_a_machine_that_fills_the_hidden_field_leaves_nothing(client, disk):
    response = send(client, content=pdf(), fax_reference="x")

    assert (response.url, Proposal.objects.count(), files(disk)) == ("/activites/proposer/merci/", 0, [])


def test_a_form_without_its_token_is_refused(disk):
    response = send(Client(enforce_csrf_checks=True), content=pdf())

    assert (response.status_code, files(disk)) == (403, [])


def test_the_file_has_no_address_of_its_own(client):
    send(client, content=pdf())
    [proposal] = Proposal.objects.all()

    answers = [client.get(f"/{root}{proposal.certificate.name}").status_code for root in ("", "media/", "static/")]

    assert (answers, default_storage.exists(proposal.certificate.name)) == ([404, 404, 404], True)
