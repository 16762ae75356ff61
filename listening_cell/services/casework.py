"""The heart of a case: making it, opening it with a receipt or a peer's key, writing in it, giving it other keys.

C opens the request and the messages; the requester holds it through the receipt, the two peers through an envelope. N
opens the interview notes; the peers alone hold it. Public keys are derived from the opened private ones, never read
from the database; that of the receipt lies in the envelopes, so that a peer may seal to whoever asked. Everything lies
under the case's SHRED key besides.
"""

import json
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from listening_cell import vault
from listening_cell.enums import AuditAction, CaseState
from listening_cell.models import Case, CaseEnvelope, Message, Note, Slot, new_reference
from listening_cell.services import audit, files, keys
from listening_cell.services.audit import pepper

THREE_KEYS = range(0, 3 * vault.KEY_BYTES, vault.KEY_BYTES)  # where each begins in an envelope: C, N, the receipt's
KEYS_END = THREE_KEYS.stop
REKEY_BATCH = 50  # blobs of several kilobytes each, in one statement
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


class NotVouched(vault.Unreadable):
    """Nothing may be sealed to this peer, whose key ROOT does not vouch for."""

    def __init__(self, peer):
        super().__init__()
        self.peer = peer


class OtherKeys(vault.Unreadable):
    """The case was given other keys since it was opened: open it again."""


@dataclass(frozen=True)
class Opened:
    """A case and the keys that open it. note_key is None for the requester.

    receipt_public: the half of the receipt's key to which C is sealed. holders: ids of the peers who were given these
    keys, those who have left since included; none where the receipt opened it.
    """

    case: Case
    case_key: bytes = field(repr=False)
    note_key: bytes | None = field(repr=False)
    shred: bytes = field(repr=False)
    receipt_public: bytes = field(repr=False)
    holders: tuple = ()


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
    receipt_public = vault.public_of(vault.receipt_private(pepper(), receipt))
    case = Case.objects.create(
        reference=reference,
        week=week,
        last_week=week,
        look_up=vault.look_up_of(pepper(), receipt),
        receipt_key=sealed_receipt(reference, case_key, receipt_public, shred),
        request=sealed_request(reference, request, case_key, shred),
    )
    holders = tuple(peer.pk for peer in peers)
    opened = Opened(case, case_key, note_key, shred, receipt_public, holders)
    for peer in peers:
        add_envelope(opened=opened, peer=peer)
    return opened


def sealed_receipt(reference, case_key, receipt_public, shred):
    return vault.seal(case_key, public=receipt_public, place=place("receipt", reference), shred=shred)


def sealed_request(reference, request, case_key, shred):
    public, where = vault.public_of(case_key), place("request", reference)
    return vault.seal(packed(request.__dict__), public=public, place=where, shred=shred)


def add_envelope(*, opened, peer):
    """Seal a case's keys to a peer whose key ROOT vouches for. Raises NotVouched for any other."""
    if not keys.is_valid(peer):
        raise NotVouched(peer)
    return CaseEnvelope.objects.create(case=opened.case, peer=peer, keys=sealed_keys(opened, peer))


def sealed_keys(opened, peer):
    """Return C, N, the receipt's public half and the ids of all who hold these keys, sealed to one peer."""
    content = opened.case_key + opened.note_key + opened.receipt_public + " ".join(opened.holders).encode()
    where = place(f"envelope {peer.pk}", opened.case.reference)
    return vault.seal(content, public=bytes(peer.public_key), place=where, shred=opened.shred)


# --- Opening --------------------------------------------------------------------------------------


def open_by_receipt(receipt):
    """Return the Opened case of a receipt, without the notes' key; None where no case answers to it."""
    case = Case.objects.filter(look_up=vault.look_up_of(pepper(), receipt)).first()
    if case is None:
        return None
    try:
        shred = files.shred_of(case.reference)
        private, where = vault.receipt_private(pepper(), receipt), place("receipt", case.reference)
        case_key = vault.unseal(case.receipt_key, private=private, place=where, shred=shred)
        return Opened(case, case_key, None, shred, vault.public_of(private))
    except vault.Unreadable:
        return None


