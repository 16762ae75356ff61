"""The link mailed to a resource: whoever holds it confirms or corrects that sheet, without an account.

It signs the sheet's key and link_key, which every new request replaces: only the latest link works, for four months.
An older one still names its sheet, so that its page can offer a new link, mailed to the address that is on file.
"""

from dataclasses import dataclass
from datetime import timedelta

from django.core import signing
from django.http import Http404
from django.urls import reverse
from django.utils.crypto import constant_time_compare

from resources.models import Resource

LINK_LIFE = timedelta(days=120)
_signer = signing.TimestampSigner(salt="resources.freshness", sep=".")


@dataclass(frozen=True)
class Opened:
    """What a link opens. usable: it is the latest one, and not too old."""

    resource: Resource
    usable: bool


def sheet_link_path(resource):
    return reverse("sheet_link", args=[_signer.sign(f"{resource.pk}.{resource.link_key}")])


def opened(token):
    """Return what a link opens, or raise 404 where it was forged or the sheet is gone."""
    try:
        pk, _, link_key = _signer.unsign(token).partition(".")
    except signing.BadSignature as error:
        raise Http404 from error
    resource = Resource.objects.for_display().filter(pk=pk).first()
    if resource is None:
        raise Http404
    return Opened(resource, constant_time_compare(link_key, resource.link_key) and not too_old(token))


def too_old(token):
    try:
        _signer.unsign(token, max_age=LINK_LIFE)
    except signing.SignatureExpired:
        return True
    return False
