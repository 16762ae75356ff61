"""What waits for the coordination about the freshness of the directory."""

from django.urls import reverse

from cafe.todo import Line
from resources.history import label
from resources.services import freshness
from resources.services.verifying import CORRECTABLE

SHOWN = 3
# (what is counted, list that shows it, sentence for one, sentence for several)
COUNTED = [
    ("ending", "bientot-suspendue", "Une fiche sera suspendue d’ici deux mois si personne ne la vérifie.",
     "{} fiches seront suspendues d’ici deux mois si personne ne les vérifie."),
    ("required", "necessaire", "Une fiche n’a pas été vérifiée depuis plus de huit mois.",
     "{} fiches n’ont pas été vérifiées depuis plus de huit mois."),
    ("alone", "conseillee", "Une fiche à vérifier n’a pas d’adresse où écrire : à vous de demander.",
     "{} fiches à vérifier n’ont pas d’adresse où écrire : à vous de demander."),
]  # fmt: skip


def stale(which):
    return f"{reverse('stale_resources')}?etat={which}"


def page(resource, anchor=""):
    return reverse("manage_resource", args=[resource.slug]) + anchor


def told(found, sentence_of, url_of, action, rest):
    """Return a line each for the first ones, then one that leads to the rest. rest: (sentence with {}, address)."""
    found = list(found)
    lines = [Line(sentence_of(one), url_of(one), action) for one in found[:SHOWN]]
    more = len(found) - SHOWN
    return lines + ([Line(rest[0].format(more), rest[1], "Voir la liste")] if more > 0 else [])


def lines():
    """Return what resources changed themselves, what the portal suspended, then what is stale. Three statements.

    A resource that asks to be taken out is among the reports, which have their own line.
    """
    return [*corrected(), *suspended(), *counted()]


def corrected():
    """One line a sheet, whatever the number of its corrections."""
    changes = {}
    for change in freshness.corrections():
        changes.setdefault(change.resource, {}).update(change.fields)
    return told(
        changes.items(),
        lambda item: f"« {item[0]} » a corrigé sa fiche : {names(item[1])}.",
        lambda item: page(item[0], "#historique"),
        "Relire",
        ("Autres fiches corrigées par la ressource : {}.", stale("corrigees")),
    )


def names(fields):
    """Databases do not keep the order of what was changed: it is told in the order of the form."""
    return ", ".join(label(name) for name in CORRECTABLE if name in fields)


def suspended():
    return told(
        freshness.suspended_sheets(),
        lambda sheet: f"« {sheet} » est suspendue : {why(sheet)}.",
        page,
        "Voir la fiche",
        ("Autres fiches suspendues par le portail : {}.", stale("suspendues")),
    )


def why(sheet):
    if freshness.clock_of(sheet).days < freshness.SUSPENDED_AFTER:
        return "elle vient d’être vérifiée et peut reparaître"
    return "personne ne l’a vérifiée depuis deux ans"


def counted():
    found = freshness.counts()
    return [
        Line(one if found[name] == 1 else several.format(found[name]), stale(which), "Vérifier")
        for name, which, one, several in COUNTED
        if found[name]
    ]
