"""What each page, the report and its workbook ought to tell, from what recount.py counted: {place: [numbers]}.

Words are here only to say where a number stands; the numbers are recounted, and those that a text always has are given.
"""

from collections import namedtuple
from datetime import timedelta
from fractions import Fraction

from cafe.tests import recount
from cafe.tests.recount import Months, half_up, season_label, season_of
from cafe.tests.recount_reading import NBSP, Told

MONTHS = [
    "janvier", "février", "mars", "avril", "mai", "juin",
    "juillet", "août", "septembre", "octobre", "novembre", "décembre",
]  # fmt: skip
WEEKDAYS = ["lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche"]
SHORT_MONTHS = [
    "sept.", "oct.", "nov.", "déc.", "janv.", "févr.", "mars", "avr.", "mai", "juin", "juill.", "août"
]  # fmt: skip
FIRST_OR_BACK = ["Venues pour la première fois", "Déjà venues avant"]
AGES = ["À jour", "Vérification conseillée", "Vérification nécessaire", "Bientôt suspendue"]
THEMES = {
    "sante": "Ma santé",
    "entraide": "En parler",
    "droit": "Droit et plaintes",
    "ressources": "Argent, arrêt, prévoyance",
    "exercice": "Mon exercice",
    "violences": "Violences",
}
SEASON_HEADS = ["Présences", "Personnes différentes", "Remplissage", "Non-adhérents", "Satisfaction sur 10"]
DEFINED = {"Remplissage": f"100{NBSP}%", "Satisfaction": "10", "Petits nombres": "24"}
DEFINED_TO_THE_BOARD = DEFINED | {"Fiche à jour": "180 ; 240"}


def fr(value, decimals=0, unit=""):
    """Write an exact number in French, halves upwards; « – » where there is none."""
    if value is None:
        return "–"
    text = f"{half_up(value, decimals):,.{decimals}f}".replace(",", NBSP).replace(".", ",").replace("-", "−")
    return f"{text}{NBSP}{unit}" if unit else text


def pct(value):
    return fr(value, unit="%")


def month_name(month):
    return f"{MONTHS[month.month - 1]} {month.year}"


def label_of(months):
    first, last = month_name(months.first), month_name(months.last)
    of = "d’" if first[0] in "ao" else "de "
    return first if months.first == months.last else f"{of}{first} à {last}"


class Teller:
    """What is told of some months on a day. looks: the days when somebody looked at what was answered."""

    def __init__(self, months, today, looks):
        self.months, self.today = months, today
        self.world = recount.World()
        self.marks = recount.Marks(self.world, looks)
        self.figures = self.figures_of(months)
        self.told = Told()

    def figures_of(self, months):
        return recount.figures(self.world, months, self.marks)

    def add(self, *place, text):
        self.told.add(*place, text=text)

    def rows(self, *place, heads, rows):
        """A table, whose labels and heads may hold numbers too."""
        for head in heads:
            self.add(*place, text=head)
        for label, _ in rows:
            self.add(*place, label, text=label)
        self.told.rows(*place, heads=heads, rows=rows)


# --- Headlines ------------------------------------------------------------------------------------


def measures(figures):
    """Return [(value, decimals, unit)] of the figures that the board compares."""
    outside = recount.percent(recount.others(figures.members))
    marks = figures.satisfaction
    return [
        (figures.attendances, 0, ""),
        (figures.people, 0, ""),
        (figures.filling, 0, "%"),
        (outside, 0, "%"),
        (marks and marks.mean, 1, ""),
    ]


def moved(new, old, decimals):
    """Return by how much a figure moved between the numbers that are shown; nothing where it did not."""
    if new is None or old is None:
        return ""
    gap = abs(half_up(new, decimals) - half_up(old, decimals))
    return fr(gap, decimals) if gap else ""


