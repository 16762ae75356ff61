"""What facilitators have proposed: one that the team is examining, and one that became the season's clay workshop."""

from datetime import timedelta

from django.utils import timezone

from activities.enums import ProposalState, SessionState
from activities.models import Proposal, ProposalDate, ProposalMessage, Session, Vote
from cafe.demo.catalogue import FACILITATORS, OFFERS
from cafe.demo.people import DOMAIN, first_name, invented
from cafe.demo.plans import at
from members.enums import Gender

RECEIVED_AGO, ACCEPTED_AGO, VOTED_AGO = timedelta(days=3), timedelta(days=40), timedelta(days=1)
POSSIBLE = [(70, 19, 30), (84, 12, 30)]  # (days from today, hour, minute)


def load_proposals(catalogue, members):
    """Write both, once: where there are proposals already, nothing is added. Neither has a diploma, being invented."""
    if Proposal.objects.exists():
        return
    now = timezone.now()
    singing = examined(now, members)
    clay = accepted(now, catalogue, members)
    # Inserting stamps the present: the past is put back afterwards.
    Proposal.objects.filter(pk=singing.pk).update(committed_at=now - RECEIVED_AGO)
    Proposal.objects.filter(pk=clay.pk).update(committed_at=now - ACCEPTED_AGO)
    Vote.objects.filter(proposal=singing).update(voted_at=now - VOTED_AGO)
    Vote.objects.filter(proposal=clay).update(voted_at=now - ACCEPTED_AGO + timedelta(days=4))


def examined(now, members):
    """A proposal with one favourable vote: the account that is shown, the first member, has the second to give."""
    faker = invented(8)
    proposal = Proposal.objects.create(
        name=f"{first_name(faker, Gender.WOMAN)} {faker.last_name()}",
        title="cheffe de chœur",
        email=f"intervenant-chant{DOMAIN}",
        phone="06 39 98 00 20",
        practice="Chant à plusieurs voix",
        description="Échauffement du souffle et de la voix, puis deux chants simples, appris à l’oreille. "
        "Personne ne chante seul, personne n’a besoin de lire la musique.",
        capacity=15,
        clothing="Confortable.",
        fee=5,
    )
    today = timezone.localdate(now)
    ProposalDate.objects.bulk_create(
        ProposalDate(proposal=proposal, starts_at=at(today + timedelta(days=days), hour, minute))
        for days, hour, minute in POSSIBLE
    )
    Vote.objects.create(proposal=proposal, user=members[1], favourable=True, comment="Une voix posée fait du bien.")
    ProposalMessage.objects.create(
        proposal=proposal, author=members[2], from_team=True, internal=True,
        text="La salle de la maison de santé résonne un peu\u00a0: je pense à celle des Tilleuls.",
    )  # fmt: skip
    return proposal


def accepted(now, catalogue, members):
    """The proposal that the clay workshop comes from; its draft is among the sessions to come."""
    offer, facilitator = OFFERS["terre"], catalogue.facilitators["terre"]
    proposal = Proposal.objects.create(
        state=ProposalState.ACCEPTED,
        name=facilitator.name,
        title=FACILITATORS["terre"][1],
        email=facilitator.email,
        phone=facilitator.phone,
        practice=offer.title,
        description=offer.summary,
        place_needed=False,
        place="Atelier du Bac, 9 chemin du Bac, Fontenelle-le-Bac",
        capacity=8,
        equipment=offer.equipment,
        clothing=offer.clothing,
        fee=offer.fee,
        decided_at=now - ACCEPTED_AGO + timedelta(days=6),
        decided_by=members[0],
        decision="Merci pour cet accueil dans votre atelier. La coordination vous confirme la date.",
        activity=catalogue.activities["terre"],
    )
    drafts = Session.objects.filter(activity=proposal.activity, state=SessionState.DRAFT, starts_at__gt=now)
    ProposalDate.objects.bulk_create(ProposalDate(proposal=proposal, starts_at=one.starts_at) for one in drafts)
    Vote.objects.bulk_create(Vote(proposal=proposal, user=user, favourable=True) for user in members[:2])
    return proposal
