"""Short messages that letters and invitations may pick."""

import re
from html import unescape

import pytest
from django.contrib.messages import get_messages
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from resources.models import PreventionMessage
from resources.services.prevention import messages_for, remove_message
from resources.tests.prevention import make_message

pytestmark = pytest.mark.django_db
LIST = "/coordination/ressources/messages/"


def text_of(response):
    return unescape(response.content.decode()).replace("\u00a0", " ")


def texts(messages):
    return [message.text for message in messages]


def rows(text):
    return [" ".join(cell.split()) for cell in re.findall(r"<tr>\s*<td>(.*?)</td>", text, re.DOTALL)]


def test_messages_are_found_by_their_words_the_closest_first():
    make_message("Dormir compte.", tags=["sommeil"])
    make_message("Dormir compte, même de garde.", tags=["sommeil", "garde"])
    make_message("Bouger aussi.", tags=["sport"])
    make_message("De côté, pour l’instant.", tags=["sommeil"], published=False)

    assert texts(messages_for(["sommeil", "garde"])) == ["Dormir compte, même de garde.", "Dormir compte."]
    assert texts(messages_for(["yoga"])) == []
    assert texts(messages_for()) == ["Dormir compte.", "Dormir compte, même de garde.", "Bouger aussi."]


@pytest.mark.parametrize("word", ["Collègues", "collegue", " COLLÈGUE "])
def test_neither_accents_nor_capitals_nor_plurals_count(word):
    make_message("Prenez de ses nouvelles.", tags=["collègue"])

    assert texts(messages_for([word])) == ["Prenez de ses nouvelles."]


def test_a_message_is_added_with_its_words_once_each(desk):
    response = desk.post(
        reverse("manage_prevention_message_create"),
        {"text": "Une pause,\r\nmaintenant.", "tags": "Temps, pause,, temps , Pauses", "published": "on"},
    )

    message = PreventionMessage.objects.get()
    assert (message.text, message.tags, message.published) == ("Une pause, maintenant.", ["temps", "pause"], True)
    assert [str(one) for one in get_messages(response.wsgi_request)] == ["Le message est enregistré."]


def test_a_message_is_edited_put_aside_then_removed(desk):
    message = make_message("Une pause maintenant.", tags=["temps", "pause"])
    form = text_of(desk.get(reverse("manage_prevention_message_edit", args=[message.pk])))

    desk.post(reverse("manage_prevention_message_edit", args=[message.pk]), {"text": "Une vraie pause.", "tags": ""})
    message.refresh_from_db()
    edited = (message.text, message.tags, message.published)
    desk.post(reverse("manage_prevention_message_delete", args=[message.pk]))

    assert 'value="temps, pause"' in form
    assert (edited, PreventionMessage.objects.count()) == (("Une vraie pause.", [], False), 0)


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"text": ""}, "Ce champ est obligatoire."),
        ({"text": "\u202e\u2066"}, "Écrivez une phrase."),
        ({"text": "pause"}, "Écrivez une phrase entière."),
        ({"text": "a " * 141}, "Assurez-vous que cette valeur comporte au plus 280 caractères (actuellement 281)."),
        ({"text": "Déjà écrit ici."}, "Ce message est déjà dans la liste."),
        ({"text": "a\x00 b"}, "Le caractère nul n’est pas autorisé."),
        ({"tags": ",".join(f"mot{n}" for n in range(11))}, "Dix mots-clés au plus, de 40 caractères chacun."),
        ({"tags": "x" * 41}, "Dix mots-clés au plus, de 40 caractères chacun."),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_stays(desk, fields, sentence):
    make_message("Déjà écrit ici.")
    data = {"text": "Une phrase gardée.", "tags": "gardé", "published": "on"} | fields

    text = text_of(desk.post(reverse("manage_prevention_message_create"), data)).replace("'", "’")

    assert (sentence in text, PreventionMessage.objects.count()) == (True, 1)
    assert ('value="gardé"' if "text" in fields else "Une phrase gardée.") in text


def test_the_list_narrows_to_one_word(desk):
    make_message("Dormir compte.", tags=["sommeil"])
    make_message("Bouger aussi.", tags=["sport", "écoute"])

    text = text_of(desk.get(LIST, {"mot": "sport"}))

    assert rows(text) == ["Bouger aussi."]
    assert re.findall(r'<a href="\?mot=[^"]+"[^>]*>(.*?)</a>', text) == ["écoute", "sommeil", "sport"]
    assert "Aucun message ne porte ce mot." in text_of(desk.get(LIST, {"mot": "yoga"}))


def test_an_empty_list_says_what_to_do(desk):
    assert "Aucun message pour le moment." in text_of(desk.get(LIST))


def test_the_list_costs_the_same_whatever_there_is_and_has_pages(desk):
    costs = []
    for wanted in (1, 2, 60):
        for _ in range(wanted):
            make_message()
        with CaptureQueriesContext(connection) as queries:
            text = text_of(desk.get(LIST))
        costs.append(len(queries))

    assert (len(set(costs)), len(rows(text)), "Page 1 sur 2" in text) == (1, 50, True)


def test_a_removed_message_is_never_offered_again():
    ours, theirs = make_message("Écrit ici même."), make_message("Venu avec le portail.", seed_key="venu")

    for message in (ours, theirs):
        remove_message(message=message)

    assert (messages_for(), list(PreventionMessage.objects.kept())) == ([], [])
