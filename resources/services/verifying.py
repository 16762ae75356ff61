"""Asking a resource whether its sheet is right, and what it answers by its link.

Its corrections show at once, for a number that is known to be wrong helps nobody. They bear on how to reach it and on
what a visit costs, never on what the coordination says of it, on who may read it nor on its state. The history keeps
them, and the coordination is told until it has read the sheet.
"""

from datetime import timedelta

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from cafe.errors import Refusal
from resources.enums import ChangeOrigin, Fault, ReportKind, ReportState, ResourceState, Verification
from resources.models import Resource, ResourceReport, new_link_key
from resources.notifications import freshness as notifications
from resources.services.freshness import (
    ADVISED_AFTER,
    HAS_ADDRESS,
    REQUIRED_AFTER,
    address_of,
    clock_of,
    reckoned,
)
from resources.services.sheets import lock_sheet, update_sheet, verify_sheet

CORRECTABLE = (
    *("phone", "email", "website", "own_access", "referral_access", "hours", "delay", "priority_access"),
    *("cost", "cost_words", "languages", "accessibility", "address", "postcode", "commune"),
)
PLACE = {"address", "postcode", "commune"}
# The portal asks twice by itself, a month apart at least where a coordinator has asked as well.
REQUESTS = 2
APART = timedelta(days=30)
ASKED_TODAY = "La demande est déjà partie aujourd’hui. Laissez-lui le temps d’arriver."
WITHOUT_ADDRESS = "Cette fiche n’a pas d’adresse où écrire. Vérifiez-la vous-même, ou ajoutez une adresse."
NOT_SHOWN = "Cette fiche ne paraît pas dans l’annuaire : il n’y a rien à vérifier pour le moment."


def due_requests(today):
    """Return the published sheets to ask about on a day: first after 180 days, then once more after 240."""
    quiet = Q(asked_on=None) | Q(asked_on__lte=today - APART)
    first = Q(asked_times=0, since__lte=today - timedelta(days=ADVISED_AFTER))
    second = Q(asked_times=1, since__lte=today - timedelta(days=REQUIRED_AFTER))
    return reckoned().published().filter(HAS_ADDRESS, quiet, first | second)


def ask_due(*, today=None):
    """Ask every resource whose turn has come; return how many mails are written. Each in its own transaction."""
    today = today or timezone.localdate()
    return sum(ask_if_due(pk=pk, today=today) for pk in due_requests(today).values_list("pk", flat=True))


def hold(pk):
    """Lock a sheet without the index of the search, which asking does not touch."""
    return Resource.objects.select_for_update(no_key=True, of=("self",)).get(pk=pk)


@transaction.atomic
def ask_if_due(*, pk, today):
    """Ask unless another worker has just done so, or somebody has verified the sheet; return whether it was."""
    resource = hold(pk)
    if not due_requests(today).filter(pk=pk).exists():
        return False
    resource.asked_times += 1
    return send_link(resource, today=today, again=resource.asked_times == REQUESTS)


@transaction.atomic
def ask(*, resource):
    """Ask a resource now: the coordination wants it, or its link is too old. Raises Refusal.

    Does not count as one of the two requests that the portal makes by itself; it puts the next one off by a month.
    """
    resource = hold(resource.pk)
    if resource.state != ResourceState.PUBLISHED:
        raise Refusal(NOT_SHOWN)
    if not address_of(resource):
        raise Refusal(WITHOUT_ADDRESS)
    if not send_link(resource, today=timezone.localdate(), again=False):
        raise Refusal(ASKED_TODAY)
    return resource


def send_link(resource, *, today, again):
    """Mail a new link, which ends the one before; return whether the mail is new: one a day at most for a sheet."""
    before, resource.link_key, resource.asked_on = resource.link_key, new_link_key(), today
    sent = notifications.asked(
        resource, to=address_of(resource), clock=clock_of(resource, today), facts=facts_of(resource), again=again
    )
    # The mail of the day left already: its link must go on working.
    if not sent:
        resource.link_key = before
    Resource.objects.filter(pk=resource.pk).update(
        link_key=resource.link_key, asked_on=today, asked_times=resource.asked_times
    )
    return sent


