import re

import pytest
from django.contrib.messages import get_messages
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from resources.enums import ResourceState
from resources.models import Commune, Resource, Synonyms
from resources.services import sheets
from resources.tests.factories import make_commune, make_resource, make_synonyms

pytestmark = pytest.mark.django_db
SUMMARIES = re.compile(r"<summary>\s*(\d+ \w+ \d{4}.*?)</summary>", re.DOTALL)


def told(response):
    return [str(message) for message in get_messages(response.wsgi_request)]


def form_data(**fields):
    """Return what a browser posts to write a sheet."""
    return {
        "name": "Médiation du port",
        "kind": "service",
        "summary": "Aide des associés à se parler.",
        "needs": ["exercice--conflit-entre-associes"],
        "phone": "02 61 91 00 30",
        "cost": "gratuit",
        "on_site": "on",
        "area_kind": "communes",
        "area": "Le port",
        "area_communes": "Port-Sauvel\r\n\r\nMontclaret\r\nPort-Sauvel",
        "visibility": "public",
        "languages": "français",
    } | fields


def test_a_sheet_is_written_then_published(desk, coordinator):
    desk.post(reverse("manage_resource_create"), form_data(professions=["infirmier"], vouchers="false"))

    one = Resource.objects.get()
    assert (one.state, one.area_communes, one.professions, one.vouchers, [row.need for row in one.needs.all()]) == (
        ResourceState.DRAFT,
        ["Port-Sauvel", "Montclaret"],
        ["infirmier"],
        False,
        ["exercice--conflit-entre-associes"],
    )
    response = desk.post(reverse("manage_resource_publish", args=[one.slug]))
    one.refresh_from_db()
    assert (one.state, told(response)[-1:]) == (ResourceState.PUBLISHED, ["La fiche est publiée."])
    assert set(one.changes.values_list("by", flat=True)) == {coordinator.pk}


def test_opening_the_form_and_saving_changes_nothing(desk):
    desk.post(reverse("manage_resource_create"), form_data(vouchers="true"))
    one = Resource.objects.get()

    response = desk.post(reverse("manage_resource_edit", args=[one.slug]), form_data(vouchers="true"))

    assert (told(response)[-1:], one.changes.count()) == (["Rien n’a changé."], 1)


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"name": ""}, "Ce champ est obligatoire."),
        ({"on_site": ""}, "Indiquez si cela se passe sur place, à distance, ou les deux."),
        ({"area": ""}, "Nommez la zone couverte."),
        ({"postcode": "7660"}, "Cinq chiffres."),
        ({"latitude": "48,8"}, "Donnez la latitude et la longitude, ou aucune des deux."),
    ],
)
def test_a_form_that_is_refused_keeps_what_was_typed(desk, fields, sentence):
    response = desk.post(reverse("manage_resource_create"), form_data(**fields))

    text = response.content.decode()
    assert (sentence in text, "Aide des associés à se parler." in text, Resource.objects.count()) == (True, True, 0)


def test_a_published_sheet_keeps_a_way_to_be_reached(desk):
    one = make_resource(name="Médiation")

    response = desk.post(reverse("manage_resource_edit", args=[one.slug]), form_data(phone=""))

    assert "Avant de publier, dites en une phrase" in response.content.decode()


@pytest.mark.parametrize(
    ("name", "state", "sentence"),
    [
        ("manage_resource_suspend", ResourceState.SUSPENDED, "La fiche est suspendue : elle ne paraît plus."),
        ("manage_resource_archive", ResourceState.ARCHIVED, "La fiche est archivée. Son historique reste."),
        ("manage_resource_verify", ResourceState.PUBLISHED, "C’est noté : la fiche est vérifiée d’aujourd’hui."),
        ("manage_resource_publish", ResourceState.PUBLISHED, "Cette fiche est déjà dans l’état « Publiée »."),
    ],
)
def test_a_button_moves_the_sheet_or_says_why_not(desk, name, state, sentence):
    one = make_resource()

    response = desk.post(reverse(name, args=[one.slug]))

    one.refresh_from_db()
    assert (one.state, [line.replace("\u00a0", " ") for line in told(response)]) == (state, [sentence])


