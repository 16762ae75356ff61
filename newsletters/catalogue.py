"""Ready-made newsletters, as plain data; `services.writing.create_newsletter(model=…)` makes a draft of one.

In their words {mois}, {de_mois}, {saison}, {séance}, {date} are replaced once, when the draft is made; {prénom} stays,
for each person's own. A prevention block names the words by which a message is picked.
"""

import re
from dataclasses import dataclass, field

from django.utils.formats import date_format

from cafe.templatetags.french import clock, day
from newsletters.enums import BlockKind, Topic

HELLO = "Bonjour {prénom},"
NO_BREAK = re.compile(r" (?=[?!:;»])|(?<=«) ")
TURN_OF_MONTH = 20  # from this day on, « this month » is the next one
FIRST_MONTH_OF_SEASON = 7
VOWELS = "aeiouéè"


@dataclass(frozen=True)
class Model:
    """about: what it is for, as the coordination reads it before choosing. with_session: it is about one session."""

    key: str
    title: str
    about: str
    topic: str
    subject: str
    preview: str
    blocks: tuple
    with_session: bool = False
    invites: bool = False
    segment: dict = field(default_factory=dict)


def heading(text):
    return (BlockKind.HEADING, {"text": text})


def text(*paragraphs):
    return (BlockKind.TEXT, {"markdown": "\n\n".join(paragraphs)})


def sessions(count, *, free_only=False):
    return (BlockKind.SESSIONS, {"count": count, "free_only": free_only})


def prevention(*tags):
    return (BlockKind.PREVENTION, {"tags": list(tags)})


def button(label, url):
    return (BlockKind.BUTTON, {"label": label, "url": url})


SESSION = (BlockKind.SESSION, {})
MODELS = {
    model.key: model
    for model in (
        Model(
            key="saison",
            title="Lancement d’une saison",
            about="Ce qui vient, comment s’inscrire, à qui s’adresser.",
            topic=Topic.AGENDA,
            subject="La saison {saison} commence",
            preview="Les premières dates, et comment s’inscrire",
            blocks=(
                text(
                    HELLO,
                    "Une nouvelle saison commence. Des moments entre collègues, près de chez vous : une activité qui "
                    "fait du bien, puis le temps de parler.",
                ),
                heading("Les premières séances"),
                sessions(6),
                button("Voir tout l’agenda", "/activites/"),
                heading("Et si ça ne va pas"),
                text(
                    "Deux pairs écoutants vous reçoivent, en confidence : [demander un entretien](/ecoute/). "
                    "L’annuaire dit vers qui se tourner : [les ressources](/ressources/).",
                ),
                prevention("activités", "temps"),
            ),
        ),
        Model(
            key="agenda",
            title="Agenda du mois",
            about="Les prochaines séances et leurs places.",
            topic=Topic.AGENDA,
            subject="Les séances {de_mois}",
            preview="Les prochaines dates et les places qui restent",
            blocks=(
                text(HELLO, "Voici les prochaines séances. On s’inscrit en ligne, en moins d’une minute."),
                sessions(6),
                button("Voir tout l’agenda", "/activites/"),
                prevention("temps", "sport"),
            ),
        ),
        Model(
            key="rappel",
            title="Rappel : il reste des places",
            about="Quelques jours avant, une séance où l’on peut encore venir.",
            topic=Topic.AGENDA,
            subject="Il reste des places : {séance}",
            preview="{date}",
            blocks=(
                text(HELLO, "Il reste des places à cette séance. Vous pouvez venir seul ou avec un collègue."),
                SESSION,
                button("Je m’inscris", "{adresse}"),
            ),
            with_session=True,
        ),
        Model(
            key="invitation",
            title="Invitation à une séance",
            about="Une séance, et un message de prévention qui va avec.",
            topic=Topic.AGENDA,
            subject="Invitation : {séance}",
            preview="{date}",
            blocks=(
                text(HELLO, "Nous vous invitons à cette séance, pour souffler et se retrouver entre collègues."),
                SESSION,
                button("Je m’inscris", "{adresse}"),
                prevention("activités", "sport"),
            ),
            with_session=True,
            invites=True,
        ),
        Model(
            key="prevention",
            title="Prendre soin de soi",
            about="Un message de prévention, de quoi faire le point, vers qui se tourner.",
            topic=Topic.PREVENTION,
            subject="Et vous, où en êtes-vous ?",
            preview="Cinq phrases pour faire le point, sans que rien ne soit gardé",
            blocks=(
                text(HELLO, "On prend soin des autres toute la journée. Cette lettre est pour vous."),
                prevention("sommeil", "temps", "médecin traitant"),
                text("Cinq phrases suffisent pour faire le point. Rien n’est envoyé, rien n’est gardé."),
                button("Où j’en suis", "/ou-j-en-suis/"),
                heading("Vers qui se tourner"),
                text(
                    "- [L’annuaire de celles et ceux qui aident les soignants](/ressources/)\n"
                    "- [Un temps d’écoute entre pairs](/ecoute/), en confidence\n"
                    "- [Les numéros d’urgence](/urgence/), à toute heure"
                ),
            ),
        ),
        Model(
            key="bienvenue",
            title="Bienvenue à un collègue qui s’installe",
            about="Pour les personnes installées depuis moins d’un an.",
            topic=Topic.LIFE,
            subject="Bienvenue parmi nous",
            preview="Des collègues près de vous, des moments pour se rencontrer",
            blocks=(
                text(
                    HELLO,
                    "Bienvenue sur le territoire. S’installer, c’est beaucoup à la fois : vous n’êtes pas seul.",
                ),
                heading("Nous rencontrer"),
                text("Nos séances sont ouvertes à tous les professionnels de santé. Venez comme vous êtes."),
                sessions(3, free_only=True),
                button("Voir les séances", "/activites/"),
                heading("À garder sous la main"),
                text(
                    "- [Vers qui se tourner](/ressources/) : droit, santé, remplacement, écoute\n"
                    "- [Demander un entretien](/ecoute/) à deux pairs, en confidence\n"
                    "- [Nous écrire](/contact/)"
                ),
            ),
            segment={"newly_installed": True},
        ),
    )
}


def words(today, session=None):
    """Return what the models' own variables stand for, on this day and for this session."""
    year = today.year if today.month >= FIRST_MONTH_OF_SEASON else today.year - 1
    first = today.replace(day=1)
    if today.day >= TURN_OF_MONTH:
        first = first.replace(year=today.year + today.month // 12, month=today.month % 12 + 1)
    month = date_format(first, "F")
    values = {
        "{mois}": month,
        "{de_mois}": f"d’{month}" if month[0] in VOWELS else f"de {month}",
        "{saison}": f"{year}-{year + 1}",
    }
    if session:
        values |= {
            "{séance}": session.activity.title,
            "{date}": f"{day(session.starts_at).capitalize()}, {clock(session.starts_at)}",
            "{adresse}": session.get_absolute_url(),
        }
    return values


def typeset(sentence, values):
    """Return a sentence of a model with its variables filled, and the spaces of French that no line breaks at."""
    for name, value in values.items():
        sentence = sentence.replace(name, value)
    return NO_BREAK.sub("\u00a0", sentence)
