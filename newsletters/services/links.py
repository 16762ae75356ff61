"""Personal links of the newsletters: whoever holds one may confirm, choose what is sent to that address, and leave.

A link signs the subscriber's key, and the newsletter's when it was in one: nothing of it is stored, and a copy of the
database alone opens nothing. It lives as long as the subscription: an old newsletter can still be left.
"""

from dataclasses import dataclass

from django.core import signing
from django.http import Http404
from django.urls import reverse

from cafe.mail import absolute
from newsletters.models import Subscriber

_signer = signing.Signer(salt="newsletters.subscriber", sep=".")


@dataclass(frozen=True)
class Opened:
    """What a link names: the key of a subscriber who may be gone, and of the newsletter it was in, or None."""

    subscriber_pk: int
    newsletter_pk: int | None


def token_of(subscriber, newsletter=None):
    return _signer.sign(f"{subscriber.pk}-{newsletter.pk}" if newsletter else str(subscriber.pk))


def opened(token):
    """Return what a link names, or raise 404 where it was forged."""
    try:
        subscriber, _, newsletter = _signer.unsign(token).partition("-")
    except signing.BadSignature as error:
        raise Http404 from error
    return Opened(int(subscriber), int(newsletter) if newsletter else None)


def subscriber_of(token):
    """Return the subscriber, or None once she has left. Raises 404 where the link was forged."""
    return Subscriber.objects.filter(pk=opened(token).subscriber_pk).first()


def subscription_path(subscriber):
    return reverse("subscription", args=[token_of(subscriber)])


def subscription_url(subscriber):
    """Return the full address where one confirms, then chooses what one receives."""
    return absolute(subscription_path(subscriber))


def unsubscribe_url(subscriber, newsletter=None):
    """Return the full address where one leaves; a POST to it, without cookie, ends everything at once (RFC 8058)."""
    return absolute(reverse("unsubscribe", args=[token_of(subscriber, newsletter)]))
