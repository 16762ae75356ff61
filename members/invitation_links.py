"""The link of an invitation to a role. It opens a page; taking the role asks for the address it was sent to."""

from django.core import signing
from django.http import Http404
from django.urls import reverse

from members.models import RoleInvitation

_signer = signing.Signer(salt="members.role-invitation", sep=".")


def invitation_path(invitation):
    return reverse("role_invitation", args=[_signer.sign(str(invitation.pk))])


def invitation_from(token):
    """Return the invitation a link opens, or raise 404 where it was forged or the invitation is gone."""
    try:
        pk = int(_signer.unsign(token))
    except (signing.BadSignature, ValueError) as error:
        raise Http404 from error
    invitation = RoleInvitation.objects.select_related("invited_by").filter(pk=pk).first()
    if invitation is None:
        raise Http404
    return invitation