def trend(figures, before, rank):
    new, decimals, unit = measures(figures)[rank]
    old = measures(before)[rank][0] if before.sessions else None
    return "" if old is None else f"{fr(old, decimals, unit)} ; {moved(new, old, decimals)}"


def share_text(one):
    if not recount.told(one):
        return "–"
    shown = pct(Fraction(100 * one.count, one.known))
    return f"{shown} ; {fr(one.count)} ; {fr(one.known)} ; {pct(recount.people_percent(one))}"


def common_headlines(figures):
    """Return {label: text} of what the board's page and that of participation both tell."""
    new = fr(figures.newcomers) if figures.newcomers is not None else ""
    places = "" if figures.places < 2 else fr(figures.places)
    marks = figures.satisfaction
    return {
        "présences" if figures.attendances > 1 else "présence": f"{fr(figures.attendances)} ; {fr(figures.sessions)}",
        "personne différente" if figures.people == 1 else "personnes différentes": f"{fr(figures.people)} ; {new}",
        "de remplissage": f"{pct(figures.filling)} ; {places}",
        "de satisfaction, sur 10": f"{fr(marks.mean, 1)} ; {fr(marks.n)}" if marks else "–",
    }


def board_headlines(teller):
    """Return [(label, text of the number, text of the sentences)] of the six headlines."""
    figures, before = teller.figures, teller.figures_of(teller.months.before)
    outside = recount.others(figures.members)
    found = list(common_headlines(figures).items())
    found.insert(3, ("de non-adhérents de la CPTS", share_text(outside)))
    rows = [(label, f"{text} ; {trend(figures, before, rank)}") for rank, (label, text) in enumerate(found)]
    if recount.told(outside):
        label, text = rows[3]
        shown, _, then = text.partition(f" ; {trend(figures, before, 3)}")
        rows[3] = label, f"{shown} ; {fr(figures.members.count)} ; {trend(figures, before, 3)}{then}"
    published = recount.publications(teller.months)
    cell = f"{fr(published[0]['total'])} ; {published[0]['year']}" if published else "–"
    word = "" if not published else "demande " if published[0]["total"] == 1 else "demandes "
    return [*rows, (f"{word}à la cellule d’écoute", cell)]


# --- Charts and their tables ----------------------------------------------------------------------

# cells: (exact number, its unit, numbers of what is said beside it). reading: those of the sentence under the chart.
Chart = namedtuple("Chart", "heading heads rows reading", defaults=[""])


def charts(teller, *place, found):
    """Tell each Chart there is, as a page and paper do: its sentence, and the table under it if it has one."""
    for one in filter(None, found):
        if one.rows or one.reading:
            teller.add(*place, one.heading, text=one.heading)
            teller.add(*place, one.heading, text=one.reading)
            rows = [(label, [shown(*cell) for cell in cells]) for label, cells in one.rows]
            if rows:
                teller.rows(*place, one.heading, heads=one.heads, rows=rows)


def shown(value, unit="", note=""):
    return f"{fr(value, unit=unit if value is not None else '')} ; {note}"


def months_chart(teller):
    found = [recount.group(teller.world, month_name(month), Months(month, month)) for month in teller.months.all]
    held = [one for one in found if one.sessions]
    if len(held) < 2:
        return None
    rows = [(one.label, [(one.attendances,), (one.places,)] if one.sessions else [(None,), (None,)]) for one in found]
    best = max(held, key=lambda one: one.attendances)
    return Chart("Mois par mois", ["Présences", "Places prévues"], rows, f"{best.label} ; {fr(best.attendances)}")


def seasons_chart(teller):
    held = [one for one in recount.by_season(teller.world, teller.months) if one.sessions]
    rows = [(one.label, [(one.attendances, "", fr(one.people))]) for one in held]
    return Chart("Saison par saison", ["Présences"], rows) if len(held) > 1 else None


