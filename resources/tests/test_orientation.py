"""Nothing counts how often a sheet is used; what the cell publishes once a year is shown within its rule."""

import pytest
from django.apps import apps
from django.db import connection, models
from django.test.utils import CaptureQueriesContext

from members.enums import Role
from members.tests.factories import make_user
from resources.enums import ResourceState, Visibility
from resources.orientation import THRESHOLD, Line, Orientation, lines_of
from resources.tests.factories import make_resource
from resources.tests.prevention import make_page

pytestmark = pytest.mark.django_db
# Every number that this app keeps: where things are, in what order, and how often a resource was asked to confirm.
NUMBERS = {
    "commune.latitude", "commune.longitude", "resource.latitude", "resource.longitude", "resource.asked_times",
    "preventionpage.position",
}  # fmt: skip


def database():
    """Return every row of every table."""
    return {model._meta.label: list(model.objects.order_by("pk").values()) for model in apps.get_models()}


def visit_everything(client, sheet, page):
    for address in (sheet, page, "/ressources/?q=avocat", "/ressources/?tout=on", "/prevention/", "/ou-j-en-suis/"):
        assert client.get(address).status_code == 200


@pytest.mark.parametrize("role", [None, Role.PEER, Role.COORDINATION], ids=str)
def test_opening_and_searching_write_no_row_anywhere(client, role):
    sheet, page = make_resource(name="Avocat du port").get_absolute_url(), make_page().get_absolute_url()
    if role:
        client.force_login(make_user(role=role, second_factor=True))
    visit_everything(client, sheet, page)
    before = database()

    visit_everything(client, sheet, page)

    assert database() == before


def test_nobody_signed_in_or_not_makes_the_database_write(client):
    sheet, page = make_resource(name="Avocat du port").get_absolute_url(), make_page().get_absolute_url()
    visit_everything(client, sheet, page)

    with CaptureQueriesContext(connection) as queries:
        visit_everything(client, sheet, page)

    assert [one["sql"] for one in queries if one["sql"].split()[0] in {"INSERT", "UPDATE", "DELETE"}] == []


def test_no_table_of_the_directory_can_hold_a_count():
    kept = {
        f"{model._meta.model_name}.{field.name}"
        for model in apps.get_app_config("resources").get_models()
        for field in model._meta.get_fields()
        if isinstance(field, models.IntegerField | models.FloatField | models.DecimalField | models.DurationField)
        and not field.primary_key
    }
    assert kept == NUMBERS


def test_a_publication_becomes_lines_the_most_often_handed_over_first():
    lawyer, doctor = make_resource(name="Avocat du port"), make_resource(name="Docteur d’à côté")
    hidden = make_resource(name="Pour les pairs", visibility=Visibility.PEERS)
    gone = make_resource(name="Rangée", state=ResourceState.ARCHIVED)
    handed = {lawyer.slug: 12, hidden.slug: 14, doctor.slug: 30, gone.slug: 12}

    lines = lines_of(Orientation(year=2026, requests=60, handed=handed))

    assert lines == [
        Line("Docteur d’à côté", doctor.get_absolute_url(), 30),
        Line("Une fiche qui n’est pas publique", "", 14),
        Line("Avocat du port", lawyer.get_absolute_url(), 12),
        Line("Une fiche qui n’est pas publique", "", 12),
    ]


def test_a_year_without_any_sheet_to_name_has_no_line():
    assert lines_of(Orientation(year=2026, requests=12, handed={})) == []


@pytest.mark.parametrize(
    ("requests", "count"),
    [(60, THRESHOLD - 1), (60, 60 - THRESHOLD + 1), (60, 60), (THRESHOLD, THRESHOLD), (60, 0), (10, 12)],
)
def test_a_number_that_could_point_at_somebody_is_never_shown(requests, count):
    slug = make_resource().slug

    with pytest.raises(ValueError, match="too rarely, or nearly always"):
        lines_of(Orientation(year=2026, requests=requests, handed={slug: count}))


def test_the_smallest_numbers_allowed_are_shown():
    sheet = make_resource(name="Avocat du port")

    lines = lines_of(Orientation(year=2026, requests=2 * THRESHOLD, handed={sheet.slug: THRESHOLD}))

    assert [(line.name, line.count) for line in lines] == [("Avocat du port", THRESHOLD)]


def test_lines_cost_one_query_whatever_their_number():
    slugs = [make_resource().slug for _ in range(20)]
    costs = []
    for wanted in (1, 3, 20):
        with CaptureQueriesContext(connection) as queries:
            lines_of(Orientation(year=2026, requests=60, handed=dict.fromkeys(slugs[:wanted], 12)))
        costs.append(len(queries))

    assert costs == [1, 1, 1]