def open_envelope(envelope, private):
    """Return the Opened case of an envelope (with its case), by its peer's private key. Raises Unreadable."""
    case = envelope.case
    shred = files.shred_of(case.reference)
    where = place(f"envelope {envelope.peer_id}", case.reference)
    content = vault.unseal(envelope.keys, private=private, place=where, shred=shred)
    if len(content) < KEYS_END:
        raise vault.Unreadable
    case_key, note_key, receipt_public = (content[at : at + vault.KEY_BYTES] for at in THREE_KEYS)
    return Opened(case, case_key, note_key, shred, receipt_public, tuple(content[KEYS_END:].decode().split()))


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


def check_keys(opened, case):
    """Check that a case, as it is now held, still has the keys it was opened with. Raises OtherKeys.

    Its receipt_key is sealed anew with them and only then: what is written under the old ones would open for nobody.
    """
    if bytes(case.receipt_key) != bytes(opened.case.receipt_key):
        raise OtherKeys


def sealed_entry(opened, where, private, *, author, content):
    """Return an entry of a case, sealed where it lies; its author and its minute are inside."""
    entry = {"author": author, "at": timezone.now().isoformat(timespec="minutes"), "content": content}
    return vault.seal(packed(entry), public=vault.public_of(private), place=where, shred=opened.shred)


@transaction.atomic
def write_message(*, opened, author, content):
    """Add a message from the requester ("requester") or from a peer (an id); return it. Its date is sealed with it.

    How many there are is kept in a file too, once committed: a table rolled back or cut short is then seen.
    """
    case = lock_case(opened.case.reference)
    check_keys(opened, case)
    case.messages += 1
    case.save(update_fields=["messages"])
    where = place("message", case.reference, case.messages)
    blob = sealed_entry(opened, where, opened.case_key, author=author, content=content)
    opened.case.messages = case.messages
    transaction.on_commit(lambda: files.keep_message_count(case.reference, case.messages))
    return Message.objects.create(case=case, number=case.messages, blob=blob)


@transaction.atomic
def write_note(*, opened, author, content):
    """Add a note (content: plain values for JSON); return it. An edit is a new note, which names what it replaces.

    Counted in a file too, as messages are.
    """
    case = lock_case(opened.case.reference)
    check_keys(opened, case)
    case.notes += 1
    case.save(update_fields=["notes"])
    where = place("note", case.reference, case.notes)
    blob = sealed_entry(opened, where, opened.note_key, author=author, content=content)
    opened.case.notes = case.notes
    transaction.on_commit(lambda: files.keep_note_count(case.reference, case.notes))
    return Note.objects.create(case=case, number=case.notes, blob=blob)


def every(model, case, expected, **which):
    """Return the messages, or the notes, of a case, in order. Raises Unreadable where they are not so many."""
    rows = list(model.objects.filter(case=case, **which).order_by("number"))
    if [row.number for row in rows] != list(range(1, expected + 1)):
        raise vault.Unreadable
    return rows


def read_entries(opened, model, purpose, private, expected):
    # What was added since the case was read is left for the next page: it is no sign of a forgery.
    rows = every(model, opened.case, expected, number__lte=expected)
    return [entry_of(opened, row, purpose, private) for row in rows]


def entry_of(opened, row, purpose, private):
    where = place(purpose, opened.case.reference, row.number)
    entry = json.loads(vault.unseal(row.blob, private=private, place=where, shred=opened.shred))
    return Written(row.number, entry["author"], datetime.fromisoformat(entry["at"]), entry["content"])


def message_count(case):
    """Return how many messages a case has, or ever had: the database alone would not be believed."""
    return max(case.messages, files.message_count(case.reference))


def note_count(case):
    """Return how many notes a case has, or ever had: the same."""
    return max(case.notes, files.note_count(case.reference))


