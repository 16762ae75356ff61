"""A reminder of the sessions that have places left: off by default, once for each session, seen before it leaves.

It is an ordinary newsletter, written and scheduled a day ahead so that the coordination can read, change or stop it.
"""

from datetime import datetime, time, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.text import Truncator

from activities.enums import Audience
from activities.models import Session
from cafe.errors import Refusal
from cafe.templatetags.french import clock, day
from newsletters.enums import BlockKind, NewsletterState, Topic
from newsletters.models import Block, LetterSettings, Newsletter, SessionReminder
from newsletters.services import sending
from newsletters.services.writing import new_slug
from resources.services.prevention import messages_for

KEY = "rappel-automatique"
LEAVES_AT = time(10)
MOST_SESSIONS = 6
TITLE_LENGTH, PREVIEW_LENGTH = 38, 150
FOR_MANY = {Audience.ALL, Audience.FAMILIES}
# Looked at again this long before it leaves: a letter is frozen within the minute it is due.
LAST_LOOK = timedelta(minutes=15)
ONE = "Bonjour {prénom},\n\nIl reste des places à cette séance. Si le cœur vous en dit, venez."
SEVERAL = "Bonjour {prénom},\n\nIl reste des places à ces séances. Si le cœur vous en dit, venez à l’une d’elles."


@transaction.atomic
def choose(*, remind, remind_days):
    """Keep the coordination's choice. What is scheduled already stays so."""
    values = {"remind": remind, "remind_days": remind_days}
    return LetterSettings.objects.update_or_create(pk=1, defaults=values)[0]


def remind_of_places():
    """Write and schedule the reminder of the day, if it is wanted, there is something to recall and somebody reads it.

    Return the newsletter or None. Run twice, it recalls nothing twice: the settings' row is held meanwhile.
    """
    try:
        return write_reminder(timezone.now())
    except Refusal:
        return None  # nobody reads the agenda; nothing of it is kept


@transaction.atomic
def write_reminder(now):
    chosen = LetterSettings.objects.select_for_update(no_key=True).filter(pk=1, remind=True).first()
    tomorrow = timezone.localdate(now) + timedelta(days=1)
    leaves = timezone.make_aware(datetime.combine(tomorrow, LEAVES_AT))
    sessions = sessions_to_recall(leaves, chosen.remind_days) if chosen else []
    if not sessions:
        return None
    newsletter = write(sessions, leaves)
    SessionReminder.objects.bulk_create(
        SessionReminder(session=one, newsletter=newsletter, on=leaves.date()) for one in sessions
    )
    return sending.schedule(newsletter, at=leaves)


def sessions_to_recall(leaves, days):
    """Return the sessions, soonest first, that take place within `days` days of a reminder and still take people.

    Of a cycle, the first alone, on which one registers. A session for some only is recalled by nobody but a person.
    """
    end = timezone.make_aware(datetime.combine(leaves.date() + timedelta(days=days + 1), time()))
    coming = Session.objects.upcoming().filter(starts_at__lt=end, head=None, audience__in=FOR_MANY)
    unknown = coming.exclude(pk__in=SessionReminder.objects.values("session"))
    return [one for one in unknown.for_list() if takes_people(one, leaves)][:MOST_SESSIONS]


def takes_people(session, moment):
    opened = not session.carrier.opens_at or session.carrier.opens_at <= moment
    return bool(session.places_left) and opened and session.closing > moment


def write(sessions, leaves):
    """Return the draft: a greeting, each session, a message of prevention that changes with the day, a button."""
    subject, preview = titles_of(sessions)
    slug = new_slug(subject, leaves.date())
    newsletter = Newsletter.objects.create(
        slug=slug, topic=Topic.AGENDA, subject=subject, preview=preview, model_key=KEY, in_archive=False
    )
    contents = [(BlockKind.TEXT, {"markdown": ONE if len(sessions) == 1 else SEVERAL})]
    contents += [(BlockKind.SESSION, {"session": one.pk}) for one in sessions]
    if said := messages_for():
        contents.append((BlockKind.PREVENTION, {"text": said[leaves.toordinal() % len(said)].text}))
    url = sessions[0].get_absolute_url() if len(sessions) == 1 else "/activites/"
    contents.append((BlockKind.BUTTON, {"label": "M’inscrire" if len(sessions) == 1 else "Choisir", "url": url}))
    Block.objects.bulk_create(
        Block(newsletter=newsletter, position=place, kind=kind, content=content)
        for place, (kind, content) in enumerate(contents, start=1)
    )
    return newsletter


def titles_of(sessions):
    """Return the subject, which a phone shows whole, and the line of preview: when, or what."""
    first, others = sessions[0], sessions[1:]
    if others:
        titles = dict.fromkeys(one.activity.title for one in sessions)
        return "Il reste des places aux prochaines séances", Truncator(", ".join(titles)).chars(PREVIEW_LENGTH)
    when = f"{day(first.starts_at).capitalize()}, {clock(first.starts_at)}"
    return f"Il reste des places\u00a0: {Truncator(first.activity.title).chars(TITLE_LENGTH)}", when


# --- Just before it leaves ------------------------------------------------------------------------


def look_again():
    """Take what is full, closed or cancelled out of the reminders about to leave; one left empty does not leave."""
    due = Newsletter.objects.filter(model_key=KEY, state=NewsletterState.SCHEDULED)
    for newsletter in due.filter(scheduled_for__lte=timezone.now() + LAST_LOOK):
        look_again_at(newsletter)


@transaction.atomic
def look_again_at(newsletter):
    """A letter whose sessions the coordination took out is its own: it is left as it stands."""
    newsletter = sending.locked(newsletter)
    if newsletter.state != NewsletterState.SCHEDULED:
        return
    blocks = list(newsletter.blocks.filter(kind=BlockKind.SESSION))
    keys = [block.content.get("session") for block in blocks]
    coming = Session.objects.upcoming().filter(pk__in=keys).for_list()
    good = {one.pk for one in coming if takes_people(one, newsletter.scheduled_for)}
    full = [block.pk for block, key in zip(blocks, keys, strict=True) if key not in good]
    if blocks and not good:
        sending.cancel(newsletter)
    elif full:
        newsletter.blocks.filter(pk__in=full).delete()
