"""Every mail about a facilitator's proposal, to the facilitator or to the working group."""

from django.urls import reverse

from activities.proposal_links import proposal_path
from cafe import mail
from members.enums import Role
from members.models import User


def _to_facilitator(event, proposal, *, key, **context):
    url = mail.absolute(proposal_path(proposal))
    mail.send(
        event=f"activities/proposal_{event}",
        to=proposal.email,
        dedupe_key=f"proposal:{proposal.pk}:{key}",
        context={"proposal": proposal, "url": url, **context},
        carries_token=True,
    )


def _to_team(event, proposal, *, key, **context):
    """One mail to each member of the working group, whose page says more than the mail."""
    url = mail.absolute(reverse("team_proposal", args=[proposal.pk]))
    members = User.objects.filter(groups__name=Role.TEAM, is_active=True).order_by("pk")
    mail.send_many(
        {
            "event": f"activities/proposal_{event}",
            "to": member.email,
            "dedupe_key": f"proposal:{proposal.pk}:{key}:{member.pk}",
            "context": {"proposal": proposal, "member": member, "url": url, **context},
        }
        for member in members
    )


def received(proposal):
    _to_facilitator("received", proposal, key="received")
    _to_team("new", proposal, key="new")


def question(proposal, message):
    _to_facilitator("question", proposal, key=f"question:{message.pk}", message=message)


def answer(proposal, message):
    _to_team("answer", proposal, key=f"answer:{message.pk}", message=message)


def accepted(proposal, sessions):
    _to_facilitator("accepted", proposal, key="decided", sessions=sessions)


def refused(proposal):
    _to_facilitator("refused", proposal, key="decided")
