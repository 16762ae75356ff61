import pytest

from resources.services.danger import Danger, dangers
from resources.services.words import meaningful, plain, stem, stems

LIFE, VIOLENCE = {Danger.LIFE}, {Danger.VIOLENCE}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Épuisé·e, à bout…", "epuise e a bout"),
        ("L’ŒUVRE du Cœur", "l oeuvre du coeur"),
        ("0805 23 23 36", "0805 23 23 36"),
        ("  ", ""),
        ("C’est noté !", "c est note"),
    ],
)
def test_a_text_becomes_plain_words(text, expected):
    assert plain(text) == expected


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("avocat", "avocates"),
        ("infirmier", "infirmieres"),
        ("medical", "medicaux"),
        ("professionnel", "professionnelles"),
        ("associe", "associees"),
        ("addiction", "addictions"),
        ("remplacant", "remplacante"),
    ],
)
def test_plural_and_feminine_are_the_same_word(one, other):
    assert stem(one) == stem(other)


@pytest.mark.parametrize(("one", "other"), [("psychologue", "psychiatre"), ("mot", "mort"), ("3114", "3119")])
def test_different_words_stay_different(one, other):
    assert stem(one) != stem(other)


def test_a_short_word_and_a_number_are_left_alone():
    assert stems("bus 3919 sos") == ["bus", "3919", "sos"]


def test_empty_words_and_lone_letters_are_not_looked_for():
    assert [meaningful(word) for word in ("je", "n", "avocat", "15", "4")] == [False, False, True, True, True]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("j’ai des idées suicidaires", LIFE),
        ("je veux en finir", LIFE),
        ("envie de mourir", LIFE),
        ("je n’ai plus envie de vivre", LIFE),
        ("un collègue parle de se tuer", LIFE),
        ("suicde d’un confrère", LIFE),
        ("idées noires", LIFE),
        ("mon mari me frappe", VIOLENCE),
        ("agressée par un patient", VIOLENCE),
        ("violnce conjugale", VIOLENCE),
        ("menaces de mort et envie de mourir", LIFE | VIOLENCE),
        ("en finir avec la paperasse", set()),
        ("cours de violon", set()),
        ("avocat", set()),
        ("un patient mourant", set()),
        ("médecin traitant", set()),
        ("", set()),
    ],
)
def test_words_of_danger_are_heard_and_harmless_ones_are_not(text, expected):
    assert dangers(text) == expected
