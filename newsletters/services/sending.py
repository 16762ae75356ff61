"""The life of a newsletter from its last correction to its last letter. Every verb locks the newsletter first.

draft -> scheduled -> sending <-> paused -> sent | stopped. Until it leaves, scheduled goes back to draft.
"""

import logging

from django.conf import settings
from django.db import DatabaseError, connection, transaction
from django.db.models import BigIntegerField, CharField, F, Value
from django.db.models.functions import Cast, Concat, Lower, StrIndex, Substr
from django.utils import timezone

from cafe import mail
from cafe.errors import Refusal
from cafe.models import DeliveryState
from newsletters.checks import problems_of
from newsletters.enums import NewsletterState
from newsletters.models import LetterDelivery, Newsletter, Subscriber
from newsletters.rendering import rendered
from newsletters.services.segments import readers_of

logger = logging.getLogger(__name__)
UNDER_WAY = (DeliveryState.PENDING, DeliveryState.CLAIMED)
NOT_DRAFT = "Cette lettre n’est plus un brouillon."
GONE = "Cette lettre vient d’être supprimée."
NOBODY = "Personne ne recevrait cette lettre\u00a0: élargissez le choix des destinataires."
IN_THE_PAST = "Choisissez un moment à venir."
TOO_LATE = "Cette lettre est déjà partie\u00a0: vous pouvez encore la suspendre ou l’arrêter."
NOT_SENDING = "Cette lettre n’est pas en cours d’envoi."
NOT_PAUSED = "L’envoi de cette lettre n’est pas suspendu."
NOT_UNDER_WAY = "L’envoi de cette lettre est déjà terminé."


def locked(newsletter):
    """Return a newsletter as it is now, held until the end of the transaction. Raises Refusal if it was deleted."""
    found = Newsletter.objects.select_for_update(of=("self",), no_key=True).filter(pk=newsletter.pk).first()
    if found is None:
        raise Refusal(GONE)
    return found


# --- Before it leaves -----------------------------------------------------------------------------


@transaction.atomic
def choose(newsletter, *, segment, per_minute):
    """Keep whom a draft is for, and its pace. Raises Refusal."""
    newsletter = locked(newsletter)
    if newsletter.state != NewsletterState.DRAFT:
        raise Refusal(NOT_DRAFT)
    newsletter.segment, newsletter.per_minute = segment, per_minute
    newsletter.save(update_fields=["segment", "per_minute"])
    return newsletter


@transaction.atomic
def schedule(newsletter, *, at=None):
    """Let a draft leave at a moment to come, or at once; who receives it is settled when it leaves. Raises Refusal."""
    newsletter, now = locked(newsletter), timezone.now()
    if newsletter.state != NewsletterState.DRAFT:
        raise Refusal(NOT_DRAFT)
    if at and at < now:
        raise Refusal(IN_THE_PAST)
    if not readers_of(newsletter).exists():
        raise Refusal(NOBODY)
    newsletter.state, newsletter.scheduled_for = NewsletterState.SCHEDULED, at or now
    newsletter.save(update_fields=["state", "scheduled_for"])
    if at is None:
        transaction.on_commit(lambda: mail.call_worker("newsletters.tasks.tend_letters"), robust=True)
    return newsletter


@transaction.atomic
def cancel(newsletter):
    """Make a scheduled newsletter a draft again, as long as it has not left. Raises Refusal."""
    newsletter = locked(newsletter)
    if newsletter.state != NewsletterState.SCHEDULED:
        raise Refusal(TOO_LATE)
    newsletter.state, newsletter.scheduled_for = NewsletterState.DRAFT, None
    newsletter.save(update_fields=["state", "scheduled_for"])
    return newsletter


# --- Leaving --------------------------------------------------------------------------------------


def start_due(now=None):
    """Begin every newsletter whose moment has come. One that cannot be written does not hold up the others.

    One whose beginning met a reader who was leaving stays scheduled, and begins anew at the next turn.
    """
    now = now or timezone.now()
    due = Newsletter.objects.filter(state=NewsletterState.SCHEDULED, scheduled_for__lte=now)
    for newsletter in due.order_by("scheduled_for"):
        try:
            start(newsletter)
        except DatabaseError as error:
            logger.warning("Newsletter %s begins later: %s.", newsletter.pk, type(error).__name__)
        except Exception:
            logger.exception("Newsletter %s cannot be written.", newsletter.pk)
            hold(newsletter)


@transaction.atomic
def hold(newsletter):
    """Make a draft again of what cannot leave; that it was to leave at a moment stays, and « À faire » says it."""
    scheduled = Newsletter.objects.filter(pk=newsletter.pk, state=NewsletterState.SCHEDULED)
    scheduled.update(state=NewsletterState.DRAFT)


