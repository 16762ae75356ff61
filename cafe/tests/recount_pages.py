"""Where the parts of recount_telling.py stand: on the board's pages, that of participation, on paper and in files."""

from fractions import Fraction

from cafe.tests import recount
from cafe.tests import recount_seasons as side
from cafe.tests import recount_telling as tell
from cafe.tests.recount import season_of
from cafe.tests.recount_telling import NBSP, Teller, fr, label_of

DEFINITIONS = "Ce que ces chiffres comptent"
RANKING = "Satisfaction", "Les activités, la plus appréciée d’abord"


def board_page(months, today, looks):
    """Return the Told of `/conseil/`."""
    teller = Teller(months, today, looks)
    brief = f"En bref, {label_of(months)}"
    teller.add(brief, text=brief)
    teller.add(brief, text=label_of(months.before))
    for label, text in tell.board_headlines(teller):
        teller.add(brief, label, text=label)
        teller.add(brief, label, text=text)
    tell.definitions(teller, DEFINITIONS)
    drawn = [tell.months_chart, tell.calendar_chart, tell.activities_chart, tell.composition_chart, tell.people_chart]
    drawn = [chart(teller) for chart in drawn]
    tell.charts(teller, "Fréquentation", found=drawn)
    if ranked := [(row[0], [row[3]]) for row in tell.ranking_rows(teller)]:
        teller.add(*RANKING, text=" ; ".join(tell.renewed(teller)))
        teller.rows(*RANKING, heads=["Note de classement"], rows=ranked)
    for title, version in recount.surveys(months):
        where = "Satisfaction", "Les résultats des questionnaires"
        teller.add(*where, text=f"{title} ; {version if version > 1 else ''}")
    tell.charts(teller, "Annuaire", found=tell.directory_charts(teller))
    tell.letters_part(teller, "Lettres d’information")
    tell.cell_part(teller, "Cellule d’écoute")
    tell.budget_part(teller, "Budget", links=True)
    tell.indicators_part(teller, "Indicateurs pour l’ACI")
    teller.add("Chaque mois par courriel", text="3")  # the day when it leaves
    return teller.told


def seasons_page(today, looks, counted_at=None):
    """Return the Told of `/conseil/saisons/`. counted_at: where figures are kept, and the page says since when."""
    teller = Teller(recount.whole_season(season_of(today)), today, looks)
    rows = side.seasons_part(teller, latest=season_of(today))
    tell.charts(teller, found=side.season_charts(rows))
    if counted_at:
        teller.add(text=f"{counted_at.day} {counted_at.year} {counted_at.hour}")
    if rows:
        teller.add(text="–")  # what « – » means
    side.elsewhere_part(teller, rows, f"Pour se situer{NBSP}: une autre CPTS")
    teller.add(f"Pour se situer{NBSP}: une autre CPTS", text=side.PUBLISHED_BY)
    tell.definitions(teller, DEFINITIONS)
    return teller.told


def participation_page(months, today, looks):
    """Return the Told of `/coordination/participation/`."""
    teller = Teller(months, today, looks)
    brief = f"En bref, {label_of(months)}"
    teller.add(brief, text=brief)
    figures = teller.figures
    if not figures.sessions:
        return teller.told
    headlines = tell.common_headlines(figures)
    headlines["de femmes"] = tell.share_text(figures.women)
    headlines["d’adhérents de la CPTS"] = tell.share_text(figures.members)
    for label, text in headlines.items():
        teller.add(brief, label, text=label)
        teller.add(brief, label, text=text)
    tell.charts(teller, found=tell.drawings(teller))
    tell.definitions(teller, DEFINITIONS, terms=tell.DEFINED)
    return teller.told


