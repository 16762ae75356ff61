"""Sheets in data.inclusion v1: each makes a structure and its service.

Schema: PyPI's data-inclusion-schema, data_inclusion.schema.v1. What it has no field for goes in words where it fits.
Left out: type (about returning to work), horaires_accueil (a syntax, and ours are words), code_insee (not known).
"""

import re

from django.utils import timezone

from resources.enums import AreaKind, Cost
from resources.exchange.sharing import address_of, area_in_words, audience, sentences, shareable, source_slug
from resources.models.resources import TEXT_NUMBERS

ACCESS_TO_RIGHTS = "difficultes-administratives-ou-juridiques--accompagnement-pour-lacces-aux-droits"
PAPERWORK = "difficultes-administratives-ou-juridiques--accompagnement-aux-demarches-administratives"
COURT = "difficultes-administratives-ou-juridiques--prendre-en-compte-une-problematique-judiciaire"
# Our needs that its thématiques know; it has nothing for the others.
THEMATIQUES = {
    "sante--medecin-traitant": "sante--acces-aux-soins",
    "sante--sante-au-travail": "trouver-un-emploi--maintien-dans-lemploi",
    "sante--soutien-psychologique": "sante--sante-mentale",
    "sante--psychiatrie": "sante--sante-mentale",
    "sante--addictions": "sante--addictions",
    "sante--epuisement": "sante--sante-mentale",
    "entraide--ecoute": "sante--sante-mentale",
    "entraide--pairs": "remobilisation--lien-social",
    "entraide--groupe-de-parole": "remobilisation--lien-social",
    "droit--avocat": ACCESS_TO_RIGHTS,
    "droit--plainte": COURT,
    "droit--controle-assurance-maladie": ACCESS_TO_RIGHTS,
    "ressources--arret-maladie": PAPERWORK,
    "ressources--prevoyance": ACCESS_TO_RIGHTS,
    "ressources--aide-financiere": "difficultes-financieres--prevenir-une-degradation-de-la-situation-financiere",
    "ressources--dettes": "difficultes-financieres--situation-dendettement-surendettement",
    "ressources--service-social": ACCESS_TO_RIGHTS,
    "exercice--reprise": "trouver-un-emploi--maintien-dans-lemploi",
    "exercice--reconversion": "choisir-un-metier--decouvrir-un-metier-ou-un-secteur-dactivite",
    "exercice--formation": "se-former--trouver-sa-formation",
    "violences--violences-conjugales": "famille--surmonter-conflits-separation-violence",
}
# « Remboursé » is neither: what a person pays in the end is said in words.
FRAIS = {Cost.FREE: "gratuit", Cost.PAID: "payant"}
NAME_LENGTH, NAME_SHORTEST, TEXT_SHORTEST = 150, 3, 5
EMAIL = re.compile(r"[A-Za-z0-9]+([._%+-][A-Za-z0-9]+)*@([A-Za-z0-9]+(-+[A-Za-z0-9]+)*\.)+[A-Za-z]{2,}")
# Names that the schema's library takes for no address at all (RFC 6761).
NO_ADDRESS = (".arpa", ".invalid", ".local", ".localhost", ".onion", ".test")
LONGEST_LOCAL_PART = 64


def document(resources):
    """Return what is published: {« structures »: […], « services »: […]}, one of each a sheet."""
    shown = [shareable(resource) for resource in resources]
    return {"structures": list(map(structure_of, shown)), "services": list(map(service_of, shown))}


def common(resource):
    """Return what a structure and its service both say."""
    return {
        "source": source_slug(),
        "nom": name_of(resource),
        "description": description_of(resource),
        "date_maj": timezone.localdate(resource.updated_at).isoformat(),
        "lien_source": address_of(resource),
        "commune": resource.commune or None,
        "code_postal": resource.postcode if re.fullmatch(r"[0-9]{5}", resource.postcode) else None,
        "adresse": resource.address or None,
        "latitude": resource.latitude,
        "longitude": resource.longitude,
        "telephone": international(resource.phone) or None,
        "courriel": email_of(resource),
    }


def structure_of(resource):
    return common(resource) | {"id": f"{source_slug()}--{resource.slug}", "site_web": site_of(resource)}


def service_of(resource):
    key = f"{source_slug()}--{resource.slug}"
    themes = {THEMATIQUES[need.slug] for need in resource.need_list if need.slug in THEMATIQUES}
    modes = {"en-presentiel": resource.on_site, "a-distance": resource.remote}
    return common(resource) | {
        "id": f"{key}--service",
        "structure_id": key,
        "thematiques": sorted(themes) or None,
        "frais": FRAIS.get(resource.cost),
        "frais_precisions": frais_in_words(resource),
        "publics": ["actifs"],
        "publics_precisions": audience(resource),
        "conditions_acces": f"Zone couverte : {area_in_words(resource)}",
        "zone_eligibilite": ["france"] if resource.area_kind == AreaKind.FRANCE else None,
        "modes_accueil": [mode for mode, offered in modes.items() if offered] or None,
        "lien_mobilisation": site_of(resource),
        "modes_mobilisation": modes_of_access(resource) or None,
        "mobilisable_par": who_may_ask(resource) or None,
        "mobilisation_precisions": sentences(
            ("Pour soi", resource.own_access),
            ("Pour un collègue", resource.referral_access),
            ("Horaires", resource.hours),
            ("Délai habituel", resource.delay),
            ("À savoir", resource.alert_note),
        ),
    }


def name_of(resource):
    """Return the name within the schema's lengths, without the full stop that it advises against."""
    name = resource.name if resource.name.endswith("etc.") else resource.name.rstrip(". ")
    if len(name) < NAME_SHORTEST:
        name = f"{resource.get_kind_display()} : {name}"
    return name if len(name) <= NAME_LENGTH else f"{name[: NAME_LENGTH - 1]}…"


def description_of(resource):
    parts = [resource.summary, resource.offers, sentences(("Ce que cela n’est pas", resource.offers_not))]
    text = "\n\n".join(part for part in parts if part)
    return text if len(text) >= TEXT_SHORTEST else f"{resource.get_kind_display()} : {resource.name}"


def frais_in_words(resource):
    known = "" if resource.cost == Cost.UNKNOWN else resource.get_cost_display()
    return ". ".join(part for part in (known, resource.cost_words) if part) or None


def international(phone):
    """Return a French number of ten digits as +33…, a short one as its digits, any other as it is written."""
    digits = re.sub(r"[^0-9+]", "", phone)
    if re.fullmatch(r"0[1-9]\d{8}", digits):
        return f"+33{digits[1:]}"
    return digits or phone


def email_of(resource):
    """Return the address where the schema surely takes it, or None."""
    email = resource.email
    sure = EMAIL.fullmatch(email) and len(email.partition("@")[0]) <= LONGEST_LOCAL_PART
    return email if sure and not email.lower().endswith(NO_ADDRESS) else None


def site_of(resource):
    return resource.website if resource.website.startswith(("http://", "https://")) else None


def modes_of_access(resource):
    ways = {
        "telephoner": resource.phone and resource.phone not in TEXT_NUMBERS,
        "envoyer-un-courriel": email_of(resource),
        "utiliser-lien-mobilisation": site_of(resource),
    }
    return [mode for mode, there in ways.items() if there]


def who_may_ask(resource):
    """Return who may turn to it: oneself, and whoever worries about a colleague where that is said."""
    oneself = resource.own_access or modes_of_access(resource)
    return [who for who, can in (("usagers", oneself), ("professionnels", resource.referral_access)) if can]
