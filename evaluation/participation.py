"""The figures of participation as they are read: each with its sentence, charts with theirs, and the exported table.

Pure: from what evaluation.figures tells. What is about too few people is never told, nor written in the export.
"""

from dataclasses import dataclass

from django.utils.dates import MONTHS as MONTH_NAMES

from activities.seasons import FIRST_MONTH, season_of
from cafe.charts import NBSP, Bar, Bars, Calendar, Chart, Line, Lines, Span, Stack, Stacks, number
from cafe.templatetags.french import MONTHS, short_month

TOO_FEW = "Trop peu de personnes pour le dire."
NO_ANSWER = "Pas encore assez de réponses pour le dire."
HEADER = ["Rubrique", "Intitulé", "Présences", "Personnes", "Places prévues", "Séances", "Valeur", "Sur"]
MOST_DRAWN = 15
FIRST_OR_BACK = ("Venues pour la première fois", "Déjà venues avant")
OF_A_YEAR = (*MONTHS[FIRST_MONTH - 1 :], *MONTHS[: FIRST_MONTH - 1])


@dataclass(frozen=True)
class Figure:
    """A number, what it is, and a sentence that reads it. shown: « – » where it may not be told."""

    shown: str
    label: str
    reading: str


@dataclass(frozen=True)
class Drawing:
    """A chart under its heading; reading: what it says, in a sentence."""

    heading: str
    chart: Chart
    reading: str


def plural(count, word):
    """Return « 1 personne », « 1 250 personnes »; every word of ours takes an s."""
    return f"{number(count)}{NBSP}{word}{'s' if count > 1 else ''}"


# --- Six figures ----------------------------------------------------------------------------------


def six_figures(figures):
    return [
        attendances_of(figures),
        people_of(figures),
        filling_of(figures),
        share_of(figures.women, figures.women_people, "de femmes", "le genre est connu"),
        share_of(figures.members, figures.members_people, "d’adhérents de la CPTS", "l’adhésion est connue"),
        satisfaction_of(figures.satisfaction),
    ]


def attendances_of(figures):
    reading = f"En {plural(figures.sessions, 'séance')}."
    return Figure(number(figures.attendances), "présence" + "s" * (figures.attendances > 1), reading)


def people_of(figures):
    word = "personne différente" if figures.people == 1 else "personnes différentes"
    reading = f"Dont {number(figures.newcomers)} venues pour la première fois." if figures.newcomers_told else ""
    return Figure(number(figures.people), word, reading)


def filling_of(figures):
    if figures.filling is None:
        return Figure("–", "de remplissage", "Aucune place n’était prévue.")
    reading = f"Pour {plural(figures.places, 'place')} prévues." if figures.places > 1 else "Pour une place prévue."
    return Figure(number(figures.filling, unit="%"), "de remplissage", reading)


def share_of(share, people, label, known):
    if not people.told:
        return Figure("–", label, TOO_FEW)
    reading = (
        f"{number(share.count)} des {plural(share.known, 'présence')} dont {known}. "
        f"Parmi les personnes différentes{NBSP}: {number(people.percent, unit='%')}."
    )
    return Figure(number(share.percent, unit="%"), label, reading)


def satisfaction_of(shown):
    if shown.mean is None:
        return Figure("–", "de satisfaction, sur 10", NO_ANSWER)
    reading = f"Moyenne de {plural(shown.n, 'réponse')} après les séances."
    return Figure(f"{number(shown.mean.value, 1)}", "de satisfaction, sur 10", reading)


# --- Charts ---------------------------------------------------------------------------------------


def drawings(period, figures, by):
    """Return the Drawings of what may be told; a breakdown of which nothing may be is left out."""
    found = [
        over_months(period, by.by_month),
        calendar(period, by.by_month),
        over_seasons(by.by_season),
        regulars(figures),
        bars("Par activité", "Activité", by.by_activity, most_followed),
        bars("Par profession", "Profession ou fonction", by.by_profession, most_present),
        composition(figures),
        bars("Territoire ou non", "Commune d’exercice", by.by_commune, most_present),
    ]
    return [one for one in found if one]


