"""The seats of a session's hosts: one rule, whether the session's form or the rota fills them."""

from django.db import transaction
from django.utils import timezone

from activities.enums import SessionState
from activities.models import MAX_HOSTS, Hosting
from activities.notifications import team as notifications
from activities.services import rota
from activities.services.locking import lock_session
from cafe import mail
from cafe.errors import Refusal
from cafe.templatetags.french import day
from members.enums import Role
from members.models import User

TO_COME = (SessionState.DRAFT, SessionState.PUBLISHED)


def hold_people(people):
    """Lock these people, before any session: of two who seat one person at the same moment, the second sees the first.

    Whoever locks sessions first could wait for who waits for them.
    """
    keys = [person.pk for person in people]
    list(User.objects.select_for_update(no_key=True).filter(pk__in=keys).order_by("pk"))


def hosts_of(session):
    """Return the hosts in order of rank, read anew."""
    return [hosting.user for hosting in session.hostings.select_related("user")]


def local_day(session):
    return timezone.localdate(session.starts_at)


def as_evening(session, *, seats=None):
    """Return a session as the rota's proposal sees it; its free seats are counted unless given."""
    seats = MAX_HOSTS - len(session.hostings.all()) if seats is None else seats
    return rota.Evening(session.pk, session.starts_at, session.ends_at, local_day(session), seats)


@transaction.atomic
def give_hosts(*, changes):
    """Give sessions their hosts, [(session, hosts)], and mail each person what changes for her; return how many.

    A session whose hosts stay as they are is left alone, and nobody is told of one that has begun. Raises Refusal
    where somebody would host two sessions to come that clash.
    """
    told, changed = {}, []
    for session, chosen in changes:
        before, hosts = hosts_of(session), list(dict.fromkeys(chosen))
        if hosts != before:
            set_hosts(session=session, hosts=hosts)
            note_changes(told, session, before, hosts)
            changed.append(session)
    check_clashes(changed)
    return mail.send_many(notifications.rota_changed(user, *parts) for user, parts in told.items())


@transaction.atomic
def set_hosts(*, session, hosts):
    """Replace the hosts, in this order: two at most, members of the team. Raises Refusal.

    Somebody who left the team keeps the sessions she already hosts.
    """
    session = lock_session(pk=session.pk)
    hosts = list(dict.fromkeys(hosts))
    if len(hosts) > MAX_HOSTS:
        raise Refusal("Une séance a deux référents au plus.")
    already = set(session.hostings.values_list("user_id", flat=True))
    if any(host.pk not in already and not host.has_role(Role.TEAM) for host in hosts):
        raise Refusal("Un référent est choisi dans le groupe de travail.")
    session.hostings.all().delete()
    Hosting.objects.bulk_create(
        Hosting(session=session, user=host, rank=rank) for rank, host in enumerate(hosts, start=1)
    )


def note_changes(told, session, before, hosts):
    """Add a session to come to what each person gains or loses: {person: (sessions gained, sessions lost)}."""
    if session.state not in TO_COME or session.starts_at <= timezone.now():
        return
    for user in hosts:
        if user not in before:
            told.setdefault(user, ([], []))[0].append(session)
    for user in before:
        if user not in hosts:
            told.setdefault(user, ([], []))[1].append(session)


def check_clashes(sessions):
    """Raise Refusal where a host of one of these sessions hosts another to come on its date, or at its hours."""
    keys = {session.pk for session in sessions}
    people = Hosting.objects.filter(session__in=keys).values("user")
    hostings = Hosting.objects.filter(user__in=people, session__state__in=TO_COME).order_by("session__starts_at")
    engaged = {}
    for hosting in hostings.filter(session__starts_at__gt=timezone.now()).select_related("session__activity", "user"):
        evening = as_evening(hosting.session, seats=0)
        mine = engaged.setdefault(hosting.user_id, [])
        if any(evening.clashes(other) and keys & {evening.key, other.key} for other in mine):
            name, when = hosting.user.get_full_name(), day(hosting.session.starts_at)
            raise Refusal(f"{name} accueillerait deux séances le {when} : choisissez quelqu’un d’autre pour l’une.")
        mine.append(evening)
