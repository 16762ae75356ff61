import re
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from itertools import product
from threading import Barrier

import pytest
from django.db import close_old_connections, connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from activities.enums import VoucherUse
from activities.models import Registration, Voucher
from activities.services import vouchers
from activities.tests.factories import make_session
from cafe.errors import Refusal
from cafe.models import Document

pytestmark = pytest.mark.django_db
TODAY = date(2026, 3, 3)  # of the `clock` fixture
URL = "/coordination/bons/"


def issue(count=3, use=VoucherUse.SESSION, session=None):
    return [voucher.number for voucher in vouchers.issue(use=use, count=count, session=session)]


def sentences(lines):
    return [(line.accepted, line.sentence.replace("\u00a0", " ")) for line in lines]


bodies = st.text(vouchers.ALPHABET, min_size=7, max_size=7)


@given(bodies)
def test_any_wrong_symbol_and_any_two_swapped_are_told(body):
    number = body + vouchers.check_symbol(body)
    assert vouchers.is_sound(number)
    wrong = {number[:at] + symbol + number[at + 1 :] for at, symbol in product(range(8), vouchers.ALPHABET)}
    for left, right in product(range(7), range(7)):
        swapped = list(number)
        swapped[left], swapped[right] = swapped[right], swapped[left]
        wrong.add("".join(swapped))

    assert [other for other in wrong - {number} if vouchers.is_sound(other)] == []


def test_a_batch_is_numbered_without_a_name_nor_a_repeat(clock):
    session = make_session()

    numbers = issue(200, session=session)

    assert len(set(numbers)) == 200
    assert all(vouchers.is_sound(number) for number in numbers)
    assert set(Voucher.objects.values_list("use", "session", "issued_on", "payee", "returned_on")) == {
        ("session", session.pk, TODAY, "", None)
    }


def test_no_field_could_tell_for_whom():
    fields = {field.name: field.related_model for field in Voucher._meta.get_fields()}

    assert sorted(fields) == ["id", "issued_on", "number", "paid_on", "payee", "returned_on", "session", "use"]
    assert Registration not in fields.values()


def test_each_returned_number_is_answered(clock):
    first, second, third = issue()
    vouchers.take_back(text=third)
    unknown = "2222222" + vouchers.check_symbol("2222222")
    text = f"{first[:4].lower()}-{first[4:]}\n{second} , {first};{third}\n{unknown}\n{first[:-1]}\nAAAA"

    lines = vouchers.take_back(text=text, payee="Dominique Laurent")

    typo = (False, "ce numéro est mal recopié : un caractère est faux, manque ou est en trop.")
    assert sentences(lines) == [
        (True, "noté : à payer."),
        (True, "noté : à payer."),
        (False, "écrit deux fois : compté une seule."),
        (False, "déjà revenu le 03/03/2026."),
        (False, "numéro inconnu : ce bon n’a pas été émis ici."),
        typo,
        typo,
    ]
    assert sorted(Voucher.objects.values_list("number", "payee", "returned_on")) == sorted(
        [(first, "Dominique Laurent", TODAY), (second, "Dominique Laurent", TODAY), (third, "", TODAY)]
    )


def test_numbers_pasted_side_by_side_are_told_apart():
    one, two = issue(2)

    assert vouchers.typed_numbers(f"{one} {two}\n\n") == [one, two]


@pytest.mark.parametrize("text", ["", " \n;", "A\n" * 501])
def test_an_empty_or_endless_list_is_refused(text):
    with pytest.raises(Refusal):
        vouchers.take_back(text=text)


def test_what_a_practitioner_is_due_is_paid_once(clock):
    vouchers.take_back(text="\n".join(issue(2)), payee="Dominique Laurent")
    assert vouchers.to_pay() == [{"payee": "Dominique Laurent", "count": 2, "euros": 20}]

    paid = {"payee": "Dominique Laurent", "count": 2, "name": "D. Laurent", "paid_on": TODAY}
    assert vouchers.pay(**paid) == 2
    with pytest.raises(Refusal, match="a changé"):
        vouchers.pay(**paid)

    assert vouchers.to_pay() == []
    assert set(Voucher.objects.values_list("payee", "paid_on")) == {("D. Laurent", TODAY)}


@pytest.mark.parametrize(("name", "paid_on"), [("", TODAY), ("D. Laurent", date(2026, 3, 4))])
def test_a_payment_has_a_payee_and_a_date_that_has_come(clock, name, paid_on):
    vouchers.take_back(text=issue(1)[0])

    with pytest.raises(Refusal):
        vouchers.pay(payee="", count=1, name=name, paid_on=paid_on)