def over_months(period, classes):
    held = [one for one in classes if one.sessions]
    if len(held) < 2:  # noqa: PLR2004  one point is no line
        return None
    lines = (
        Line("Présences", tuple(one.attendances if one.sessions else None for one in classes)),
        Line("Places prévues", tuple(one.places if one.sessions else None for one in classes)),
    )
    best = max(held, key=lambda one: one.attendances)
    reading = (
        f"Le mois le plus fréquenté{NBSP}: {best.label}, avec {plural(best.attendances, 'présence')}. "
        "Un mois sans séance n’a pas de point."
    )
    return Drawing(
        "Mois par mois",
        Lines(
            title="Présences et places prévues, mois par mois",
            desc=reading,
            moments=short_months(period.months),
            full=tuple(one.label for one in classes),
            lines=lines,
        ),
        reading,
    )


def short_months(months):
    """Return the months as an axis names them, with their year where one would come twice."""
    with_year = len(months) > 12  # noqa: PLR2004
    return tuple(f"{short_month(month)} {month.year}" if with_year else short_month(month) for month in months)


def calendar(period, classes):
    """Return the heat map of the attendances, a row a season, where at least two seasons held sessions.

    It tells nothing more than the line over the months, whose numbers it lays side by side: how many came to all the
    sessions of a month, not who they are. Adding or subtracting its cells only gives how many came to other months.
    """
    spans = {}
    for month, one in zip(period.months, classes, strict=True):
        spans.setdefault(season_of(month), []).append((month, one.attendances if one.sessions else None))
    held = [season for season, cells in spans.items() if any(value is not None for _, value in cells)]
    if len(held) < 2:  # noqa: PLR2004
        return None
    rows = tuple(
        Span(short_season(season), tuple(value for _, value in cells), (cells[0][0].month - FIRST_MONTH) % 12)
        for season, cells in spans.items()
        if held[0] <= season <= held[-1]
    )
    reading = f"Une ligne par saison, une case par mois{NBSP}: plus elle est foncée, plus on est venu."
    if missing := never_held(period.months, classes):
        reading += f" Jamais de séance, sur cette période, en {missing}."
    return Drawing(
        "Les mois de chaque saison",
        Calendar(
            title="Présences, mois par mois et saison par saison",
            desc=reading,
            columns=OF_A_YEAR,
            rows=rows,
            empty="Pas de séance",
            zero="Personne n’est venu",
            shaded="Présences",
        ),
        reading,
    )


def short_season(season):
    """Return how a drawing names a season, several of which stand side by side: « 23-24 »."""
    return f"{season.year % 100:02}-{(season.year + 1) % 100:02}"


def never_held(months, classes):
    """Return the months of the year that came at least twice and never had a session: « juillet et août »."""
    held, seen = {}, {}
    for month, one in zip(months, classes, strict=True):
        held[month.month] = held.get(month.month, 0) + one.sessions
        seen[month.month] = seen.get(month.month, 0) + 1
    order = sorted(held, key=lambda rank: (rank - FIRST_MONTH) % 12)
    names = [str(MONTH_NAMES[rank]) for rank in order if seen[rank] > 1 and not held[rank]]
    return " et ".join([", ".join(names[:-1]), names[-1]] if names[1:] else names)


def over_seasons(classes):
    held = [one for one in classes if one.sessions]
    if len(held) < 2:  # noqa: PLR2004
        return None
    rows = tuple(Bar(one.label, one.attendances, f"({plural(one.people, 'personne')})") for one in held)
    reading = f"Une saison va de septembre à août{NBSP}; ici, pour ses seuls mois de la période."
    return Drawing(
        "Saison par saison",
        Bars(title="Présences par saison", desc=reading, rows=rows, first="Saison", measure="Présences"),
        reading,
    )


def bars(heading, first, classes, reading_of):
    if not classes:
        return None
    rows = tuple(Bar(one.label, one.attendances, filled(one)) for one in classes[:MOST_DRAWN])
    reading = reading_of(classes)
    title = f"Présences{NBSP}: {heading[:1].lower()}{heading[1:]}"
    return Drawing(heading, Bars(title=title, desc=reading, rows=rows, first=first, measure="Présences"), reading)


