"""Keys and blobs of the listening cell: pure functions on bytes, nothing of Django, PyNaCl alone.

X25519 sealed boxes, XChaCha20-Poly1305, Ed25519, Argon2id and keyed BLAKE2b, as specified in the cell's promises. Every
blob begins with a version byte. What it is for, where it lies and the fingerprint of the key that opens it are bound to
it, inside and outside: a blob that was moved, swapped, reordered or forged does not open. Plaintexts are padded to
multiples of 1 KiB. A blob of a case is wrapped once more under the case's SHRED key, which lies outside the database:
without that key nothing can be read, nor written in its name.

Keys are 32 bytes, fingerprints 16, signatures 64. Whatever does not open raises Unreadable, and says no more.
"""

import hmac
import re
import secrets
import struct
import threading
from dataclasses import dataclass

from nacl.encoding import RawEncoder
from nacl.exceptions import BadSignatureError, CryptoError
from nacl.hash import blake2b
from nacl.public import PrivateKey, PublicKey, SealedBox
from nacl.pwhash import argon2id
from nacl.secret import Aead
from nacl.signing import SigningKey, VerifyKey

VERSION = b"\x01"
KEY_BYTES = 32
PAD = 1024
# Digits and letters that cannot be taken for one another, read or dictated.
ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
RECEIPT_SYMBOLS = 16  # about 78 bits
RECOVERY_SYMBOLS = 32  # about 157 bits
PASSES = 3
MEMORY_KIB = 128 * 1024
SALT_BYTES = 16
WRAP_HEAD = struct.Struct(">BI")  # passes, KiB
LENGTH = struct.Struct(">I")
MOST_PASSES, LEAST_KIB, MOST_KIB = 10, 8, 1024 * 1024  # what a stored wrap may ask of this machine
# A derivation takes 128 MiB: more than two at once would let anyone fill the memory of a web process.
derivations = threading.BoundedSemaphore(2)


class Unreadable(Exception):
    """A blob that does not open: wrong key, wrong place, changed, or of an unknown version."""


@dataclass(frozen=True)
class Place:
    """Where a blob lies and what for. owner: a case's reference, or a key holder's; number: its rank in that case."""

    purpose: str
    table: str
    owner: str
    number: int = 0


# --- Encoding -------------------------------------------------------------------------------------


def joined(*parts):
    """Join parts so that no two lists of parts give the same bytes: each is preceded by its length."""
    raw = [part if isinstance(part, bytes) else str(part).encode() for part in parts]
    return b"".join(LENGTH.pack(len(part)) + part for part in raw)


def digest(key, purpose, *parts, size=KEY_BYTES):
    """Return the BLAKE2b of parts, keyed, of `size` bytes; one purpose tells nothing of another's."""
    return blake2b(joined(*parts), digest_size=size, key=key, person=purpose.encode(), encoder=RawEncoder)


def fingerprint(key):
    """Return 16 bytes that name a key."""
    return blake2b(key, digest_size=16, person=b"cell fingerprint", encoder=RawEncoder)


def bound(place, key):
    """Return the bytes that tie a blob to its place and to the key that opens it."""
    return joined(VERSION, place.purpose, place.table, place.owner, place.number, fingerprint(key))


def padded(plaintext):
    """Return the plaintext after its length (4 bytes), filled up to a multiple of 1 KiB."""
    whole = LENGTH.pack(len(plaintext)) + plaintext
    return whole + bytes(-len(whole) % PAD)


def unpadded(padding):
    """Return what padded() was given. Raises Unreadable."""
    content = padding[LENGTH.size :]
    if len(padding) < LENGTH.size or (length := LENGTH.unpack_from(padding)[0]) > len(content):
        raise Unreadable
    return content[:length]


# --- Sealed to a public key -----------------------------------------------------------------------


def new_private():
    """Return a new X25519 private key; public_of() gives its public one."""
    return PrivateKey.generate().encode()


def public_of(private):
    return PrivateKey(private).public_key.encode()


def seal(plaintext, *, public, place, shred=None):
    """Return a blob that the private key of `public` alone opens, at that place; with `shred`, not without that one."""
    inside = joined(bound(place, public), padded(plaintext))
    box = SealedBox(PublicKey(public)).encrypt(inside)
    if shred is None:
        return VERSION + box
    return VERSION + bytes(Aead(shred).encrypt(box, aad=bound(place, public)))


def unseal(blob, *, private, place, shred=None):
    """Return the plaintext of a blob that seal() made for this place. Raises Unreadable."""
    key = PrivateKey(private)  # once: deriving the public half costs as much as opening
    head = bound(place, key.public_key.encode())
    try:
        box = body_of(blob) if shred is None else Aead(shred).decrypt(body_of(blob), aad=head)
        inside = SealedBox(key).decrypt(box)
    except (CryptoError, ValueError, TypeError) as error:
        raise Unreadable from error
    prefix = joined(head)
    if not hmac.compare_digest(inside[: len(prefix)], prefix):
        raise Unreadable
    return unpadded(inside[len(prefix) + LENGTH.size :])