@transaction.atomic
def start(newsletter):
    """Freeze what a newsletter says and to whom, in one transaction; workers are woken once it is committed.

    Twice at once, or by two beats, changes nothing: it is scheduled no more. One that has become faulty since it was
    scheduled, a session being cancelled, is held.
    """
    newsletter = locked(newsletter)
    if newsletter.state != NewsletterState.SCHEDULED:
        return 0
    written = rendered(newsletter)
    if any(problem.blocking for problem in problems_of(newsletter, rendering=written)):
        hold(newsletter)
        return 0
    newsletter.html, newsletter.text = written.html, written.text
    newsletter.state, newsletter.started_at = NewsletterState.SENDING, timezone.now()
    newsletter.save(update_fields=["html", "text", "state", "started_at"])
    count = publish(newsletter)
    transaction.on_commit(wake_workers, robust=True)
    return count


def publish(newsletter):
    """Write a delivery for each reader, in one statement that never leaves the database; return how many.

    A letter a month is counted from here, so that a second one that begins at once passes by who had this one.
    """
    count = insert_deliveries(newsletter, readers_of(newsletter))
    # From the deliveries, not from the readers chosen: those may have changed since that statement.
    reached = LetterDelivery.objects.filter(newsletter=newsletter).values("subscriber")
    Subscriber.objects.filter(pk__in=reached).update(last_sent_on=timezone.localdate())
    return count


def insert_deliveries(newsletter, readers):
    """INSERT ... SELECT. The dedupe_key names the newsletter and the reader, the domain is what follows the last @."""
    now = newsletter.started_at
    values = {
        "dedupe_key": Concat(Value(f"letter-{newsletter.pk}-"), Cast(F("pk"), CharField())),
        "to": F("email"),
        "domain": Lower(Substr(F("email"), StrIndex(F("email"), Value("@")) + 1)),
        "newsletter_id": Value(newsletter.pk, output_field=BigIntegerField()),
        "subscriber_id": F("pk"),
    }
    fields = {field.column: field for field in LetterDelivery._meta.concrete_fields if not field.primary_key}
    fixed = LetterDelivery(not_before=now, created_at=now)
    for name in fields.keys() - values.keys():
        values[name] = Value(getattr(fixed, name), output_field=fields[name])
    columns = list(fields)
    chosen = readers.order_by("pk").values_list(*(values[name] for name in columns))
    select, parameters = chosen.query.sql_with_params()
    quote = connection.ops.quote_name
    into = f"{quote(LetterDelivery._meta.db_table)} ({', '.join(quote(name) for name in columns)})"
    with connection.cursor() as cursor:
        cursor.execute(f"INSERT INTO {into} {select} ON CONFLICT DO NOTHING", parameters)
        return cursor.rowcount


def wake_workers():
    """Ask as many workers as a machine runs to deliver."""
    for _ in range(settings.CELERY_WORKER_CONCURRENCY):
        mail.call_worker("cafe.tasks.deliver")


# --- On its way -----------------------------------------------------------------------------------


@transaction.atomic
def pause(newsletter):
    """Let no more letters leave for now; the batches in the workers' hands end. Raises Refusal."""
    newsletter = locked(newsletter)
    if newsletter.state != NewsletterState.SENDING:
        raise Refusal(NOT_SENDING)
    newsletter.state = NewsletterState.PAUSED
    newsletter.save(update_fields=["state"])
    return newsletter


@transaction.atomic
def resume(newsletter):
    """Let the letters leave again. Raises Refusal."""
    newsletter = locked(newsletter)
    if newsletter.state != NewsletterState.PAUSED:
        raise Refusal(NOT_PAUSED)
    newsletter.state = NewsletterState.SENDING
    newsletter.save(update_fields=["state"])
    transaction.on_commit(wake_workers, robust=True)
    return newsletter


@transaction.atomic
def stop(newsletter):
    """End a sending before its end: what has not left never will. Raises Refusal."""
    newsletter, now = locked(newsletter), timezone.now()
    if newsletter.state not in (NewsletterState.SENDING, NewsletterState.PAUSED):
        raise Refusal(NOT_UNDER_WAY)
    newsletter.state, newsletter.finished_at = NewsletterState.STOPPED, now
    newsletter.save(update_fields=["state", "finished_at"])
    end_pending(newsletter, now)
    return newsletter


def end_pending(newsletters, now):
    given = newsletters if hasattr(newsletters, "filter") else [newsletters]
    pending = LetterDelivery.objects.filter(newsletter__in=given, state=DeliveryState.PENDING)
    pending.update(state=DeliveryState.FAILED, last_error=LetterDelivery.STOPPED, finished_at=now)


def finish_done(now=None):
    """Write that a newsletter is sent once nothing of it is left to send."""
    now = now or timezone.now()
    under_way = LetterDelivery.objects.filter(state__in=UNDER_WAY).values("newsletter")
    done = Newsletter.objects.filter(state=NewsletterState.SENDING).exclude(pk__in=under_way)
    done.update(state=NewsletterState.SENT, finished_at=now)
    # A batch that a worker held when everything was stopped, or that it died with, comes back afterwards.
    end_pending(Newsletter.objects.filter(state=NewsletterState.STOPPED), now)


def tend(now=None):
    """What beat does each minute: begin, end."""
    start_due(now)
    finish_done(now)
