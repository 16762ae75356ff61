"""A cell for tests: ceremony, referent, peers with signed keys, slots and cases."""

from dataclasses import dataclass
from datetime import timedelta

from django.utils import timezone

from listening_cell import vault
from listening_cell.models import CellSettings, Peer, Slot
from listening_cell.services import casework, keys
from members.enums import Profession, Role
from members.tests.factories import make_user

PASSPHRASE = "tisane lampe velours marée sentier"


@dataclass
class Cell:
    """A cell whose ROOT was made; referent and its private key, which sign peers."""

    referent: object
    private: bytes

    @property
    def root(self):
        return keys.root_of(referent=self.referent, private=self.private)


def make_cell():
    """Hold the ceremony and return the Cell."""
    user = make_user(role=Role.CELL_REFERENT, second_factor=True)
    referent = keys.hold_ceremony(user=user, passphrase=PASSPHRASE).holder
    CellSettings.objects.filter(pk=1).update(place="Maison des associations, 2e étage")
    return Cell(referent, keys.unlock(holder=referent, passphrase=PASSPHRASE))


def make_peer(cell, *, seasoned=True, profession=Profession.NURSE, signed=True, **fields):
    """Enrol a peer, whose passphrase is PASSPHRASE; signed by the cell's referent unless told otherwise."""
    user = make_user(second_factor=True, profession=profession)
    peer = keys.invite(model=Peer, user=user, actor=cell.referent.pk, seasoned=seasoned)
    keys.make_key(holder=peer, passphrase=PASSPHRASE)
    if signed:
        keys.sign_holder(holder=peer, root=cell.root, actor=cell.referent.pk)
    for name, value in fields.items():
        setattr(peer, name, value)
    peer.save()
    return peer


def private_of(peer):
    return keys.unlock(holder=peer, passphrase=PASSPHRASE)


def make_slot(peer, *, days=3, hour=18, **fields):
    """Open an hour of a peer, so many days from today."""
    day = timezone.localtime() + timedelta(days=days)
    starts_at = day.replace(hour=hour, minute=0, second=0, microsecond=0)
    return Slot.objects.create(peer=peer, starts_at=starts_at, **fields)


def make_case(*peers, receipt=None, **request):
    """Make a case for a pair and return (Opened, receipt)."""
    receipt = receipt or vault.receipt_of(casework.pepper(), vault.new_key())
    values = {"for_whom": "self", "profession": Profession.NURSE.value, "mode": "phone"} | request
    opened = casework.create_case(receipt=receipt, request=casework.Request(**values), peers=peers)
    return opened, receipt
