"""The words, what is proposed, and what a telephone's keyboard may do to it."""

import random
import re
import unicodedata
from collections import Counter
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from listening_cell.passphrases import ENTROPY_BITS, WORDS_LISTED, normalise, propose, words

DEMO = "tisane lampe velours marée sentier"
seeds = st.integers(0, 2**32)


def proposed(seed):
    return propose(random.Random(seed))


def nearly(word):
    """The word, and all it becomes when one letter is left out: two words one letter apart share one of these."""
    return {word} | {word[:place] + word[place + 1 :] for place in range(len(word))}


def test_the_list_has_the_words_that_the_entropy_is_reckoned_on():
    assert (len(words()), len(set(words())), round(ENTROPY_BITS, 2)) == (1024, 1024, 49.99)


def test_each_word_has_4_to_9_lowercase_letters_of_a_french_keyboard():
    assert [word for word in words() if not re.fullmatch("[a-zàâçèéêëîïôûùü]{4,9}", word)] == []


def test_words_are_in_order_so_that_two_are_never_listed_twice():
    assert list(words()) == sorted(words(), key=normalise)


def test_no_two_words_are_one_letter_apart_once_accents_are_gone():
    """Plural, accent, a letter added, left out or mistaken: none of these makes one word of the list another."""
    by_form = {}
    for word in words():
        for form in nearly(normalise(word)):
            by_form.setdefault(form, []).append(word)
    pairs = {pair for found in by_form.values() for pair in combinations(found, 2)}

    assert sorted(pair for pair in pairs if is_one_letter_apart(*map(normalise, pair))) == []


def is_one_letter_apart(one, other):
    short, long = sorted((one, other), key=len)
    if len(short) == len(long):
        return sum(left != right for left, right in zip(short, long, strict=True)) <= 1
    return short in nearly(long)


@pytest.mark.parametrize(
    ("one", "other", "close"),
    [("lune", "dune", True), ("rose", "rosee", True), ("port", "porte", True), ("marin", "matinee", False)],
)
def test_the_measure_of_one_letter(one, other, close):
    assert is_one_letter_apart(one, other) is close


def test_the_demo_passphrase_is_made_of_the_list():
    assert set(DEMO.split()) <= set(words())


@given(seeds)
def test_five_different_words_of_the_list_are_proposed(seed):
    chosen = proposed(seed).split(" ")

    assert (len(set(chosen)), set(chosen) <= set(words())) == (5, True)


def test_every_word_may_be_proposed_at_every_place():
    drawn = [proposed(seed).split() for seed in range(20_000)]

    assert [len(Counter(five[place] for five in drawn)) for place in range(5)] == [WORDS_LISTED] * 5


def test_the_systems_generator_does_not_repeat_itself():
    assert len({propose() for _ in range(200)}) == 200


@pytest.mark.parametrize(
    "typed",
    [
        DEMO,
        "  Tisane  lampe velours marée sentier ",
        "TISANE LAMPE VELOURS MARÉE SENTIER",
        "tisane lampe velours maree sentier",
        "tisane-lampe-velours-marée-sentier",
        "tisane, lampe, velours, marée, sentier.",
        "tisane\u00a0lampe\u202fvelours\tmarée\nsentier",
        "tisane – lampe — velours ‑ marée_sentier…",
        unicodedata.normalize("NFD", DEMO),
        "ｔｉｓａｎｅ lampe velours marée sentier",
        "tisane\u200b lampe\x00velours\ud800marée sentier",
    ],
)
def test_what_a_keyboard_changes_does_not_matter(typed):
    assert normalise(typed) == "tisane lampe velours maree sentier"


@pytest.mark.parametrize(
    "typed",
    [
        "lampe tisane velours marée sentier",
        "tisane lampe velours marée",
        "tisane lampe velours marée sentiers",
        "tisanelampe velours marée sentier",
        "tisane lampe velours marée sentier 1",
        "",
    ],
)
def test_what_makes_another_passphrase_does(typed):
    assert normalise(typed) != normalise(DEMO)


@pytest.mark.parametrize("typed", ["", " - ", "\u0301", "…\x00\ud800"])
def test_nothing_that_counts_is_worth_nothing(typed):
    assert normalise(typed) == ""


def test_ligatures_are_typed_as_two_letters():
    assert normalise("Cœur Ægide") == "coeur aegide"


@given(seeds, seeds)
def test_two_different_proposals_never_become_the_same(seed, other_seed):
    one, other = proposed(seed), proposed(other_seed)

    assert (normalise(one) == normalise(other)) is (one == other)


def test_a_proposal_can_be_read_back_from_what_it_becomes():
    """The whole proof that no two collide: words stay apart, and each has one folded form that no other has."""
    back = {normalise(word): word for word in words()}

    assert len(back) == WORDS_LISTED
    assert [" ".join(back[word] for word in normalise(proposed(seed)).split(" ")) for seed in range(100)] == [
        proposed(seed) for seed in range(100)
    ]


@given(st.text(max_size=40))
def test_whatever_is_typed_gives_one_text_that_can_be_encoded(typed):
    normalised = normalise(typed)

    assert normalised.encode().decode() == normalised == " ".join(normalised.split())
    assert normalise(unicodedata.normalize("NFD", typed)) == normalise(unicodedata.normalize("NFC", typed))
