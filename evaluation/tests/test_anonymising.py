"""The file for publication: every line is eleven people's, whatever the answers are."""

import random
from collections import Counter

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from evaluation.services.anonymising import NOBODY, Column, anonymise, exceeds, is_diverse, merge


def column(key, answers, *, ordered=True, late=0):
    """late: how many of the last people came after the table was made."""
    told = Counter(answers[: len(answers) - late])
    size = max((*answers, 0)) + 1
    return Column(key, tuple(answers), tuple(told[index] for index in range(size)), ordered)


@st.composite
def questionnaires(draw):
    count = draw(st.integers(0, 160))
    one = st.lists(st.sampled_from([0, 0, 1, 1, 2, 3, NOBODY]), min_size=count, max_size=count)
    late = draw(st.integers(0, min(4, count)))
    answers = draw(st.lists(one, min_size=1, max_size=4))
    return count, [column(f"q{n}", given, ordered=n % 2 == 0, late=late) for n, given in enumerate(answers)]


@settings(max_examples=80, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(questionnaires(), st.integers(0, 99))
def test_every_line_is_eleven_peoples_and_every_class_of_every_column_too(questionnaire, seed):
    count, columns = questionnaire

    found = anonymise(columns, count, random.Random(seed))

    lines = Counter(found.lines)
    assert all(n >= 11 for n in lines.values())
    for place, kept in enumerate(found.columns):
        classes = Counter(line[place] for line in found.lines)
        assert sorted(classes) == list(range(len(kept.groups)))
        assert len(classes) >= 2
        assert min(classes.values()) >= 11
        told = Counter()
        for rank, group in enumerate(kept.groups):
            told[rank] = sum(kept.most[index] for index in group if index != NOBODY)
            # No more people than the published table tells of: nothing is said of those who came after it.
            assert NOBODY in group or classes[rank] <= told[rank]
    if lines:
        assert is_diverse(lines, len(found.columns))
        assert len(found.lines) <= count - max(11, count // 5)
    assert {*(one.key for one in found.columns), *found.left_out} == {one.key for one in columns}


def test_two_independent_questions_of_a_hundred_people_can_be_crossed():
    draw = random.Random(3)
    marks = column("note", [draw.randrange(4) for _ in range(150)])
    trade = column("métier", [draw.randrange(3) for _ in range(150)], ordered=False)

    found = anonymise([marks, trade], 150, random.Random(1))

    assert ([one.key for one in found.columns], found.left_out) == (["note", "métier"], ())
    assert len(found.lines) == 120
    assert all(group == tuple(range(group[0], group[-1] + 1)) for group in found.columns[0].groups)


def test_a_question_that_follows_from_another_is_left_out():
    same = [number % 2 for number in range(200)]

    found = anonymise([column("a", same), column("b", same)], 200, random.Random(1))

    assert ([one.key for one in found.columns], found.left_out) == (["a"], ("b",))


@pytest.mark.parametrize("count", [0, 5, 27])
def test_a_small_questionnaire_has_no_file(count):
    found = anonymise([column("a", [number % 2 for number in range(count)])], count, random.Random(1))

    assert (found.columns, found.lines, found.left_out) == ((), (), ("a",))


def test_a_rare_answer_is_merged_with_its_neighbour_and_never_left_as_nobodys():
    (found,) = merge([column("note", [0] * 3 + [1] * 20 + [2] * 20)], range(43))

    assert found.groups == ((0, 1), (2,))


def test_who_did_not_answer_is_a_class_of_eleven_or_the_question_is_left_out():
    few = [column("a", [0, 1] * 40 + [NOBODY] * 5)]
    many = [column("a", [0, 1] * 40 + [NOBODY] * 20)]

    assert merge(few, range(85)) == []
    assert merge(many, range(100))[0].groups == ((0,), (1,), (NOBODY,))


def test_the_few_who_skipped_a_question_are_left_out_rather_than_the_question():
    answers = [NOBODY if number in (3, 70) else number % 2 for number in range(100)]

    found = anonymise([column("a", answers)], 100, random.Random(1))

    assert (found.columns[0].groups, len(found.lines)) == (((0,), (1,)), 78)


def test_a_file_with_more_people_than_a_class_of_the_table_is_refused():
    late = column("a", [0] * 20 + [1] * 20 + [1] * 4, late=4)

    assert exceeds(late, range(44))
    assert not exceeds(late, range(40))
