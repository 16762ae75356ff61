"""Words that suggest danger: they bring the helplines first, whatever else the search finds.

A strip too many costs nothing; a strip too few may. Yet « en finir avec la paperasse » or « violon » must not show it:
expressions are matched as whole words, in what a text becomes once plain (no accent, no apostrophe).
"""

import re
from enum import StrEnum

from rapidfuzz.distance import OSA

from resources.services.words import plain


class Danger(StrEnum):
    LIFE = "life"
    VIOLENCE = "violence"


def any_of(*expressions):
    """Return the pattern of whole words that are one of these."""
    return re.compile(rf"\b({'|'.join(expressions)})\b")


LIFE = any_of(
    r"suicid\w*|suissid\w*|overdose|(ma|sa|une|de) ts",
    r"(idees?|pensees?) (noires?|morbides?|de mort)|pens\w+ a la mort",
    r"(envies?|envi|besoin|veux|veut|veuille|voudrai[st]|prefer\w+|mieux|pens\w+|parl\w+|peur) (de |d |a )?"
    r"(mour+ire?|disparaitre|etre morte?|crever)",
    # « en finir avec la paperasse » is only tired.
    r"en finir(?! (avec|de|d)\b)|en finir avec (la vie|cette vie|ma vie|moi|tout)",
    r"(me|se) (tuer|pendre|noyer|flinguer|supprimer|balancer|jeter|scarifi\w+|(ouvrir|couper) les veines)",
    r"(se|s|me|m) (est|suis) (tuee?|pendue?|noyee?|supprimee?|jetee?|foutue?|ouvert les veines)",
    r"(se|me|s) ?(foutre|foutue?|balancer) en l air|(tirer|mettre) une balle|(se|me) (faire|fais|fait) (du mal|mal$)",
    r"(plus|pas) (envie |la force |le gout )?(de |d )?(vivre|exister)|(plus|pas) (envie d )?etre la$",
    r"(plus|jamais) me reveiller|raisons? de vivre|(vie|vivre) n?e? ?(vaut|a) plus (la peine|de sens|aucun sens)",
    r"a quoi bon( vivre| continuer)?$|(marre|assez|fatiguee?|lassee?) de (la vie|ma vie|vivre)",
    r"mettre fin a (mes|ses|nos|leurs|ma|sa) (jours|vies?)|quitter (ce monde|cette vie|la vie)|(lettre|mot) d adieu",
    r"(passer|passe|passage) a l acte|(faire|fasse) une (betise|connerie)|fait une tentative",
    r"(un poids|une charge) pour (tout le monde|tous|les autres|(ma|mes|leur) \w+)",
    r"saut\w+ (par la fenetre|du pont|d un pont|sous un \w+)",
    r"(prendre|pris|aval\w+) (tous?|toute|une boite|des boites|plein)\b.{0,20} (medicaments?|cachets?|comprimes?)",
    r"aval\w+ (des|les|mes|ses) (medicaments?|cachets?|comprimes?)",
)
BLOWS = r"(frapp\w+|tap[ea]\w*|cogn\w+|gifl\w+|etrangl\w+|sequestr\w+|menac\w+|secou\w+|bat)"
PARTNER = r"(mari|conjointe?|compagnon|compagne|copain|copine|femme|ex)"
VIOLENCE = any_of(
    r"viol|viols|violee?s?|violences?|violente?s?|agress\w*|emprise|feminicide|inceste|attouchements?",
    r"battue?s?|frappees?|ete frappes?|giflee?s?|etranglee?s?|sequestree?s?|menacee?s?|menaces de mort",
    rf"(me|m|nous|l|la|le) (a |ont |avait )?{BLOWS}",
    r"coups et blessures|(donn\w+|recu|recois|pris|prend\w*) des coups|lev\w+ la main sur",
    rf"peur de (mon|ma) ({PARTNER}|pere|fils|frere)|peur de rentrer",
    rf"{PARTNER} (me|m) (surveille|suit|harcele|force|insulte|controle|isole|interdit|humilie)",
    r"armes?|couteau|fusil|pistolet|(abus|harcelement)s? sexuels?",
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
