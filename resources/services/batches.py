"""Many sheets at once, as services.sheets writes one: the same rules, search text and history, in few statements."""

from django.db import transaction

from resources.enums import ChangeKind, ChangeOrigin, ResourceState
from resources.models import Resource, ResourceChange, ResourceNeed
from resources.services.booklet import end_editions
from resources.services.indexing import hold_index, mark_index, search_text_of
from resources.services.rules import broken_rule
from resources.services.sheets import HIDING, base_slug, free_slug, must_be_hidden, suspend_sheet

STEP = 200  # rows a statement, so that no statement grows with the directory


@transaction.atomic
def create_sheets(sheets, *, by, publish=False, origin=ChangeOrigin.IMPORT):
    """Create the sheets given as [(unsaved Resource that keeps the rules, needs)]; return them.

    They begin as drafts; with publish, those that have what a published sheet must have are shown at once.
    """
    hold_index()
    taken = set(Resource.objects.values_list("slug", flat=True))
    for resource, needs in sheets:
        resource.slug = free_slug(base_slug(resource.name), taken)
        taken.add(resource.slug)
        resource.state = ResourceState.PUBLISHED
        if not publish or broken_rule(resource):
            resource.state = ResourceState.DRAFT
        resource.search_text = search_text_of(resource, needs)
    created = Resource.objects.bulk_create([resource for resource, _ in sheets], batch_size=STEP)
    write_needs([(resource, needs) for resource, needs in sheets])
    keep_all([(resource, {}) for resource in created], ChangeKind.CREATED, by=by, origin=origin)
    mark_index()
    return created


@transaction.atomic
def update_sheets(sheets, *, by, origin=ChangeOrigin.IMPORT):
    """Write the sheets given as [(Resource as it becomes, its needs, {name: [before, after]})].

    They were read and judged within the caller's transaction, after hold_index.
    """
    for resource, needs, changes in sheets:
        resource.search_text = search_text_of(resource, needs)
        # One statement a sheet: each has other fields to write, and what others wrote in the rest stays.
        resource.save(update_fields=[*(name for name in changes if name != "needs"), "search_text", "updated_at"])
    moved = [(resource, needs) for resource, needs, changes in sheets if "needs" in changes]
    for start in range(0, len(moved), STEP):
        keys = [resource.pk for resource, _ in moved[start : start + STEP]]
        ResourceNeed.objects.filter(resource__in=keys).delete()
    write_needs(moved)
    keep_all([(resource, changes) for resource, _, changes in sheets], ChangeKind.EDITED, by=by, origin=origin)
    hiding = [resource for resource, _, changes in sheets if HIDING & changes.keys()]
    if hiding:
        end_editions()
    for resource in filter(must_be_hidden, hiding):
        suspend_sheet(resource=resource, by=by, origin=origin)
    if sheets:
        mark_index()


def write_needs(sheets):
    rows = [ResourceNeed(resource=resource, need=need) for resource, needs in sheets for need in needs]
    ResourceNeed.objects.bulk_create(rows, batch_size=STEP)


def keep_all(sheets, kind, *, by, origin):
    rows = [ResourceChange(resource=one, kind=kind, by=by, origin=origin, fields=fields) for one, fields in sheets]
    ResourceChange.objects.bulk_create(rows, batch_size=STEP)