def test_seasons_are_counted(clock):
    numbers = issue(5)
    vouchers.take_back(text="\n".join(numbers[:3]))
    Voucher.objects.filter(number=numbers[0]).update(paid_on=TODAY)
    Voucher.objects.filter(number=numbers[4]).update(issued_on=date(2025, 8, 31))

    counts = [{**row, "season": row["season"].label} for row in vouchers.season_counts()]

    assert counts == [
        {"season": "2025-2026", "issued": 4, "returned": 3, "paid": 1, "due": 20, "euros": 10},
        {"season": "2024-2025", "issued": 1, "returned": 0, "paid": 0, "due": 0, "euros": 0},
    ]


def test_a_batch_of_which_none_came_back_can_be_withdrawn(clock):
    kept, mistaken = issue(2), issue(3, use=VoucherUse.CARE)
    vouchers.take_back(text=kept[0])

    assert vouchers.withdraw(issued_on=TODAY, use="care", session_id=None) == 3
    with pytest.raises(Refusal, match="sont revenus"):
        vouchers.withdraw(issued_on=TODAY, use="session", session_id=None)

    assert (Voucher.objects.count(), Voucher.objects.filter(number__in=mistaken).count()) == (2, 0)


def test_a_batch_is_printed_without_those_that_came_back(clock):
    session = make_session()
    numbers = issue(3, session=session)
    vouchers.take_back(text=numbers[0])

    html = vouchers.printed(issued_on=TODAY.isoformat(), use="session", session_id=session.pk)

    assert sorted(re.findall(r'class="number">([^<]+)<', html)) == sorted(map(vouchers.grouped, numbers[1:]))
    assert session.activity.title in html


# --- pages ----------------------------------------------------------------------------------------


def test_the_coordination_issues_prints_takes_back_and_pays(desk, clock):
    desk.post(f"{URL}emettre/", {"use": "care", "count": 4})
    assert Voucher.objects.filter(use="care", session=None).count() == 4

    asked = desk.post(f"{URL}imprimer/", {"issued_on": "2026-03-03", "use": "care", "session": ""})
    assert asked.url == f"/documents/{Document.objects.get().pk}/"

    numbers = "\n".join(Voucher.objects.values_list("number", flat=True)[:2])
    result = desk.post(f"{URL}retours/", {"numbers": numbers, "payee": "Cabinet des Halles"})
    assert "2 bons à payer sur 2 numéros" in result.text

    payment = {"payee": "Cabinet des Halles", "count": 2, "name": "Cabinet des Halles", "paid_on": "2026-03-03"}
    assert "Bons marqués payés" in desk.post(f"{URL}payer/", payment, follow=True).text
    rows = desk.get(f"{URL}export.csv?saison=2025").content.decode("utf-8-sig").splitlines()
    assert len([row for row in rows if row.endswith("03/03/2026;Cabinet des Halles;10")]) == 2


def test_withdrawing_a_batch_is_asked_twice(desk, clock):
    issue(3)
    batch = {"issued_on": "2026-03-03", "use": "session", "session": ""}

    assert "Retirer ce lot" in desk.post(f"{URL}retirer/", batch).text
    assert Voucher.objects.count() == 3
    desk.post(f"{URL}retirer/", batch | {"sure": "1"})

    assert Voucher.objects.count() == 0


@pytest.mark.parametrize("address", ["imprimer/", "retirer/", "payer/"])
def test_a_senseless_button_breaks_nothing(desk, address):
    page = desk.post(f"{URL}{address}", {"issued_on": "hier", "count": "x", "use": "autre"}, follow=True)

    assert (page.status_code, len(page.context["messages"])) == (200, 1)


def test_care_vouchers_are_linked_to_no_session(desk):
    session = make_session()

    page = desk.post(f"{URL}emettre/", {"use": "care", "count": 2, "session": session.pk})

    assert page.status_code == 200
    assert Voucher.objects.count() == 0


def test_the_page_takes_as_many_statements_for_1_voucher_as_for_300(desk):
    counts = []
    for count in (1, 100, 200):
        issue(count)
        with CaptureQueriesContext(connection) as captured:
            desk.get(URL)
        counts.append(len(captured))

    assert counts == [counts[0]] * 3


@pytest.mark.skipif(connection.vendor == "sqlite", reason="SQLite serialises whole transactions: see IMMEDIATE")
@pytest.mark.django_db(transaction=True)
def test_a_number_sent_back_by_ten_people_at_once_counts_once():
    (number,) = issue(1)
    barrier = Barrier(10)

    def send(_):
        barrier.wait()
        try:
            return vouchers.take_back(text=number)[0].accepted
        finally:
            close_old_connections()
            connection.close()

    with ThreadPoolExecutor(10) as pool:
        accepted = list(pool.map(send, range(10)))

    assert sorted(accepted) == [False] * 9 + [True]
