"""Keys of the referents and of the peers: who holds one, who vouches for it, how it is opened, recovered, revoked.

ROOT signs each holder's public key. The first ROOT verify key is anchored outside the database (setting, or a file in
embedded mode): who administers the database cannot swap a key, nor enrol anybody. Passphrases and recovery codes wrap
the private keys; the portal keeps neither.
"""

from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.contrib.auth.models import Group
from django.db import transaction
from django.utils import timezone

from cafe.errors import Refusal
from listening_cell import passphrases, vault
from listening_cell.enums import AuditAction, KeyState
from listening_cell.models import CellSession, CellSettings, Peer, Referent, RootKey, Slip
from listening_cell.services import audit, files
from listening_cell.services.audit import pepper
from members.enums import Role

KEY_YEARS = 2
ROOT_STATEMENT, HOLDER_STATEMENT, STAT_STATEMENT = "cell root successor", "cell key holder", "cell statistics key"
ROLES = {Referent: Role.CELL_REFERENT, Peer: Role.PEER}
NOT_OPENED = "Cette phrase n’ouvre pas votre espace. Vérifiez-la, ou utilisez votre code de secours."
CHANGED_MEANWHILE = "Votre clé a changé entre-temps. Revenez à la page de votre clé."
MARK_SYMBOLS = 12  # about 58 bits: nobody makes a key that bears another's mark


@dataclass(frozen=True)
class NewKey:
    """What is shown once, when a key is made: the recovery code, to print."""

    holder: object
    recovery_code: str


def holder_place(holder, purpose):
    return vault.Place(purpose, holder._meta.model_name, holder.pk, holder.key_epoch)


# --- ROOT -----------------------------------------------------------------------------------------


def anchor():
    """Return the first ROOT verify key, from the environment or the file of the ceremony; None before it."""
    if settings.CELL_ROOT_VERIFY_KEY:
        return bytes.fromhex(settings.CELL_ROOT_VERIFY_KEY)
    path = settings.CELL_ROOT_FILE
    return bytes.fromhex(path.read_text().strip()) if path.exists() else None


def anchored_in():
    """Return where the ROOT verify key is: "file", "environment", or "outdated" (an older one is named there)."""
    if not settings.CELL_ROOT_VERIFY_KEY:
        return "file"
    return "environment" if anchor() == verify_key() else "outdated"


def verify_key():
    """Return the ROOT verify key in force: the anchor, or the last successor that each ROOT signed in turn; or None."""
    current = anchor()
    if current is None:
        return None
    rows = list(RootKey.objects.all())
    known = next((index for index, row in enumerate(rows) if bytes(row.verify_key) == current), None)
    for row in rows[known + 1 :] if known is not None else []:
        if not vault.is_signed(current, row.signature, ROOT_STATEMENT, row.epoch, bytes(row.verify_key)):
            break
        current = bytes(row.verify_key)
    return current


@transaction.atomic
def hold_ceremony(*, user, passphrase):
    """Make ROOT, the statistics key and the first referent's key; return NewKey. Raises Refusal where ROOT exists.

    Where the environment names no verify key, it is written to the ceremony's file. The environment's, if it is set,
    is the only thing that counts: then a second ceremony would make a ROOT nobody believes, and is refused.
    """
    audit.lock_cell()
    if RootKey.objects.exists() or anchor():
        raise Refusal("La clé racine existe déjà. Une personne de plus se nomme depuis l’espace du référent.")
    root, stat = vault.new_root(), vault.new_private()
    RootKey.objects.create(epoch=1, verify_key=vault.verify_key_of(root))
    write_anchor(root)
    name_stat(root, vault.public_of(stat))
    referent = Referent.objects.filter(user=user).first() or Referent(user=user)
    new = make_key(holder=referent, passphrase=passphrase)
    entrust(referent=referent, root=root, stat=stat)
    sign_holder(holder=referent, root=root, actor=referent.pk)
    audit.record(AuditAction.CEREMONY, actor=referent.pk)
    return new


def write_anchor(root):
    text = vault.verify_key_of(root).hex()
    transaction.on_commit(lambda: files.write(settings.CELL_ROOT_FILE, f"{text}\n".encode()))


def name_stat(root, public):
    """Keep the public statistics key, signed by ROOT."""
    signature = vault.sign(root, STAT_STATEMENT, public)
    CellSettings.objects.filter(pk=1).update(stat_public=public, stat_signature=signature)


def entrust(*, referent, root, stat):
    """Seal ROOT and the statistics key to a referent."""
    public = bytes(referent.public_key)
    referent.root_sealed = vault.seal(root, public=public, place=holder_place(referent, "root"))
    referent.stat_sealed = vault.seal(stat, public=public, place=holder_place(referent, "stat"))
    referent.save()


def root_of(*, referent, private):
    """Return ROOT, opened by a referent's private key. Raises Unreadable."""
    return vault.unseal(referent.root_sealed, private=private, place=holder_place(referent, "root"))


def stat_of(*, referent, private):
    """Return the private statistics key, opened by a referent's private key. Raises Unreadable."""
    return vault.unseal(referent.stat_sealed, private=private, place=holder_place(referent, "stat"))


