"""Where a written answer may name somebody or some place, before others read it.

Pure: a text and the words that the portal knows in, places in the text out. It flags too much rather than too little,
and does not see everything: « la secrétaire du cabinet d’en face » names no one. Someone reads, and decides.
"""

import re
import unicodedata
from dataclasses import dataclass, field
from enum import StrEnum

SHOUTED_PART = 0.6
LEAST_NAME = 3
# A place of one word is known in small letters from this length: « tours » and « sens » are words too.
LONG_PLACE = 6


class Kind(StrEnum):
    """What a flag is about: what its mark says, what is proposed instead."""

    EMAIL = "adresse e-mail"
    LINK = "adresse web"
    PHONE = "numéro"
    ADDRESS = "adresse"
    PERSON = "personne"
    FIRST_NAME = "prénom"
    LAST_NAME = "nom de famille"
    PLACE = "lieu"
    CAPITAL = "nom"


# No name, nor any place, is worth keeping in these.
SURE = frozenset({Kind.EMAIL, Kind.LINK, Kind.PHONE})


@dataclass(frozen=True)
class Known:
    """Words that the portal knows, folded (see fold). plain: words that are no name though capitals begin them."""

    first_names: frozenset = field(default=frozenset())
    last_names: frozenset = field(default=frozenset())
    places: frozenset = field(default=frozenset())
    plain: frozenset = field(default=frozenset())


@dataclass(frozen=True, order=True)
class Span:
    start: int
    end: int
    kind: Kind


@dataclass(frozen=True)
class Piece:
    """A part of a text; kind is None where nothing is flagged."""

    text: str
    kind: Kind | None = None


def fold(text):
    """Return the text in small letters without accents, hyphens and apostrophes as spaces; as long as before."""
    return "".join(_fold_char(char) for char in text)


def _fold_char(char):
    if char in "-‐‑'’\u00a0\u202f":
        return " "
    plain = unicodedata.normalize("NFD", char)[0].lower()
    return plain if len(plain) == 1 else char


def known_words(*, first_names=(), last_names=(), places=(), plain=()):
    """Return Known of names and texts as they are written: each part of a compound name counts, a place as a whole."""
    return Known(
        _words(first_names),
        _words(last_names),
        frozenset(way for place in places for way in _ways_of_writing(fold(place).strip())),
        _words(plain, least=1),
    )


def _ways_of_writing(place):
    """Return « saint paul » and « st paul »."""
    short = re.sub(r"\bsaint(e?)\b", r"st\1", place)
    return {place, short} if len(place) >= LEAST_NAME else set()


def _words(texts, least=LEAST_NAME):
    return frozenset(word for text in texts for word in re.findall(r"\w+", fold(text)) if len(word) >= least)


def flags(text, known):
    """Return the spans that may name somebody or some place, in order, none over another; `known` is a Known."""
    folded, found = fold(text), []
    for kind, start, end in _all_found(text, folded, known):
        if start < end and not any(start < one.end and one.start < end for one in found):
            found.append(Span(start, end, kind))
    return sorted(found)


def pieces(text, spans):
    """Cut a text at its flags: what a page shows, one piece after another."""
    cut, at = [], 0
    for span in spans:
        cut += [Piece(text[at : span.start]), Piece(text[span.start : span.end], span.kind)]
        at = span.end
    return [piece for piece in [*cut, Piece(text[at:])] if piece.text]


def replaced(text, spans):
    """Return the text with what is flagged in square brackets instead: « merci à [prénom] »."""
    return "".join(f"[{piece.kind}]" if piece.kind else piece.text for piece in pieces(text, spans))


