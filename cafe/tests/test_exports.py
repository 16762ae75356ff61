from datetime import UTC, date, datetime
from decimal import Decimal
from io import BytesIO

import pytest
from django.http import Http404
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook

from cafe.exports import FORMULA_STARTS, csv_bytes, safe_text, table_response, xlsx_bytes

HEADER = ["Nom", "Remarques"]


def sheet(content):
    return [list(row) for row in load_workbook(BytesIO(content)).active.iter_rows(values_only=True)]


def test_csv_opens_in_a_french_excel():
    row = ["Zoé", True, None, Decimal("7.50"), date(2026, 3, 1), datetime(2026, 7, 1, 18, 30, tzinfo=UTC)]

    content = csv_bytes(["a", "b", "c", "d", "e", "f"], [row])

    assert content.startswith(b"\xef\xbb\xbf")
    assert content.decode("utf-8-sig") == "a;b;c;d;e;f\r\nZoé;oui;;7,50;01/03/2026;01/07/2026 20:30\r\n"


def test_xlsx_keeps_numbers_and_local_dates():
    row = ["Zoé", False, None, Decimal("7.5"), 3, datetime(2026, 7, 1, 18, 30, tzinfo=UTC)]

    rows = sheet(xlsx_bytes(["a", "b", "c", "d", "e", "f"], [row]))

    assert rows[1] == ["Zoé", "non", None, 7.5, 3, datetime(2026, 7, 1, 20, 30)]


@pytest.mark.parametrize("start", FORMULA_STARTS)
def test_no_text_becomes_a_formula(start):
    text = f"{start}HYPERLINK(1)"

    assert csv_bytes(["t"], [[text]]).decode("utf-8-sig").splitlines()[1].lstrip('"').startswith("'")
    assert load_workbook(BytesIO(xlsx_bytes(["t"], [[text]]))).active["A2"].data_type == "s"


def test_separators_and_lines_stay_inside_their_cell():
    assert csv_bytes(["t"], [['a;"b"\nc']]).decode("utf-8-sig") == 't\r\n"a;""b""\nc"\r\n'


def test_a_control_character_hides_no_formula():
    assert safe_text("\x00\x0b=1+1") == "'=1+1"


@given(st.text())
def test_any_text_can_be_written(text):
    safe = safe_text(text)

    assert not safe.startswith(FORMULA_STARTS)
    csv_bytes(["t"], [[text]])
    xlsx_bytes(["t"], [[text]])


def test_a_download_has_a_dated_name_and_is_not_kept():
    response = table_response(extension="csv", name="seances", header=HEADER, rows=[])

    assert response.headers["Content-Disposition"].startswith('attachment; filename="seances-20')
    assert response.headers["Cache-Control"] == "no-store"


def test_an_unknown_kind_of_file_is_not_found():
    with pytest.raises(Http404):
        table_response(extension="pdf", name="seances", header=HEADER, rows=[])
