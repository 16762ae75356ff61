from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone

from activities.models import Registration, Session
from cafe.demo import balance, season
from cafe.demo.board import load_report
from cafe.demo.catalogue import load_catalogue
from cafe.demo.directory import load_directory
from cafe.demo.evaluation import load_surveys
from cafe.demo.money import load_budget
from cafe.demo.newsletters import load_newsletters
from cafe.demo.people import DOMAIN, as_guest, load_accounts, team
from cafe.demo.plans import write
from cafe.demo.proposals import load_proposals
from cafe.demo.questions import load_questions
from cafe.demo.reports import load_reports
from cafe.demo.rota import write_rota
from members.models import User


@dataclass(frozen=True)
class Loaded:
    accounts: int
    sessions: int
    registrations: int


def real_people():
    """Return how many accounts are not the demonstration's own."""
    return User.objects.exclude(email__endswith=DOMAIN).count()


def is_loaded():
    return User.objects.filter(email="coordination" + DOMAIN).exists()


@transaction.atomic
def load_demo():
    """Create what the demonstration lacks and change nothing that is there; return what was added.

    Rows are written in bulk, past the services: no mail leaves.
    """
    before = counts()
    users, catalogue = load_accounts(), load_catalogue()
    taken = {user.email for user in users.values()}
    plans, regulars = balance.plans(taken)
    if not season.is_there():
        plans = plans + season.plans(timezone.now(), regulars, taken, as_guest(users["soignant"]))
    write(plans, catalogue=catalogue, hosts=team(users), mover=users["coordination"])
    write_rota(team(users))
    load_proposals(catalogue, team(users))
    load_questions()
    load_surveys(users)
    load_directory()
    load_newsletters()
    load_reports()
    load_budget()
    load_report(users["coordination"])
    return Loaded(*(after - was for after, was in zip(counts(), before, strict=True)))


def counts():
    return [model.objects.count() for model in (User, Session, Registration)]
