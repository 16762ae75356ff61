"""What waits for the working group about facilitators' proposals."""

from django.urls import reverse

from activities.enums import ProposalState
from activities.models import Proposal
from cafe.todo import Line
from members.enums import Role


def lines():
    """One line, for those who may open it: members of the working group. One statement."""
    count = Proposal.objects.filter(state=ProposalState.RECEIVED).count()
    if not count:
        return []
    sentence = "Une proposition d’intervenant est à examiner."
    if count > 1:
        sentence = f"{count} propositions d’intervenants sont à examiner."
    return [Line(sentence, f"{reverse('team_proposals')}?etat=received", "Les examiner", role=Role.TEAM)]
