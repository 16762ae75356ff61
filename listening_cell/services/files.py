"""What the cell keeps outside the database, so that a stolen, restored or tampered database is told from the truth.

Under CELL_SHRED_DIR: one SHRED key a case (deleting it forgets the case for good), the number of notes of each case,
that of the messages of all, the head of the audit chain and the revocations. Each is written whole, or not at all.
"""

import fcntl
import json
import os
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, time
from pathlib import Path

from django.conf import settings

from listening_cell import vault

HEAD, REVOKED, MESSAGES = "chain.json", "revoked.json", "messages.json"


def folder():
    """Return where they are, made on the way. For whatever writes."""
    path = Path(settings.CELL_SHRED_DIR)
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    return path


def named(name):
    """Return the path of a file to read, which may not be there."""
    return Path(settings.CELL_SHRED_DIR, name)


def write(path, content):
    """Write a small file so that a crash leaves the old one or the new one."""
    draft = path.with_name(f"{path.name}.{os.getpid()}.new")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        os.write(handle, content)
        os.fsync(handle)
    finally:
        os.close(handle)
    draft.replace(path)


# --- SHRED keys -----------------------------------------------------------------------------------


def new_shred(reference, week):
    """Write a case's SHRED key and return it. The file bears the date of a Monday, as the case does."""
    path, key = folder() / f"{reference}.shred", vault.new_key()
    write(path, key)
    monday = datetime.combine(week, time(), UTC).timestamp()
    os.utime(path, (monday, monday))
    return key


def shred_of(reference):
    """Return a case's SHRED key. Raises Unreadable where it was destroyed."""
    try:
        key = named(f"{reference}.shred").read_bytes()
    except FileNotFoundError as error:
        raise vault.Unreadable from error
    if len(key) != vault.KEY_BYTES:
        raise vault.Unreadable
    return key


def destroy(reference):
    """Destroy a case's SHRED key: nothing of that case opens any more, in any backup."""
    path = folder() / f"{reference}.shred"
    with suppress(FileNotFoundError), path.open("r+b") as file:
        file.write(bytes(vault.KEY_BYTES))
        file.flush()
        os.fsync(file.fileno())
    for name in (path, folder() / f"{reference}.notes"):
        name.unlink(missing_ok=True)
    if message_count(reference):
        write_message_count(reference, 0)


def references():
    """Return the references of the cases that have a SHRED key."""
    return {path.stem for path in folder().glob("*.shred")}


# --- What must not shrink -------------------------------------------------------------------------


def keep_note_count(reference, count):
    """Keep how many notes a case has; the count only grows."""
    if count > note_count(reference):
        write_note_count(reference, count)


def write_note_count(reference, count):
    write(folder() / f"{reference}.notes", str(count).encode())


def note_count(reference):
    path = named(f"{reference}.notes")
    return int(path.read_bytes()) if path.exists() else 0


@contextmanager
def held():
    """Let one process at a time change a file that they share."""
    handle = os.open(folder(), os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def keep_message_count(reference, count):
    """Keep how many messages a case has; the count only grows.

    One file for all, since the time at which a file of its own was written would be that of somebody's last message.
    """
    if count > message_count(reference):
        write_message_count(reference, count)


def write_message_count(reference, count):
    with held():
        known = {name: kept for name, kept in message_counts().items() if name != reference}
        write(folder() / MESSAGES, json.dumps(known | ({reference: count} if count else {})).encode())


def message_counts():
    """Return {reference: how many messages} of the cases that have any."""
    return read_json(MESSAGES, {})


def message_count(reference):
    return message_counts().get(reference, 0)


def read_json(name, default):
    path = named(name)
    return json.loads(path.read_bytes()) if path.exists() else default


def keep_head(seq, mac):
    """Keep the newest link of the audit chain."""
    if seq > head()["seq"]:
        write_head(seq, mac)


def write_head(seq, mac):
    write(folder() / HEAD, json.dumps({"seq": seq, "mac": bytes(mac).hex()}).encode())


def head():
    """Return {seq, mac} of the newest link that is known to have been written."""
    return read_json(HEAD, {"seq": 0, "mac": ""})


def keep_revocation(holder, epoch):
    """Keep that a holder's keys up to this epoch are revoked, whatever the database may say later."""
    known = read_json(REVOKED, {})
    write(folder() / REVOKED, json.dumps(known | {holder: max(epoch, known.get(holder, 0))}).encode())


def is_revoked(holder, epoch):
    return epoch <= read_json(REVOKED, {}).get(holder, 0)
