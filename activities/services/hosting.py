"""What binds the team to the sessions it hosts: answers, absences, turns, the rota that is kept, and who drops out."""

from dataclasses import dataclass, field
from datetime import timedelta
from functools import cached_property

from django.db import transaction
from django.utils import timezone

from activities.enums import Availability, SessionState
from activities.models import MAX_HOSTS, Absence, HostAvailability, Hosting, HostWithdrawal, Session
from activities.notifications import team as notifications
from activities.services import rota
from activities.services.locking import lock_session
from activities.services.seating import TO_COME, as_evening, give_hosts, hold_people, hosts_of, local_day
from cafe import mail
from cafe.errors import Refusal
from members.enums import Role
from members.models import User

RECENT = timedelta(days=365)
COUNTED = (*TO_COME, SessionState.HELD)


def team():
    """The working group, in the order of names: who may host."""
    return User.objects.filter(groups__name=Role.TEAM, is_active=True).order_by("last_name", "first_name", "pk")


def sessions_to_host(now=None):
    """Sessions to come, drafts included: hosts are found before a session is published."""
    coming = Session.objects.filter(state__in=TO_COME, starts_at__gt=now or timezone.now())
    return coming.select_related("activity", "place").order_by("starts_at", "pk")


def sessions_to_answer(user, now=None):
    """Sessions to come that this person does not host and that lack a host, whether she has answered or not."""
    full = Hosting.objects.filter(rank=MAX_HOSTS).values("session")
    return sessions_to_host(now).exclude(hostings__user=user).exclude(pk__in=full)


@transaction.atomic
def answer_sessions(*, user, answers):
    """Keep a person's answers, {session key: Availability}; keys that are not hers to answer are left out."""
    known = set(sessions_to_answer(user).filter(pk__in=answers).values_list("pk", flat=True))
    HostAvailability.objects.bulk_create(
        [HostAvailability(session_id=pk, user=user, answer=answer) for pk, answer in answers.items() if pk in known],
        update_conflicts=True,
        unique_fields=["session", "user"],
        update_fields=["answer"],
    )
    return len(known)


@transaction.atomic
def withdraw(*, session, user, word=""):
    """A host drops out of a session to come: her seat is free, and the team and the coordination are mailed.

    She counts as having said no, so that no proposal calls her back. The alarm lasts until the session has a host.
    """
    session = lock_session(pk=session.pk)
    if session.state not in TO_COME or session.starts_at <= timezone.now():
        raise Refusal("Cette séance n’est plus à venir : il n’y a rien à changer.")
    removed, _ = session.hostings.filter(user=user).delete()
    if not removed:
        raise Refusal("Vous n’accueillez pas cette séance.")
    session.hostings.update(rank=1)
    HostAvailability.objects.update_or_create(session=session, user=user, defaults={"answer": Availability.NO})
    withdrawal = HostWithdrawal.objects.create(session=session, user=user, word=word)
    left = hosts_of(session)
    mail.send_many(notifications.host_withdrew(withdrawal, person, left=left) for person in everyone_but(user))
    return withdrawal


def everyone_but(user):
    """The team and the coordination, but this person: each once, with the roles already read."""
    people = User.objects.filter(groups__name__in=[Role.TEAM, Role.COORDINATION], is_active=True)
    return people.exclude(pk=user.pk).distinct().prefetch_related("groups")


@dataclass
class Sheet:
    """The rota as it stands: the sessions to come with their hosts, the team, and all that a proposal reads.

    Nine statements at most, whatever the number of sessions, members and answers.
    """

    now: object = field(default_factory=timezone.now)

    @cached_property
    def sessions(self):
        return list(sessions_to_host(self.now).prefetch_related("hostings__user", "withdrawals__user"))

    @cached_property
    def members(self):
        return list(team())

    @cached_property
    def answers(self):
        """{(session key, person key): answer}."""
        rows = HostAvailability.objects.filter(session__in=[session.pk for session in self.sessions])
        return {(row.session_id, row.user_id): row.answer for row in rows}

    @cached_property
    def absences(self):
        """{person key: [(first day, last day)]} of absences that are not over."""
        found = {}
        for absence in Absence.objects.filter(last_day__gte=timezone.localdate(self.now)):
            found.setdefault(absence.user_id, []).append((absence.first_day, absence.last_day))
        return found

    @cached_property
    def hostings(self):
        """{person key: the sessions she hosts}, from twelve months ago on; cancelled ones are no turn."""
        counted = Hosting.objects.filter(
            session__state__in=COUNTED, session__starts_at__gte=self.now - RECENT, user__in=self.members
        )
        found = {}
        for hosting in counted.select_related("session"):
            found.setdefault(hosting.user_id, []).append(hosting.session)
        return found

    def turns(self, member):
        """Sessions hosted in the last twelve months and already planned."""
        return len(self.hostings.get(member.pk, ()))

    def is_absent(self, member, session):
        date = local_day(session)
        return any(first <= date <= last for first, last in self.absences.get(member.pk, ()))

    def proposal(self):
        """Return the Choices for the seats that are free."""
        return rota.propose(
            [as_evening(session) for session in self.sessions], [self.as_member(one) for one in self.members]
        )

    def as_member(self, user):
        answers = {session: answer for (session, person), answer in self.answers.items() if person == user.pk}
        engaged = tuple(as_evening(session, seats=0) for session in self.hostings.get(user.pk, ()))
        return rota.Member(user.pk, self.turns(user), engaged, tuple(self.absences.get(user.pk, ())), answers)


@transaction.atomic
def save_rota(*, changes):
    """Give sessions their hosts, all or none, and mail each person what changes for her; return how many are told.

    changes: [(session, keys of its hosts as they were seen, hosts as they shall be)]. Raises Refusal where a session's
    hosts have changed since they were seen, or where somebody would host twice on one date.
    """
    hold_people(host for _, _, hosts in changes for host in hosts)
    changes = sorted(changes, key=lambda change: change[0].pk)
    for session, seen, _ in changes:
        if [host.pk for host in hosts_of(lock_session(pk=session.pk))] != seen:
            raise Refusal("La répartition a changé pendant que vous la prépariez. La voici : reprenez vos choix.")
    return give_hosts(changes=[(session, hosts) for session, _, hosts in changes])


def ask_for_answers(*, now=None):
    """Mail, once a month at most, each member of the team who has sessions to answer; return how many are written."""
    now = now or timezone.now()
    sheet = Sheet(now)
    return mail.send_many(
        notifications.answers_awaited(member, waiting, now=now) for member in sheet.members
        if (waiting := unanswered(sheet, member))
    )  # fmt: skip


def unanswered(sheet, member):
    """Return the sessions that lack a host, are not hers, and that she has not answered."""
    return [
        session
        for session in sheet.sessions
        if len(hostings := session.hostings.all()) < MAX_HOSTS
        and member.pk not in {hosting.user_id for hosting in hostings}
        and (session.pk, member.pk) not in sheet.answers
    ]
