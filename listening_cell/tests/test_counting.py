"""A slip and its bytes; the tables and boxes that may be printed. test_counting_proof.py: that nothing comes out."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from listening_cell.counting import (
    EXCLUSIVE,
    MOST_RESOURCES,
    OTHERS,
    PACKED_BYTES,
    SEVERAL,
    Beneficiary,
    Motive,
    Orientation,
    ProfessionGroup,
    Slip,
    Talks,
    Through,
    box_rows,
    exclusive_rows,
    is_printable,
    pack,
    publication,
    resource_rows,
    unpack,
)

SHEETS = [f"fiche-{number}" for number in range(9)]


def slip(**answers):
    plain = {
        "profession": ProfessionGroup.NURSING,
        "talks": Talks.ONE,
        "beneficiary": Beneficiary.SELF,
        "through": Through.PORTAL,
    }
    return Slip(**plain | answers)


# --- Fixed length ---------------------------------------------------------------------------------

slips = st.builds(
    Slip,
    **{name: st.sampled_from(members) for name, (_, members) in EXCLUSIVE.items()},
    **{name: st.frozensets(st.sampled_from(members)) for name, (_, members) in SEVERAL.items()},
    resources=st.lists(st.text("aé-9", min_size=1, max_size=8), max_size=MOST_RESOURCES).map(tuple),
)


@given(slips)
def test_any_slip_takes_the_same_number_of_bytes_and_comes_back(one):
    packed = pack(one)

    assert (len(packed), unpack(packed)) == (PACKED_BYTES, one)


def test_the_slips_of_today_open_in_later_versions():
    packed = bytes.fromhex("01010301060801") + b"\x04\x40" + b"3114".ljust(16, b"\0") + b"mots".ljust(80, b"\0")

    assert unpack(packed) == Slip(
        ProfessionGroup.NURSING,
        Talks.SEVEN_OR_MORE,
        Beneficiary.COLLEAGUE,
        Through.OTHER,
        {Motive.WORKLOAD, Motive.OTHER},
        {Orientation.HELPLINE, Orientation.OTHER},
        ("3114", "mots"),
    )


def test_a_slip_is_made_of_keys_as_well_and_forgets_the_order_of_what_was_ticked():
    typed = slip(profession="medecins", motives=["finances", "charge"], resources=["b", "a", "b"])

    assert typed == slip(
        profession=ProfessionGroup.PHYSICIANS, motives={Motive.WORKLOAD, Motive.MONEY}, resources=("a", "b")
    )


@pytest.mark.parametrize(
    "answers",
    [
        {"profession": "inconnue"},
        {"motives": ["inconnu"]},
        {"resources": [""]},
        {"resources": ["a\0"]},
        {"resources": ["\ud800"]},
        {"resources": ["é" * 9]},
        {"resources": list("abcdefg")},
    ],
)
def test_a_slip_holds_nothing_outside_the_lists(answers):
    with pytest.raises(ValueError):
        slip(**answers)


@pytest.mark.parametrize(
    ("place", "value"), [(0, 2), (1, 7), (2, 5), (3, 2), (4, 7), (5, 0xFF), (7, 0xFF), (9, 0xFF), (9, 1)]
)
def test_bytes_that_are_no_slip_are_refused(place, value):
    broken = bytearray(pack(slip()))
    broken[place] = value

    with pytest.raises(ValueError):
        unpack(bytes(broken))


@pytest.mark.parametrize("packed", [b"", pack(slip())[:-1], pack(slip()) + b"\0"])
def test_bytes_of_another_length_are_refused(packed):
    with pytest.raises(ValueError):
        unpack(packed)


def test_every_member_has_a_key_of_its_own_and_a_label():
    for _, members in (EXCLUSIVE | SEVERAL).values():
        assert len({member.value for member in members}) == len({member.label for member in members}) == len(members)
        assert OTHERS not in dict(members.choices())


# --- Publication ----------------------------------------------------------------------------------


def test_below_eleven_slips_nothing_is_published():
    assert publication([slip()] * 10, 2025) is None


def test_eleven_slips_publish_their_total_alone():
    published = publication([slip(motives={Motive.MONEY}, resources=("3114",))] * 11, 2025)

    assert (published["year"], published["total"]) == (2025, 11)
    assert [(one["key"], one["several"], one["rows"]) for one in published["lists"]] == [
        ("profession", False, []),
        ("talks", False, []),
        ("beneficiary", False, []),
        ("through", False, []),
        ("motives", True, []),
        ("orientations", True, []),
        ("resources", True, []),
    ]


def test_a_publication_is_plain_json_with_its_labels():
    nurses, doctors = [slip()] * 14, [slip(profession="medecins", motives={"charge"}, resources=("3114",))] * 12

    lists = {one["key"]: one for one in publication(nurses + doctors, 2025)["lists"]}

    # Five other groups stand at zero: they take the doctors with them, and one row is left beside « Autres ».
    assert lists["profession"] == {
        "key": "profession",
        "label": "Profession",
        "several": False,
        "rows": [
            {"key": "soins", "label": "Infirmiers, aides-soignants, auxiliaires", "count": 14},
            {"key": "autres", "label": "Autres", "count": 12},
        ],
    }
    assert lists["motives"]["rows"] == [{"key": "charge", "label": "Charge et organisation du travail", "count": 12}]
    assert lists["resources"]["rows"] == [{"key": "3114", "label": "3114", "count": 12}]


@pytest.mark.parametrize(
    ("counts", "rows"),
    [
        ((12, 11), {"a": 12, "b": 11}),
        ((12, 10), {}),
        ((30, 0), {}),
        ((10, 10), {}),
        ((40, 6, 5), {"a": 40, OTHERS: 11}),
        ((40, 20, 5), {"a": 40, OTHERS: 25}),
        ((40, 20, 0), {"a": 40, OTHERS: 20}),
        ((40, 20, 15), {"a": 40, "b": 20, "c": 15}),
        # Two equals are absorbed together: which of them was would tell the 10.
        ((11, 11, 10), {}),
        ((40, 20, 20, 10), {"a": 40, OTHERS: 50}),
        # Each merged class at its greatest: their sum would be divided.
        ((15, 10, 10, 10), {}),
        ((40, 15, 10, 10), {"a": 40, OTHERS: 35}),
        ((40, 15, 10, 9), {"a": 40, "b": 15, OTHERS: 19}),
    ],
)
def test_an_exclusive_table_merges_what_is_small_until_nothing_shows(counts, rows):
    assert exclusive_rows(dict(zip("abcd", counts, strict=False))) == rows


def test_a_box_is_printed_only_when_those_who_ticked_it_and_those_who_did_not_are_eleven_or_more():
    counts = {"a": 10, "b": 11, "c": 19, "d": 20, "e": 0}

    assert box_rows(counts, 30) == {"b": 11, "c": 19}


@pytest.mark.parametrize(("count", "total", "printable"), [(11, 22, True), (10, 22, False), (12, 22, False)])
def test_the_rule_of_a_count_beside_its_total(count, total, printable):
    assert is_printable(count, total) is printable


def test_no_more_resources_are_printed_than_a_slip_can_hold():
    counts = Counter({sheet: 20 + number for number, sheet in enumerate(SHEETS)})

    assert list(resource_rows(counts, 60).items()) == [(f"fiche-{number}", 20 + number) for number in range(8, 2, -1)]
