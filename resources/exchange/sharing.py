"""What a neighbour may read of a public sheet: what its page shows, no more."""

from copy import copy
from dataclasses import dataclass

from django.conf import settings
from django.urls import reverse
from django.utils.text import slugify

from members.enums import Profession

# Of a person who did not agree, the page hides them all: how to reach, and where exactly.
CONTACT = {
    "phone": "",
    "email": "",
    "website": "",
    "own_access": "",
    "referral_access": "",
    "address": "",
    "latitude": None,
    "longitude": None,
}


def shareable(resource):
    """Return the sheet as its public page shows it: a person's contact is blank where that person did not agree.

    The sheet itself is left as it is.
    """
    if resource.shows_contact:
        return resource
    shown = copy(resource)  # shallow: the needs that were prefetched go along
    for name, nothing in CONTACT.items():
        setattr(shown, name, nothing)
    return shown


def source_slug():
    """Return what names this portal among neighbours: its host."""
    return slugify(settings.SITE_URL.partition("://")[2].replace(".", "-").replace(":", "-"))


def address_of(resource):
    return f"{settings.SITE_URL}{resource.get_absolute_url()}"


def sentences(*pairs):
    """Return « title : text » paragraphs of what there is, or None where there is nothing."""
    return "\n".join(f"{title} : {text}" for title, text in pairs if text) or None


def audience(resource):
    """Return for whom it is, in words."""
    professions = [Profession(value).label for value in resource.professions if value in Profession]
    return f"Professionnels de santé : {' ; '.join(professions)}" if professions else "Tous les professionnels de santé"


def area_in_words(resource):
    communes = ", ".join(map(str, resource.area_communes))
    return f"{resource.area_label} ({communes})" if communes else resource.area_label


def cost_in_words(resource):
    vouchers = "bons de la CPTS acceptés" if resource.vouchers else ""
    return ". ".join(part for part in (resource.get_cost_display(), resource.cost_words, vouchers) if part)


@dataclass(frozen=True)
class SharedFile:
    """A public file: its name in the address, and what it is for."""

    name: str
    label: str
    about: str

    @property
    def url(self):
        return f"{settings.SITE_URL}{reverse('resources_open_data_file', args=[self.name])}"


def shared_files():
    return [
        SharedFile("annuaire.xlsx", "Tableau Excel", "Pour lire, ou pour reprendre dans un portail comme celui-ci."),
        SharedFile("annuaire.csv", "Tableau CSV", "Le même, pour tout tableur."),
        SharedFile("data-inclusion.json", "data.inclusion, version 1", "Structures et services, au format français."),
        SharedFile("hsds.json", "Open Referral HSDS 3", "Services, au format international des annuaires d’aide."),
    ]
