"""How complete a sheet is: ten criteria, each worth one point, with what to write where it is missing.

For the coordination only. It says nothing of the worth of the resource, and the search does not read it.
"""

from dataclasses import dataclass

from resources.enums import Cost, Freshness
from resources.services.freshness import address_of, clock_of

SENTENCE = 30  # letters; under that, a sentence says no more than a name


@dataclass(frozen=True)
class Criterion:
    """One point. advice: what to do to earn it, in a sentence."""

    label: str
    met: bool
    advice: str


@dataclass(frozen=True)
class Quality:
    criteria: tuple

    @property
    def score(self):
        return sum(one.met for one in self.criteria)

    @property
    def missing(self):
        return [one for one in self.criteria if not one.met]


def is_reached(resource):
    """Whether the page shows a way to reach it: a person's own phone and e-mail only with that person's agreement."""
    return resource.shows_contact and bool(resource.phone or resource.email or resource.website)


def is_placed(resource):
    """Where one meets on the spot, one knows where and whether one can get in; at a distance there is no place."""
    return not resource.on_site or bool(resource.commune and resource.accessibility)


def quality_of(resource, today=None):
    """Return the ten criteria of a sheet on a day. Reads its needs, prefetched in a list, and nothing else."""
    criteria = [
        ("Une phrase qui dit ce que c’est", len(resource.summary) >= SENTENCE,
         "Écrivez en une phrase ce que c’est et pour qui."),
        ("Ce que cela apporte, et ce que cela n’est pas", resource.offers and resource.offers_not,
         "Dites ce que l’on y trouve, et ce que l’on n’y trouve pas."),
        ("Des besoins nommés", list(resource.needs.all()),
         "Cochez au moins un besoin : c’est par là qu’on la trouve."),
        ("Un moyen de la joindre, montré", is_reached(resource),
         "Donnez un téléphone, une adresse ou un site ; pour une personne, notez son accord."),
        ("Comment s’y adresser, pour soi et pour un collègue", resource.own_access and resource.referral_access,
         "Dites comment cela commence, pour soi et quand on s’inquiète pour quelqu’un."),
        ("Les horaires", resource.hours, "Demandez quand on peut appeler ou venir."),
        ("Le délai habituel", resource.delay, "Demandez sous combien de temps on est reçu."),
        ("Le coût", resource.cost != Cost.UNKNOWN, "Demandez ce que cela coûte, et ce qui est remboursé."),
        ("Le lieu et son accessibilité", is_placed(resource),
         "Donnez la commune, et dites si l’on entre en fauteuil."),
        ("Vérifiée, et quelqu’un à qui redemander",
         resource.verified_on and clock_of(resource, today).level == Freshness.FRESH
         and (address_of(resource) or resource.source),
         "Vérifiez-la, et notez une adresse pour la vérification ou la source."),
    ]  # fmt: skip
    return Quality(tuple(Criterion(label, bool(met), advice) for label, met, advice in criteria))
