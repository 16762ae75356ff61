"""The one door through which sheets change: every write keeps who, when and what, and renews the search."""

from datetime import date
from itertools import chain, count

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.text import slugify

from cafe.errors import Refusal
from resources.enums import ChangeKind, ChangeOrigin, ResourceState, Verification
from resources.models import Resource, ResourceChange, ResourceNeed
from resources.needs import NEED_BY_SLUG
from resources.services.booklet import end_editions
from resources.services.indexing import hold_index, mark_index, search_text_of

SLUG_LENGTH = 120
# Changing one of these may take a sheet, or a person's contact, out of sight.
HIDING = {"kind", "visibility", "contact_agreed_on"}
# Words that addresses of the directory use for themselves.
RESERVED_SLUGS = {"livret", "export", "proposer", "signaler", "verifier", "prevention"}


def new_slug(name):
    """Return a free address made of the name; a number follows where that one is taken."""
    base = base_slug(name)
    return free_slug(base, set(Resource.objects.filter(slug__startswith=base).values_list("slug", flat=True)))


def base_slug(name):
    return slugify(name.replace("’", " ").replace("'", " "))[:SLUG_LENGTH].strip("-") or "ressource"


def free_slug(base, taken):
    candidates = chain([base], (f"{base}-{number}" for number in count(2)))
    return next(slug for slug in candidates if slug not in taken and slug not in RESERVED_SLUGS)


def check_whole(resource):
    """Raise Refusal with the sentence of the first constraint that the sheet breaks."""
    try:
        resource.validate_constraints()
    except ValidationError as error:
        raise Refusal(error.message_dict.get(NON_FIELD_ERRORS, error.messages)[0]) from error


def lock_sheet(pk):
    hold_index()
    return Resource.objects.select_for_update(no_key=True, of=("self",)).get(pk=pk)


def writable(value):
    """Return a field's value as JSON keeps it: dates as YYYY-MM-DD."""
    return value.isoformat() if isinstance(value, date) else value


def differences(resource, values):
    """Return {name: [before, after]} of the values that differ from the sheet's."""
    pairs = {name: [writable(getattr(resource, name)), writable(value)] for name, value in values.items()}
    return {name: pair for name, pair in pairs.items() if pair[0] != pair[1]}


def keep(resource, kind, *, by, origin, fields):
    return ResourceChange.objects.create(resource=resource, kind=kind, by=by, origin=origin, fields=fields)


def write(resource, needs=None):
    """Save a sheet that was just changed, its needs where given, its search text and the mark of the index."""
    check_whole(resource)
    if needs is None:
        needs = list(resource.needs.values_list("need", flat=True)) if resource.pk else []
    resource.search_text = search_text_of(resource, needs)
    resource.save()
    mark_index()


def in_order(needs):
    """Return known needs once each, in the order of the table."""
    return [slug for slug in NEED_BY_SLUG if slug in set(needs)]


def set_needs(resource, needs):
    resource.needs.all().delete()
    ResourceNeed.objects.bulk_create(ResourceNeed(resource=resource, need=need) for need in needs)


@transaction.atomic
def create_sheet(*, values, needs=(), by=None, origin=ChangeOrigin.COORDINATION, state=ResourceState.DRAFT):
    """Create a sheet from the values of its fields and the slugs of its needs; return it. Raises Refusal.

    It starts as a draft unless another state is given (a suggestion; published, for what comes with the portal).
    """
    hold_index()  # two sheets of one name, made at once, must not take the same address
    needs = in_order(needs)
    resource = Resource(**values, state=state)
    resource.slug = new_slug(resource.name)
    write(resource, needs)
    set_needs(resource, needs)
    keep(resource, ChangeKind.CREATED, by=by, origin=origin, fields={})
    return resource


