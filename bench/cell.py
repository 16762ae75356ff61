"""What the cell's cryptography costs: opening a space at the real price of Argon2id, and pages of fifty cases."""

import statistics
import time

CASES = 50
PASSPHRASE = "tisane lampe velours marée sentier"  # noqa: S105 - the bench’s own
WORDS = "Depuis la rentrée je n’arrête plus, et le dimanche soir je pleure. " * 5


def seed_cell():
    """Hold a ceremony, enrol two peers and give them CASES cases; return one of them."""
    from listening_cell.models import Peer
    from listening_cell.services import keys
    from members.models import User

    def person(name):
        return User.objects.create_user(f"{name}@bench.example", first_name=name, profession="infirmier")

    referent = keys.hold_ceremony(user=person("referent"), passphrase=PASSPHRASE).holder
    root = keys.root_of(referent=referent, private=keys.unlock(holder=referent, passphrase=PASSPHRASE))
    peers = [keys.invite(model=Peer, user=person(name), actor=referent.pk, seasoned=True) for name in ("un", "deux")]
    for peer in peers:
        keys.make_key(holder=peer, passphrase=PASSPHRASE)
        keys.sign_holder(holder=peer, root=root, actor=referent.pk)
    for number in range(CASES):
        make_case(number, peers)
    return peers[0]


def make_case(number, peers):
    from listening_cell import vault
    from listening_cell.services import audit, casework

    request = casework.Request("self", "infirmier", "phone", commune="Villeneuve", words=WORDS)
    receipt = vault.receipt_of(audit.pepper(), f"bench {number}")
    opened = casework.create_case(receipt=receipt, request=request, peers=peers)
    for turn in range(4):
        casework.write_message(opened=opened, author="requester", content=f"{turn} {WORDS}")
    return opened


def unlocked(peer, private):
    """Return a client signed in as a peer, whose space is open, and its cookies for the load generator."""
    from django.test import Client

    from listening_cell.services import sessions
    from listening_cell.views.spaces import COOKIE

    client = Client(headers={"host": "localhost"})
    client.force_login(peer.user, backend="django.contrib.auth.backends.ModelBackend")
    client.cookies[COOKIE] = sessions.open_space(sessions.Space("peer", peer.pk, private))
    return client, "; ".join(f"{name}={morsel.value}" for name, morsel in client.cookies.items())


def seconds(act, rounds):
    spent = []
    for _ in range(rounds):
        begun = time.perf_counter()
        act()
        spent.append(time.perf_counter() - begun)
    return statistics.median(spent)


def measure_cell(server, scale):
    """Return seconds of unlocking and of opening one request, and requests per second of pages, all by one peer.

    today: the peer's page with CASES cases; case: one of them, with its messages; bare: the floor, signed in.
    """
    from listening_cell.services import casework, keys

    peer = seed_cell()
    private = keys.unlock(holder=peer, passphrase=PASSPHRASE)
    client, cookies = unlocked(peer, private)
    envelope = peer.envelopes.select_related("case").first()
    path = f"/ecoute/pairs/suivis/{envelope.case_id}/"
    client.post(f"{path}lire/")
    paths = {"bare": "/plancher/", "today": "/ecoute/pairs/", "case": path}
    figures = served(server, paths, {"Cookie": cookies}, scale)
    opening = seconds(lambda: casework.read_request(casework.open_envelope(envelope, private)), scale.searches * 10)
    unlocking = seconds(lambda: keys.unlock(holder=peer, passphrase=PASSPHRASE), min(scale.searches, 5))
    return figures | {"open": opening, "unlock": unlocking, "cases": CASES}


def served(server, paths, headers, scale):
    """Return {name: requests per second}, in turn, so that whatever else the machine does weighs on all alike."""
    totals = {name: [0, 0.0] for name in paths}
    for path in paths.values():
        server.load(paths=[path], headers=headers, clients=2, seconds=scale.seconds / 3)
    for _ in range(scale.rounds):
        for name, path in paths.items():
            result = server.load(paths=[path], headers=headers, clients=2, seconds=scale.seconds)
            totals[name][0] += result["count"]
            totals[name][1] += result["seconds"]
    return {name: round(count / spent, 1) for name, (count, spent) in totals.items()}