def report(months, today, looks):
    """Return the Told of the report on paper, its cover first."""
    teller = Teller(months, today, looks)
    teller.add(text=f"{label_of(months)} ; {today.day} {today.year}")
    title = f"L’essentiel, {label_of(months)}"
    teller.add(text=title)
    teller.add(text=f"{today.day} {today.year}")
    teller.add(text=label_of(months.before))
    for label, text in tell.board_headlines(teller):
        shown, _, words = text.partition(" ; ")
        name = label[:1].upper() + label[1:]
        teller.add(name, text=name)
        teller.add(name, "Période", text=shown)
        teller.add(name, "Ce qu’il dit", text=words)
    if teller.figures.sessions:
        tell.charts(teller, "Fréquentation", found=tell.drawings(teller))
    ranking_table(teller)
    tell.charts(teller, "Annuaire", found=tell.directory_charts(teller))
    tell.letters_part(teller, "Lettres d’information")
    tell.cell_part(teller, "Cellule d’écoute")
    tell.budget_part(teller, "Budget")
    latest = season_of(months.last)
    if side.season_rows(teller, latest):
        rows = side.seasons_part(teller, "Saisons entières", latest=latest)
        # The numbers of a line are in the table above it; what is drawn in parts has its own.
        drawn = [
            one._replace(rows=one.rows if one.heading == "Premières venues et habitués" else [])
            for one in side.season_charts(rows)
        ]
        tell.charts(teller, "Saisons entières", found=drawn)
        where = "Saisons entières", f"Ce qu’a publié la {side.PUBLISHED_BY}"
        teller.add(*where, text=where[-1])
        side.elsewhere_part(teller, rows, *where)
    tell.indicators_part(teller, "Indicateurs pour l’ACI")
    tell.next_sessions_part(teller, "La saison prochaine", "Prochaines séances déjà publiées")
    tell.definitions(teller, DEFINITIONS)
    return teller.told


def ranking_table(teller):
    rows = tell.ranking_rows(teller)
    if not rows:
        return
    teller.add(*RANKING, text=" ; ".join(tell.renewed(teller)))
    heads = ["Réponses", "Moyenne sur 10", "Note de classement", "Ce que l’on peut en dire"]
    teller.rows(*RANKING, heads=heads, rows=[(row[0], row[1:]) for row in rows])
    teller.add(*RANKING, text="10 ; 10")  # how the mark is reckoned
    _, waiting = teller.marks.ranking(teller.months)
    teller.add(*RANKING, text=" ; ".join(waiting))


# --- Files ----------------------------------------------------------------------------------------


def bare(value, decimals=0):
    """Write an exact number as a cell holds it: no zeroes at the end, no unit."""
    if value is None:
        return ""
    text = fr(value, decimals).replace(NBSP, "")
    return text.rstrip("0").rstrip(",") if "," in text else text


def book(months, today, looks):
    """Return the Told of the report's workbook."""
    teller = Teller(months, today, looks)
    teller.add("Définitions", "Période", "Ce qu’il veut dire", text=label_of(months))
    for term, text in tell.DEFINED_TO_THE_BOARD.items():
        teller.add("Définitions", term, "Ce qu’il veut dire", text=text)
    teller.add("Définitions", "Chiffres du", "Ce qu’il veut dire", text=f"{today.day} {today.year}")
    headline_sheet(teller)
    drawn_sheets(teller)
    for title, n, mean, note, verdict in tell.ranking_rows(teller):
        heads = ["Réponses", "Moyenne sur 10", "Note de classement", "Ce que l’on peut en dire"]
        cells = [n, *[text.removesuffix(",0") for text in (mean, note)], verdict]
        teller.told.rows("Classement", heads=heads, rows=[(title, cells)])
    heads = [f"{head} (%)" if head in ("Remplissage", "Non-adhérents") else head for head in tell.SEASON_HEADS]
    for row in side.season_rows(teller, season_of(months.last)):
        cells = [bare(value, decimals) for value, decimals, _ in tell.measures(row[1])]
        teller.told.rows("Saisons entières", heads=heads, rows=[(side.season_name(row), cells)])
    for head, shown in zip(heads, side.PUBLISHED, strict=True):
        teller.add("Ailleurs", head, "Publié", text=shown.removesuffix(f"{NBSP}%"))
    teller.add("Ailleurs", "Qui", "Publié", text=side.PUBLISHED_BY)
    teller.add("Ailleurs", "Quand", "Publié", text=side.PUBLISHED_WHEN)
    teller.add("Ailleurs", "Source", "Publié", text="26 ; 2025")
    teller.add("Ailleurs", "À savoir", "Publié", text="75 ; 75 ; 151")
    for label, value, note in tell.letter_facts(months):
        teller.told.rows("Lettres", heads=["Combien", "Précision"], rows=[(label, [bare(value), note])])
    for label, value, _ in tell.indicator_facts(teller):
        teller.told.rows("Indicateurs ACI", heads=["Combien"], rows=[(label, [bare(value)])])
    money_and_cell_sheets(teller)
    return teller.told


