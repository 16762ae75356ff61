"""Moving people to a session while others register to it: nobody gets a place that is not there."""

import pytest

from activities.tests.factories import form_data
from activities.tests.racing import ask, outcome
from cafe.tests.processes import portal_env, run_python
from cafe.tests.racing import Visitor, race, web

pytestmark = [pytest.mark.server, pytest.mark.xdist_group("server")]
PLACES, MOVERS, NEWCOMERS = 6, 8, 12

TWO_SESSIONS = f"""
source, target = make_session(capacity={MOVERS}), make_session(capacity={PLACES})
people = [sign_up(source).pk for _ in range({MOVERS})]
answer = [source.pk, target.pk, target.slug, target.get_absolute_url(), people]
"""
MOVE = """
import django; django.setup()
from activities.models import Session
from activities.services.transfers import move_registrations
source, target = Session.objects.get(pk={source}), Session.objects.get(pk={target})
move_registrations(source=source, target=target, people={people}, by=None)
"""


def test_moving_and_registering_at_once_never_oversell(tmp_path):
    with portal_env(tmp_path) as env, web(env) as port:
        source, target, slug, path, people = ask(env, TWO_SESSIONS)
        visitor = Visitor(port, path)
        newcomers = [form_data(email=f"personne{number}@cafe.example") for number in range(NEWCOMERS)]
        posts = [lambda fields=fields: visitor.post(path, fields) for fields in newcomers]
        halves = [people[: MOVERS // 2], people[MOVERS // 2 :]]
        moves = [MOVE.format(source=source, target=target, people=half) for half in halves]
        posts += [lambda code=code: run_python(env, code) is not None for code in moves]

        statuses = race(posts)

        after = outcome(env, slug)
    assert statuses == {302: NEWCOMERS, True: len(halves)}
    assert after["states"] == {"confirmed": PLACES, "waiting": NEWCOMERS + MOVERS - PLACES}
    assert after["line"] == list(range(PLACES + 1, NEWCOMERS + MOVERS + 1))