def filled(one):
    """Return how full a class was, where it has places of its own."""
    return f"({number(one.filling, unit='%')} des places)" if one.filling is not None else ""


def most_followed(classes):
    best = classes[0]
    came, held = plural(best.attendances, "présence"), plural(best.sessions, "séance")
    return f"La plus suivie{NBSP}: {best.label}, {came} en {held}."


def most_present(classes):
    best, whole = classes[0], sum(one.attendances for one in classes)
    part = number(100 * best.attendances / whole, unit="%")
    return f"{best.label}{NBSP}: {part} des {plural(whole, 'présence')}."


def composition(figures):
    """Return what is told of the attendances, each as a share of those whose answer is known."""
    rows = [
        ("Femmes", figures.women.percent, figures.women_told),
        ("Adhérents de la CPTS", figures.members.percent, figures.members_told),
    ]
    told = tuple(Bar(label, percent) for label, percent, is_told in rows if is_told)
    if not told:
        return None
    reading = "Pour cent présences dont la réponse est connue."
    chart = Bars(
        title="Qui vient", desc=reading, unit="%", top=100, rows=told, first="Qui", measure="Pour cent"
    )  # fmt: skip
    return Drawing("Qui vient", chart, reading)


def regulars(figures):
    """Return the people of a period in two parts, newcomers and those who had come already, where both may be told.

    These are the two numbers of the sentence under « personnes différentes », and of the file: none is added. As for
    every number of a period of one's choice, what two overlapping periods tell by subtraction is not looked at here.
    """
    if not figures.newcomers_told:
        return None
    back = number(100 * figures.returning / figures.people, unit="%")
    reading = f"{back} des {plural(figures.people, 'personne')} étaient déjà venues avant cette période."
    return Drawing("Premières venues et habitués", newcomers_chart([of_people("Période", figures)], reading), reading)


def newcomers_chart(rows, reading, first="Période"):
    return Stacks(
        title="Personnes venues pour la première fois, et déjà venues", desc=reading, series=FIRST_OR_BACK,
        rows=tuple(rows), first=first,
    )  # fmt: skip


def of_people(label, figures):
    """Return the Stack of the different people of a period, without its parts where they may not be told."""
    if not figures.newcomers_told:
        return Stack(label, (), TOO_FEW)
    return Stack(f"{label} ({plural(figures.people, 'personne')})", (figures.newcomers, figures.returning))


# --- The file -------------------------------------------------------------------------------------


def table(figures, by):
    """Return the rows of the export: what the page shows, and no more. None where a column has no meaning."""
    shares = [
        ("Femmes parmi les présences", figures.women, figures.women_told),
        ("Femmes parmi les personnes", figures.women_people, figures.women_told),
        ("Adhérents parmi les présences", figures.members, figures.members_told),
        ("Adhérents parmi les personnes", figures.members_people, figures.members_told),
    ]
    whole = ["Ensemble", "Toutes les séances", figures.attendances, figures.people, figures.places, figures.sessions]
    rows = [[*whole, None, None]]
    if figures.newcomers_told:
        rows.append(["Ensemble", "Venues pour la première fois", None, figures.newcomers, *[None] * 4])
    rows += [["Part (%)", label, *[None] * 4, rounded(one.percent), one.known] for label, one, told in shares if told]
    rows.append(["Part (%)", "Remplissage", *[None] * 4, rounded(figures.filling), figures.places])
    if mean := figures.satisfaction.mean:
        rows.append(["Moyenne", "Satisfaction sur 10", *[None] * 4, mean.value, figures.satisfaction.n])
    for heading, classes in sections(by):
        rows += [[heading, one.label, one.attendances, one.people, *places_of(one), None, None] for one in classes]
    return rows


def sections(by):
    return [
        ("Mois", by.by_month),
        ("Saison", by.by_season),
        ("Activité", by.by_activity),
        ("Profession", by.by_profession),
        ("Commune", by.by_commune),
        ("Genre", by.by_gender),
        ("Adhésion", by.by_member),
    ]


def places_of(one):
    return (one.places, one.sessions) if one.sessions else (None, None)


def rounded(percent):
    return None if percent is None else round(percent, 1)
