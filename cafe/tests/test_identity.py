"""The coordinator names the portal and gives its logos; the confidential contact is none of hers."""

from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from cafe.forms import IdentityForm
from cafe.models import Portal
from members.enums import Role
from members.tests.factories import make_user

pytestmark = pytest.mark.django_db
ADDRESS = "/coordination/identite/"
GIVEN = {
    "name": "Café des Dunes",
    "cpts": "CPTS des Dunes",
    "contact_email": "bureau@dunes.example",
    "contact_phone": "02 00 00 00 00",
    "address": "3 quai Neuf",
    "publisher": "Jeanne Roux, présidente",
    "host_provider": "Hébergement Clair",
    "communes": "Dunes\nPort-Neuf",
    "school_zone": "reunion",
}


@pytest.fixture
def coordinator(client):
    client.force_login(make_user(role=Role.COORDINATION, second_factor=True))
    return client


def picture(kind="PNG", size=(900, 300), name="logo.png", **options):
    content = BytesIO()
    Image.new("RGB", size, "teal").save(content, kind, **options)
    return SimpleUploadedFile(name, content.getvalue())


def send(client, **fields):
    return client.post(ADDRESS, GIVEN | fields, follow=True)


def stored_names(tmp_path):
    return sorted(path.name for path in (tmp_path / "media").rglob("*.*"))


def test_the_coordinator_names_the_portal(coordinator):
    response = send(coordinator)

    portal = Portal.load()
    assert {name: getattr(portal, name) for name in GIVEN} == GIVEN
    assert response.redirect_chain == [(ADDRESS, 302)]
    assert "Café des Dunes<small>CPTS des Dunes</small>" in response.content.decode()


def test_the_confidential_contact_is_neither_shown_nor_changed(coordinator):
    Portal.objects.update_or_create(pk=1, defaults={"confidential_contact": "ecoute@pairs.example"})

    shown = coordinator.get(ADDRESS).content.decode()
    send(coordinator, confidential_contact="espion@cpts.example")

    assert ("ecoute@pairs.example" in shown, "confidential_contact" in shown) == (False, False)
    assert Portal.load().confidential_contact == "ecoute@pairs.example"


def test_saving_the_identity_keeps_a_confidential_contact_set_meanwhile():
    Portal.objects.get_or_create(pk=1)
    form = IdentityForm(GIVEN, instance=Portal.load())
    Portal.objects.update(confidential_contact="ecoute@pairs.example")

    assert form.is_valid()
    form.save()

    assert Portal.load().confidential_contact == "ecoute@pairs.example"


@pytest.mark.parametrize(("kind", "suffix", "type_"), [("PNG", ".png", "image/png"), ("JPEG", ".jpg", "image/jpeg")])
def test_a_logo_is_drawn_again_and_served(coordinator, kind, suffix, type_):
    send(coordinator, logo=picture(kind, name="Mon logo.PNG"))

    stored = Portal.load().logo.name
    served = coordinator.get("/identite/logo/programme/")
    content = b"".join(served.streaming_content)
    assert (stored.endswith(suffix), "logo" in stored.rpartition("/")[2]) == (True, False)
    assert (served["Content-Type"], served["Cache-Control"]) == (type_, "public, max-age=300")
    assert Image.open(BytesIO(content)).size == (640, 213)


def test_a_logo_keeps_nothing_of_the_camera(coordinator):
    exif = Image.Exif()
    exif[0x010E] = "chez moi"
    send(coordinator, logo=picture("JPEG", exif=exif))
    with Portal.load().logo.open() as kept:
        assert b"chez moi" not in kept.read()


def test_a_logo_seen_already_is_not_sent_again(coordinator):
    send(coordinator, cpts_logo=picture())
    first = coordinator.get("/identite/logo/cpts/")
    seen = b"".join(first.streaming_content)
    again = coordinator.get("/identite/logo/cpts/", headers={"if-none-match": first["ETag"]})
    assert (len(seen) > 0, again.status_code, again.content) == (True, 304, b"")


@pytest.mark.parametrize(
    ("upload", "said"),
    [
        (
            SimpleUploadedFile("logo.png", b"<svg xmlns='http://www.w3.org/2000/svg'/>"),
            "n’est pas une image PNG ou JPEG",
        ),
        (SimpleUploadedFile("logo.png", b"\x89PNG\r\n\x1a\n" + b"x" * 50), "n’est pas une image PNG ou JPEG"),
        (SimpleUploadedFile("logo.png", b"x" * 1_100_000), "dépasse 1 Mo"),
        (picture("GIF"), "n’est pas une image PNG ou JPEG"),
        (picture(size=(5000, 4000)), "trop grande"),
        (picture(size=(20_000, 15_000)), "trop grande"),
    ],
    ids=["svg", "broken", "heavy", "gif", "large", "bomb"],
)
def test_what_is_not_a_fair_picture_is_refused(coordinator, upload, said):
    upload.seek(0)
    response = send(coordinator, logo=upload)
    assert (said in response.content.decode(), Portal.load().logo.name) == (True, "")


def test_a_new_logo_replaces_the_file_of_the_old(coordinator, tmp_path, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        send(coordinator, logo=picture())
    with django_capture_on_commit_callbacks(execute=True):
        send(coordinator, logo=picture("JPEG"))
    portal = Portal.load()
    assert stored_names(tmp_path) == [portal.logo.name.rpartition("/")[2]]


def test_a_logo_can_be_taken_away(coordinator, tmp_path, django_capture_on_commit_callbacks):
    send(coordinator, logo=picture())
    with django_capture_on_commit_callbacks(execute=True):
        send(coordinator, remove_logo="on")
    assert (Portal.load().logo.name, stored_names(tmp_path)) == ("", [])
    assert coordinator.get("/identite/logo/programme/").status_code == 404


@pytest.mark.parametrize("which", ["programme", "cpts", "autre"])
def test_there_is_no_logo_until_one_is_given(client, which):
    assert client.get(f"/identite/logo/{which}/").status_code == 404


def test_a_mistake_is_listed_on_top_and_linked_to_its_field(coordinator):
    page = send(coordinator, name="", contact_email="pas une adresse").content.decode()
    assert '<a href="#id_name">Nom du portail' in page
    assert '<a href="#id_contact_email">Adresse de contact général' in page
    assert 'aria-describedby="id_contact_email_helptext id_contact_email_error"' in page
    assert "3 quai Neuf" in page