def stat_public():
    """Return the public statistics key, checked against ROOT; None where it was tampered with, or not made yet."""
    cell, root = CellSettings.load(), verify_key()
    public = bytes(cell.stat_public)
    return public if root and vault.is_signed(root, cell.stat_signature, STAT_STATEMENT, public) else None


@transaction.atomic
def succeed_root(*, referent, private):
    """Replace ROOT by a new one that the old one signs, and sign again with it every key it vouches for, STAT too.

    Return the new verify key. Expired keys stay expired. For when the old ROOT may have been seen. Where the
    environment names the verify key, it must then name this one: until it does, the chain still leads to it.
    """
    audit.lock_cell()
    old, stat = root_of(referent=referent, private=private), stat_of(referent=referent, private=private)
    before = verify_key()
    vouched = [one for model in ROLES for one in model.objects.all() if is_vouched(one, before)]
    new, epoch = vault.new_root(), RootKey.objects.latest("epoch").epoch + 1
    fresh = vault.verify_key_of(new)
    RootKey.objects.create(epoch=epoch, verify_key=fresh, signature=vault.sign(old, ROOT_STATEMENT, epoch, fresh))
    write_anchor(new)
    name_stat(new, vault.public_of(stat))
    for holder in vouched:
        holder.signature = vault.sign(new, *statement(holder))
        holder.save(update_fields=["signature"])
        if isinstance(holder, Referent):
            entrust(referent=holder, root=new, stat=stat)
    audit.record(AuditAction.SUCCESSION, actor=referent.pk)
    return fresh


@transaction.atomic
def forget_root():
    """Forget a ROOT that nobody can open any more, so that another ceremony can be held; return how many keys wait.

    Every key must then be made known and signed again; what was sealed to the peers stays theirs. The slips sealed to
    the lost statistics key can be read by nobody, and go. Raises Refusal where the environment still names the ROOT.
    """
    audit.lock_cell()
    if settings.CELL_ROOT_VERIFY_KEY:
        raise Refusal("Retirez d’abord CELL_ROOT_VERIFY_KEY de l’environnement, puis relancez la commande.")
    holders = [one for model in ROLES for one in model.objects.filter(state=KeyState.SIGNED)]
    for holder in holders:
        holder.state, holder.signature, holder.expires_on = KeyState.UNSIGNED, b"", None
        holder.save(update_fields=["state", "signature", "expires_on"])
    Referent.objects.update(root_sealed=b"", stat_sealed=b"")
    Slip.objects.all().delete()
    RootKey.objects.all().delete()
    CellSettings.objects.filter(pk=1).update(stat_public=b"", stat_signature=b"")
    audit.record(AuditAction.SUCCESSION)
    transaction.on_commit(lambda: settings.CELL_ROOT_FILE.unlink(missing_ok=True))
    return len(holders)


# --- Holders --------------------------------------------------------------------------------------


@transaction.atomic
def invite(*, model, user, actor, seasoned=False):
    """Open the way to a key for a person (model: Peer or Referent), and give the role; return the holder.

    The person then makes the key, in their own browser, and a referent signs it.
    """
    holder = model.objects.filter(user=user).first() or model(user=user)
    if holder.state in (KeyState.UNSIGNED, KeyState.SIGNED):
        raise Refusal("Cette personne a déjà une clé.")
    holder.state = KeyState.INVITED
    if model is Peer:
        holder.seasoned = seasoned
    holder.save()
    user.groups.add(Group.objects.get_or_create(name=ROLES[model])[0])
    audit.record(AuditAction.ENROL, actor=actor)
    return holder


@transaction.atomic
def make_key(*, holder, passphrase):
    """Make a holder's key, wrapped under a passphrase and under a new recovery code; return NewKey.

    The key is of no use until a referent has signed it. Envelopes sealed to an older key no longer open.
    """
    private, code = vault.new_private(), vault.new_recovery_code()
    holder.key_epoch += 1
    holder.public_key, holder.state, holder.signature = vault.public_of(private), KeyState.UNSIGNED, b""
    holder.expires_on = None
    wrap_key(holder=holder, private=private, passphrase=passphrase, code=code)
    holder.save()
    return NewKey(holder, code)


def wrap_key(*, holder, private, passphrase=None, code=None):
    """Wrap a holder's private key under a passphrase, a recovery code, or both; the caller saves."""
    if passphrase:
        secret, where = passphrases.normalise(passphrase), holder_place(holder, "passphrase")
        holder.by_passphrase = vault.wrap(private, passphrase=secret, pepper=pepper(), place=where)
    if code:
        where = holder_place(holder, "recovery")
        holder.by_recovery = vault.wrap(private, passphrase=code, pepper=pepper(), place=where)


def keep_wraps(holder):
    """Save how a key is wrapped, and nothing else. Raises Refusal where it is no longer that key."""
    same = type(holder).objects.filter(pk=holder.pk, key_epoch=holder.key_epoch)
    if not same.update(by_passphrase=holder.by_passphrase, by_recovery=holder.by_recovery):
        raise Refusal(CHANGED_MEANWHILE)