def headline_sheet(teller):
    now, then = (tell.measures(figures) for figures in (teller.figures, teller.figures_of(teller.months.before)))
    held_before = teller.figures_of(teller.months.before).sessions
    for rank, (label, text) in enumerate(tell.board_headlines(teller)):
        shown, _, words = text.partition(" ; ")
        if rank < len(now):
            shown = bare(*now[rank][:2])
            before = bare(*then[rank][:2]) if held_before else ""
        else:
            shown, before = shown.strip("–"), ""
        teller.told.rows(
            "En bref", heads=["Période", "Période d’avant", "Ce qu’il dit"], rows=[(label, [shown, before, words])]
        )


def drawn_sheets(teller):
    """The sheets of charts: a number a cell, and in the last column what a bar says beside its number."""
    for chart in filter(None, [*tell.drawings(teller), *tell.directory_charts(teller)]):
        for label, cells in chart.rows:
            notes = " ; ".join(cell[2] for cell in cells if len(cell) > 2)
            for head, cell in zip(chart.heads, cells, strict=True):
                teller.add(chart.heading, label, head, text=bare(cell[0]))
            teller.add(chart.heading, label, "Précision", text=notes)


def money_and_cell_sheets(teller):
    for one in recount.publications(teller.months):
        sheet = f"Écoute {one['year']}"
        teller.add(sheet, "Ensemble", "Demandes comptées", "Demandes", text=fr(one["total"]))
        for listed in one["lists"]:
            if listed["key"] != "resources":
                label = listed["label"] + (" (plusieurs possibles)" if listed["several"] else "")
                for row in listed["rows"]:
                    teller.add(sheet, label, row["label"], "Demandes", text=fr(row["count"]))
    for one in recount.budget(teller.world, teller.months):
        euros = [bare(amount, 2) for amount in one.sums]
        heads = ["Prévu (€)", "Réalisé (€)"]
        rows = [("Dépenses", euros[:2]), ("Recettes", euros[2:]), ("Coût par participation", ["", bare(one.cost, 2)])]
        teller.told.rows("Budget", tell.season_label(one.year), heads=heads, rows=rows)


# --- The file of participation --------------------------------------------------------------------


def participation_file(months, today, looks):
    """Return the Told of the page's file: (heading, name, column) of each number."""
    teller = Teller(months, today, looks)
    figures, told = teller.figures, teller.told
    came, persons, value = "Présences", "Personnes", "Valeur"
    counted = [figures.attendances, figures.people, figures.places, figures.sessions]
    heads = [came, persons, "Places prévues", "Séances"]
    told.rows("Ensemble", heads=heads, rows=[("Toutes les séances", map(bare, counted))])
    if figures.newcomers is not None:
        told.add("Ensemble", "Venues pour la première fois", persons, text=bare(figures.newcomers))
    for one, name in ((figures.women, "Femmes"), (figures.members, "Adhérents")):
        if recount.told(one):
            whole = Fraction(100 * one.count, one.known), one.known
            apart = Fraction(100 * one.people, one.people_known), one.people_known
            for (share, known), among in ((whole, "présences"), (apart, "personnes")):
                place = "Part (%)", f"{name} parmi les {among}"
                told.rows(*place[:1], heads=[value, "Sur"], rows=[(place[1], [bare(share, 1), bare(known)])])
    told.rows(
        "Part (%)", heads=[value, "Sur"], rows=[("Remplissage", [bare(figures.filling, 1), bare(figures.places)])]
    )
    if mark := figures.satisfaction:
        told.rows("Moyenne", heads=[value, "Sur"], rows=[("Satisfaction sur 10", [bare(mark.mean, 1), bare(mark.n)])])
    for heading, groups in groups_of(teller):
        for one in groups:
            cells = [one.attendances, one.people, *([one.places, one.sessions] if one.sessions else [None, None])]
            told.rows(heading, heads=heads, rows=[(one.label, map(bare, cells))])
    return told


def groups_of(teller):
    world, months = teller.world, teller.months
    names = {"Activité": "title", "Profession": "profession", "Commune": "commune"}
    names |= {"Genre": "gender_label", "Adhésion": "member_label"}
    found = [(heading, recount.by_class(world, months, name)) for heading, name in names.items()]
    by_month = [recount.group(world, tell.month_name(month), recount.Months(month, month)) for month in months.all]
    return [("Mois", by_month), ("Saison", recount.by_season(world, months)), *found]
