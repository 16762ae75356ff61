"""The facilitator's link: whoever holds it sees who comes to that one session, until two days after it.

It signs the session, its facilitator and the number of the link with SECRET_KEY: another facilitator, or one more on
that number, and the links that were sent no longer open anything.
"""

from datetime import timedelta

from django.core import signing
from django.http import Http404
from django.urls import reverse
from django.utils import timezone

from activities.models import Session

KEPT = timedelta(days=2)
_signer = signing.Signer(salt="activities.facilitator", sep=".")


def _value(session):
    return f"{session.pk}-{session.facilitator_id}-{session.facilitator_link}"


def facilitator_path(session):
    return reverse("facilitator_link", args=[_signer.sign(_value(session))])


def link_ends_at(session):
    return session.ends_at + KEPT


def session_from(token):
    """Return the session that a facilitator's link opens, or raise 404 where it was forged, ended or is too old."""
    try:
        value = _signer.unsign(token)
    except signing.BadSignature as error:
        raise Http404 from error
    sessions = Session.objects.filter(state__in=Session.State.public).select_related("activity", "place", "facilitator")
    session = sessions.filter(pk=value.partition("-")[0]).first()
    if session is None or _value(session) != value or link_ends_at(session) <= timezone.now():
        raise Http404
    return session