def statement(holder):
    """Return what ROOT signs of a holder."""
    return (
        HOLDER_STATEMENT, holder._meta.model_name, holder.pk, holder.key_epoch, bytes(holder.public_key),
        holder.expires_on.isoformat() if holder.expires_on else "",
    )  # fmt: skip


@transaction.atomic
def sign_holder(*, holder, root, actor):
    """Sign a holder's key for two years, so that cases may be sealed to it."""
    if holder.state != KeyState.UNSIGNED:
        raise Refusal("Il n’y a pas de clé à signer pour cette personne.")
    holder.state = KeyState.SIGNED
    holder.expires_on = timezone.localdate() + timedelta(days=365 * KEY_YEARS)
    holder.signature = vault.sign(root, *statement(holder))
    holder.save()
    audit.record(AuditAction.SIGN, actor=actor)
    return holder


def is_valid(holder, root=None):
    """Tell whether ROOT vouches for a holder's key today: signed, not expired, not revoked, neither here nor in a file.

    root: the verify key in force, where the caller has it at hand.
    """
    return is_vouched(holder, root or verify_key()) and holder.expires_on >= timezone.localdate()


def is_vouched(holder, root):
    """Tell whether ROOT signed this very key and it was not revoked, be it expired or not."""
    return bool(
        root
        and holder.state == KeyState.SIGNED
        and holder.expires_on
        and not was_revoked(holder)
        and vault.is_signed(root, holder.signature, *statement(holder))
    )


def was_revoked(holder):
    """Tell whether this very key was revoked, though a database put back from a backup may say that it still counts."""
    return files.is_revoked(holder.pk, holder.key_epoch)


def mark_of(public):
    """Return the twelve symbols by which two people tell, aloud, that they speak of the same key."""
    number, symbols = int.from_bytes(vault.fingerprint(bytes(public))), ""
    for _ in range(MARK_SYMBOLS):
        number, rest = divmod(number, len(vault.ALPHABET))
        symbols += vault.ALPHABET[rest]
    return symbols


def valid_peers():
    """Return the peers whose key ROOT vouches for, with their person, in two statements whatever their number."""
    root = verify_key()
    return [peer for peer in Peer.objects.signed() if is_valid(peer, root)]


def unlock(*, holder, passphrase):
    """Return a holder's private key. Raises Refusal; the chain keeps that it was opened, or refused."""
    return opened(holder, holder.by_passphrase, "passphrase", passphrases.normalise(passphrase), AuditAction.UNLOCK)


def recover(*, holder, code, passphrase):
    """Open a holder's key by the recovery code and wrap it under a new passphrase and a new code; return NewKey."""
    private = opened(holder, holder.by_recovery, "recovery", vault.tidied(code), AuditAction.RECOVERY)
    new_code = vault.new_recovery_code()
    wrap_key(holder=holder, private=private, passphrase=passphrase, code=new_code)
    keep_wraps(holder)
    return NewKey(holder, new_code)


def change_passphrase(*, holder, passphrase, new):
    """Wrap a holder's key under another passphrase; the recovery code stays. Raises Refusal."""
    private = unlock(holder=holder, passphrase=passphrase)
    wrap_key(holder=holder, private=private, passphrase=new)
    keep_wraps(holder)


def change_code(*, holder, passphrase):
    """Wrap a holder's key under a new recovery code, the old one opens nothing any more; return NewKey."""
    private, code = unlock(holder=holder, passphrase=passphrase), vault.new_recovery_code()
    wrap_key(holder=holder, private=private, code=code)
    keep_wraps(holder)
    return NewKey(holder, code)


def opened(holder, blob, purpose, secret, action):
    try:
        private = vault.unwrap(blob, passphrase=secret, pepper=pepper(), place=holder_place(holder, purpose))
        if vault.public_of(private) != bytes(holder.public_key):
            raise vault.Unreadable
    except vault.Unreadable as error:
        audit.record(AuditAction.FAILED_UNLOCK, actor=holder.pk)
        raise Refusal(NOT_OPENED) from error
    audit.record(action, actor=holder.pk)
    return private


@transaction.atomic
def revoke(*, holder, actor):
    """Revoke a holder's key, here and in a file, and take the role away.

    A peer's envelopes go too: what the other peer of a pair can open is theirs to pass on. Future slots go with them.
    """
    holder.state, holder.signature = KeyState.REVOKED, b""
    if isinstance(holder, Referent):
        holder.root_sealed = holder.stat_sealed = b""
    holder.save()
    if isinstance(holder, Peer):
        holder.envelopes.all().delete()
        holder.weekly_hours.all().delete()
        holder.slots.filter(reservation__isnull=True).delete()
    holder.user.groups.remove(*Group.objects.filter(name=ROLES[type(holder)]))
    audit.record(AuditAction.REVOKE, actor=actor)
    transaction.on_commit(lambda: files.keep_revocation(holder.pk, holder.key_epoch))


def forget_sessions():
    """End the opened spaces whose time has passed."""
    CellSession.objects.filter(ends_at__lt=timezone.now()).delete()
