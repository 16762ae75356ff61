"""Roles that the coordination gives by invitation and takes back. Those of the listening cell never pass here."""

from datetime import timedelta

from allauth.account.models import EmailAddress
from django.contrib.auth.models import Group
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from cafe.errors import Refusal
from cafe.text import normalise_email
from members import notifications
from members.enums import GRANTABLE_ROLES, Role, RoleMove
from members.invitation_links import invitation_path
from members.models import RoleChange, RoleInvitation, User

PAUSE = timedelta(minutes=5)
KEEP_INVITATION = timedelta(days=183)
KEEP_CHANGE = timedelta(days=730)


@transaction.atomic
def invite(*, email, role, by):
    """Offer a role to an address by mail; return the invitation."""
    email, role = normalise_email(email), grantable(role)
    group_locked(role)
    if owners(email).filter(groups__name=role).exists():
        raise Refusal("Cette personne tient déjà ce rôle.")
    if RoleInvitation.objects.open().filter(email=email, role=role).exists():
        raise Refusal("Cette adresse est déjà invitée à ce rôle : renvoyez plutôt l’invitation.")
    invitation = RoleInvitation.objects.create(email=email, role=role, invited_by=by)
    note(RoleMove.INVITED, invitation=invitation, by=by)
    notifications.role_offered(invitation=invitation, path=invitation_path(invitation))
    return invitation


@transaction.atomic
def resend_invitation(*, invitation, by):
    """Send the mail again: the seven days start afresh."""
    invitation = locked(invitation)
    now = timezone.now()
    if now < invitation.sent_at + PAUSE:
        raise Refusal("L’invitation vient de partir : attendez cinq minutes avant de la renvoyer.")
    invitation.sent_at = now
    invitation.save(update_fields=["sent_at"])
    note(RoleMove.SENT_AGAIN, invitation=invitation, by=by)
    notifications.role_offered(invitation=invitation, path=invitation_path(invitation))


@transaction.atomic
def cancel_invitation(*, invitation, by):
    invitation = locked(invitation)
    invitation.cancelled_at = timezone.now()
    invitation.save(update_fields=["cancelled_at"])
    note(RoleMove.CANCELLED, invitation=invitation, by=by)


@transaction.atomic
def accept_invitation(*, invitation, user):
    """Give the role to the proved owner of the address it was offered to."""
    invitation = locked(invitation)
    if invitation.has_expired:
        raise Refusal("Cette invitation a expiré. Demandez à la coordination de vous la renvoyer.")
    if not is_for(invitation, user):
        raise Refusal("Cette invitation a été envoyée à une autre adresse que celles de votre compte.")
    user.groups.add(Group.objects.get_or_create(name=grantable(invitation.role))[0])
    invitation.accepted_at = timezone.now()
    invitation.save(update_fields=["accepted_at"])
    note(RoleMove.ACCEPTED, invitation=invitation, by=user, person=user)


@transaction.atomic
def remove_role(*, user, role, by):
    """Take a role back, and what its holder had offered with it. The portal always keeps somebody to coordinate it."""
    group = group_locked(grantable(role))
    if not user.groups.filter(pk=group.pk).exists():
        raise Refusal("Cette personne ne tient plus ce rôle.")
    others = User.objects.filter(groups=group, is_active=True).exclude(pk=user.pk)
    if role == Role.COORDINATION and not others.exists():
        raise Refusal("C’est la dernière personne de la coordination : invitez-en d’abord une autre.")
    user.groups.remove(group)
    note(RoleMove.REMOVED, role=role, by=by, person=user)
    if role == Role.COORDINATION:
        for invitation in RoleInvitation.objects.open().filter(invited_by=user):
            cancel_invitation(invitation=invitation, by=by)


def grantable(role):
    """Return the role, or refuse: no page offers the others, and none may be slipped in."""
    if role not in GRANTABLE_ROLES:
        raise Refusal("Ce rôle ne se donne pas ici.")
    return Role(role).value


def group_locked(role):
    """The role's row, held: two removals at once would each count the other as who remains."""
    Group.objects.get_or_create(name=role)
    return Group.objects.select_for_update(of=("self",), no_key=True).get(name=role)


def locked(invitation):
    row = RoleInvitation.objects.select_for_update(of=("self",), no_key=True).open().filter(pk=invitation.pk).first()
    if row is None:
        raise Refusal("Cette invitation a déjà été acceptée, ou annulée.")
    return row


def owners(email):
    """Accounts that have proved to own an address."""
    proved = EmailAddress.objects.filter(email__iexact=email, verified=True)
    return User.objects.filter(pk__in=proved.values("user_id"))


def is_for(invitation, user):
    return owners(invitation.email).filter(pk=user.pk).exists()


def note(move, *, by, role="", invitation=None, person=None):
    role = role or invitation.role
    RoleChange.objects.create(move=move, role=role, by=by, invitation=invitation, person=person)


def addresses_of(user):
    verified = EmailAddress.objects.filter(user=user, verified=True).values_list("email", flat=True)
    return [normalise_email(email) for email in {user.email, *verified}]


def export(user):
    """Return what was offered to the person, and what was done about roles by or to her, as plain values."""
    changes = RoleChange.objects.filter(Q(person=user) | Q(by=user), role__in=GRANTABLE_ROLES)
    return {
        "invitations": [
            {"role": one.role, "invite_le": one.created_at.isoformat()}
            for one in RoleInvitation.objects.filter(email__in=addresses_of(user))
        ],
        "changements": [{"action": one.move, "role": one.role, "le": one.at.isoformat()} for one in changes],
    }


def erase(user):
    """Delete the invitations sent to her; what was done stays, without her name."""
    RoleInvitation.objects.filter(email__in=addresses_of(user)).delete()


def purge(now, dry_run):
    """Forget invitations six months after they were last sent, what was done about roles after two years."""
    invitations = RoleInvitation.objects.filter(sent_at__lt=now - KEEP_INVITATION)
    changes = RoleChange.objects.filter(at__lt=now - KEEP_CHANGE)
    sentences = [
        f"Invitations à un rôle, effacées après six mois : {invitations.count()}.",
        f"Changements de rôle, effacés après deux ans : {changes.count()}.",
    ]
    if not dry_run:
        invitations.delete()
        changes.delete()
    return sentences
