"""Why a sheet is among the results, said in a few words beside it."""

from resources.needs import NEED_BY_SLUG
from resources.services.concepts import COMMON
from resources.services.words import plain, stem


def reasons(hit, sheet, asked, commune):
    """Return why a sheet is there, in a few words each: « avocat → juridique », « à 4 km de Port-Sauvel »."""
    telling = {concept: way for concept, way in hit.met.items() if way.factor > COMMON} or hit.met
    said = [said_of(concept, way, sheet) for concept, way in telling.items()]
    if asked.theme:
        said += [need.label for need in sheet.need_list if asked.theme in (need.slug, need.theme_slug)]
    if commune and hit.km is not None:
        said.append(f"à {round(hit.km)}\u00a0km de {commune}" if hit.km >= 1 else f"à {commune}")
    elif commune:
        said.append("à distance")
    if asked.mine and sheet.professions:
        said.append("ouverte à votre profession")
    return said


def said_of(concept, way, sheet):
    """The word as it was typed; after an arrow, the one that stands in the sheet where that is another."""
    if way == concept.ways[0] and not way.mistyped:
        return f"«\u00a0{concept.typed}\u00a0»"
    return f"{concept.typed} → {' '.join(surface(sheet, one) for one in way.stems)}"


def surface(sheet, wanted_stem):
    """Return the first word of a sheet with that stem, as it is written there, with its accents."""
    needs = [NEED_BY_SLUG[row.need] for row in sheet.needs.all() if row.need in NEED_BY_SLUG]
    labels = [f"{need.label} {need.theme.label} {need.slug.replace('-', ' ')}" for need in needs]
    parts = [sheet.name, *labels, sheet.get_kind_display(), sheet.summary, sheet.offers, sheet.search_text]
    for word in " ".join(parts).replace("’", " ").replace("'", " ").split():
        if stem(plain(word)) == wanted_stem:
            return word.strip('.,;:!?«»"()…').lower()
    return wanted_stem
