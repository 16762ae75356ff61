import pytest

from activities.tests.factories import form_data
from activities.tests.racing import ask, outcome
from cafe.tests.processes import portal_env
from cafe.tests.racing import Visitor, race, web

pytestmark = [pytest.mark.server, pytest.mark.xdist_group("server")]
CLIENTS, PLACES = 200, 20


@pytest.fixture(scope="module")
def env(tmp_path_factory):
    with portal_env(tmp_path_factory.mktemp("race")) as env:
        yield env


@pytest.fixture(scope="module")
def port(env):
    with web(env) as port:
        yield port


def mails_about(env, path):
    """Count the mails written about a session's registrations."""
    code = f"""
from cafe.models import Outgoing
registrations = Registration.objects.filter(session__slug={slug_of(path)!r})
keys = tuple(f"registration:{{one.pk}}:" for one in registrations)
answer = sum(row.dedupe_key.startswith(keys) for row in Outgoing.objects.all())
"""
    return ask(env, code)


def new_session(env, capacity):
    return ask(env, f"answer = make_session(capacity={capacity}).get_absolute_url()")


def crowd(port, path, clients):
    visitor = Visitor(port, path)
    people = [form_data(email=f"personne{number}@cafe.example") for number in range(clients)]
    return [lambda fields=fields: visitor.post(path, fields) for fields in people]


def slug_of(path):
    return path.rstrip("/").rsplit("/", 1)[1]


def test_200_clients_at_once_share_20_places_and_180_distinct_positions(env, port):
    path = new_session(env, PLACES)

    statuses = race(crowd(port, path, CLIENTS))

    after = outcome(env, slug_of(path))
    assert statuses == {302: CLIENTS}
    assert after["states"] == {"confirmed": PLACES, "waiting": CLIENTS - PLACES}
    assert after["line"] == list(range(PLACES + 1, CLIENTS + 1))
    assert mails_about(env, path) == CLIENTS


@pytest.mark.parametrize("lock", [True, False], ids=["with the lock", "without the lock, as a control"])
def test_it_is_the_lock_that_keeps_a_race_from_overselling(env, lock):
    path = new_session(env, 2)
    variables = {} if lock else {"WITHOUT_LOCK": "1"}

    with web(env | variables, workers=4, wsgi="activities.tests.race_wsgi") as port:
        statuses = race(crowd(port, path, 12))

    confirmed = outcome(env, slug_of(path))["states"]["confirmed"]
    assert statuses == {302: 12}
    assert confirmed == 2 if lock else confirmed > 2


def test_the_same_person_posting_20_times_at_once_has_one_registration_and_one_mail(env, port):
    path = new_session(env, 3)
    visitor, fields = Visitor(port, path), form_data(email="presse@cafe.example")

    statuses = race([lambda: visitor.post(path, fields)] * 20)

    assert statuses == {302: 20}
    assert outcome(env, slug_of(path))["states"] == {"confirmed": 1}
    assert mails_about(env, path) == 1


FULL_SESSIONS = """
from activities.links import registration_path
from activities.services.registering import cancel_registration
def full():
    session = make_session(capacity=2)
    people = [sign_up(session) for _ in range(6)]
    for one in people[:1]:
        cancel_registration(registration=one)
    return [session.slug, [registration_path(one) for one in people]]
answer = [full() for _ in range(5)]
"""


def test_cancelling_while_offers_are_taken_never_goes_over_capacity_nor_offers_twice(env, port):
    """In each session one place is offered, one confirmed person cancels, and the offer is taken and left at once."""
    sessions = ask(env, FULL_SESSIONS)
    posts = []
    for _, (_, confirmed, offered, *_) in sessions:
        leaving, taking = Visitor(port, f"{confirmed}annuler/"), Visitor(port, f"{offered}annuler/")
        posts += [lambda v=leaving, p=f"{confirmed}annuler/": v.post(p, {})] * 3
        posts += [lambda v=taking, p=f"{offered}accepter/": v.post(p, {})] * 2
        posts += [lambda v=taking, p=f"{offered}annuler/": v.post(p, {})]

    statuses = race(posts)

    after = [outcome(env, slug)["states"] for slug, _ in sessions]
    assert set(statuses) == {302}
    for states in after:
        # Two places in all: whoever took the offer, and offers; the four others wait or have left.
        assert states.get("confirmed", 0) + states.get("offered", 0) == 2
        assert sum(states.values()) == 6
