"""How long a season's poster takes in a worker, against one bare page drawn with the same typefaces."""

import json
import statistics
import time
from io import BytesIO

ROUNDS = 3
BARE = """<!DOCTYPE html><html lang="fr"><head><title>Une page</title><link rel="stylesheet" href="css/tokens.css">
<link rel="stylesheet" href="css/pdf.css"></head><body><h1>Une page</h1><p>Quelques mots.</p></body></html>"""


def seconds(draw):
    """Return the median of a few rounds, after one that loads the typefaces."""
    draw()
    spent = []
    for _ in range(ROUNDS):
        begun = time.perf_counter()
        draw()
        spent.append(time.perf_counter() - begun)
    return round(statistics.median(spent), 3)


def measure_season_poster():
    """Return {"poster": seconds, "floor": seconds, "pages": n} for the nearest season of the bench's database."""
    from pypdf import PdfReader

    from activities.services.posters import seasons_to_come
    from cafe import pdf

    params = {"season": seasons_to_come()[0].year, "paper": "affiche-a3"}
    return {
        "poster": seconds(lambda: pdf.render("season_poster", params)),
        "floor": seconds(lambda: pdf.drawn(BARE)),
        "pages": len(PdfReader(BytesIO(pdf.render("season_poster", params))).pages),
    }


if __name__ == "__main__":
    import django

    django.setup()
    print(json.dumps(measure_season_poster()))
