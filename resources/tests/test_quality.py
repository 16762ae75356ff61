from datetime import date, timedelta

import pytest
from django.urls import reverse

from resources.models import Resource
from resources.services.quality import quality_of
from resources.tests.factories import make_resource

pytestmark = pytest.mark.django_db
TODAY = date(2026, 6, 1)
WHOLE = {
    "offers": "Un conseil gratuit.",
    "offers_not": "Pas de plaidoirie.",
    "own_access": "Appelez.",
    "referral_access": "Donnez ce numéro.",
    "hours": "Le mardi",
    "delay": "Une semaine",
    "cost": "gratuit",
    "commune": "Port-Sauvel",
    "accessibility": "De plain-pied",
    "verified_on": TODAY,
    "verification": "coordination",
    "verification_email": "greffe@cafe.example",
}


def missing(**fields):
    one = make_resource(**(WHOLE | fields))
    return [criterion.label for criterion in quality_of(one, TODAY).missing]


def test_a_whole_sheet_earns_ten_points():
    quality = quality_of(make_resource(**WHOLE), TODAY)

    assert (len(quality.criteria), quality.score, quality.missing) == (10, 10, [])


@pytest.mark.parametrize(
    ("fields", "label"),
    [
        ({"summary": "Une aide."}, "Une phrase qui dit ce que c’est"),
        ({"offers": ""}, "Ce que cela apporte, et ce que cela n’est pas"),
        ({"offers_not": ""}, "Ce que cela apporte, et ce que cela n’est pas"),
        ({"needs": ()}, "Des besoins nommés"),
        ({"phone": ""}, "Un moyen de la joindre, montré"),
        ({"kind": "personne"}, "Un moyen de la joindre, montré"),
        ({"own_access": ""}, "Comment s’y adresser, pour soi et pour un collègue"),
        ({"referral_access": ""}, "Comment s’y adresser, pour soi et pour un collègue"),
        ({"hours": ""}, "Les horaires"),
        ({"delay": ""}, "Le délai habituel"),
        ({"cost": "inconnu"}, "Le coût"),
        ({"commune": ""}, "Le lieu et son accessibilité"),
        ({"accessibility": ""}, "Le lieu et son accessibilité"),
        ({"verified_on": None, "verification": ""}, "Vérifiée, et quelqu’un à qui redemander"),
        ({"verified_on": TODAY - timedelta(days=180)}, "Vérifiée, et quelqu’un à qui redemander"),
        ({"verification_email": ""}, "Vérifiée, et quelqu’un à qui redemander"),
    ],
)
def test_each_point_is_lost_by_what_it_names_and_by_nothing_else(fields, label):
    assert missing(**fields) == [label]


@pytest.mark.parametrize(
    "fields",
    [
        {"on_site": False, "remote": True, "commune": "", "accessibility": ""},
        {"kind": "personne", "contact_agreed_on": TODAY},
        {"verification_email": "", "source": "Annuaire santé"},
        {"verified_on": TODAY - timedelta(days=179)},
    ],
)
def test_what_does_not_apply_costs_no_point(fields):
    assert missing(**fields) == []


def test_an_empty_sheet_says_ten_times_what_to_do():
    bare = make_resource(summary="", phone="", needs=(), state="draft")

    quality = quality_of(bare, TODAY)

    assert (quality.score, len({one.advice for one in quality.missing})) == (0, 10)


def test_the_coordination_reads_the_score_and_what_to_improve_on_the_sheet_and_in_the_list(desk):
    one = make_resource(name="Médiation", **(WHOLE | {"verified_on": date.today(), "hours": ""}))

    page = desk.get(reverse("manage_resource", args=[one.slug])).content.decode().replace("&nbsp;", " ")
    listed = desk.get(reverse("manage_resources")).content.decode()

    assert ("Qualité : 9 sur 10" in page, "Demandez quand on peut appeler ou venir." in page) == (True, True)
    assert '<td class="num" data-label="Qualité">9/10</td>' in listed


def test_the_score_reads_nothing_more_than_the_sheet_and_its_needs(django_assert_num_queries):
    for _ in range(3):
        make_resource()

    with django_assert_num_queries(2):
        scores = [quality_of(one, TODAY).score for one in Resource.objects.for_display().order_by("pk")]

    assert scores == [3, 3, 3]
