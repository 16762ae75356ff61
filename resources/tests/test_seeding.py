import re

import pytest
from django.core.management import call_command

from cafe.demo.directory import load_directory
from resources.enums import ResourceState, Visibility
from resources.models import Resource, Synonyms
from resources.needs import NEED_BY_SLUG
from resources.services.seeding import load_seed, seed_sheets
from resources.services.sheets import archive_sheet, update_sheet
from resources.services.wording import remove_synonyms

pytestmark = pytest.mark.django_db
NUMBERS = {"15", "112", "3114", "114", "0608 282 589", "0805 23 23 36", "0800 288 038", "3919"}


def test_the_directory_begins_with_the_public_helplines_and_no_other_number():
    load_seed()

    sheets = Resource.objects.published()
    assert {one.phone for one in sheets if one.phone} == NUMBERS
    words = " ".join(f"{one.own_access} {one.referral_access} {one.offers} {one.offers_not}" for one in sheets)
    assert set(re.findall(r"\b\d[\d ]{4,}\d\b", words)) <= NUMBERS


def test_every_sheet_has_a_source_its_date_and_a_need():
    load_seed()

    bare = [
        one.name
        for one in Resource.objects.for_display()
        if not (one.source and one.source_date and one.verified_on and one.need_list)
    ]
    assert bare == []
    assert {need for row in seed_sheets() for need in row["needs"]} <= NEED_BY_SLUG.keys()


def test_a_line_whose_number_is_unknown_waits_as_a_draft():
    load_seed()

    waiting = Resource.objects.exclude(state=ResourceState.PUBLISHED)
    assert list(waiting.values_list("seed_key", "phone", "state")) == [("aapms", "", ResourceState.DRAFT)]


def test_all_that_comes_with_the_portal_is_public():
    load_seed()

    assert set(Resource.objects.values_list("visibility", flat=True)) == {Visibility.PUBLIC}


def test_the_demonstration_adds_invented_sheets_once():
    load_directory()
    sheets = Resource.objects.filter(seed_key__startswith="demo-")
    before = list(Resource.objects.order_by("pk").values())

    load_directory()

    assert (sheets.count(), list(Resource.objects.order_by("pk").values()) == before) == (40, True)
    assert {one.phone[:11] for one in sheets} == {"02 61 91 01"}
    assert {one.visibility for one in sheets} == {*Visibility}


def test_loading_again_changes_nothing_that_was_edited_or_put_away():
    load_seed()
    edited = update_sheet(resource=Resource.objects.get(seed_key="sps"), values={"name": "SPS, chez nous"})[0]
    archive_sheet(resource=Resource.objects.get(seed_key="asra"))
    remove_synonyms(group=Synonyms.objects.get(seed_key="avocat"))
    before = list(Resource.objects.order_by("pk").values()), list(Synonyms.objects.values())

    assert load_seed() == (0, 0)
    call_command("directory", verbosity=0)

    assert (list(Resource.objects.order_by("pk").values()), list(Synonyms.objects.values())) == before
    assert Resource.objects.get(pk=edited.pk).name == "SPS, chez nous"
