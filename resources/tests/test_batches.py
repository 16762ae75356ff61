from functools import partial

import pytest
from django.db import transaction

from resources.services.sheets import update_sheet
from resources.tests.factories import make_resource
from resources.tests.racing import at_once, one_writer


def batch(sheets, note):
    for turn in range(5):
        with transaction.atomic():
            for sheet in sheets:
                update_sheet(resource=sheet, values={"alert_note": f"{note} {turn}"})


@one_writer
@pytest.mark.django_db(transaction=True)
def test_batches_that_take_the_same_sheets_in_opposite_order_do_not_wait_for_each_other_forever():
    sheets = [make_resource(name=f"Fiche {number}") for number in range(6)]

    answers = at_once(*(partial(batch, order, note) for note, order in enumerate([sheets, sheets[::-1]] * 2)))

    assert answers == [None] * 4
