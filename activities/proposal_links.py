"""The personal link of a facilitator: whoever holds it follows that proposal, and answers the working group."""

from django.core import signing
from django.http import Http404
from django.urls import reverse

from activities.models import Proposal

_signer = signing.Signer(salt="activities.proposal", sep=".")


def proposal_path(proposal):
    return reverse("proposal_link", args=[_signer.sign(proposal.link_key)])


def proposal_from(token):
    """Return the proposal a link opens, or raise 404 where it was forged or the proposal is erased."""
    try:
        link_key = _signer.unsign(token)
    except signing.BadSignature as error:
        raise Http404 from error
    proposal = Proposal.objects.filter(link_key=link_key).first()
    if proposal is None:
        raise Http404
    return proposal