@transaction.atomic
def update_sheet(*, resource, values, needs=None, by=None, origin=ChangeOrigin.COORDINATION):
    """Change a sheet's fields, and its needs where given; return (sheet, what changed as {name: [before, after]}).

    Nothing is written where nothing changed. The address of the page never changes. A published sheet that loses the
    agreement it was published with is suspended. Raises Refusal.
    """
    resource = lock_sheet(resource.pk)
    changed = differences(resource, values)
    before = in_order(resource.needs.values_list("need", flat=True))
    needs = before if needs is None else in_order(needs)
    if needs != before:
        changed["needs"] = [before, needs]
    if not changed:
        return resource, {}
    for name, value in values.items():
        setattr(resource, name, value)
    write(resource, needs)
    if needs != before:
        set_needs(resource, needs)
    if HIDING & changed.keys():
        end_editions()
    keep(resource, ChangeKind.EDITED, by=by, origin=origin, fields=changed)
    if must_be_hidden(resource):
        resource = suspend_sheet(resource=resource, by=by, origin=origin)
        changed["state"] = [ResourceState.PUBLISHED, ResourceState.SUSPENDED]
    return resource, changed


@transaction.atomic
def move(*, resource, state, allowed, kind, by, origin):
    """Move a sheet to a state from one of those allowed; return it. Raises Refusal."""
    resource = lock_sheet(resource.pk)
    if resource.state not in allowed:
        raise Refusal(f"Cette fiche est déjà dans l’état « {resource.get_state_display()} ».")
    fields = {"state": [resource.state, state]}
    resource.state = state
    write(resource)
    if state != ResourceState.PUBLISHED:
        end_editions()
    keep(resource, kind, by=by, origin=origin, fields=fields)
    return resource


def lacks_agreement(resource):
    """Whether a sheet is of a person whom a visitor proposed and who has not agreed, or no longer does.

    The form promises that she is asked before anything shows. Of a person whom the coordination chose, who practises in
    public, what is published without an agreement is the name and the profession: her contact alone is hidden.
    """
    # The history says it, which lasts as long as the sheet: a report may be deleted before.
    proposed = resource.changes.filter(kind=ChangeKind.CREATED, origin=ChangeOrigin.REPORT)
    return not resource.shows_contact and proposed.exists()


def must_be_hidden(resource):
    return resource.state == ResourceState.PUBLISHED and lacks_agreement(resource)


@transaction.atomic
def publish_sheet(*, resource, by=None, origin=ChangeOrigin.COORDINATION):
    """Show a sheet to those who may read it. Raises Refusal where it lacks a sentence or a way to reach it."""
    if lacks_agreement(lock_sheet(resource.pk)):
        raise Refusal("Cette personne a été proposée par quelqu’un : notez la date de son accord avant de publier.")
    return move(
        resource=resource, state=ResourceState.PUBLISHED, allowed=ResourceState.publishable, kind=ChangeKind.PUBLISHED,
        by=by, origin=origin,
    )  # fmt: skip


def suspend_sheet(*, resource, by=None, origin=ChangeOrigin.COORDINATION):
    """Hide a published sheet until it is checked. Raises Refusal where it is not published."""
    return move(
        resource=resource, state=ResourceState.SUSPENDED, allowed=(ResourceState.PUBLISHED,),
        kind=ChangeKind.SUSPENDED, by=by, origin=origin,
    )  # fmt: skip


def archive_sheet(*, resource, by=None, origin=ChangeOrigin.COORDINATION):
    """Put a sheet away; its history stays, and it can be published again. Raises Refusal where it is put away."""
    return move(
        resource=resource, state=ResourceState.ARCHIVED, allowed=ResourceState.live, kind=ChangeKind.ARCHIVED,
        by=by, origin=origin,
    )  # fmt: skip


@transaction.atomic
def verify_sheet(*, resource, verification=Verification.COORDINATION, by=None, on=None):
    """Note that a sheet was checked on a day (today if not said), with whom and by whom; return it."""
    resource = lock_sheet(resource.pk)
    values = {
        "verified_on": on or timezone.localdate(),
        "verification": verification,
        "asked_times": 0,
        "asked_on": None,
    }
    # verified_by is no difference to keep: the change says itself by whom.
    changed = differences(resource, values)
    for name, value in (values | {"verified_by": by}).items():
        setattr(resource, name, value)
    write(resource)
    origin = ChangeOrigin.ITSELF if verification == Verification.ITSELF else ChangeOrigin.COORDINATION
    keep(resource, ChangeKind.VERIFIED, by=by, origin=origin, fields=changed)
    return resource
