"""A newsletter is written by keyboard, seen while it is typed, and read again; without JavaScript, by a button."""

import pytest
from django.test import Client
from django.urls import reverse
from playwright.sync_api import expect

from activities.tests.factories import make_activity, make_session
from members.enums import Role
from members.tests.browsing import PHONE, judge
from members.tests.factories import make_user
from newsletters.models import Newsletter

pytestmark = [pytest.mark.browser, pytest.mark.appearance, pytest.mark.django_db(transaction=True)]


def open_page(browser, server, **options):
    client = Client()
    client.force_login(make_user(role=Role.COORDINATION, second_factor=True))
    context = browser.new_context(viewport=PHONE, locale="fr-FR", base_url=server.url, **options)
    context.set_default_timeout(10_000)
    context.add_cookies([{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": server.url}])
    return context.new_page()


def press(page, role, name):
    page.get_by_role(role, name=name).first.focus()
    page.keyboard.press("Enter")


def test_a_letter_is_written_by_keyboard_and_seen_while_it_is_typed(browser, server):
    make_session(activity=make_activity(title="Yoga doux"))
    page = open_page(browser, server)
    page.goto(reverse("letter_list"))
    judge(page)
    press(page, "link", "Choisir un modèle")
    press(page, "button", "Faire le brouillon")
    expect(page.get_by_role("alert")).to_contain_text("Choisissez d’où partir.")
    judge(page)
    page.get_by_role("radio", name="Agenda du mois").focus()
    page.keyboard.press("Space")
    press(page, "button", "Faire le brouillon")
    expect(page.frame_locator("iframe").get_by_role("link", name="Yoga doux")).to_be_visible()

    press(page, "link", "Ajouter un bloc à la fin")
    judge(page)
    press(page, "link", "Texte")
    page.get_by_label("Texte").focus()
    page.keyboard.type("Nous serons **douze**, {prénom}.")
    seen = page.frame_locator("iframe[name=bloc-apercu]")
    expect(seen.get_by_text("Nous serons douze, Camille.")).to_be_visible()
    judge(page)
    press(page, "button", "Enregistrer")
    expect(page.get_by_text("Le bloc est enregistré.")).to_be_visible()
    place = Newsletter.objects.get().blocks.count()
    press(page, "button", f"Monter le bloc {place}")
    expect(page.locator(".blocks li:target .kind")).to_have_text(f"{place - 1}. Texte")
    judge(page)

    press(page, "link", "Relire et vérifier")
    press(page, "link", "Couleurs sombres")
    shade = page.frame_locator("iframe").locator("body")
    expect(shade).to_have_css("background-color", "rgb(28, 22, 19)")
    judge(page)
    press(page, "button", "M’envoyer un essai")
    expect(page.get_by_text("Un essai part à")).to_be_visible()


def test_without_javascript_a_button_shows_what_is_typed(browser, server):
    page = open_page(browser, server, java_script_enabled=False)
    letter = Newsletter.objects.create(subject="Sans", slug="sans")
    page.goto(f"{reverse('letter_block_add', args=[letter.pk])}?sorte=button")
    page.get_by_label("Ce que dit le bouton").fill("Venez")
    page.get_by_label("Où il mène").fill("/activites/")
    page.get_by_role("button", name="Actualiser l’aperçu").click()

    expect(page.frame_locator("iframe").get_by_role("link", name="Venez")).to_be_visible()
    assert letter.blocks.count() == 0
