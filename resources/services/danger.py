"""Words that suggest danger: they bring the helplines first, whatever else the search finds.

A strip too many costs nothing; a strip too few may. Yet « en finir avec la paperasse » or « violon » must not show it:
expressions are matched as whole words, and « en finir » only where nothing harmless follows.
"""

import re
from enum import StrEnum

from rapidfuzz.distance import OSA

from resources.services.words import plain


class Danger(StrEnum):
    LIFE = "life"
    VIOLENCE = "violence"


LIFE = re.compile(
    r"\b("
    r"suicid\w*|idees? (noires?|de mort)|en finir(?! (avec|de|d|un|une|le|la|les|mon|ma|mes|ce|cette)\b)"
    r"|en finir avec (la vie|moi|tout)|(me|se) (tuer|pendre|noyer|flinguer|jeter|ouvrir les veines)"
    r"|(envie|besoin|veux|voudrais|prefere\w*|mieux) (de |d )?(mourir|disparaitre|etre morte?|crever)"
    r"|(plus|pas) (envie )?(de )?vivre|ne plus (vivre|me reveiller|exister)|foutre en l air|passer a l acte"
    r"|mettre fin (a|aux?) (mes|ses|ma|sa|nos|leurs?|jours|la) ?(jours?|vie)?|me faire du mal|se faire du mal"
    r"|(a quoi bon|marre de) vivre|overdose|tentative de suicide|ts medicamenteuse|quitter ce monde"
    r")\b"
)
VIOLENCE = re.compile(
    r"\b("
    r"viol|viols|violee?s?|violences?|violente?s?|(me|m|la|le|l) ?(frappe|bat|tape|cogne|etrangle|menace|sequestre)\w*"
    r"|battue?s?|coups et blessures|recu des coups|agress\w*|menaces? de mort|menacee?s?|emprise|feminicide"
    r"|peur de (mon|ma) (mari|conjoint|conjointe|compagnon|compagne|ex|femme|pere|fils)|inceste|arme"
    r")\b"
)
# Long words that are recognised even with a slip of the keyboard.
MISTYPED = {"suicide": Danger.LIFE, "suicider": Danger.LIFE, "suicidaire": Danger.LIFE, "violence": Danger.VIOLENCE}


def dangers(text):
    """Return the dangers that a question suggests, as a set of Danger."""
    said = plain(text)
    found = {danger for danger, pattern in ((Danger.LIFE, LIFE), (Danger.VIOLENCE, VIOLENCE)) if pattern.search(said)}
    return found | {danger for word in said.split() for meant, danger in MISTYPED.items() if slips(word, meant)}


def slips(word, meant):
    """One slip, and the same first letter: « suicde », never « violente » for « violence »."""
    return word[0] == meant[0] and OSA.distance(word, meant, score_cutoff=1) <= 1
