"""From what somebody types to what is looked for: expressions, their synonyms, and words mistyped."""

import re
from dataclasses import dataclass, replace

from rapidfuzz import process
from rapidfuzz.distance import OSA

from resources.services.words import COMMON_STEMS, PUNCTUATION, meaningful, plain, stem

MAX_WORDS = 40  # each unknown word is compared with the whole vocabulary
SYNONYM, MISTYPED, COMMON = 0.7, 0.6, 0.25
# Edits forgiven to a word of that many letters at least.
FORGIVEN = ((8, 2), (5, 1))
SHORTEST_BEGINNING = 4
ONLY_READ = "?"
# Empty words that an expression may hold and still name something; « je bois » or « tout arrêter » only speak.
LINKS = frozenset("a au aux de des du en et la le les par pour un une".split())  # noqa: SIM905


@dataclass(frozen=True)
class Way:
    """One way to meet a concept: all these stems in a sheet, and how much it counts beside the typed word itself."""

    stems: tuple
    factor: float
    mistyped: bool = False


@dataclass(frozen=True, eq=False)
class Concept:
    """One thing that was asked, as it was typed, and the ways to meet it, the typed words first.

    Compared by identity: a search files thousands of sheets under a few of these.
    """

    typed: str
    ways: tuple


@dataclass(frozen=True)
class Word:
    """typed: what stood between two spaces; tail: the same from this word on (« arrêt » of « d’arrêt »)."""

    typed: str
    tail: str
    plain: str
    stem: str
    factor: float = 1.0


def read(index, text):
    """Return the concepts of a question, in its order; words without meaning are left out."""
    words = [word for word in typed_words(text) if len(word.plain) > 1 or word.plain.isdigit()]
    words = [corrected(index, word) for word in words[:MAX_WORDS]]
    concepts, at = [], 0
    while at < len(words):
        length, groups = longest_expression(index, words, at)
        taken = words[at : at + max(length, 1)]
        if groups or meaningful(taken[0].plain):
            concepts.append(concept(index, taken, groups))
        at += len(taken)
    return merged(concepts)


def typed_words(text):
    for typed in text.lower().split():
        shown = typed.strip(PUNCTUATION)
        parts = [part for part in re.split(r"[’'\-/.,]", shown) if plain(part)]
        for number, part in enumerate(parts):
            tail = shown[shown.rindex(part) :] if number else shown
            for word in plain(part).split():
                yield Word(typed=shown, tail=tail, plain=word, stem=stem(word))


def corrected(index, word):
    """Return the word as it was meant: itself where it is known, else what it begins, else the nearest known word."""
    # A number is never a slip: 3119 is not 3114.
    if not meaningful(word.plain) or known(index, word.stem) or word.plain.isdigit():
        return word
    meant = beginning(index, word.stem) or nearest(index, word.stem)
    return replace(word, plain=meant, stem=meant, factor=MISTYPED) if meant else word


def known(index, stem):
    return stem in index.postings or stem in index.expressions


def beginning(index, stem):
    """« addicto » meant what most sheets hold among the words that begin so."""
    if len(stem) < SHORTEST_BEGINNING:
        return None
    found = [word for word in index.vocabulary if word.startswith(stem)]
    return max(found, key=lambda word: (len(index.postings.get(word, ())), -len(word)), default=None)


def nearest(index, stem):
    """Return the known word a few edits away (letters swapped count for one), the closest, then the most common."""
    edits = next((edits for letters, edits in FORGIVEN if len(stem) >= letters), 0)
    if not edits:
        return None
    found = process.extract(stem, index.vocabulary, scorer=OSA.distance, score_cutoff=edits, limit=10)
    # The word itself comes last of the key, so that two that are alike always come in the same order.
    ranked = [(distance, -len(index.postings.get(word, ())), word) for word, distance, _ in found]
    return min(ranked)[2] if ranked else None


def longest_expression(index, words, at):
    """Return (how many words, the groups) of the longest expression that begins here; (0, []) where none does."""
    rows = index.expressions.get(words[at].stem, ())
    stems = tuple(word.stem for word in words[at:])
    fitting = [(len(own), number) for own, number, _ in rows if stems[: len(own)] == own]
    if not fitting:
        return 0, []
    longest = max(length for length, _ in fitting)
    return longest, [number for length, number in fitting if length == longest]


def concept(index, words, groups):
    factor = min(word.factor for word in words)
    if all(word.stem in COMMON_STEMS for word in words):
        factor *= COMMON
    mistyped = any(word.factor == MISTYPED for word in words)
    own = Way(sense(tuple(word.stem for word in words)), factor, mistyped)
    others = [stems for number in groups for expression in index.groups[number] if (stems := naming(expression))]
    ways = [own, *(Way(sense(stems), factor * SYNONYM) for stems in others)]
    kept = {}
    for way in ways:
        if way.stems:
            kept.setdefault(way.stems, way)
    # « d’arrêt maladie » is said back as « arrêt maladie ».
    typed = [words[0].tail, *(word.typed for word in words[1:] if word.typed != words[0].typed)]
    return Concept(typed=" ".join(dict.fromkeys(typed)), ways=tuple(kept.values()))


def naming(expression):
    """Return the stems of an expression to look for in sheets, or () where it only helps to read a question.

    So does one that begins with « ? » (people type « seul », sheets say « écoute »), and one that is half a sentence.
    """
    if expression.startswith(ONLY_READ):
        return ()
    words = [word for word in plain(expression).split() if len(word) > 1 or word.isdigit()]
    named = all(meaningful(word) or word in LINKS for word in words)
    return tuple(stem(word) for word in words) if named else ()


def sense(stems):
    return tuple(dict.fromkeys(one for one in stems if meaningful(one)))


def merged(concepts):
    """The same thing said twice counts once."""
    return list({concept.ways: concept for concept in concepts if concept.ways}.values())
