"""The listening cell of the demonstration: made by the real services, opened by what is printed, the same twice."""

import re
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import IntegrityError
from django.utils import timezone

from cafe.demo import cell, directory, people
from cafe.models import Outgoing
from cafe.tests.test_demo import all_rows
from listening_cell import figures, vault
from listening_cell.enums import CaseState
from listening_cell.models import Case, CellSettings, Peer, Referent, RootKey, Slip
from listening_cell.services import booking, casework, checking, closing, following, interviews, keys, publishing, slips
from members.models import User

# The cell keeps its files once transactions are over: here they really are.
pytestmark = pytest.mark.django_db(transaction=True)


def demo(**options):
    output = StringIO()
    call_command("demo", stdout=output, **options)
    return output.getvalue()


@pytest.fixture
def loaded():
    """The cell and what it needs, without the rest of the demonstration."""
    people.load_accounts()
    directory.load_directory()
    cell.load_cell()


def peer(name):
    return Peer.objects.get(user__email=f"{name}@demo.example")


def opened_by(name):
    """Return {state: Opened} of the cases that a peer's printed passphrase opens."""
    one = peer(name)
    private = keys.unlock(holder=one, passphrase=cell.PASSPHRASE)
    envelopes = one.envelopes.select_related("case")
    return {envelope.case.state: casework.open_envelope(envelope, private) for envelope in envelopes}


def test_three_peers_and_a_referent_hold_keys_that_root_vouches_for(loaded):
    names = {one.user.email: (one.seasoned, keys.is_valid(one)) for one in Peer.objects.select_related("user")}

    assert names == {
        "ecoute1@demo.example": (True, True),
        "ecoute2@demo.example": (False, True),
        "ecoute3@demo.example": (False, True),
    }
    assert keys.is_valid(Referent.objects.get(user__email="referent@demo.example"))
    assert [finding.sentence for finding in checking.check() if finding.wrong] == []


def test_what_is_told_opens_the_peers_spaces_and_a_case(loaded):
    passphrase, code = cell.told()

    for name in cell.PEERS:
        assert keys.unlock(holder=peer(name), passphrase=re.search("« (.*) »", passphrase)[1])
    receipt = vault.tidied(code.rpartition(" : ")[2])
    assert casework.read_request(casework.open_by_receipt(receipt)).name == "Camille"


def test_slots_are_open_for_the_coming_weeks_and_a_pair_can_be_had(loaded):
    board = booking.read_board()

    assert len(board.peers) == 3
    pairs = [at for at, free in board.free.items() if len(free) > 1]
    assert pairs
    assert max(pairs) > timezone.now() + timezone.timedelta(weeks=6)


def test_one_case_goes_on_with_messages_notes_and_a_talk_to_come(loaded):
    opened = opened_by("ecoute1")[CaseState.FOLLOWED]

    authors = [message.author for message in casework.read_messages(opened)]
    assert (authors[0] in set(Peer.objects.values_list("pk", flat=True)), authors[-1]) == (True, casework.REQUESTER)
    [interview] = interviews.interviews_of(casework.read_notes(opened))
    assert (interview.content["alert"], len(interview.content["resources"])) == ("watch", 2)
    assert following.next_hour(opened.case) > timezone.now()


def test_the_other_is_closed_and_counted_and_its_slip_waits(loaded):
    opened = opened_by("ecoute1")[CaseState.CLOSED]

    assert len(interviews.interviews_of(casework.read_notes(opened))) == 2
    assert closing.was_counted(opened)
    assert (Case.objects.count(), Slip.objects.count()) == (2, 1)
    referent = Referent.objects.get()
    private = keys.unlock(holder=referent, passphrase=cell.PASSPHRASE)
    stat = keys.stat_of(referent=referent, private=private)
    assert slips.opened(Slip.objects.get(), stat).talks.value == "2-3"


def test_a_past_year_is_published_with_twenty_six_requests(loaded):
    [figure] = figures.publications(User.objects.get(email="conseil@demo.example"))

    assert (figure.year, figure.requests) == (publishing.year_to_publish(), 26)
    shown = {table.key: [row.count for row in table.rows] for table in figure.tables}
    assert shown == {
        "profession": [12, 14],
        "talks": [13, 13],
        "beneficiary": [11, 15],
        "through": [12, 14],
        "motives": [15, 12],
        "orientations": [11, 13],
        "resources": [14, 11],
    }


def test_whoever_asks_is_told_where_to_come(loaded):
    assert CellSettings.load().place == cell.ARRANGEMENTS["place"]


def test_the_command_tells_it_and_a_second_run_changes_nothing():
    printed, before = demo(), all_rows()

    assert printed.splitlines()[-2:] == cell.told()
    assert demo() == printed.replace(printed.splitlines()[0], "La démonstration est déjà là : rien n’a changé.")
    assert all_rows() == before
    assert Outgoing.objects.count() == 0


def test_loading_stopped_after_the_ceremony_is_taken_up_again(monkeypatch):
    people.load_accounts()
    with monkeypatch.context() as patch:
        patch.setattr(cell, "ARRANGEMENTS", {"daily_cap": None})
        with pytest.raises(IntegrityError, match="daily_cap"):
            cell.load_cell()
    assert (Referent.objects.count(), Peer.objects.count(), Case.objects.count()) == (1, 0, 0)

    cell.load_cell()

    assert (RootKey.objects.count(), Peer.objects.count(), Case.objects.count()) == (1, 3, 2)


def test_a_root_that_is_not_the_demonstration_s_is_left_alone(settings):
    settings.CELL_ROOT_VERIFY_KEY = vault.verify_key_of(vault.new_root()).hex()

    people.load_accounts()

    cell.load_cell()

    assert (RootKey.objects.count(), Peer.objects.count(), cell.told()) == (0, 0, [])


def test_a_code_that_was_withdrawn_is_not_told_any_more(loaded):
    for case in Case.objects.all():
        casework.shred_case(case=case)

    assert cell.told() == [f"Cellule d’écoute, phrase des trois pairs et du référent : « {cell.PASSPHRASE} »"]
