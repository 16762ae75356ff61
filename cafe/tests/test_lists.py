"""A list is asked by its address: what is typed, what is folded, and what its files are asked in turn."""

import django_filters
import pytest
from django.http import QueryDict

from cafe.lists import ListFilter, WordsFilter
from members.models import User


class PeopleFilter(ListFilter):
    q = WordsFilter("first_name", "last_name", label="Chercher")
    actif = django_filters.ChoiceFilter(label="État", field_name="is_active", choices=[("1", "Oui"), ("0", "Non")])
    tri = django_filters.OrderingFilter(fields=["last_name"])

    folded = ("tri", "actif")


@pytest.fixture
def people(db):
    names = [("Odile", "Le Goff"), ("Yves", "Le Bihan"), ("Odile", "Morvan")]
    for first, last in names:
        User.objects.create_user(email=f"{first}.{last}@exemple.fr".replace(" ", ""), first_name=first, last_name=last)


def asked(address):
    return PeopleFilter(QueryDict(address), queryset=User.objects.order_by("pk"))


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("odile", ["Le Goff", "Morvan"]),
        ("goff odile", ["Le Goff"]),
        ("le", ["Le Goff", "Le Bihan", "Morvan"]),
        ("odile bihan", []),
        ("%", []),
        ("   ", ["Le Goff", "Le Bihan", "Morvan"]),
    ],
)
def test_each_word_is_in_one_field_at_least(people, typed, found):
    words = QueryDict(mutable=True)
    words["q"] = typed
    assert [one.last_name for one in asked(words.urlencode()).qs] == found


def test_nonsense_is_said_at_its_field_and_narrows_nothing(people):
    wanted = asked("actif=peut-etre&q=odile")
    assert [one.last_name for one in wanted.qs] == ["Le Goff", "Morvan"]
    assert list(wanted.form.errors) == ["actif"]


def test_folded_fields_wait_in_their_own_order():
    wanted = asked("")
    assert [field.name for field in wanted.shown_fields()] == ["q"]
    assert [field.name for field in wanted.folded_fields()] == ["tri", "actif"]


@pytest.mark.parametrize(
    ("address", "narrowing", "unfolded"),
    [
        ("", False, False),
        ("page=2", False, False),
        ("q=", False, False),
        ("utm_source=lettre", False, False),
        ("tri=last_name", False, True),
        ("q=odile", True, False),
        ("actif=1", True, True),
    ],
)
def test_a_sorted_list_shows_everybody_and_a_filtered_one_says_so(address, narrowing, unfolded):
    wanted = asked(address)
    assert (wanted.is_narrowing(), wanted.is_unfolded()) == (narrowing, unfolded)


def test_files_are_asked_what_the_list_is_asked_without_its_page():
    assert asked("q=le+goff&page=3&tri=last_name").query() == "q=le+goff&tri=last_name"


def test_fields_look_like_those_of_every_form():
    looks = {name: field.widget.attrs["class"] for name, field in asked("").form.fields.items()}
    assert looks == {"q": "form-control", "actif": "form-select", "tri": "form-select"}