WORD = r"[^\W\d_]+(?:['’\-‐‑][^\W\d_]+)*"
EMAIL = re.compile(r"[\w.+-]{1,64}@[\w-]+(?:\.[\w-]+)+")
LINK = re.compile(r"(?:https?://|www\.)\S+|(?<![\w@])@\w{2,}", re.IGNORECASE)
PHONE = re.compile(r"(?<![\w+])\+?\d(?:[ .\-/\u00a0\u202f]?\d){8,13}(?!\w)")
STREET = (
    r"(?:rue|avenue|av\.|boulevard|bd|bld|place|chemin|all[ée]e|impasse|route|quai|cours|square|passage|faubourg|"
    r"lotissement|r[ée]sidence|hameau|lieu-dit)"
)
LINKING = r"(?:(?:de|du|des|la|le|les|d['’]|l['’])[ ]?){0,3}"
ADDRESS = re.compile(
    rf"\b\d{{1,4}}[ ]?(?:bis|ter|quater)?[ ]?,?[ ]?{STREET}[ ][^\n,.;!?]{{2,60}}"
    rf"|\b{STREET}[ ]{LINKING}(?-i:[A-ZÀ-ÖØ-Þ])[\w'’-]*(?:[ ](?-i:[A-ZÀ-ÖØ-Þ])[\w'’-]*){{0,3}}"
    r"|\b\d{5}(?=[ ](?-i:[A-ZÀ-ÖØ-Þ]))",
    re.IGNORECASE,
)
CAPITALISED = r"(?-i:[A-ZÀ-ÖØ-Þ])[\w'’.\-]*\w|(?-i:[A-ZÀ-ÖØ-Þ])\b\.?"
TITLED = re.compile(
    rf"\b(?:dr|mme|mlle|mr)\b\.?[ ]?(?P<short>{WORD})\.?(?:[ ](?:{CAPITALISED})){{0,2}}"
    rf"|\b(?-i:M|Me|Pr)(?:\.[ ]?|[ ])(?:{CAPITALISED})(?:[ ](?:{CAPITALISED})){{0,2}}"
    r"|\b(?:docteure?|professeure?|monsieur|madame|mademoiselle|ma[îi]tre)"
    rf"[ ](?:{CAPITALISED})(?:[ ](?:{CAPITALISED})){{0,2}}",
    re.IGNORECASE,
)
TOKEN = re.compile(WORD)
SENTENCE_ENDS = ".!?…:\n•–—*"
OPENINGS = " \t\u00a0\u202f«\"“(’'[-0123456789)/°"
# First names that are words: flagged with a capital alone.
ALSO_WORDS = _words(
    [
        "aimé ambre ange angélique aurore avril ben bienvenue blanche brune céleste charme claire clément constance",
        "désiré espoir fleur fleurs france grâce honoré iris jasmin juste lilas lise loup luce marin marine mélodie",
        "modeste noël olive parfait perle pierre prudence reine rose sauveur toussaint victoire violette vie",
    ]
)
NOT_AFTER_TITLE = _words(["de du des la le les et est a au qui que sont ont pas ou en"], least=1)
PLAIN = _words(
    [
        "je j merci bravo bonjour bonsoir oui non ok nb ps svp rdv lundi mardi mercredi jeudi vendredi samedi dimanche",
        "janvier février mars avril mai juin juillet août septembre octobre novembre décembre noël pâques covid état",
        "docteur docteure madame monsieur mademoiselle professeur dr pr mme mlle mr internet excel word google zoom",
        "cpts ars msp cpam diu du ide idel ehpad ssiad had chu chr ch smur samu urps ipa esp dpc qr pdf sms rgpd oms",
        "cdd mg mk tcc mbsr who qvct rtt cp hs ras tv adeli rpps carpimko carmf carcdsf urssaf cv",
    ],
    least=1,
)


def _all_found(text, folded, known):
    """Yield (kind, start, end), what is surest first."""
    for kind, pattern in ((Kind.EMAIL, EMAIL), (Kind.LINK, LINK), (Kind.PHONE, PHONE), (Kind.ADDRESS, ADDRESS)):
        for match in pattern.finditer(text):
            yield kind, match.start(), match.end()
    for match in TITLED.finditer(text):
        if fold(match["short"] or "") not in NOT_AFTER_TITLE:
            yield Kind.PERSON, match.start(), match.end()
    yield from _places(text, folded, known.places)
    yield from _names(text, folded, known)


def _places(text, folded, places):
    if not places:
        return
    longest_first = sorted(places, key=lambda place: (-len(place), place))
    for match in re.finditer(rf"\b(?:{'|'.join(map(re.escape, longest_first))})\b", folded):
        place = match[0]
        if text[match.start()].isupper() or " " in place or len(place) >= LONG_PLACE:
            yield Kind.PLACE, match.start(), match.end()


def _names(text, folded, known):
    tokens = TOKEN.findall(text)
    is_shouted = sum(token.isupper() for token in tokens) > SHOUTED_PART * len(tokens)
    for match in TOKEN.finditer(text):
        start, end = _without_article(text, *match.span())
        words, has_capital = folded[start:end].split(), text[start].isupper()
        if any(word in known.first_names and (has_capital or word not in ALSO_WORDS) for word in words):
            yield Kind.FIRST_NAME, start, end
        elif has_capital and any(word in known.last_names for word in words):
            yield Kind.LAST_NAME, start, end
        elif has_capital and not is_shouted and not _begins_sentence(text, start) and not _is_plain(words, known):
            yield Kind.CAPITAL, start, end


def _without_article(text, start, end):
    """Skip « l’ » and « d’ » before a name: « l’Hermitage »."""
    is_elided = end - start > LEAST_NAME and text[start + 1] in "'’" and text[start] in "ldLDnsNScjCJmtMT"
    return (start + 2 if is_elided else start), end


def _begins_sentence(text, start):
    before = text[:start].rstrip(OPENINGS)
    return not before or before[-1] in SENTENCE_ENDS or "\n" in text[len(before) : start]


def _is_plain(words, known):
    return all(word in PLAIN or word in known.plain for word in words)
