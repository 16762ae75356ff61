"""Pages of prevention: what everybody reads, and how the coordination writes, orders, shows and deletes them."""

import re
from html import unescape

import pytest
from django.contrib.messages import get_messages
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cafe.errors import Refusal
from members.enums import Role
from members.tests.factories import make_user
from resources.enums import PreventionPart
from resources.models import PreventionPage
from resources.services.prevention import publish_page, remove_page, save_page, shift_page, withdraw_page
from resources.tests.prevention import make_page

pytestmark = pytest.mark.django_db
COLLEAGUE = PreventionPart.COLLEAGUE


def text_of(response):
    return unescape(response.content.decode()).replace("\u00a0", " ")


def told(response):
    return [str(message) for message in get_messages(response.wsgi_request)]


def form_data(**fields):
    return {"part": "soi", "title": "Marcher", "summary": "Dix minutes.", "body": "## Dehors\n\nUn *pas*."} | fields


def titles(**filters):
    return list(PreventionPage.objects.in_order().filter(**filters).values_list("title", flat=True))


def test_the_pages_are_in_two_parts_oneself_first(client):
    make_page(title="Repérer", part=COLLEAGUE)
    make_page(title="Dormir")
    make_page(title="Brouillon", published=False)

    text = text_of(client.get("/prevention/"))

    main = text[text.index("<main") : text.index("</main>")]
    found = re.findall(r'<h2 id="(\w+)"|<a href="/prevention/[\w-]+/">(.*?)</a>', main)
    assert [one or other for one, other in found] == ["soi", "Dormir", "collegue", "Repérer"]


def test_without_any_page_one_is_led_to_the_directory(client):
    text = text_of(client.get("/prevention/"))

    assert "Ces pages se préparent." in text
    assert 'href="/ressources/">Vers qui se tourner</a>' in text


def test_a_page_keeps_its_title_the_only_h1_and_leads_to_the_others_of_its_part(client):
    page = make_page(title="Dormir", body="# Ce soir\n\nÉteindre **tôt**.")
    make_page(title="Bouger")
    make_page(title="Caché", published=False)
    make_page(title="Repérer", part=COLLEAGUE)

    text = text_of(client.get(page.get_absolute_url()))

    assert re.findall(r"<(h1|h2)[^>]*>(.*?)</", text) == [
        ("h1", "Dormir"), ("h2", "Ce soir"), ("h2", "Faire le point"), ("h2", "À lire aussi"),
    ]  # fmt: skip
    assert "<p>Éteindre <strong>tôt</strong>.</p>" in text
    assert re.findall(r'<a href="/prevention/[\w-]+/">(.*?)</a>', text) == ["Bouger"]


def test_a_page_for_a_colleague_has_the_numbers_beside_it(client):
    text = text_of(client.get(make_page(part=COLLEAGUE).get_absolute_url()))

    aside = text[text.index("<aside") : text.index("</aside>")]
    assert re.findall(r'href="((?:tel:|/)[^"]*)"', aside) == ["tel:3114", "tel:15", "/urgence/", "/ecoute/"]


def test_a_draft_is_read_by_the_coordination_alone(client, desk):
    url = make_page(published=False).get_absolute_url()
    peer = make_user(role=Role.PEER, second_factor=True)

    anonymous = client.get(url).status_code
    client.force_login(peer)

    assert (anonymous, client.get(url).status_code) == (404, 404)
    assert "Seule la coordination voit cette page." in text_of(desk.get(url))


def test_a_page_is_written_then_published(desk):
    response = desk.post(reverse("manage_prevention_create"), form_data())

    page = PreventionPage.objects.get()
    assert (page.slug, page.title, page.published) == ("marcher", "Marcher", False)
    assert told(response) == ["La page est enregistrée en brouillon. Relisez-la, puis publiez-la."]

    response = desk.post(reverse("manage_prevention_publish", args=[page.pk]))
    page.refresh_from_db()
    assert (page.published, told(response)[-1]) == (True, "«\u00a0Marcher\u00a0» est publiée.")


def test_the_preview_shows_the_rendering_beside_the_form_and_saves_nothing(desk):
    page = make_page(title="Dormir", body="Avant")

    response = desk.post(
        reverse("manage_prevention_edit", args=[page.pk]), form_data(title="Après", body="## Un\n\n*Deux*", preview="1")
    )

    text = text_of(response)
    assert re.search(r"<h3>(.*?)</h3>", text)[1] == "Après"
    assert '<div class="prose"><h4>Un</h4>\n<p><em>Deux</em></p>\n</div>' in re.sub(r">\s+<(?=h4)", "><", text)
    assert re.search(r"<textarea[^>]*>\s*(.*?)</textarea>", text, re.DOTALL)[1] == "## Un\n\n*Deux*"
    page.refresh_from_db()
    assert (page.title, page.body) == ("Dormir", "Avant")


