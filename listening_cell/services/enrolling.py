"""Who may hold a key: what a referent decides, with ROOT in hand, and what each does with their own key.

Every act of a referent asks for ROOT first: a referent whose own key was not signed decides nothing. A key is signed
once its mark has been read aloud by its holder: whoever put another key in the database would be heard.
"""

from contextlib import suppress

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from cafe.errors import Refusal
from cafe.text import normalise_email
from listening_cell import vault
from listening_cell.enums import AuditAction, KeyState
from listening_cell.models import Peer, Referent
from listening_cell.services import audit, files, keys, slips
from members.enums import Role
from members.models import User

SOON = timezone.timedelta(days=60)
NO_ROOT = "Votre clé n’ouvre pas la clé racine : un autre référent doit d’abord signer la vôtre."
NO_ACCOUNT = "Aucun compte n’a exactement cette adresse. La personne crée d’abord le sien, puis vous l’invitez."
NOT_BOTH = (
    "Ce compte administre le portail ou le coordonne : il ne peut pas aussi écouter. C’est promis aux demandeurs."
)
WRONG_MARK = (
    "Cette empreinte n’est pas celle de la clé reçue. Faites-la relire ; si elle ne correspond toujours pas, ne signez "
    "pas et prévenez la personne qui s’occupe du serveur."
)


# --- Whose key, and how it stands -----------------------------------------------------------------


def locked(holder):
    """Hold a key holder until the transaction ends, and return them as they are now."""
    return type(holder).objects.select_for_update(of=("self",), no_key=True).select_related("user").get(pk=holder.pk)


def standing(holder, root):
    """Return how a key stands, for who looks after them all: a word of KeyState, or "expired", "soon", "refused".

    refused: the database says it is signed, ROOT did not sign it. root: the verify key in force.
    """
    if holder.state != KeyState.SIGNED:
        return holder.state
    if not keys.is_vouched(holder, root):
        return "refused"
    left = holder.expires_on - timezone.localdate()
    if left < timezone.timedelta(0):
        return "expired"
    return "soon" if left < SOON else KeyState.SIGNED


def ends_soon(holder):
    """Tell whether a signed key is about to expire, or has: its holder asks a referent, who is told as well."""
    return holder.expires_on is not None and holder.expires_on - timezone.localdate() < SOON


def is_ready():
    """Tell whether ROOT was made: before, the only thing to do is the ceremony."""
    return keys.verify_key() is not None


def may_make_key(holder):
    """Tell whether a holder may make a key: invited, or not signed yet and nothing is sealed to the one there is."""
    if holder.state == KeyState.UNSIGNED:
        return not (isinstance(holder, Peer) and holder.envelopes.exists())
    return holder.state == KeyState.INVITED


def account_of(email):
    """Return the account of exactly this address. Raises Refusal."""
    user = User.objects.filter(email=normalise_email(email), is_active=True).first()
    if user is None:
        raise Refusal(NO_ACCOUNT)
    return user


def candidate_of(email):
    """Return the account of exactly this address, which may hold a key: not the coordinator's. Raises Refusal."""
    user = account_of(email)
    if user.is_superuser or user.is_staff or user.has_role(Role.COORDINATION):
        raise Refusal(NOT_BOTH)
    return user


# --- One's own key --------------------------------------------------------------------------------


@transaction.atomic
def make_own_key(*, holder, passphrase):
    """Make the key of somebody who was invited; return NewKey. Raises Refusal where there is one to keep."""
    holder = locked(holder)
    if not may_make_key(holder):
        raise Refusal(keys.CHANGED_MEANWHILE)
    return keys.make_key(holder=holder, passphrase=passphrase)


# --- What a referent decides ----------------------------------------------------------------------


def root_for(referent, private):
    """Return ROOT as a referent holds it. Raises Refusal where it is not the one in force."""
    try:
        root = keys.root_of(referent=referent, private=private)
    except vault.Unreadable as error:
        raise Refusal(NO_ROOT) from error
    if vault.verify_key_of(root) != keys.verify_key():
        raise Refusal(NO_ROOT)
    return root


@transaction.atomic
def invite(*, referent, private, email, model=Peer, seasoned=False):
    """Open the way to a key for the person of this account; return the holder. Raises Refusal."""
    root_for(referent, private)
    return keys.invite(model=model, user=candidate_of(email), actor=referent.pk, seasoned=seasoned)


@transaction.atomic
def sign(*, referent, private, holder, mark):
    """Sign a key whose mark its holder has just read aloud; a second referent also receives ROOT. Raises Refusal."""
    root, holder = root_for(referent, private), locked(holder)
    if holder.state != KeyState.UNSIGNED:
        raise Refusal("Il n’y a pas de clé à signer pour cette personne.")
    if vault.tidied(mark) != keys.mark_of(holder.public_key):
        raise Refusal(WRONG_MARK)
    if isinstance(holder, Referent):
        keys.entrust(referent=holder, root=root, stat=keys.stat_of(referent=referent, private=private))
    return keys.sign_holder(holder=holder, root=root, actor=referent.pk)


