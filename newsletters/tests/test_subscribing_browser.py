"""Subscribing, choosing, leaving, then the coordination's list, in Chromium by the keyboard; axe judges each page."""

import re

import pytest
from django.test import Client
from django.utils import timezone

from cafe.models import Outgoing
from members.enums import Role
from members.tests.browsing import PHONE, chromium, judge
from members.tests.factories import make_user
from newsletters.models import Departure, Subscriber
from newsletters.tests.factories import make_subscriber

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def page(server, monkeypatch):
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")  # Playwright's loop lives in this thread
    client = Client()
    client.force_login(make_user(role=Role.COORDINATION, second_factor=True))
    with chromium() as browser:
        context = browser.new_context(viewport=PHONE, locale="fr-FR")
        context.add_cookies([{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": server.url}])
        yield context.new_page()


def test_one_subscribes_and_leaves_and_the_coordination_imports_from_the_keyboard(page, server):
    subscribe_and_leave(page, server)
    import_a_list(page, server)


def subscribe_and_leave(page, server):
    page.goto(f"{server.url}/contact/")
    page.get_by_role("link", name="Recevoir la lettre d’information").press("Enter")
    address = page.get_by_label("Adresse e-mail")
    address.fill("louise")
    address.press("Enter")
    page.get_by_text("Quelques points à corriger").wait_for()
    judge(page)
    address.fill("louise@cabinet.example")
    address.press("Enter")
    page.get_by_role("heading", name="Ouvrez votre messagerie").wait_for()

    page.goto(server.url + re.search(r"https?://[^/\s]+(/lettres/\S+)", Outgoing.objects.get().text)[1])
    judge(page)
    page.get_by_role("button", name="Confirmer mon abonnement").press("Enter")
    page.get_by_text("C’est confirmé").wait_for()
    page.get_by_text("Pour ne recevoir que ce qui me concerne").press("Enter")
    judge(page)
    page.get_by_label("La vie du programme").press("Space")
    page.get_by_label("Prénom").fill("Louise")
    page.get_by_label("Prénom").press("Enter")
    page.get_by_text("Vos choix sont enregistrés").wait_for()
    assert Subscriber.objects.values_list("state", "life", "first_name").get() == ("active", False, "Louise")

    page.get_by_role("link", name="Me désabonner").press("Enter")
    page.get_by_role("button", name="Me désabonner").press("Enter")
    page.get_by_role("heading", name="C’est fait").wait_for()
    judge(page)
    page.get_by_label("Trop de courriels").press("Space")
    page.get_by_role("button", name="Envoyer").press("Enter")
    page.get_by_text("Merci de nous l’avoir dit").wait_for()
    assert Departure.objects.get().reason == "Trop de courriels"
    page.get_by_role("button", name="Me réabonner").press("Enter")
    page.get_by_text("rien n’a changé").wait_for()
    assert Subscriber.objects.values_list("state", "life", "first_name").get() == ("active", False, "Louise")


def import_a_list(page, server):
    make_subscriber(email="une-adresse-bien-longue-qui-doit-se-couper@cabinet-infirmier-saint-paul.example")
    page.goto(f"{server.url}/coordination/abonnes/")
    judge(page)
    page.get_by_role("link", name="Importer une liste").press("Enter")
    content = b"Courriel\nzoe@cafe.example\nfausse\n"
    page.get_by_label("Fichier").set_input_files([{"name": "forum.csv", "mimeType": "text/csv", "buffer": content}])
    page.get_by_role("button", name="Voir ce qu’il contient").press("Enter")
    page.get_by_role("button", name="Ajouter 1 personne").press("Enter")
    page.get_by_text("Quelques points à corriger").wait_for()
    judge(page)
    page.get_by_label("Ce que ces personnes ont accepté").fill("Oui à la lettre")
    page.get_by_label("Quand").fill(timezone.localdate().isoformat())
    page.get_by_role("button", name="Ajouter 1 personne").press("Enter")
    page.get_by_text("C’est importé").wait_for()
    page.get_by_role("link", name="zoe@cafe.example").press("Enter")
    page.get_by_text("Oui à la lettre").wait_for()
    judge(page)
