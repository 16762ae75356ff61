"""The coordination's list of subscribers, and a list brought from elsewhere with its proof of consent."""

from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from cafe.exports import xlsx_bytes
from members.enums import Role
from members.tests.factories import make_user
from newsletters.models import Departure, Subscriber
from newsletters.services import subscriber_lists
from newsletters.services.leaving import leave
from newsletters.tests.factories import make_subscriber

pytestmark = pytest.mark.django_db
LIST = "/coordination/abonnes/"
CONSENT = {"accepted": "Case « Je veux la lettre » du forum de septembre", "agreed_on": "2026-02-01"}
TITLES = ["Prénom", "Courriel", "Métier", "Ville", "Adhérent"]


@pytest.fixture
def clock(time_machine):
    time_machine.move_to("2026-03-03T12:15:00Z", tick=False)
    return time_machine


@pytest.fixture
def coordinator():
    return make_user(role=Role.COORDINATION, second_factor=True)


@pytest.fixture
def desk(coordinator):
    client = Client()
    client.force_login(coordinator)
    return client


def upload(desk, content, name="liste.csv"):
    content = content if isinstance(content, bytes) else content.encode()
    return desk.post(f"{LIST}import/", {"file": SimpleUploadedFile(name, content)})


def shown(page):
    return " ".join(page.content.decode().split())


# --- The list -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", {"anne", "bruno", "chloe"}),
        ("q=BRUNO", {"bruno"}),
        ("q=lyon+infirmiere", set()),
        ("q=lyon", {"anne"}),
        ("etat=pending", {"chloe"}),
        ("sujet=life", {"anne", "chloe"}),
        ("profession=infirmier", {"bruno"}),
        ("origine=import", {"bruno"}),
    ],
)
def test_the_list_is_searched_and_filtered_and_its_export_is_what_one_sees(desk, query, found):
    make_subscriber(email="anne@cafe.example", commune="Lyon")
    make_subscriber(email="bruno@cafe.example", profession="infirmier", origin="import", life=False)
    make_subscriber(email="chloe@cafe.example", state="pending")
    exported = desk.get(f"{LIST}export.csv?{query}").content.decode()
    for name in ("anne", "bruno", "chloe"):
        assert (f"{name}@" in shown(desk.get(f"{LIST}?{query}"))) == (name in found)
        assert (f"{name}@" in exported) == (name in found)


def test_the_list_takes_as_many_statements_for_one_as_for_a_page(desk):
    make_subscriber()
    desk.get(LIST)
    with CaptureQueriesContext(connection) as for_one:
        desk.get(LIST)
    for _ in range(60):
        make_subscriber()
    with CaptureQueriesContext(connection) as for_many:
        page = desk.get(LIST)
    assert "Page 1 sur 2" in shown(page)
    assert len(for_many) == len(for_one)


def test_an_export_cannot_become_a_formula(desk):
    make_subscriber(first_name="=cmd()")
    assert "'=cmd()" in desk.get(f"{LIST}export.csv").content.decode()
    assert desk.get(f"{LIST}export.xlsx").content.startswith(b"PK")
    assert desk.get(f"{LIST}export.pdf").status_code == 404


def test_one_person_is_shown_with_the_proof_and_removed_once_confirmed(desk):
    anne = make_subscriber(email="anne@cafe.example", accepted="Oui à la lettre")
    assert "Oui à la lettre" in shown(desk.get(f"{LIST}{anne.pk}/"))
    desk.get(f"{LIST}{anne.pk}/retirer/")
    assert Subscriber.objects.count() == 1
    desk.post(f"{LIST}{anne.pk}/retirer/")
    assert (Subscriber.objects.count(), Departure.objects.count()) == (0, 1)
    assert desk.post(f"{LIST}{anne.pk}/retirer/").status_code == 404


# --- Importing ------------------------------------------------------------------------------------


