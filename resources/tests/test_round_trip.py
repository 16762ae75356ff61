"""Importing its own export changes nothing, whatever a sheet holds."""

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as effort
from hypothesis import strategies as st

from resources.enums import ResourceState
from resources.exchange.cells import received, tidy, told, written
from resources.exchange.columns import COLUMNS
from resources.exchange.tables import read_table
from resources.models import Resource, ResourceChange, ResourceNeed
from resources.services import exporting, importing
from resources.services.import_rows import Outcome, examine
from resources.services.seeding import load_seed
from resources.tests.exchange import (
    HEADERS,
    csv_of,
    exported_file,
    make_full,
    make_odd,
    snapshot,
    upload,
)
from resources.tests.factories import make_resource

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("extension", ["csv", "xlsx"])
def test_importing_its_own_export_changes_nothing(extension, coordinator):
    load_seed()
    make_full()
    make_resource(name="=1+1", phone="+33 2 61 91 00 20", summary="'-- ", state=ResourceState.ARCHIVED)
    make_odd()
    before, history = snapshot(), ResourceChange.objects.count()

    draft = importing.start_import(upload=exported_file(extension), user=coordinator)
    rows = importing.read_preview(draft)["rows"]
    done = importing.import_sheets(key=draft.pk, by=coordinator, publish=True, add_twins=True)

    assert [row for row in rows if (row["outcome"], row["notes"]) != (Outcome.SAME, [])] == []
    assert done == importing.Imported(created=0, published=0, changed=0)
    assert (snapshot(), ResourceChange.objects.count()) == (before, history)


@pytest.mark.parametrize("encoding", ["utf-8", "cp1252", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_a_file_saved_by_another_spreadsheet_is_read_the_same(encoding, delimiter):
    one = make_resource(name="Médiation d’été", hours="Été", summary="Une médiation")
    rows = [[HEADERS["slug"], HEADERS["name"], HEADERS["hours"]], [one.slug, "Médiation d’été", "Été"]]

    headers, lines = read_table(csv_of(rows, encoding=encoding, delimiter=delimiter))

    assert [row.outcome for row in examine(headers, lines)] == [Outcome.SAME]


ANYTHING = st.text(st.characters(exclude_categories=["Cs"]), max_size=60)
TROUBLE = st.sampled_from(["=", "'", "'=", "''+", "-", "@", "\t", "\r", "\n", '"', ";", ",", "_x000D_", "\ufffe", " "])
TEXT = st.builds("".join, st.lists(st.one_of(TROUBLE, ANYTHING), max_size=5))


@effort(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data(), extension=st.sampled_from(["csv", "xlsx"]))
def test_whatever_a_sheet_holds_its_cells_come_back_as_they_were_told(data, extension):
    values = {
        "name": data.draw(TEXT), "offers": data.draw(TEXT), "kind": data.draw(TEXT), "website": data.draw(TEXT),
        "area_communes": data.draw(st.lists(TEXT, max_size=3)), "professions": data.draw(st.lists(TEXT, max_size=2)),
        "vouchers": data.draw(st.sampled_from([None, True, False])), "priority_access": data.draw(st.booleans()),
        "latitude": data.draw(st.none() | st.floats(-90, 90)), "source_date": data.draw(st.none() | st.dates()),
    }  # fmt: skip
    one = Resource(pk=1, slug="fiche", **values)
    one._prefetched_objects_cache = {"needs": [ResourceNeed(need="droit--avocat")]}

    content, _ = exporting.table([one], extension=extension)

    _, (cells,) = read_table(upload(content))
    columns = COLUMNS[1:]
    back = [received(cell, column) for cell, column in zip(cells[1:], columns, strict=False)]
    assert back == [told(written(one, column, ["droit--avocat"]), column) for column in columns][: len(back)]


@given(TEXT)
def test_tidying_twice_is_tidying_once(text):
    assert tidy(tidy(text)) == tidy(text)
