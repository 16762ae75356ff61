"""What the rest of the portal reads of the cell: what was published, named as each reader may, and nothing else."""

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import connection
from django.test.utils import CaptureQueriesContext

from listening_cell import counting, figures
from listening_cell.models import Publication
from listening_cell.tests.factories import make_cell
from listening_cell.tests.slips import keep_slips
from members.enums import Role
from members.tests.factories import make_user
from resources.enums import ResourceState, Visibility
from resources.models import Resource
from resources.orientation import Line, Orientation, check_rule, lines_of
from resources.tests.factories import make_resource

pytestmark = pytest.mark.django_db
USUAL = {"profession": "soins", "talks": "1", "beneficiary": "soi", "through": "portail"}


def publish(year, *groups):
    """Store a publication of these groups of slips, [(how many, answers)]."""
    slips = [counting.Slip(**USUAL | answers) for number, answers in groups for _ in range(number)]
    return Publication.objects.create(year=year, tables=counting.publication(slips, year))


@pytest.fixture
def sheet():
    return make_resource(name="Groupe de parole du littoral")


@pytest.fixture
def published(sheet):
    return publish(2025, (15, {"resources": (str(sheet.pk),), "motives": ["charge"]}), (12, {"profession": "medecins"}))


def rows(figure, key):
    return {row.label: row.count for table in figure.tables if table.key == key for row in table.rows}


def test_before_any_publication_there_is_nothing_whatever_waits(transactional_db):
    make_cell()
    keep_slips(30)

    reader = make_user(role=Role.BOARD)
    assert (figures.publications(reader), figures.publication_of(2025, reader), figures.orientations()) == (
        [],
        None,
        [],
    )


def test_a_publication_is_read_as_it_was_frozen(published):
    [figure] = figures.publications(make_user(role=Role.BOARD))

    assert (figure.year, figure.requests) == (2025, 27)
    assert [(table.key, table.label, table.several) for table in figure.tables] == [
        ("profession", "Profession", False),
        ("talks", "Nombre d’entretiens", False),
        ("beneficiary", "Pour qui", False),
        ("through", "Comment la cellule a été connue", False),
        ("motives", "Motifs", True),
        ("orientations", "Orientations", True),
        ("resources", "Fiches de l’annuaire remises", True),
    ]
    assert rows(figure, "motives") == {"Charge et organisation du travail": 15}
    assert rows(figure, "talks") == {}


def test_publications_come_the_latest_year_first():
    for year in (2023, 2025, 2024):
        publish(year, (11, {}))

    assert [figure.year for figure in figures.publications(AnonymousUser())] == [2025, 2024, 2023]
    assert figures.publication_of(2024, AnonymousUser()).requests == 11


def test_sheets_are_named_as_the_directory_names_them_today(published, sheet):
    sheet.name = "Groupe de parole de la côte"
    sheet.save()

    [figure] = figures.publications(AnonymousUser())

    assert rows(figure, "resources") == {"Groupe de parole de la côte": 15}


@pytest.mark.parametrize(
    ("fields", "role", "named"),
    [
        ({"visibility": Visibility.PEERS}, Role.CELL_REFERENT, True),
        ({"visibility": Visibility.PEERS}, Role.BOARD, False),
        ({"visibility": Visibility.ACCOUNT}, Role.BOARD, True),
        ({"state": ResourceState.ARCHIVED}, Role.BOARD, False),
    ],
)
def test_a_sheet_is_counted_without_its_name_for_who_may_not_read_it(published, sheet, fields, role, named):
    Resource.objects.filter(pk=sheet.pk).update(**fields)

    [figure] = figures.publications(make_user(role=role))

    assert rows(figure, "resources") == {sheet.name if named else figures.UNNAMED: 15}


def test_a_sheet_that_is_gone_keeps_its_count(published, sheet):
    sheet.delete()

    [figure] = figures.publications(AnonymousUser())

    assert rows(figure, "resources") == {figures.UNNAMED: 15}
    assert [line.name for line in lines_of(figures.orientations()[0])] == ["Une fiche qui n’est pas publique"]


def test_the_directory_is_handed_what_it_expects(published, sheet):
    [orientation] = figures.orientations()

    assert orientation == Orientation(year=2025, requests=27, handed={sheet.slug: 15})
    check_rule(orientation)
    assert lines_of(orientation) == [Line(name=sheet.name, url=sheet.get_absolute_url(), count=15)]


def test_a_key_that_is_no_number_does_no_harm():
    publish(2025, (12, {"resources": ("9" * 16, "étrange")}), (11, {}))

    [figure] = figures.publications(AnonymousUser())

    assert [row.label for row in figure.tables[-1].rows] == [figures.UNNAMED] * 2
    assert figures.orientations()[0].handed == {"9" * 16: 12, "étrange": 12}


def test_it_reads_the_same_statements_whatever_the_years(published, sheet):
    reader = make_user(role=Role.BOARD)

    def statements(read):
        with CaptureQueriesContext(connection) as captured:
            read()
        return len(captured)

    def both():
        return statements(lambda: figures.publications(AnonymousUser())), statements(figures.orientations)

    before = both()
    for year in range(2010, 2020):
        publish(year, (15, {"resources": (str(sheet.pk),)}), (12, {}))

    assert both() == before == (2, 2)
    assert len(figures.publications(reader)) == 11