def test_an_import_is_looked_at_then_adds_the_new_people_alone_with_their_proof(desk, clock):
    make_subscriber(email="connue@cafe.example")
    leave(pk=make_subscriber(email="partie@cafe.example").pk)
    rows = [
        ["Zoé", " Zoe@Cafe.Example ", "infirmière libérale", "Lyon", "oui"],
        ["", "connue@cafe.example", "", "", ""],
        ["", "partie@cafe.example", "", "", ""],
        ["", "zoe@cafe.example", "", "", ""],
        ["", "pas une adresse", "", "", ""],
        ["", "", "", "", ""],
    ]
    preview = upload(desk, xlsx_bytes(TITLES, rows), "liste.xlsx").url
    page = shown(desk.get(preview))
    assert "Ajouter 1 personne<" in page
    for line, why in ((3, "déjà sur la liste"), (4, "désabonnée"), (5, "déjà plus haut"), (6, "adresse illisible")):
        assert f'data-label="Ligne">{line}</td> <td data-label="Pourquoi">{why}' in page.replace("s’est ", "")
    assert Subscriber.objects.count() == 1

    assert desk.post(preview, CONSENT).url == LIST

    zoe = Subscriber.objects.get(email="zoe@cafe.example")
    told = (zoe.state, zoe.origin, zoe.first_name, zoe.profession, zoe.commune, zoe.cpts_member)
    assert told == ("active", "import", "Zoé", "infirmier", "Lyon", True)
    proof = (zoe.accepted, f"{zoe.asked_at:%Y-%m-%d}", f"{zoe.confirmed_at:%Y-%m-%d}", zoe.last_sign_on)
    assert proof == (CONSENT["accepted"], "2026-02-01", "2026-02-01", date(2026, 2, 1))
    assert set(Subscriber.objects.values_list("email", flat=True)) == {"zoe@cafe.example", "connue@cafe.example"}
    assert desk.post(preview, CONSENT).url == f"{LIST}import/"


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"accepted": ""}, "rien ne prouverait leur accord"),
        ({"agreed_on": ""}, "Donnez la date de leur accord"),
        ({"agreed_on": "2026-03-04"}, "pas encore venue"),
        ({"agreed_on": "2023-03-01"}, "plus de trois ans"),
        ({"agreed_on": "hier"}, "par exemple 05/03/2025"),
        ({"accepted": "x" * 301}, "300 caractères au plus"),
    ],
)
def test_nobody_is_added_without_a_proof_that_holds(desk, clock, wrong, said):
    preview = upload(desk, "zoe@cafe.example\n").url
    assert said in shown(desk.post(preview, CONSENT | wrong))
    assert Subscriber.objects.count() == 0


def test_addresses_alone_without_a_title_are_a_list_too(desk, coordinator):
    upload(desk, "une@cafe.example\ndeux@cafe.example\n")
    draft = subscriber_lists.drafts_of(coordinator).get()
    assert [row.email for row, _ in subscriber_lists.examine(draft)] == ["une@cafe.example", "deux@cafe.example"]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("Prénom;Ville\nZoé;Lyon\n", "Aucune colonne d’adresses"),
        ("Courriel\n\n", "aucune adresse"),
        ("\n \n", "aucune adresse"),
        (b"%PDF-1.7", "pas un tableau"),
        (b"PK\x03\x04rien", "pas lisible"),
    ],
)
def test_a_file_that_is_no_list_says_so(desk, content, said):
    assert said in shown(upload(desk, content))
    assert Subscriber.objects.count() == 0


def test_who_subscribed_between_the_look_and_the_import_keeps_her_own_proof(desk, clock):
    preview = upload(desk, "zoe@cafe.example\n").url
    make_subscriber(email="zoe@cafe.example", accepted="Sur la page d’accueil.")

    assert "ou l’ont quittée" in shown(desk.post(preview, CONSENT))
    assert Subscriber.objects.values_list("accepted", "origin").get()[0] == "Sur la page d’accueil."


def test_a_draft_is_its_owner_s_alone_and_can_be_given_up(desk):
    preview = upload(desk, "zoe@cafe.example\n").url
    other = Client()
    other.force_login(make_user(role=Role.COORDINATION, second_factor=True))
    assert other.post(preview, CONSENT).url == f"{LIST}import/"
    desk.post(f"{preview}abandonner/")
    assert desk.get(preview).url == f"{LIST}import/"
    assert Subscriber.objects.count() == 0
