"""What a facilitator and the working group do with a proposal, from its reception to the decision.

The decision belongs to the working group as a whole:
- accepting takes two favourable votes at least, and no open objection;
- an unfavourable vote is an objection, and opens a discussion. It is open until its author votes otherwise, or until a
  member closes the discussion by writing its conclusion, which takes three favourable votes at least, and more
  favourable than unfavourable ones. An unfavourable vote given after the conclusion opens the discussion again;
- refusing takes one member and a courteous word to the facilitator: whoever would rather not sees it in the list;
- what is decided stays decided. Every service locks the proposal's row first, so that of two decisions taken at once
  the second finds the first.
"""

from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone

from activities.enums import ActivityKind, ProposalState
from activities.models import Activity, Facilitator, Place, Proposal, ProposalDate, ProposalMessage, Vote
from activities.notifications import proposals as notifications
from activities.services.catalogue import known_or_new
from activities.services.planning import create_session
from cafe.errors import Refusal
from cafe.templatetags.french import day
from cafe.text import normalise_email

ENOUGH = 2
ENOUGH_TO_CONCLUDE = 3


@dataclass(frozen=True)
class Tally:
    """Where the votes of a proposal stand; `objections` are the unfavourable votes that are still open."""

    favourable: int
    unfavourable: int
    objections: int

    @property
    def may_accept(self):
        return self.favourable >= ENOUGH and not self.objections

    @property
    def may_conclude(self):
        enough = self.favourable >= ENOUGH_TO_CONCLUDE and self.favourable > self.unfavourable
        return bool(self.objections) and enough


def tally(proposal, votes=None):
    """Count the votes by the rule above; `votes` spares a statement where they are read already."""
    votes = list(proposal.votes.all()) if votes is None else votes
    against = [vote for vote in votes if not vote.favourable]
    closed = proposal.concluded_at
    still = [vote for vote in against if closed is None or vote.voted_at > closed]
    return Tally(favourable=len(votes) - len(against), unfavourable=len(against), objections=len(still))


def _locked_open(proposal):
    """Lock the proposal's row and read it again. Raises Refusal where it has been decided."""
    proposal = Proposal.objects.select_for_update(of=("self",), no_key=True).get(pk=proposal.pk)
    if not proposal.is_open:
        decision = proposal.get_state_display().lower()
        raise Refusal(f"Cette proposition est déjà {decision}, le {day(proposal.decided_at)}.")
    return proposal


@transaction.atomic
def propose(*, values, dates, certificate, certificate_type):
    """Record a proposal with its possible dates and its vetted certificate; mail the facilitator and the team.

    The same proposal sent twice while the first is being examined changes nothing: the first one is returned. The file
    is written last: whatever fails before it leaves none behind.
    """
    values = values | {"email": normalise_email(values["email"])}
    same = {name: values[name] for name in ("email", "practice", "description")}
    known = Proposal.objects.filter(**same, state__in=ProposalState.open).first()
    if known:
        return known
    proposal = Proposal.objects.create(**values, certificate_type=certificate_type)
    ProposalDate.objects.bulk_create([ProposalDate(proposal=proposal, starts_at=moment) for moment in dates])
    notifications.received(proposal)
    proposal.certificate.save("certificate", certificate)
    return proposal


@transaction.atomic
def ask(*, proposal, by, text):
    """Mail a question of the working group to the facilitator, who answers by the link."""
    proposal = _locked_open(proposal)
    message = ProposalMessage.objects.create(proposal=proposal, author=by, from_team=True, text=text)
    proposal.state = ProposalState.QUESTIONED
    proposal.save(update_fields=["state"])
    notifications.question(proposal, message)
    return message


@transaction.atomic
def answer(*, proposal, text):
    """Keep the facilitator's answer, give the proposal back to the working group, and tell its members."""
    proposal = _locked_open(proposal)
    if proposal.state != ProposalState.QUESTIONED:
        raise Refusal("Votre réponse nous est déjà parvenue. Merci.")
    message = ProposalMessage.objects.create(proposal=proposal, from_team=False, text=text)
    proposal.state = ProposalState.RECEIVED
    proposal.save(update_fields=["state"])
    notifications.answer(proposal, message)
    return message