def test_the_preview_of_a_new_page_creates_none(desk):
    response = desk.post(reverse("manage_prevention_create"), form_data(title="", preview="1"))

    assert ("Rien n’est encore enregistré." in text_of(response), PreventionPage.objects.count()) == (True, 0)


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"title": ""}, "Ce champ est obligatoire."),
        ({"title": "\u202e\u2066"}, "Donnez un titre."),
        ({"title": "x" * 121}, "Assurez-vous que cette valeur comporte au plus 120 caractères (actuellement 121)."),
        ({"body": "  "}, "Ce champ est obligatoire."),
        ({"body": "x" * 20001}, "Assurez-vous que cette valeur comporte au plus 20000 caractères"),
        ({"body": "a\x00b"}, "Le caractère nul n’est pas autorisé."),
        ({"part": "autre"}, "Sélectionnez un choix valide."),
    ],
)
@pytest.mark.parametrize("preview", [{}, {"preview": "1"}], ids=["save", "preview"])
def test_what_is_wrong_is_said_and_what_was_typed_stays(desk, fields, sentence, preview):
    response = desk.post(reverse("manage_prevention_create"), form_data(summary="Gardé tel quel.", **fields, **preview))

    text = text_of(response).replace("'", "’")
    assert (sentence in text, 'value="Gardé tel quel."' in text) == (True, True)
    assert PreventionPage.objects.count() == 0


def test_two_pages_of_one_title_have_two_addresses_that_edits_keep(desk):
    first, second = make_page(title="Dire non"), make_page(title="Dire non")

    desk.post(reverse("manage_prevention_edit", args=[second.pk]), form_data(title="Savoir refuser"))

    assert list(PreventionPage.objects.order_by("pk").values_list("slug", "title")) == [
        ("dire-non", "Dire non"),
        ("dire-non-2", "Savoir refuser"),
    ]
    assert first.get_absolute_url() == "/prevention/dire-non/"


def test_pages_move_within_their_part_and_stop_at_its_ends():
    a, b, c = (make_page(title=title) for title in "ABC")
    other = make_page(title="Z", part=COLLEAGUE)
    orders = []
    for page, step in ((c, -1), (a, -1), (b, 1), (other, -1)):
        shift_page(page=page, step=step)
        orders.append(titles())

    assert orders == [["A", "C", "B", "Z"]] * 4


def test_the_buttons_of_the_list_move_a_page(desk):
    make_page(title="A")
    second = make_page(title="B")
    url = reverse("manage_prevention_shift", args=[second.pk])

    desk.post(url, {"step": "up"})
    up = titles()
    desk.post(url, {"step": "down"})

    assert (up, titles()) == (["B", "A"], ["A", "B"])


def test_a_page_that_changes_part_comes_last_there():
    page = make_page(title="A")
    make_page(title="B", part=COLLEAGUE)
    page.part = COLLEAGUE

    save_page(page=page)

    assert titles(part=COLLEAGUE) == ["B", "A"]


def test_withdrawing_closes_the_page_and_keeps_its_text(client):
    page = make_page(body="Un texte.")

    withdraw_page(page=page)
    closed = client.get(page.get_absolute_url()).status_code
    publish_page(page=page)

    assert (closed, "Un texte." in text_of(client.get(page.get_absolute_url()))) == (404, True)


def test_a_button_withdraws_a_page_that_can_still_be_opened_and_edited(desk, client):
    page = make_page(title="Dormir", body="Éteindre **tôt**.")

    response = desk.post(reverse("manage_prevention_withdraw", args=[page.pk]))

    assert told(response) == ["«\u00a0Dormir\u00a0» n’est plus publiée\u00a0; elle reste ici en brouillon."]
    assert client.get(page.get_absolute_url()).status_code == 404
    assert "Éteindre **tôt**." in text_of(desk.get(reverse("manage_prevention_edit", args=[page.pk])))


def test_deleting_asks_first(desk):
    page = make_page(title="Dormir")
    url = reverse("manage_prevention_delete", args=[page.pk])

    asked = text_of(desk.get(url))
    still = PreventionPage.objects.count()
    response = desk.post(url)

    assert ("Supprimer cette page ?" in asked, "Dormir" in asked, still) == (True, True, 1)
    assert (PreventionPage.objects.count(), told(response)) == (0, ["La page est supprimée."])


def test_publishing_a_page_deleted_meanwhile_says_so():
    page = make_page()
    stale = PreventionPage.objects.get(pk=page.pk)
    remove_page(page=page)

    with pytest.raises(Refusal, match="Cette page vient d’être supprimée"):
        publish_page(page=stale)


@pytest.mark.parametrize("address", ["/prevention/", "/coordination/ressources/prevention/"])
def test_a_list_costs_the_same_whatever_there_is_and_has_pages(desk, address):
    costs = []
    for wanted in (1, 2, 60):
        for _ in range(wanted):
            make_page()
        with CaptureQueriesContext(connection) as queries:
            text = text_of(desk.get(address))
        costs.append(len(queries))

    assert (costs[0] == costs[1], costs[2] <= costs[0], "Page 1 sur 2" in text) == (True, True, True)


def test_published_pages_are_in_the_sitemap(client):
    page, draft = make_page(), make_page(published=False)

    text = client.get("/sitemap.xml").text

    assert (f"{page.get_absolute_url()}</loc>" in text, draft.get_absolute_url() in text) == (True, False)
