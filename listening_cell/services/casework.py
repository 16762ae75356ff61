"""The heart of a case: making it, opening it with a receipt or a peer's key, writing in it, sealing it to another peer.

C opens the request and the messages; the requester holds it through the receipt, the two peers through an envelope. N
opens the interview notes; the peers alone hold it. Public keys are derived from the opened private ones, never read
from the database. Everything lies under the case's SHRED key besides.
"""

import json
from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from listening_cell import vault
from listening_cell.enums import AuditAction, CaseState
from listening_cell.models import Case, CaseEnvelope, Message, Note, new_reference
from listening_cell.services import audit, files, keys
from listening_cell.services.audit import pepper

REQUESTER, CELL = "requester", "cell"  # authors who are no peer: whoever asked, and the portal, which tells of a change


@dataclass(frozen=True)
class Request:
    """What was asked, as it is sealed. for_whom, mode, profession: values of their enums; excluded: ids of peers.

    name: first name or pseudonym; reach: a way to be reached; words: a few words.
    """

    for_whom: str
    profession: str
    mode: str
    commune: str = ""
    excluded: tuple = ()
    name: str = ""
    reach: str = ""
    words: str = ""


@dataclass(frozen=True)
class Opened:
    """A case and the keys that open it. note_key is None for the requester."""

    case: Case
    case_key: bytes = field(repr=False)
    note_key: bytes | None = field(repr=False)
    shred: bytes = field(repr=False)


@dataclass(frozen=True)
class Written:
    """One message or note. author: REQUESTER, CELL or a peer's id; at: when; content: what was written."""

    number: int
    author: str
    at: datetime
    content: object


def place(purpose, reference, number=0):
    return vault.Place(purpose, "case", reference, number)


def packed(content):
    return json.dumps(content, ensure_ascii=False).encode()


# --- Making ---------------------------------------------------------------------------------------


@transaction.atomic
def create_case(*, receipt, request, peers, reference=None):
    """Make a case for a receipt, its keys, its request and an envelope for each peer; return Opened.

    The SHRED file is written before the commit; if the transaction fails, the file is left, and cell_check removes it.
    """
    reference, week = reference or new_reference(), audit.this_week()
    shred, case_key, note_key = files.new_shred(reference, week), vault.new_private(), vault.new_private()
    receipt_key = vault.receipt_key(pepper(), receipt)
    case = Case.objects.create(
        reference=reference,
        week=week,
        last_week=week,
        look_up=vault.look_up_of(pepper(), receipt),
        receipt_key=vault.lock(case_key, key=receipt_key, place=place("receipt", reference), shred=shred),
        request=sealed_request(reference, request, case_key, shred),
    )
    opened = Opened(case, case_key, note_key, shred)
    for peer in peers:
        add_envelope(opened=opened, peer=peer)
    return opened


def sealed_request(reference, request, case_key, shred):
    public, where = vault.public_of(case_key), place("request", reference)
    return vault.seal(packed(request.__dict__), public=public, place=where, shred=shred)


def add_envelope(*, opened, peer):
    """Seal a case's keys to a peer whose key ROOT vouches for. Raises Unreadable for any other."""
    if not keys.is_valid(peer):
        raise vault.Unreadable
    where = place(f"envelope {peer.pk}", opened.case.reference)
    sealed = vault.seal(
        opened.case_key + (opened.note_key or b""), public=bytes(peer.public_key), place=where, shred=opened.shred
    )
    return CaseEnvelope.objects.create(case=opened.case, peer=peer, keys=sealed)


# --- Opening --------------------------------------------------------------------------------------


def open_by_receipt(receipt):
    """Return the Opened case of a receipt, without the notes' key; None where no case answers to it."""
    case = Case.objects.filter(look_up=vault.look_up_of(pepper(), receipt)).first()
    if case is None:
        return None
    try:
        shred = files.shred_of(case.reference)
        key, where = vault.receipt_key(pepper(), receipt), place("receipt", case.reference)
        return Opened(case, vault.unlock(case.receipt_key, key=key, place=where, shred=shred), None, shred)
    except vault.Unreadable:
        return None


def open_envelope(envelope, private):
    """Return the Opened case of an envelope (with its case), by its peer's private key. Raises Unreadable."""
    case = envelope.case
    shred = files.shred_of(case.reference)
    where = place(f"envelope {envelope.peer_id}", case.reference)
    both = vault.unseal(envelope.keys, private=private, place=where, shred=shred)
    if len(both) != 2 * vault.KEY_BYTES:
        raise vault.Unreadable
    return Opened(case, both[: vault.KEY_BYTES], both[vault.KEY_BYTES :], shred)


