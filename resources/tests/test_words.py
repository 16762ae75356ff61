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


SAID = [
    (
        LIFE,
        """
        j’ai des idées suicidaires | je veux en finir | envie de mourir | j’ai envie de mourrir | envi de mourir
        je pense à mourir | elle parle de mourir | il veut mourir | je préférerais être morte | je pense à la mort
        je n’ai plus envie de vivre | plus de raison de vivre | je ne veux plus exister | je ne veux plus être là
        m’endormir et ne jamais me réveiller | je voudrais disparaître | la vie ne vaut plus la peine | à quoi bon
        j’en ai marre de la vie | en finir une bonne fois pour toutes | en finir avec la vie | mettre fin à mes jours
        un collègue parle de se tuer | mon associé s’est pendu | il s’est tué | il s’est foutu en l’air | suissider
        suicde d’un confrère | me tirer une balle | me couper les veines | je me scarifie | je me fais du mal
        sauter par la fenêtre | avaler une boîte de médicaments | j’ai avalé des comprimés | elle a fait une tentative
        idées noires | pensées noires | lettre d’adieu | passer à l’acte | j’ai peur de faire une bêtise
        je suis un poids pour tout le monde | overdose
        """,
    ),
    (
        VIOLENCE,
        """
        mon mari me frappe | mon mari m’a frappée | j’ai été frappée | il me gifle | il m’a étranglée | il me tape
        il lève la main sur moi | il me donne des coups | femme battue | peur de mon ex | peur de rentrer chez moi
        mon conjoint me surveille | mon compagnon est violent | agressée par un patient | un patient avec un couteau
        on m’a menacée | violée | attouchements | harcèlement sexuel | violnce conjugale
        """,
    ),
    (LIFE | VIOLENCE, "menaces de mort et envie de mourir | il menace de se tuer"),
    (
        set(),
        """
        en finir avec la paperasse | en finir avec cette association | une procédure à n’en plus finir
        mettre fin à ma collaboration | me battre contre l’URSSAF | je ne veux plus être la seule à tout faire
        cours de violon | la batterie | une alarme | un tapis | avocat | médecin traitant | un patient mourant
        la mort d’un patient | mal au dos | se faire mal voir | prendre des médicaments pour dormir | parler de la mort
        """,
    ),
]


def phrases(text):
    return [phrase.strip() for line in text.splitlines() for phrase in line.split("|") if phrase.strip()]


@pytest.mark.parametrize(("expected", "said"), SAID)
def test_words_of_danger_are_heard_and_harmless_ones_are_not(expected, said):
    assert {phrase: dangers(phrase) for phrase in phrases(said)} == dict.fromkeys(phrases(said), expected)


def test_no_word_is_no_danger():
    assert (dangers(""), dangers(" ?! ")) == (set(), set())