def facts_of(resource):
    """Return what the resource may correct, as it stands: [(name of the field, words)] without what is empty."""
    place = ", ".join(filter(None, [resource.address, f"{resource.postcode} {resource.commune}".strip()]))
    cost = ". ".join(filter(None, [resource.get_cost_display(), resource.cost_words]))
    facts = [
        ("Téléphone", resource.phone),
        ("Adresse e-mail", resource.email),
        ("Site", resource.website),
        ("Comment s’y adresser pour soi", resource.own_access),
        ("Comment s’y adresser pour un collègue", resource.referral_access),
        ("Horaires", resource.hours),
        ("Délai habituel", resource.delay),
        ("Accès prioritaire pour les collègues", "oui" if resource.priority_access else ""),
        ("Coût", cost),
        ("Langues", resource.languages),
        ("Accessibilité", resource.accessibility),
        ("Adresse", place),
    ]
    return [fact for fact in facts if fact[1]]


def hold_open(resource):
    """Lock a sheet that its resource may act on. Raises Refusal where it was put away."""
    resource = lock_sheet(resource.pk)
    if resource.state not in (ResourceState.PUBLISHED, ResourceState.SUSPENDED):
        raise Refusal("Votre fiche ne figure plus dans l’annuaire.")
    return resource


@transaction.atomic
def confirm(*, resource):
    """The resource says that its sheet is right; its clock starts again. Twice on one day counts once."""
    resource = hold_open(resource)
    if resource.verified_on == timezone.localdate() and resource.verification == Verification.ITSELF:
        return resource
    return verify_sheet(resource=resource, verification=Verification.ITSELF)


@transaction.atomic
def correct(*, resource, values, word=""):
    """The resource changes its own facts, which verifies the sheet; return {name: [before, after]}. Raises Refusal.

    values: those of CORRECTABLE that it changed, and no other: what the coordination wrote meanwhile stays.
    word: what it tells the coordination.
    """
    resource = hold_open(resource)
    values = {name: values[name] for name in CORRECTABLE if name in values}
    if any(values.get(name, getattr(resource, name)) != getattr(resource, name) for name in PLACE):
        # The point on the map was that of the old place; the search then goes by the commune.
        values |= {"latitude": None, "longitude": None}
    resource, changed = update_sheet(resource=resource, values=values, origin=ChangeOrigin.ITSELF)
    confirm(resource=resource)
    if word:
        tell(resource, word, wrong=Fault.OTHER)
    return changed


@transaction.atomic
def ask_to_leave(*, resource, word=""):
    """The resource wants to be out of the directory: the coordination decides, and the portal asks no more.

    Asking twice tells once. The sheet stays as it is: a link may fall into other hands.
    """
    resource = hold_open(resource)
    waiting = resource.reports.filter(state=ReportState.RECEIVED, fields__by="itself", fields__wrong=Fault.GONE)
    if waiting.exists():
        return resource
    said = f" « {word} »" if word else ""
    tell(resource, f"Elle demande à ne plus figurer dans l’annuaire.{said}", wrong=Fault.GONE)
    # As if the two mails that the portal sends by itself had left.
    Resource.objects.filter(pk=resource.pk).update(asked_times=REQUESTS)
    return resource


def tell(resource, message, *, wrong):
    """Put a word of the resource among the reports that the coordination examines, and answers by mail."""
    return ResourceReport.objects.create(
        kind=ReportKind.ERROR,
        resource=resource,
        message=f"De la ressource, par son lien. {message}",
        email=address_of(resource),
        fields={"wrong": wrong, "by": "itself"},
    )
