"""Proof 8: booking race on SQLite and PostgreSQL, with a control that shows the race when the constraint is removed.

And the second half of proof 7: the same form sent many times at once makes one request.
"""

import secrets

import pytest

from cafe.tests.processes import portal_env
from cafe.tests.racing import Visitor, race, web
from listening_cell.tests.asked import ASK, form_of, receipt, run_cell, slots

pytestmark = [pytest.mark.server, pytest.mark.xdist_group("server")]
CLIENTS = 40
PAIR = """
cell = make_cell()
peers = [make_peer(cell, monthly_limit=30), make_peer(cell, monthly_limit=30)]
CellSettings.objects.update(daily_cap=200)
for peer in peers:
    for days in range(3, 23):
        make_slot(peer, days=days)
answer = None
"""
HELD = """
from datetime import UTC, datetime
from listening_cell.services import files
rows = Reservation.objects.filter(slot__starts_at=datetime.fromtimestamp({slot}, UTC))
cases = set(rows.values_list("case_id", flat=True))
answer = [len(cases), rows.count(), len(files.references()) - Case.objects.count()]
"""
# The table made again without its constraint, which SQLite cannot drop; then made again as it should be.
WITHOUT_CONSTRAINT = """
from django.db import connection
with connection.cursor() as cursor:
    cursor.execute("DROP TABLE listening_cell_reservation")
    cursor.execute("CREATE TABLE listening_cell_reservation (slot_id bigint NOT NULL, case_id varchar(26) NOT NULL)")
answer = None
"""
WITH_CONSTRAINT = """
from django.db import connection
Case.objects.all().delete()
with connection.schema_editor() as editor:
    editor.delete_model(Reservation)
    editor.create_model(Reservation)
answer = None
"""


@pytest.fixture(scope="module")
def env(tmp_path_factory):
    with portal_env(tmp_path_factory.mktemp("race")) as env:
        run_cell(env, PAIR)
        yield env


@pytest.fixture(scope="module")
def port(env):
    with web(env) as port:
        yield port


def held(env, slot):
    """Return, of a slot shown: how many cases hold it, with how many rows; and how many SHRED files are in excess."""
    return run_cell(env, HELD.format(slot=slot))


def requests_for(visitor, count, **fields):
    """Return so many forms for the first slot shown, each its own person's, with words that tell it from the others."""
    form = form_of(visitor.body, **fields)
    return [form | {"nonce": secrets.token_urlsafe(32), "words": f"mots {number}"} for number in range(count)]


def answered(visitor, form):
    """Post a form; return what the page says, in few words."""
    status, body = visitor.send(ASK, form)
    if status == 200:
        return status, len(receipt(body))
    kept = f">\n{form['words']}</textarea>" in body and form["nonce"] in body
    courteous = "Ce créneau vient d’être pris par quelqu’un d’autre. En voici trois proches." in body
    near = slots(body)
    return status, courteous, kept, len(near), form["slot"] in near


def test_40_requests_at_once_for_the_last_pair_make_one_booking_and_39_courteous_refusals_with_the_form_kept(env, port):
    visitor = Visitor(port, ASK)
    forms = requests_for(visitor, CLIENTS)

    seen = race([lambda form=form: answered(visitor, form) for form in forms])

    assert seen == {(200, 16): 1, (409, True, True, 3, False): CLIENTS - 1}
    assert held(env, forms[0]["slot"]) == [1, 2, 0]


def test_it_is_the_constraint_that_keeps_a_slot_from_being_held_twice(env, tmp_path):
    """The same race twice, of requests that have all read the slot as free: with the constraint, then without it."""
    found = []
    with web(env | {"RACE_DIR": str(tmp_path)}, workers=3, wsgi="listening_cell.tests.race_wsgi") as port:
        for prepare in ("answer = None", WITHOUT_CONSTRAINT):
            run_cell(env, prepare)
            visitor = Visitor(port, ASK)
            forms = requests_for(visitor, 6)
            race([lambda visitor=visitor, form=form: answered(visitor, form) for form in forms])
            found.append(held(env, forms[0]["slot"])[0])
            for process in tmp_path.iterdir():
                process.unlink()
    run_cell(env, WITH_CONSTRAINT)

    assert (found[0], found[1] > 1) == (1, True)


def test_the_same_form_sent_20_times_at_once_shows_one_page_and_books_once(env, port):
    visitor = Visitor(port, ASK)
    form = form_of(visitor.body, words="une fois")

    def post():
        status, body = visitor.send(ASK, form)
        return status, receipt(body)

    seen = race([post] * 20)

    assert (len(seen), [(status, len(code)) for status, code in seen]) == (1, [(200, 16)])
    assert held(env, form["slot"])[:2] == [1, 2]