@transaction.atomic
def extend(*, referent, private, holder):
    """Sign for two more years the very key that was signed before, be it expired or about to. Raises Refusal."""
    root, holder = root_for(referent, private), locked(holder)
    if standing(holder, keys.verify_key()) not in ("expired", "soon"):
        raise Refusal("Cette clé n’a pas à être prolongée.")
    holder.state = KeyState.UNSIGNED
    return keys.sign_holder(holder=holder, root=root, actor=referent.pk)


@transaction.atomic
def let_start_again(*, referent, private, holder):
    """Let somebody who lost passphrase and code make another key; the one they had counts no more. Raises Refusal.

    Their envelopes stay: the other peer of each pair can seal the case to the new key, once it is signed.
    """
    root_for(referent, private)
    holder = locked(holder)
    if holder.state not in KeyState.usable:
        raise Refusal("Cette personne n’a pas de clé à remplacer.")
    forbid_oneself(holder, referent)
    holder.state, holder.signature, holder.expires_on = KeyState.INVITED, b"", None
    if isinstance(holder, Referent):
        holder.root_sealed = holder.stat_sealed = b""
    holder.save()
    audit.record(AuditAction.REVOKE, actor=referent.pk)
    transaction.on_commit(lambda: files.keep_revocation(holder.pk, holder.key_epoch))
    if isinstance(holder, Referent):
        renew_stat(referent=referent, private=private)
    return holder


@transaction.atomic
def revoke(*, referent, private, holder):
    """Revoke somebody's key and take their role away; of a referent, STAT is renewed too. Raises Refusal."""
    root_for(referent, private)
    holder = locked(holder)
    if holder.state == KeyState.REVOKED:
        raise Refusal("Cette clé est déjà révoquée.")
    forbid_oneself(holder, referent)
    keys.revoke(holder=holder, actor=referent.pk)
    if isinstance(holder, Referent):
        renew_stat(referent=referent, private=private)


def forbid_oneself(holder, referent):
    """Raise Refusal where referents would let go of their own key: the last one would take ROOT away."""
    if holder == referent:
        raise Refusal("Un autre référent doit le faire pour vous. S’il n’y en a pas, nommez-en d’abord un second.")


@transaction.atomic
def set_seasoned(*, referent, private, holder, seasoned):
    """Say whether a peer is experienced: every pair has one who is. Raises Refusal."""
    root_for(referent, private)
    peer = locked(holder)
    peer.seasoned = seasoned
    peer.save(update_fields=["seasoned"])
    return peer


@transaction.atomic
def succeed_root(*, referent, private):
    """Replace ROOT, and the statistics key, which whoever saw the one has seen; return the new verify key.

    Raises Refusal.
    """
    root_for(referent, private)
    fresh = keys.succeed_root(referent=referent, private=private)
    referent.refresh_from_db()
    renew_stat(referent=referent, private=private)
    return fresh


def renew_stat(*, referent, private):
    """Make another statistics key, sealed to the referents ROOT vouches for; the slips that wait are sealed to it anew.

    Who held the former one reads no slip any more, neither those that waited nor those to come. Raises Refusal.
    """
    audit.lock_cell()
    root, stat = root_for(referent, private), vault.new_private()
    vouched = [one for one in Referent.objects.all() if keys.is_vouched(one, keys.verify_key())]
    if referent not in vouched:
        raise Refusal(NO_ROOT)
    # What this referent's former key does not open was lost already: it is no reason to keep it in other hands.
    with suppress(vault.Unreadable):
        slips.seal_anew(keys.stat_of(referent=referent, private=private), stat)
    keys.name_stat(root, vault.public_of(stat))
    for holder in vouched:
        keys.entrust(referent=holder, root=root, stat=stat)
    referent.refresh_from_db()


# --- What waits -----------------------------------------------------------------------------------


def to_revoke():
    """Return who holds a key and has since come to coordinate or administer the portal, peers first.

    Nothing new is entrusted to them; what they could already open stays theirs until a referent revokes the key.
    """
    runs = Q(user__is_staff=True) | Q(user__is_superuser=True) | Q(user__groups__name=Role.COORDINATION)
    found = [model.objects.filter(runs).exclude(state=KeyState.REVOKED).distinct() for model in (Peer, Referent)]
    return [holder for holders in found for holder in holders.select_related("user")]


def awaited():
    """Return how many keys a referent should look at: to sign, to extend, refused; in three statements."""
    root = keys.verify_key()
    standings = [standing(holder, root) for model in (Peer, Referent) for holder in model.objects.all()]
    return {
        "sign": standings.count(KeyState.UNSIGNED),
        "extend": standings.count("soon") + standings.count("expired"),
        "refused": standings.count("refused"),
    }