def read_request(opened):
    """Return the Request of an opened case. Raises Unreadable."""
    where = place("request", opened.case.reference)
    content = vault.unseal(opened.case.request, private=opened.case_key, place=where, shred=opened.shred)
    values = json.loads(content)
    return Request(**values | {"excluded": tuple(values["excluded"])})


# --- Writing --------------------------------------------------------------------------------------


def lock_case(reference):
    """Hold a case until the transaction ends, and return it as it is now."""
    return Case.objects.select_for_update(no_key=True).get(pk=reference)


def sealed_entry(opened, where, private, *, author, content):
    """Return an entry of a case, sealed where it lies; its author and its minute are inside."""
    entry = {"author": author, "at": timezone.now().isoformat(timespec="minutes"), "content": content}
    return vault.seal(packed(entry), public=vault.public_of(private), place=where, shred=opened.shred)


@transaction.atomic
def write_message(*, opened, author, content):
    """Add a message from the requester ("requester") or from a peer (an id); return it. Its date is sealed with it."""
    case = lock_case(opened.case.reference)
    case.messages += 1
    case.save(update_fields=["messages"])
    where = place("message", case.reference, case.messages)
    blob = sealed_entry(opened, where, opened.case_key, author=author, content=content)
    opened.case.messages = case.messages
    return Message.objects.create(case=case, number=case.messages, blob=blob)


@transaction.atomic
def write_note(*, opened, author, content):
    """Add a note (content: plain values for JSON); return it. An edit is a new note, which names what it replaces.

    How many there are is kept in a file too, once committed: a table rolled back or cut short is then seen.
    """
    case = lock_case(opened.case.reference)
    case.notes += 1
    case.save(update_fields=["notes"])
    where = place("note", case.reference, case.notes)
    blob = sealed_entry(opened, where, opened.note_key, author=author, content=content)
    opened.case.notes = case.notes
    transaction.on_commit(lambda: files.keep_note_count(case.reference, case.notes))
    return Note.objects.create(case=case, number=case.notes, blob=blob)


def read_entries(opened, model, purpose, private, expected):
    # What was added since the case was read is left for the next page: it is no sign of a forgery.
    rows = list(model.objects.filter(case=opened.case, number__lte=expected).order_by("number"))
    if [row.number for row in rows] != list(range(1, expected + 1)):
        raise vault.Unreadable
    return [entry_of(opened, row, purpose, private) for row in rows]


def entry_of(opened, row, purpose, private):
    where = place(purpose, opened.case.reference, row.number)
    entry = json.loads(vault.unseal(row.blob, private=private, place=where, shred=opened.shred))
    return Written(row.number, entry["author"], datetime.fromisoformat(entry["at"]), entry["content"])


def read_messages(opened):
    """Return the messages of a case, oldest first. Raises Unreadable where one is missing, moved or forged."""
    return read_entries(opened, Message, "message", opened.case_key, opened.case.messages)


def read_notes(opened):
    """Return the notes of a case, oldest first. Raises Unreadable also where fewer are left than were ever written."""
    expected = max(opened.case.notes, files.note_count(opened.case.reference))
    return read_entries(opened, Note, "note", opened.note_key, expected)


# --- Passing on and forgetting --------------------------------------------------------------------


@transaction.atomic
def reseal(*, opened, leaving, replacement, actor):
    """Give the place of a peer who leaves (a Peer, or None if already gone) to another; return the new envelope."""
    case = lock_case(opened.case.reference)
    if leaving is not None:
        case.envelopes.filter(peer=leaving).delete()
    envelope = add_envelope(opened=opened, peer=replacement)
    audit.record(AuditAction.RESEAL, actor=actor, case=case)
    return envelope


@transaction.atomic
def shred_case(*, case, actor=""):
    """Forget a case for good: its SHRED key first, so that no backup ever opens again, then its rows."""
    # The case, then the chain, as whatever else holds both: two that wait for one another would never end.
    Case.objects.select_for_update().filter(pk=case.reference).first()
    audit.record(AuditAction.SHRED, actor=actor, case=case if case.reference in files.references() else None)
    files.destroy(case.reference)
    Case.objects.filter(pk=case.reference).delete()


def is_open(case):
    return case.state in CaseState.open