def read_messages(opened):
    """Return the messages of a case, oldest first. Raises Unreadable where one is missing, even the last, or forged."""
    return read_entries(opened, Message, "message", opened.case_key, message_count(opened.case))


def read_notes(opened):
    """Return the notes of a case, oldest first. Raises Unreadable also where fewer are left than were ever written."""
    return read_entries(opened, Note, "note", opened.note_key, note_count(opened.case))


# --- Other keys -----------------------------------------------------------------------------------


@transaction.atomic
def rekey(*, opened, peers, request=None, actor=""):
    """Give a case other keys, which these peers alone hold beside the receipt; return it Opened with them.

    Everything of the case is sealed anew, the request changed if another is given: who held the former keys reads
    neither what the rows now hold nor what is written later. The requester, who lacks N, may do it where no note is
    left. A newcomer's key must be valid today; that of who stays, vouched for. Raises NotVouched, OtherKeys, and
    Unreadable where something of the case is missing or forged: then nothing changed.
    """
    case = lock_case(opened.case.reference)
    check_keys(opened, case)
    request = request or read_request(opened)
    fresh = replace(
        opened,
        case=case,
        case_key=vault.new_private(),
        note_key=vault.new_private(),
        holders=tuple(peer.pk for peer in peers),
    )
    seal_anew(fresh, "message", message_count(case), opened.case_key, fresh.case_key)
    seal_anew(fresh, "note", note_count(case) if opened.note_key else 0, opened.note_key, fresh.note_key)
    case.receipt_key = sealed_receipt(case.pk, fresh.case_key, fresh.receipt_public, fresh.shred)
    case.request = sealed_request(case.pk, request, fresh.case_key, fresh.shred)
    case.save(update_fields=["receipt_key", "request"])
    give_envelopes(fresh, peers)
    audit.record(AuditAction.RESEAL, actor=actor, case=case)
    return fresh


def seal_anew(opened, purpose, expected, before, after):
    """Seal each message, or note, of a case to another key, where it lies and as it was. Raises Unreadable."""
    model = {"message": Message, "note": Note}[purpose]
    rows, public = every(model, opened.case, expected), vault.public_of(after)
    for row in rows:
        where = place(purpose, opened.case.reference, row.number)
        content = vault.unseal(row.blob, private=before, place=where, shred=opened.shred)
        row.blob = vault.seal(content, public=public, place=where, shred=opened.shred)
    model.objects.bulk_update(rows, ["blob"], batch_size=REKEY_BATCH)


def give_envelopes(opened, peers):
    """Seal a case's keys to these peers and to no other; who stays keeps what was read. Raises NotVouched."""
    opened.case.envelopes.exclude(peer__in=peers).delete()
    root = keys.verify_key()
    for peer in peers:
        held = opened.case.envelopes.filter(peer=peer)
        if not held.exists():
            add_envelope(opened=opened, peer=peer)
        elif keys.is_vouched(peer, root):
            held.update(keys=sealed_keys(opened, peer))
        else:
            raise NotVouched(peer)


# --- Forgetting -----------------------------------------------------------------------------------


@transaction.atomic
def shred_case(*, case, actor=""):
    """Forget a case for good: its SHRED key first, so that no backup ever opens again, then its rows.

    The hours of a talk to come are free again, and say that it will not take place: its pair might go for nothing.
    """
    # The case, then the chain, as whatever else holds both: two that wait for one another would never end.
    Case.objects.select_for_update().filter(pk=case.reference).first()
    audit.record(AuditAction.SHRED, actor=actor, case=case if case.reference in files.references() else None)
    files.destroy(case.reference)
    ahead = timezone.now() - timedelta(hours=1)
    Slot.objects.filter(reservation__case=case, starts_at__gt=ahead).update(called_off=True)
    Case.objects.filter(pk=case.reference).delete()


def is_open(case):
    return case.state in CaseState.open