def activities_chart(teller):
    found = recount.by_class(teller.world, teller.months, "title")
    rows = [(one.label, [(one.attendances, "", filled(one))]) for one in found]
    best = f"{found[0].label} ; {fr(found[0].attendances)} ; {fr(found[0].sessions)}" if found else ""
    return Chart("Par activité", ["Présences"], rows, best)


def filled(one):
    return pct(Fraction(100 * one.attendances, one.places)) if one.places else ""


def classes_chart(teller, heading, name):
    found = recount.by_class(teller.world, teller.months, name)
    whole = sum(one.attendances for one in found)
    best = f"{pct(Fraction(100 * found[0].attendances, whole))} ; {fr(whole)}" if found else ""
    return Chart(heading, ["Présences"], [(one.label, [(one.attendances,)]) for one in found], best)


def calendar_chart(teller):
    """The attendances of each month, a row a season, from the first season that held a session to the last."""
    found = {month: recount.group(teller.world, "", Months(month, month)) for month in teller.months.all}
    years = sorted({season_of(month) for month, one in found.items() if one.sessions})
    if len(years) < 2:
        return None
    rows = []
    for year in range(years[0], years[-1] + 1):
        inside = [found.get(month) for month in recount.whole_season(year).all]
        cells = [(one.attendances if one and one.sessions else None,) for one in inside]
        rows.append((short_season(year), cells))
    return Chart("Les mois de chaque saison", SHORT_MONTHS, rows)


def short_season(year):
    return f"{year % 100}-{(year + 1) % 100}"


def composition_chart(teller):
    """Women and members, each a share of the attendances whose answer is known."""
    figures = teller.figures
    rows = [("Femmes", recount.percent(figures.women)), ("Adhérents de la CPTS", recount.percent(figures.members))]
    return Chart("Qui vient", ["Pour cent"], [(label, [(value, "%")]) for label, value in rows if value is not None])


def people_chart(teller):
    """The different people of the period, in two parts, where both may be told."""
    figures = teller.figures
    if figures.newcomers is None:
        return None
    reading = f"{pct(Fraction(100 * (figures.people - figures.newcomers), figures.people))} ; {fr(figures.people)}"
    return Chart("Premières venues et habitués", FIRST_OR_BACK, [parts("Période", figures)], reading)


def parts(label, figures):
    if figures.newcomers is None:
        return label, [(None,), (None,)]
    new, back = figures.newcomers, figures.people - figures.newcomers
    word = "personne" if figures.people == 1 else "personnes"
    return f"{label} ({fr(figures.people)} {word})", [(new,), (back,)]


def drawings(teller):
    """The charts of participation, on its page and in the report."""
    return [
        months_chart(teller),
        calendar_chart(teller),
        seasons_chart(teller),
        activities_chart(teller),
        classes_chart(teller, "Par profession", "profession"),
        composition_chart(teller),
        people_chart(teller),
        classes_chart(teller, "Territoire ou non", "commune"),
    ]


def directory_charts(teller):
    sheets, ages, themes = recount.directory(teller.today)
    if not sheets:
        return []
    counts = {label: themes.get(slug, 0) for slug, label in THEMES.items()}
    aging = [(label, [(count,)]) for label, count in zip(AGES, ages, strict=True)]
    covered = [(label, [(count,)]) for label, count in counts.items()]
    return [
        Chart("Fraîcheur des fiches", ["Fiches"], aging, f"{fr(ages[0])} ; {fr(sheets)}"),
        Chart("Fiches par thème", ["Fiches"], covered, fr(min(counts.values()))),
    ]


# --- Parts of the page and of the report ----------------------------------------------------------


def definitions(teller, *place, terms=DEFINED_TO_THE_BOARD):
    for term, text in terms.items():
        teller.add(*place, term, text=text)


def letter_facts(months):
    """Return [(label, number, numbers of the note)] of the newsletters, nothing where there is nothing to tell."""
    found = recount.letters(months)
    if not found.letters and not found.active:
        return []
    return [
        ("Lettres envoyées", found.letters, ""),
        ("Courriels partis", found.sent, fr(found.unknown) if found.unknown else ""),
        ("Courriels refusés", found.refused, ""),
        ("Désabonnements", found.departures, ""),
        ("Personnes abonnées", found.active, ""),
        ("Adresses suspendues", found.suspended, ""),
    ]


