"""The search in a large directory, against the bare SQL that looks for the same words in the same texts."""

import random
import statistics
import time

QUESTIONS = [
    "avocat",
    "épuisement",
    "psycologue a distance",
    "je n’en peux plus de mon associé",
    "addiction alcool confidentiel",
]
PAGE = 20
SEED = 7


def seed_sheets(number):
    """Fill the directory with what comes with the portal, then with sheets made of its words in another order."""
    from resources.models import Resource, ResourceNeed
    from resources.needs import NEED_BY_SLUG
    from resources.services.indexing import mark_index, search_text_of
    from resources.services.seeding import load_seed

    load_seed()
    chance = random.Random(SEED)
    words = " ".join(f"{one.summary} {one.offers}" for one in Resource.objects.all()).split()
    sheets, needs = [], []
    for n in range(number):
        chosen = chance.sample(sorted(NEED_BY_SLUG), 2)
        sheet = Resource(
            slug=f"fiche-{n}", link_key=f"fiche-{n}", kind="service", name=" ".join(chance.sample(words, 3)) + f" {n}",
            summary=" ".join(chance.sample(words, 12)), offers=" ".join(chance.choices(words, k=60)),
            phone="02 61 91 00 00", on_site=True, state=Resource.State.PUBLISHED,
        )  # fmt: skip
        sheet.search_text = search_text_of(sheet, chosen)
        sheets.append(sheet)
        needs += [ResourceNeed(resource=sheet, need=need) for need in chosen]
    Resource.objects.bulk_create(sheets, batch_size=500)
    ResourceNeed.objects.bulk_create(needs, batch_size=500)
    mark_index()


def our_search(question):
    from django.contrib.auth.models import AnonymousUser

    from resources.services.search import Asked, search, sheets_of

    asked, user = Asked(q=question), AnonymousUser()
    hits = search(asked=asked, user=user).hits
    return len(hits), sheets_of(hits=hits[:PAGE], asked=asked, user=user, commune="")


def bare_search(question):
    """Every word that means something, as it stands: no synonym, no slip forgiven, no order but the name's."""
    from resources.models import Resource
    from resources.services.words import meaningful, plain

    sheets = Resource.objects.public()
    for word in filter(meaningful, plain(question).split()):
        sheets = sheets.filter(search_text__contains=word)
    return sheets.count(), list(sheets.for_display()[:PAGE])


def seconds(search, question, rounds):
    spent = []
    for _ in range(rounds):
        begun = time.perf_counter()
        search(question)
        spent.append(time.perf_counter() - begun)
    return statistics.median(spent)


def measure_search(scale):
    """Return the sheets, the seconds that making the index takes, and for each question both searches' seconds."""
    from resources.services.index import build

    seed_sheets(scale.sheets)
    begun = time.perf_counter()
    build()
    made = time.perf_counter() - begun
    found = {}
    for question in QUESTIONS:
        our_search(question)
        found[question] = {
            "ours": seconds(our_search, question, scale.searches),
            "bare": seconds(bare_search, question, scale.searches),
        }
    return {"sheets": scale.sheets, "index": made, "questions": found}