@transaction.atomic
def vote(*, proposal, by, favourable, comment=""):
    """Give or change a member's vote. Saying again what one had said does not open a closed discussion again."""
    proposal = _locked_open(proposal)
    mine = Vote.objects.filter(proposal=proposal, user=by).first()
    if mine is None:
        return Vote.objects.create(proposal=proposal, user=by, favourable=favourable, comment=comment)
    same = mine.favourable == favourable
    mine.favourable, mine.comment = favourable, comment
    mine.save(update_fields=["comment"] if same else ["favourable", "comment", "voted_at"])
    return mine


@transaction.atomic
def discuss(*, proposal, by, text):
    """Write a word that the members of the working group alone read."""
    proposal = _locked_open(proposal)
    return ProposalMessage.objects.create(proposal=proposal, author=by, from_team=True, internal=True, text=text)


@transaction.atomic
def conclude(*, proposal, by, text):
    """Close the discussion that objections opened, by writing what came out of it."""
    proposal = _locked_open(proposal)
    if not tally(proposal).may_conclude:
        raise Refusal(
            "La discussion se clôt avec trois avis favorables au moins, plus nombreux que les avis défavorables."
        )
    proposal.conclusion, proposal.concluded_by, proposal.concluded_at = text, by, timezone.now()
    proposal.save(update_fields=["conclusion", "concluded_by", "concluded_at"])
    return proposal


def _decide(proposal, state, by, **fields):
    fields |= {"state": state, "decided_by": by, "decided_at": timezone.now()}
    for name, value in fields.items():
        setattr(proposal, name, value)
    proposal.save(update_fields=[*fields])


@transaction.atomic
def refuse(*, proposal, by, text):
    """Refuse for good, and mail the facilitator this courteous word."""
    proposal = _locked_open(proposal)
    _decide(proposal, ProposalState.REFUSED, by, decision=text)
    notifications.refused(proposal)
    return proposal


@transaction.atomic
def accept(*, proposal, by, dates, title, kind=ActivityKind.WELLBEING, place=None, text=""):
    """Turn a proposal into drafts: one activity, a session for each date chosen, its facilitator and its place.

    dates: ProposalDates to come; place: {"name", "address", "commune"} or None. An activity, a place or a facilitator
    that exists already (same title, name, address) is taken as it is. Raises Refusal.
    """
    proposal = _locked_open(proposal)
    if not tally(proposal).may_accept:
        raise Refusal("Il faut deux avis favorables au moins, et aucune objection en discussion.")
    moments = sorted(one.starts_at for one in dates if one.proposal_id == proposal.pk)
    if not moments or moments[0] <= timezone.now():
        raise Refusal("Choisissez au moins une date à venir.")
    values = _session_values(proposal) | {
        "activity": _activity(proposal, title, kind),
        "facilitator": _facilitator(proposal),
        "place": _place(place),
    }
    sessions = [create_session(values=values | {"starts_at": moment}, by=by) for moment in moments]
    _decide(proposal, ProposalState.ACCEPTED, by, decision=text, activity=values["activity"])
    notifications.accepted(proposal, sessions)
    return sessions


def _session_values(proposal):
    names = ("activity_minutes", "capacity", "equipment", "clothing", "fee")
    return {name: getattr(proposal, name) for name in names}


def _activity(proposal, title, kind):
    details = {"kind": kind, "description": proposal.description}
    return known_or_new(Activity.objects.all(), field="title", value=title, **details)


def _facilitator(proposal):
    """The same person by e-mail, whose missing details are filled in; otherwise a new one."""
    known = Facilitator.objects.filter(email__iexact=proposal.email).order_by("pk").first()
    if known is None:
        details = {name: getattr(proposal, name) for name in ("name", "title", "email", "phone")}
        return Facilitator.objects.create(**details)
    known.title, known.phone = known.title or proposal.title, known.phone or proposal.phone
    known.save(update_fields=["title", "phone"])
    return known


def _place(details):
    if not details or not details["name"]:
        return None
    details = dict(details)
    return known_or_new(Place.objects.all(), field="name", value=details.pop("name"), **details)