def test_the_history_is_told_in_words(desk, coordinator):
    one = make_resource(name="Médiation")
    desk.post(reverse("manage_resource_edit", args=[one.slug]), form_data(name="Médiation", cost="payant"))

    text = desk.get(reverse("manage_resource", args=[one.slug])).content.decode()

    assert "Coût\u00a0: À demander → Payant" in text.replace("&nbsp;", "\u00a0")
    assert str(coordinator) in text


def test_the_history_says_who_and_where_a_change_came_from(desk, coordinator):
    one = make_resource(name="Médiation", by=coordinator)
    for origin, by in [("report", coordinator), ("itself", None), ("portal", None), ("coordination", None)]:
        sheets.update_sheet(resource=one, values={"hours": origin}, by=by, origin=origin)

    text = desk.get(reverse("manage_resource", args=[one.slug])).text

    authors = [" ".join(summary.split()).partition(" par ")[2] for summary in SUMMARIES.findall(text)]
    assert authors == [
        "la coordination",
        "le portail",
        "la ressource, par son lien",
        f"{coordinator} (un signalement)",
        str(coordinator),
    ]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", ["Avocate", "Brouillon", "Psychologue"]),
        ("?q=psycho", ["Psychologue"]),
        ("?etat=draft", ["Brouillon"]),
        ("?theme=sante", ["Psychologue"]),
        ("?visible=peers", ["Psychologue"]),
        ("?nature=service&etat=published", ["Avocate", "Psychologue"]),
        ("?q=rien-du-tout", []),
    ],
)
def test_the_list_shows_every_state_and_filters(desk, query, expected):
    make_resource(name="Avocate")
    make_resource(name="Psychologue", needs=["sante--soutien-psychologique", "sante--epuisement"], visibility="peers")
    make_resource(name="Brouillon", state=ResourceState.DRAFT)

    response = desk.get(reverse("manage_resources") + query)

    assert [one.name for one in response.context["object_list"]] == expected


def test_the_list_costs_the_same_whatever_the_number_of_sheets(desk):
    costs, made = [], 0
    for wanted in (1, 3, 45):
        for _ in range(wanted - made):
            make_resource()
        made = wanted
        with CaptureQueriesContext(connection) as queries:
            desk.get(reverse("manage_resources"))
        costs.append(len(queries))

    assert len(set(costs)) == 1


def test_a_group_of_synonyms_is_added_changed_and_removed(desk):
    steps = []
    desk.post(reverse("manage_synonyms_create"), {"words": "avocat\r\njuriste"})
    group = Synonyms.objects.get()
    steps.append(group.word_list)
    desk.post(reverse("manage_synonyms_edit", args=[group.pk]), {"words": "avocat\r\ndroit\r\n? procès"})
    steps.append(Synonyms.objects.get().word_list)
    desk.post(reverse("manage_synonyms_delete", args=[group.pk]))

    assert (steps, Synonyms.objects.count()) == ([["avocat", "juriste"], ["avocat", "droit", "? procès"]], 0)


def test_one_word_alone_has_no_synonym(desk):
    response = desk.post(reverse("manage_synonyms_create"), {"words": "avocat"})

    assert ("au moins deux mots" in response.content.decode(), Synonyms.objects.count()) == (True, 0)


def test_a_group_that_came_with_the_portal_is_emptied_and_leaves_the_list(desk):
    group = make_synonyms("avocat", "juriste")
    Synonyms.objects.update(seed_key="avocat")

    desk.post(reverse("manage_synonyms_delete", args=[group.pk]))

    shown = desk.get(reverse("manage_synonyms")).context["object_list"]
    assert (list(shown), list(Synonyms.objects.values_list("words", flat=True))) == ([], [""])


def test_a_commune_is_added_once_and_removed(desk):
    make_commune("Épinolles")
    place = {"latitude": "49,5", "longitude": "0,1"}

    twice = desk.post(reverse("manage_commune_create"), {"name": "epinolles"} | place)
    off = desk.post(reverse("manage_commune_create"), {"name": "Ailleurs", "latitude": "490", "longitude": "0"})
    desk.post(reverse("manage_commune_create"), {"name": "Montclaret"} | place)
    desk.post(reverse("manage_commune_delete", args=[Commune.objects.get(key="epinolles").pk]))

    assert "déjà dans la liste" in twice.content.decode()
    assert "La latitude va de -90 à 90" in off.content.decode()
    assert list(Commune.objects.values_list("name", "key", "latitude")) == [("Montclaret", "montclaret", 49.5)]
