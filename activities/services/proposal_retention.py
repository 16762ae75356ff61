"""How long a facilitator's proposal and diploma are kept, and what is given back or erased at her wish.

The diploma: 12 months after an acceptance, or after reception where nothing was decided; 2 months after a refusal.
The whole proposal: 24 months after its reception. What it became (activity, sessions, facilitator) stays.
"""

from datetime import timedelta

from allauth.account.models import EmailAddress
from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import Q

from activities.enums import ProposalState
from activities.models import Proposal, Vote

MONTH = timedelta(days=365.25 / 12)
CERTIFICATE_MONTHS, REFUSED_MONTHS, PROPOSAL_MONTHS = 12, 2, 24
FOLDER = "proposals"
SURELY_DONE = timedelta(days=1)


def proposals_of(user):
    """Proposals sent with an address that this person has verified."""
    emails = EmailAddress.objects.filter(user=user, verified=True).values_list("email", flat=True)
    return Proposal.objects.filter(email__in=[email.lower() for email in emails])


def export(user):
    """Return this person's proposals, and her votes on those of others, as plain values."""
    names = ["name", "title", "email", "phone", "practice", "description", "place", "decision"]
    proposals = [
        {
            "etat": proposal.get_state_display(),
            "recue": proposal.committed_at.isoformat(),
            **{name: getattr(proposal, name) for name in names},
            "dates": [one.starts_at.isoformat() for one in proposal.dates.all()],
            "messages": [one.text for one in proposal.messages.all() if not one.internal],
        }
        for proposal in proposals_of(user).prefetch_related("dates", "messages")
    ]
    votes = Vote.objects.filter(user=user).values("proposal__practice", "favourable", "comment")
    return {"propositions": proposals, "avis": list(votes)}


@transaction.atomic
def erase(user):
    """Delete this person's proposals with their files; sessions already planned are the coordination's to settle."""
    delete_proposals(proposals_of(user))


@transaction.atomic
def delete_proposals(proposals):
    forget_certificates(proposals)
    count = proposals.count()
    proposals.delete()
    return count


@transaction.atomic
def forget_certificates(proposals):
    """Wipe the files once the rows no longer name them; return how many."""
    names = list(proposals.exclude(certificate="").values_list("certificate", flat=True))
    proposals.update(certificate="", certificate_type="")
    transaction.on_commit(lambda: [default_storage.delete(name) for name in names])
    return len(names)


def old_certificates(now):
    year, short = now - CERTIFICATE_MONTHS * MONTH, now - REFUSED_MONTHS * MONTH
    refused = Q(state=ProposalState.REFUSED, decided_at__lt=short)
    accepted = Q(state=ProposalState.ACCEPTED, decided_at__lt=year)
    undecided = Q(state__in=ProposalState.open, committed_at__lt=year)
    return Proposal.objects.filter(refused | accepted | undecided).exclude(certificate="")


def orphans(now):
    """Return the names of files that no proposal names: the process died while it wrote them, or after."""
    if not default_storage.exists(FOLDER):
        return []
    paths = [f"{FOLDER}/{name}" for name in default_storage.listdir(FOLDER)[1]]
    known = set(Proposal.objects.exclude(certificate="").values_list("certificate", flat=True))
    lost = [path for path in paths if path not in known]
    return [path for path in lost if default_storage.get_modified_time(path) < now - SURELY_DONE]


def purge(now, dry_run):
    """Forget old diplomas, old proposals, and files that nothing names; return what was or would be done."""
    certificates = old_certificates(now)
    old = Proposal.objects.filter(committed_at__lt=now - PROPOSAL_MONTHS * MONTH)
    lost = orphans(now)
    sentences = [
        f"Diplômes d’intervenants effacés (12 mois après la décision, 2 après un refus) : {certificates.count()}.",
        f"Propositions d’intervenants de plus de {PROPOSAL_MONTHS} mois supprimées : {old.count()}.",
        f"Fichiers de propositions sans propriétaire supprimés : {len(lost)}.",
    ]
    if not dry_run:
        forget_certificates(certificates)
        delete_proposals(old)
        for name in lost:
            default_storage.delete(name)
    return sentences