def body_of(blob):
    """Return a blob without its version. Raises Unreadable for a version that this code does not know."""
    blob = bytes(blob)
    if blob[:1] != VERSION:
        raise Unreadable
    return blob[1:]


# --- Locked under a symmetric key -----------------------------------------------------------------


def new_key():
    """Return 32 random bytes: a SHRED key, a PEPPER, the key of a session."""
    return secrets.token_bytes(KEY_BYTES)


def lock(plaintext, *, key, place, shred=None):
    """Return a blob that the symmetric key opens, at that place; with `shred`, not without it either."""
    locked = bytes(Aead(key).encrypt(padded(plaintext), aad=bound(place, key)))
    if shred is not None:
        locked = bytes(Aead(shred).encrypt(locked, aad=bound(place, key)))
    return VERSION + locked


def unlock(blob, *, key, place, shred=None):
    """Return the plaintext of a blob that lock() made for this place. Raises Unreadable."""
    try:
        locked = body_of(blob)
        if shred is not None:
            locked = Aead(shred).decrypt(locked, aad=bound(place, key))
        return unpadded(Aead(key).decrypt(locked, aad=bound(place, key)))
    except (CryptoError, ValueError, TypeError) as error:
        raise Unreadable from error


# --- Wrapped under a passphrase -------------------------------------------------------------------


def stretched(passphrase, *, salt, pepper, passes, memory_kib):
    """Return the key of a passphrase: BLAKE2b(key=pepper, Argon2id(passphrase)); two derivations at once at most."""
    with derivations:
        raw = argon2id.kdf(KEY_BYTES, passphrase.encode(), salt, opslimit=passes, memlimit=memory_kib * 1024)
    return digest(pepper, "cell passphrase", raw)


def wrap(secret, *, passphrase, pepper, place):
    """Return a secret wrapped under a passphrase, or a recovery code, with the cost and the salt of its key."""
    salt = secrets.token_bytes(SALT_BYTES)
    key = stretched(passphrase, salt=salt, pepper=pepper, passes=PASSES, memory_kib=MEMORY_KIB)
    return VERSION + WRAP_HEAD.pack(PASSES, MEMORY_KIB) + salt + lock(secret, key=key, place=place)


def unwrap(blob, *, passphrase, pepper, place):
    """Return the secret of a wrap. Raises Unreadable, also where the stored cost is beyond reason."""
    body = body_of(blob)
    head, rest = body[: WRAP_HEAD.size], body[WRAP_HEAD.size :]
    if len(rest) <= SALT_BYTES:
        raise Unreadable
    passes, memory_kib = WRAP_HEAD.unpack(head)
    if not 1 <= passes <= MOST_PASSES or not LEAST_KIB <= memory_kib <= MOST_KIB:
        raise Unreadable
    salt, locked = rest[:SALT_BYTES], rest[SALT_BYTES:]
    key = stretched(passphrase, salt=salt, pepper=pepper, passes=passes, memory_kib=memory_kib)
    return unlock(locked, key=key, place=place)


# --- Codes that people copy -----------------------------------------------------------------------


def new_recovery_code():
    return "".join(secrets.choice(ALPHABET) for _ in range(RECOVERY_SYMBOLS))


def receipt_of(pepper, nonce):
    """Return the receipt that a form's nonce gives, always the same: 16 symbols, none likelier than another."""
    stream = b"".join(digest(pepper, "cell receipt", nonce, turn, size=64) for turn in range(4))
    fair = [byte for byte in stream if byte < 256 - 256 % len(ALPHABET)]
    return "".join(ALPHABET[byte % len(ALPHABET)] for byte in fair[:RECEIPT_SYMBOLS])


def look_up_of(pepper, receipt):
    """Return the 32 bytes by which a case is found from its receipt; they do not open it."""
    return digest(pepper, "cell look-up", receipt)


def receipt_private(pepper, receipt):
    """Return the X25519 private key that a receipt is: whoever holds its public half seals to it, and opens nothing."""
    return digest(pepper, "cell receipt box", receipt)


def tidied(typed):
    """Return a code as it was made of what a person typed: capitals, without spaces nor hyphens."""
    return re.sub(r"[\s\-‐‑–—.·]", "", typed).upper()


def grouped(code):
    """Return a code in groups of four, to read and to dictate."""
    return " ".join(code[start : start + 4] for start in range(0, len(code), 4))


# --- Signatures -----------------------------------------------------------------------------------


def new_root():
    """Return the 32-byte seed of a ROOT key; verify_key_of() gives what checks its signatures."""
    return SigningKey.generate().encode()


def verify_key_of(root):
    return SigningKey(root).verify_key.encode()


def sign(root, *parts):
    """Sign parts, the first of which says what the statement is about."""
    return SigningKey(root).sign(joined(*parts)).signature


def is_signed(verify_key, signature, *parts):
    """Tell whether ROOT signed exactly these parts."""
    try:
        VerifyKey(bytes(verify_key)).verify(joined(*parts), bytes(signature))
    except (BadSignatureError, CryptoError, ValueError, TypeError):
        return False
    return True
