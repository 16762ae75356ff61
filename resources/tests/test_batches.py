from threading import Thread

import pytest
from django.db import DatabaseError, connection, transaction

from resources.services.sheets import update_sheet
from resources.tests.factories import make_resource


@pytest.mark.skipif(connection.vendor == "sqlite", reason="SQLite lets one writer in at a time")
@pytest.mark.django_db(transaction=True)
def test_batches_that_take_the_same_sheets_in_opposite_order_do_not_wait_for_each_other_forever():
    sheets = [make_resource(name=f"Fiche {number}") for number in range(6)]
    failed = []

    def batch(order, note):
        try:
            for turn in range(5):
                with transaction.atomic():
                    for sheet in order:
                        update_sheet(resource=sheet, values={"alert_note": f"{note} {turn}"})
        except DatabaseError as error:
            failed.append(error)
        finally:
            connection.close()

    threads = [Thread(target=batch, args=(order, str(n))) for n, order in enumerate([sheets, sheets[::-1]] * 2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert failed == []
