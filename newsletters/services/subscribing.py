"""Subscribing, in two steps: somebody gives an address, then whoever reads its mailbox confirms. Nothing leaves before.

The proof of consent is kept with the address: when it was asked, the sentence that was accepted, when it was confirmed.
"""

from allauth.account.models import EmailAddress
from django.db import transaction
from django.utils import timezone

from cafe.errors import Refusal
from cafe.text import normalise_email
from newsletters.enums import Origin, SubscriberState
from newsletters.models import Departure, Subscriber
from newsletters.notifications import subscribing as notifications
from newsletters.services.departures import email_hash
from newsletters.services.links import subscription_url

ACCEPTED = (
    "Je souhaite recevoir par courriel les lettres d’information du programme. "
    "Chacune permet de les arrêter en un clic."
)
PREFERENCES = [
    *("agenda", "prevention", "life", "frequency"),
    *("first_name", "profession", "commune", "cpts_member", "newly_installed"),
]
NO_VERIFIED_ADDRESS = "Confirmez d’abord votre adresse e-mail : c’est là que partent les lettres."


def locked(pk):
    """Return the subscriber, held until the end of the transaction, or None once she has left."""
    return Subscriber.objects.select_for_update(of=("self",), no_key=True).filter(pk=pk).first()


@transaction.atomic
def ask(*, email, accepted=ACCEPTED, origin=Origin.SITE, **details):
    """Keep an address until it is confirmed, and mail it the link that does so, once an hour at most.

    Who is subscribed already gets her link to what she chose: the page that asked shows the same to everybody.
    details: fields of Subscriber that are known already; they do not change what an active subscriber chose.
    """
    subscriber = asked(email=email, accepted=accepted, origin=origin, details=details)
    send = notifications.already if subscriber.state == SubscriberState.ACTIVE else notifications.confirm
    send(subscriber, url=subscription_url(subscriber))


def ask_with_registration(*, email, **person):
    """The same, for a box ticked while registering to a session; who is subscribed already needs no mail about it."""
    if not Subscriber.objects.active().filter(email=normalise_email(email)).exists():
        ask(email=email, origin=Origin.REGISTRATION, **person)


def asked(*, email, accepted, origin, details):
    """Return the locked subscriber of this address, made on first sight; asking again renews what was not confirmed."""
    email = normalise_email(email)
    proof = {"accepted": accepted, "origin": origin, "asked_at": timezone.now(), "last_sign_on": timezone.localdate()}
    # Two requests at once meet here: one makes the row, both go on with it.
    Subscriber.objects.bulk_create([Subscriber(email=email, **proof, **details)], ignore_conflicts=True)
    subscriber = locked(Subscriber.objects.values_list("pk", flat=True).get(email=email))
    if subscriber.state == SubscriberState.PENDING:
        fill(subscriber, proof | {name: value for name, value in details.items() if value})
    return subscriber


def fill(subscriber, values):
    for name, value in values.items():
        setattr(subscriber, name, value)
    subscriber.save(update_fields=[*values])


def sign_of_life():
    """Return what changes when the person did something here."""
    return {"last_sign_on": timezone.localdate(), "asked_to_stay_on": None}


@transaction.atomic
def confirm(*, subscriber):
    """Subscribe whoever holds the link, or note that she stays; return her, or None once she has left.

    An address that the mail server refused begins anew. Confirming twice changes nothing.
    """
    subscriber = locked(subscriber.pk)
    if subscriber is None:
        return None
    values = sign_of_life()
    if subscriber.state != SubscriberState.ACTIVE:
        values |= {"state": SubscriberState.ACTIVE, "bounce_score": 0, "bounced_on": None}
        values["confirmed_at"] = subscriber.confirmed_at or timezone.now()
    fill(subscriber, values)
    Departure.objects.filter(email_hash=email_hash(subscriber.email)).delete()
    return subscriber


@transaction.atomic
def choose(*, subscriber, values):
    """Keep what a subscriber wishes to read and tells of herself; return her, or None once she has left."""
    subscriber = locked(subscriber.pk)
    if subscriber is not None:
        fill(subscriber, {name: values[name] for name in PREFERENCES} | sign_of_life())
    return subscriber


# --- From an account ------------------------------------------------------------------------------


def verified_addresses(user):
    """Return the addresses that this person has proved, her main one first."""
    addresses = EmailAddress.objects.filter(user=user, verified=True).order_by("-primary", "pk")
    return [normalise_email(email) for email in addresses.values_list("email", flat=True)]


def subscriptions_of(user):
    """Return the subscribers of the addresses that this person has proved."""
    return Subscriber.objects.filter(email__in=verified_addresses(user)).order_by("pk")


@transaction.atomic
def subscribe_member(*, user):
    """Subscribe the main address of an account, which has been proved already; return the Subscriber.

    Raises Refusal where no address of the account is proved.
    """
    addresses = verified_addresses(user)
    if not addresses:
        raise Refusal(NO_VERIFIED_ADDRESS)
    details = {name: getattr(user, name) for name in ("first_name", "profession", "commune", "cpts_member")}
    subscriber = asked(email=addresses[0], accepted=ACCEPTED, origin=Origin.ACCOUNT, details=details)
    return confirm(subscriber=subscriber)