def indicator_facts(teller):
    """Return [(label, number, its unit)] of what is told for the ACI."""
    figures = teller.figures
    if not figures.sessions:
        return []
    outside = recount.percent(recount.others(figures.members))
    professions = recount.by_class(teller.world, teller.months, "profession")
    came = sum(one.attendances for one in professions)
    rows = [(f"Présences : {one.label}", Fraction(100 * one.attendances, came), "%") for one in professions]
    return [
        ("Actions tenues", figures.sessions, ""),
        ("Présences", figures.attendances, ""),
        ("Personnes différentes", figures.people, ""),
        ("Présences de non-adhérents", outside, "%"),
        *(rows or [("Présences par profession", None, "")]),
    ]


def letters_part(teller, *place):
    for label, value, note in letter_facts(teller.months):
        teller.rows(*place, heads=["Combien", "Précision"], rows=[(label, [fr(value), note])])


def indicators_part(teller, *place):
    for label, value, unit in indicator_facts(teller):
        shown = fr(value, unit=unit if value is not None else "")
        teller.rows(*place, heads=["Combien"], rows=[(label, [shown])])


def next_sessions_part(teller, *place):
    """The days and hours of the sessions to come after the months, fifteen at most; of a cycle, the first."""
    begins = [
        one["starts_at"].astimezone(recount.PARIS)
        for one in teller.world.sessions.values()
        if one["state"] == "published" and one["head"] is None
    ]
    last = max(teller.today, recount.after(teller.months.last) - timedelta(days=1))
    for moment in sorted(one for one in begins if one.date() > last)[:15]:
        label = f"{WEEKDAYS[moment.weekday()]} {'1er' if moment.day == 1 else moment.day} {month_name(moment)}, "
        label += f"{moment.hour} h" + (f" {moment:%M}" if moment.minute else "")
        teller.add(*place, label, text=label)


def cell_part(teller, *place):
    for one in recount.publications(teller.months):
        year = f"Année {one['year']}"
        teller.add(*place, year, text=f"{one['year']} ; {fr(one['total'])}")
        for listed in one["lists"]:
            if listed["rows"] and listed["key"] != "resources":
                caption = listed["label"] + (" (plusieurs possibles)" if listed["several"] else "")
                rows = [(row["label"], [fr(row["count"])]) for row in listed["rows"]]
                teller.rows(*place, year, caption, heads=["Demandes"], rows=rows)


def budget_part(teller, *place, links=False):
    for one in recount.budget(teller.world, teller.months):
        where = f"Saison {season_label(one.year)}"
        teller.add(*place, where, text=where)
        teller.add(*place, where, text=season_label(one.year))  # the caption
        euros = [fr(amount, 2, "€") for amount in one.sums]
        rows = [("Dépenses", euros[:2]), ("Recettes", euros[2:])]
        teller.rows(*place, where, heads=["Prévu", "Réalisé"], rows=rows)
        teller.add(*place, where, text=fr(one.balance, 2, "€"))
        if one.cost is not None:
            teller.add(*place, where, text=f"{fr(one.cost, 2, '€')} ; {one.came}")
        if links:
            teller.add(*place, where, text=season_label(one.year))


def ranking_rows(teller):
    """Return [(title, answers, mean, note, verdict)] as texts, the best first."""
    ranked, _ = teller.marks.ranking(teller.months)
    return [(one.title, fr(one.n), fr(one.mean, 1), fr(one.note, 1), one.verdict) for one in ranked]


def renewed(teller):
    """Return the titles that the sentence above the ranking names."""
    return [row[0] for row in ranking_rows(teller) if row[4] == "À reconduire"][:3]
