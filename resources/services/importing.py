"""Importing a table of sheets: a file that is looked at, then all of it, or nothing where a row is in error.

The file and what its rows would do are a Document (cafe.pdf): made at once, or by a worker where the file is long;
kept a day, for one person alone, never longer than that account.
"""

import json
from dataclasses import asdict, dataclass

from django.contrib.auth import get_user_model
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction

from cafe import pdf
from cafe.drafts import GONE, NAME_LENGTH
from cafe.errors import Refusal
from cafe.exports import CSV_TYPE, csv_bytes
from cafe.models import Document, DocumentState
from resources.exchange.columns import known_columns
from resources.exchange.tables import read_table
from resources.services.batches import create_sheets, update_sheets
from resources.services.import_rows import Outcome, columns_problem, examine, first_error
from resources.services.indexing import current_mark, hold_index

KIND, REPORT_KIND = "resources_import", "resources_import_report"
AT_ONCE = 300  # rows; more are read, and written, by a worker


@dataclass(frozen=True)
class Imported:
    """What an import did, in numbers of sheets: made, published among them, changed."""

    created: int
    published: int
    changed: int


# --- The file that waits --------------------------------------------------------------------------


def start_import(*, upload, user):
    """Read an uploaded file and return the Document that will say what its rows do, in place of an earlier one.

    Raises Refusal.
    """
    headers, rows = read_table(upload)
    problem = columns_problem(headers)
    if problem:
        raise Refusal(problem)
    draft = keep_rows(headers, rows, name=upload.name[:NAME_LENGTH], user=user)
    # Made here, the preview is there when the page opens: no worker to wait for.
    if len(rows) <= AT_ONCE:
        pdf.make_document(str(draft.pk))
        draft.refresh_from_db()
    return draft


@transaction.atomic
def keep_rows(headers, rows, *, name, user):
    for earlier in drafts_of(user):
        forget(earlier)
    content = ContentFile(json.dumps({"headers": headers, "rows": rows}).encode())
    stored = default_storage.save(f"{pdf.FOLDER}/import.json", content)
    params = {"stored": stored, "name": name, "count": len(rows)}
    return pdf.request_document(kind=KIND, params=params, filename="apercu.json", user=user)


def drafts_of(user):
    return Document.objects.filter(kind=KIND, requested_by=user)


def forget(draft):
    """Delete a draft; its files go once that is certain."""
    names = [draft.params["stored"], draft.file.name]
    draft.delete()
    for name in filter(None, names):
        transaction.on_commit(lambda name=name: default_storage.delete(name), robust=True)


@transaction.atomic
def discard(*, key, user):
    """Forget a draft without importing it; one that is no longer there is no matter."""
    for draft in drafts_of(user).filter(pk=key):
        forget(draft)


def read_rows(stored):
    """Return (headers, rows) as they were kept. Raises Refusal where the file is gone."""
    try:
        with default_storage.open(stored) as file:
            kept = json.load(file)
    except FileNotFoundError:
        raise Refusal(GONE) from None
    return kept["headers"], kept["rows"]


def preview(*, stored, **about):
    """Return the file that says what each row would do: a kind of document (cafe.pdf)."""
    headers, rows = read_rows(stored)
    judged = [row.told() for row in examine(headers, rows)]
    return json.dumps({"rows": judged, "unknown": known_columns(headers)[1]}).encode(), "application/json"


def read_preview(draft):
    """Return {rows, unknown}: each row as Row.told() says it, and the titles that no column knows. Raises Refusal."""
    try:
        with draft.file.open("rb") as file:
            return json.load(file)
    except (FileNotFoundError, ValueError):
        raise Refusal(GONE) from None


# --- Importing ------------------------------------------------------------------------------------


def import_sheets(*, key, by, skip_errors=False, add_twins=False, publish=False):
    """Write what the draft's rows say, or nothing; return what was done.

    One row in error blocks all, unless skip_errors. New sheets begin as drafts; with publish, those that have what a
    published sheet must have are shown at once. A sheet with the name of another is left out, unless add_twins. The
    draft is deleted. Raises Refusal.
    """
    draft = drafts_of(by).filter(pk=key, state=DocumentState.READY).first()
    if draft is None:
        raise Refusal(GONE)
    table = read_rows(draft.params["stored"])
    # Judged before anybody is made to wait: a long file takes seconds.
    mark = current_mark()
    judged = Judged(table, examine(*table), mark)
    return write_import(draft, judged, by=by, skip_errors=skip_errors, add_twins=add_twins, publish=publish)


@dataclass(frozen=True)
class Judged:
    """The lines of a file and the Rows they make, where the directory bore this mark."""

    table: tuple
    rows: list
    mark: object


@transaction.atomic
def write_import(draft, judged, *, by, skip_errors, add_twins, publish):
    """Write the rows while no other sheet can change; judge them again where one did since they were."""
    hold_index()
    # Of two clicks on « Importer », the second finds the draft gone.
    if not drafts_of(by).select_for_update().filter(pk=draft.pk).exists():
        raise Refusal(GONE)
    rows = judged.rows if current_mark() == judged.mark else examine(*judged.table)
    problem = None if skip_errors else first_error(rows)
    if problem:
        raise Refusal(f"Rien n’est importé. {problem}")
    wanted = {Outcome.NEW, Outcome.TWIN} if add_twins else {Outcome.NEW}
    new = [(row.resource, row.needs) for row in rows if row.outcome in wanted]
    changed = [(row.resource, row.needs, row.changes) for row in rows if row.outcome == Outcome.CHANGED]
    created = create_sheets(new, by=by, publish=publish) if new else []
    update_sheets(changed, by=by)
    forget(draft)
    published = sum(one.state == one.State.PUBLISHED for one in created)
    return Imported(created=len(created), published=published, changed=len(changed))


def request_import(*, draft, by, **options):
    """Have a worker import a long file; return the Document that will tell what was done."""
    params = {"key": str(draft.pk), "by": by.pk, "options": options}
    return pdf.request_document(kind=REPORT_KIND, params=params, filename="bilan-import.csv", user=by)


def report(*, key, by, options):
    """Import in a worker, and return what was done as a table: a kind of document (cafe.pdf)."""
    user = get_user_model().objects.get(pk=by)
    try:
        done = asdict(import_sheets(key=key, by=user, **options))
    except Refusal as refusal:
        return csv_bytes(["Bilan de l’import"], [[refusal.sentence]]), CSV_TYPE
    titles = ["Fiches ajoutées", "dont publiées", "Fiches modifiées"]
    return csv_bytes(titles, [list(done.values())]), CSV_TYPE
