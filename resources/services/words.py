"""How the search reads French: without accents, case or apostrophes, plural and feminine as the plain word."""

import re
import unicodedata
from functools import lru_cache

LIGATURES = str.maketrans({"œ": "oe", "æ": "ae", "ß": "ss"})
SHORTEST_STEMMED = 4
PUNCTUATION = '.,;:!?«»"()…\u00a0'
EMPTY_WORDS = """
a ai aie ais ait alors apres as au aucun aussi autre aux avant avec avoir avons ayant bien c ca car ce ceci cela
celle celui ces cet cette chez ci comme comment d dans de depuis des deux dit doit donc dont du elle elles en encore
entre es est et etait ete etes etre eu eux fait faire faut fois font il ils j jamais je l la le les leur leurs lors
lui m ma mais me meme mes mien moi mon n ne ni nos notre nous on ont ou par parce pas peu peut peux plus plutot pour
pourquoi qu quand que quel quelle quelles quelqu quels qui quoi rien s sa sans se sera ses si soi son sont sous suis
sur t ta te tes toi ton toujours tous tout toute toutes tres trop tu un une vais vers veux vos votre voudrais vous vu y
trouver voir obtenir rencontrer adresser cherche chercher besoin aide aider aupres contre lors cas
"""
STOP_WORDS = frozenset(EMPTY_WORDS.split())
# Said in every other sheet, and in questions about anything else.
COMMON_WORDS = """
cabinet professionnel professionnelle soignant soignante sante patient patiente travail jour mois an ans soir semaine
service personne femme homme gens probleme difficulte question conseil numero tournee
"""


def plain(text):
    """Return a text as words of a-z and 0-9 in small letters, one space between."""
    text = unicodedata.normalize("NFKD", text.lower().translate(LIGATURES))
    kept = "".join(char for char in text if not unicodedata.combining(char))
    return re.sub(r"[^a-z0-9]+", " ", kept).strip()


@lru_cache(maxsize=50_000)
def stem(word):
    """Return what a plain word shares with its plural and feminine: « infirmières », « infirmier » -> infirmier.

    Plurals in -aux join the singular in -al, then -s, -x, final -e and a doubled last consonant go. Kept this simple on
    purpose: what it misses, a synonym says.
    """
    if len(word) < SHORTEST_STEMMED or word.isdigit():
        return word
    if word.endswith("aux"):
        word = word[:-3] + "al"
    word = word.rstrip("sx") if len(word.rstrip("sx")) >= SHORTEST_STEMMED - 1 else word
    word = word.rstrip("e") if len(word.rstrip("e")) >= SHORTEST_STEMMED - 1 else word
    return word[:-1] if len(word) > SHORTEST_STEMMED and word[-1] == word[-2] else word


def stems(text):
    """Return the stems of a text in order, words that carry no meaning included."""
    return [stem(word) for word in plain(text).split()]


COMMON_STEMS = frozenset(stem(word) for word in COMMON_WORDS.split())


def meaningful(word):
    """Whether a plain word is worth looking for: no stop word, no lone letter."""
    return word not in STOP_WORDS and (len(word) > 1 or word.isdigit())
