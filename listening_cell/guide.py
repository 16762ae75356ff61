"""The interview guide as data: what a talk may sweep, and what to do when somebody is in danger.

Themes come from the life events that put professionals at risk, with relations between associates, structure, money
and addictions. A key is sealed in the notes: append, never rename. Each theme says under which motive it is counted.
"""

from dataclasses import dataclass
from itertools import chain

from listening_cell.counting import Motive


@dataclass(frozen=True)
class Theme:
    key: str
    label: str
    motive: Motive


@dataclass(frozen=True)
class Chapter:
    """A part of the guide, in the order in which a talk goes."""

    key: str
    label: str
    themes: tuple

    @property
    def choices(self):
        return [(theme.key, theme.label) for theme in self.themes]


@dataclass(frozen=True)
class Call:
    """Whom to call. number is shown, uri is dialled."""

    number: str
    uri: str
    who: str


@dataclass(frozen=True)
class Level:
    """A level of alert, with its protocol: what to do, in order, and whom to call. words: for whoever must choose."""

    key: str
    label: str
    words: str
    steps: tuple = ()
    calls: tuple = ()


CHAPTERS = (
    Chapter(
        "work",
        "Au travail",
        (
            Theme("overload", "Surcharge de travail", Motive.WORKLOAD),
            Theme("assault", "Agression, verbale ou physique", Motive.VIOLENCE),
            Theme("error", "Erreur, événement grave", Motive.ERROR),
            Theme("complaint", "Plainte, sanction, contrôle", Motive.ERROR),
            Theme("doubts", "Doutes sur sa pratique", Motive.PRACTICE),
            Theme("knowledge", "Besoin de connaissances", Motive.PRACTICE),
            Theme("death", "Fin de vie, décès de patients", Motive.PATIENTS),
        ),
    ),
    Chapter(
        "team",
        "L’équipe et le cabinet",
        (
            Theme("associates", "Relations avec les associés", Motive.COLLEAGUES),
            Theme("colleagues", "Désaccord entre collègues", Motive.COLLEAGUES),
            Theme("sick_colleague", "Un collègue malade", Motive.COLLEAGUES),
            Theme("status", "Changement de statut ou d’exercice", Motive.STRUCTURE),
            Theme("structure", "Structure, locaux, organisation", Motive.STRUCTURE),
            Theme("money", "Finances", Motive.MONEY),
        ),
    ),
    Chapter(
        "life",
        "La personne et les siens",
        (
            Theme("health", "Sa propre santé", Motive.HEALTH),
            Theme("sleep", "Fatigue, sommeil", Motive.HEALTH),
            Theme("pregnancy", "Grossesse", Motive.HEALTH),
            Theme("separation", "Séparation", Motive.FAMILY),
            Theme("home_conflict", "Conflit ou violences à la maison", Motive.FAMILY),
            Theme("children", "Enfants en bas âge", Motive.FAMILY),
            Theme("family_illness", "Maladie ou deuil dans la famille", Motive.FAMILY),
            Theme("other", "Autre chose", Motive.OTHER),
        ),
    ),
)
ADDICTIONS = (
    ("alcohol", "Alcool"),
    ("tobacco", "Tabac"),
    ("medicines", "Médicaments"),
    ("cannabis", "Cannabis"),
    ("opioids", "Opioïdes"),
    ("stimulants", "Cocaïne, autres stimulants"),
    ("gambling", "Jeux d’argent"),
    ("screens", "Écrans"),
    ("work", "Travail"),
    ("other", "Autre"),
)
HELD = (
    ("held", "Il a eu lieu"),
    ("absent", "La personne n’est pas venue"),
    ("put_off", "Il a été annulé ou reporté"),
)
SAMU = Call("15", "tel:15", "SAMU : une vie est en danger, maintenant.")
EUROPE = Call("112", "tel:112", "tous les secours, depuis n’importe quel téléphone.")
SUICIDE = Call("3114", "tel:3114", "prévention du suicide, jour et nuit ; les pairs aussi peuvent y demander conseil.")
BY_TEXT = Call("114", "sms:114", "urgences par SMS, quand parler est impossible.")
MOTS = Call("0608 282 589", "tel:+33608282589", "MOTS, jour et nuit : médecins, et professions qui ont un Ordre.")
SPS = Call("0805 23 23 36", "tel:+33805232336", "SPS, jour et nuit, gratuit, pour tous les soignants.")
LEVELS = (
    Level("none", "Rien d’inquiétant", "Rien, dans ce qui a été dit ou vu, ne fait craindre un danger."),
    Level(
        "watch",
        "À surveiller",
        "Épuisement, idées noires sans projet, isolement, consommation qui inquiète.",
        steps=(
            "Demandez-le sans détour : « Vous arrive-t-il de penser à mourir ? » La question ne donne pas l’idée.",
            "Convenez d’un autre entretien dans la semaine, et de qui la personne appelle si cela s’aggrave avant.",
            "Proposez un médecin ou un psychologue, et remettez la fiche avec elle plutôt qu’en la quittant.",
            "Parlez-en avec votre binôme le jour même.",
        ),
        calls=(SUICIDE, SPS, MOTS),
    ),
    Level(
        "urgent",
        "Urgence",
        "Projet de suicide, danger pour soi ou pour un autre, état qui ne peut attendre demain.",
        steps=(
            "Ne laissez pas la personne seule, ni au bout du fil : l’un reste avec elle, l’autre appelle.",
            "Appelez le 15 avec elle, en lui disant ce que vous faites ; sans son accord si sa vie est en jeu.",
            "Éloignez ce dont elle pourrait se servir : médicaments, arme, clés de voiture.",
            "Restez jusqu’au relais. Notez l’heure, qui a été appelé, et ce qui a été répondu.",
            "Vous n’êtes pas un service de soins : passez le relais, puis appelez votre binôme et reposez-vous.",
        ),
        calls=(SAMU, EUROPE, SUICIDE, BY_TEXT, MOTS),
    ),
)
THEMES = {theme.key: theme for chapter in CHAPTERS for theme in chapter.themes}
LEVEL_BY_KEY = {level.key: level for level in LEVELS}


def labels(keys):
    """Return the labels of themes, in the order of the guide; an unknown key of an older note is left as it is."""
    known = [theme.label for theme in THEMES.values() if theme.key in keys]
    return known + [key for key in keys if key not in THEMES]


def addiction_labels(keys):
    return [label for key, label in ADDICTIONS if key in keys]


def motives(contents):
    """Return the motives that notes suggest for the count; the pair ticks or unticks them."""
    keys = set(chain.from_iterable(content.get("themes", ()) for content in contents))
    found = {THEMES[key].motive for key in keys & THEMES.keys()}
    return found | {Motive.ADDICTION for content in contents if content.get("addictions")}
