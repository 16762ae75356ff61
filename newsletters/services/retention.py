"""What is given back to a person, erased at her wish, and forgotten after a time."""

from datetime import timedelta

from allauth.account.models import EmailAddress
from django.db import transaction
from django.db.models import F, Max, OuterRef, Q, Subquery
from django.db.models.functions import TruncDate
from django.utils import timezone

from activities.models import Registration
from cafe import mail
from cafe.models import Portal
from newsletters.enums import SubscriberState
from newsletters.models import Departure, LetterDelivery, Subscriber
from newsletters.notifications import subscribing as notifications
from newsletters.services import figures
from newsletters.services.leaving import leave, wipe_addresses
from newsletters.services.links import subscription_url
from newsletters.services.subscribing import PREFERENCES, subscriptions_of

UNCONFIRMED = timedelta(days=30)
SILENT = timedelta(days=3 * 365.25)
TO_ANSWER = timedelta(days=30)
REASONS_KEPT = timedelta(days=2 * 365.25)


def export(user):
    """Return the subscriptions of this person's addresses as plain values, proof of consent included."""
    return [
        {
            "email": subscriber.email,
            "etat": subscriber.get_state_display(),
            **{name: getattr(subscriber, name) for name in PREFERENCES},
            "origine": subscriber.get_origin_display(),
            "accepte": subscriber.accepted,
            "demande_le": subscriber.asked_at.isoformat(),
            "confirme_le": subscriber.confirmed_at and subscriber.confirmed_at.isoformat(),
        }
        for subscriber in subscriptions_of(user)
    ]


def erase(user):
    """Unsubscribe this person's addresses; a list imported later does not bring them back."""
    for subscriber in subscriptions_of(user):
        leave(pk=subscriber.pk)


# --- Forgetting by time ---------------------------------------------------------------------------


@transaction.atomic
def purge(now, dry_run):
    """Forget who never confirmed and who gave no sign of life for three years; return what was or would be done.

    Those silent for three years are asked first, and forgotten 30 days later. A dry run does the same, then takes it
    all back.
    """
    today = timezone.localdate(now)
    with transaction.atomic():
        note_signs(today)
        sentences = [
            f"Abonnements jamais confirmés, supprimés après 30 jours : {forget_unconfirmed(now)}.",
            f"Abonnés sans signe de vie depuis trois ans, supprimés : {forget_silent(today)}.",
            f"Abonnés sans signe de vie depuis trois ans, à qui il est demandé s’ils restent : {ask_silent(today)}.",
            f"Raisons de départ de plus de deux ans effacées : {forget_reasons(today)}.",
            *figures.purge(now, dry_run),
        ]
        wipe_addresses(LetterDelivery.objects.filter(subscriber=None))
        if dry_run:
            transaction.set_rollback(True)
    return sentences


def note_signs(today):
    """Registering to a session, or signing in to an account, is a sign of life too: noted each night for the day."""
    registered = Registration.objects.filter(email=OuterRef("email")).order_by().values("email")
    signed_in = EmailAddress.objects.filter(email=OuterRef("email"), verified=True).order_by().values("email")
    for source, moment in ((registered, "created_at"), (signed_in, "user__last_login")):
        last = source.annotate(last=Max(TruncDate(moment))).values("last")
        seen = Subscriber.objects.annotate(seen_on=Subquery(last)).filter(seen_on__gt=F("last_sign_on"))
        seen.update(last_sign_on=F("seen_on"), asked_to_stay_on=None)


def forget_unconfirmed(now):
    old = Subscriber.objects.filter(state=SubscriberState.PENDING, asked_at__lt=now - UNCONFIRMED)
    return delete(old)


def forget_silent(today):
    """Those who were asked and did not answer; and those whose mailbox refuses, who cannot be asked."""
    silent = Subscriber.objects.filter(last_sign_on__lte=today - SILENT)
    asked = Q(asked_to_stay_on__lte=today - TO_ANSWER)
    return delete(silent.exclude(state=SubscriberState.PENDING).filter(asked | Q(state=SubscriberState.SUSPENDED)))


def delete(subscribers):
    """Delete subscribers who did not leave of themselves: they may come back by any way."""
    return subscribers.delete()[1].get(Subscriber._meta.label, 0)


def ask_silent(today):
    silent = Subscriber.objects.active().filter(last_sign_on__lte=today - SILENT, asked_to_stay_on=None)
    people, portal, ends_on = list(silent), Portal.load(), today + TO_ANSWER
    for subscriber in people:
        subscriber.asked_to_stay_on = today
    Subscriber.objects.bulk_update(people, ["asked_to_stay_on"], batch_size=500)
    mail.send_many(notifications.stay(one, url=subscription_url(one), ends_on=ends_on, portal=portal) for one in people)
    return len(people)


def forget_reasons(today):
    """That somebody left is kept, without a name, so that no imported list brings her back; why is kept two years."""
    return Departure.objects.filter(left_on__lte=today - REASONS_KEPT).exclude(reason="").update(reason="")
