"""The five words of a key: proposed by the portal, forgiven when typed.

words.txt holds 1,024 French nouns of our own choosing: common, concrete, 4 to 9 letters, nothing medical nor
disquieting, and no two that are within one letter of each other once accents are gone. Five different ones give
ENTROPY_BITS bits, even to someone who knows the list; and each guess costs an Argon2id of 128 MiB and needs PEPPER,
which no copy of the database holds (cell's promises, Keys).
"""

import math
import random
import secrets
import unicodedata
from functools import lru_cache
from pathlib import Path

WORDS_PROPOSED = 5
WORDS_LISTED = 1024
ENTROPY_BITS = math.log2(math.perm(WORDS_LISTED, WORDS_PROPOSED))  # 49.99
# Letters that no decomposition turns into what a telephone types.
LIGATURES = str.maketrans({"œ": "oe", "æ": "ae"})


def propose(rng: random.Random | None = None) -> str:
    """Return five different words of the list, separated by spaces: ENTROPY_BITS bits from the system's generator.

    rng: another generator, for tests alone.
    """
    return " ".join((rng or secrets.SystemRandom()).sample(words(), WORDS_PROPOSED))


def normalise(typed: str) -> str:
    """Return what a passphrase is worth, however a telephone's keyboard wrote it (cell's promises, Keys).

    Case, accents, and which spaces, hyphens or punctuation stand between the words do not matter; letters, figures and
    their order do. NFKC comes first, so that one text gives one key on every machine. Two different proposals never
    become the same: without accents the words of the list still differ by two letters at least, and spaces stay.
    Empty when nothing that counts was typed.
    """
    folded = unicodedata.normalize("NFKC", typed).casefold().translate(LIGATURES)
    kinds = [(sign, unicodedata.category(sign)) for sign in unicodedata.normalize("NFKD", folded)]
    kept = "".join(sign if kind[0] in "LNS" else " " for sign, kind in kinds if kind[0] != "M")
    return " ".join(kept.split())


@lru_cache(maxsize=1)
def words() -> tuple[str, ...]:
    """Return the words that are proposed, in the order of the file."""
    return tuple(Path(__file__).with_name("words.txt").read_text("utf-8").split())
