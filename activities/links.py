"""Personal links: whoever holds one may act on that registration, and on nothing else.

The link signs the registration's link_key with SECRET_KEY: a copy of the database alone opens nothing, and giving
the registration a new link_key ends its old links.
"""

from django.core import signing
from django.http import Http404
from django.urls import reverse

from activities.models import Registration
from cafe.seal import seal, unseal

_signer = signing.Signer(salt="activities.registration", sep=".")
EMAIL_CHANGE_SECONDS = 3 * 24 * 3600


def registration_path(registration):
    return reverse("registration", args=[_signer.sign(registration.link_key)])


def certificate_path(registration, session):
    return reverse("registration_certificate", args=[_signer.sign(registration.link_key), session.slug])


def registration_from(token):
    """Return the registration a link opens, or raise 404 where it was forged, replaced or anonymised."""
    try:
        link_key = _signer.unsign(token)
    except signing.BadSignature as error:
        raise Http404 from error
    sessions = Registration.objects.select_related("session__activity", "session__place")
    registration = sessions.filter(link_key=link_key, anonymised_at=None).first()
    if registration is None:
        raise Http404
    return registration


def email_change_path(registration, email):
    sealed = seal("email-change", f"{registration.link_key} {email}")
    return reverse("registration_email", args=[sealed])


def email_change_from(token):
    """Return (registration, new address), or (None, None) where the link is forged, used or older than three days."""
    text = unseal("email-change", token, max_age=EMAIL_CHANGE_SECONDS)
    if text is None:
        return None, None
    link_key, email = text.split(" ", 1)
    registration = Registration.objects.live().select_related("session__activity").filter(link_key=link_key).first()
    return (registration, email) if registration else (None, None)
