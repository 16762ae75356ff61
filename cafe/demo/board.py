"""What the coordination wrote in the board's report of the published balance, and that report, waiting to be kept."""

import uuid
from datetime import date

from django.utils import timezone

from cafe.board import keeping, report
from cafe.board.models import KeptReport, ReportText
from cafe.models import Document
from cafe.pdf import KEPT
from evaluation.figures import Period

BALANCE = Period(date(2023, 10, 1), date(2025, 4, 1))
OPENING = """\
Un soir par mois, des soignants du territoire se retrouvent : trois quarts d’heure d’activité, puis autant pour \
parler, sans alcool. Dix-huit mois après l’ouverture, les ateliers sont **pleins**, et une présence sur deux est celle \
d’une personne qui n’adhère pas à la CPTS : le projet touche au-delà du réseau.
"""
LEARNT = """\
- **Les jours et les heures comptent autant que l’activité.** Les soirées de semaine ne conviennent pas à tous : on \
demande aussi le samedi matin et la pause de midi.
- **L’équipe doit se former.** Accueillir, repérer un collègue qui va mal, en parler brièvement, passer la main à la \
cellule : cela s’apprend.
- **Le projet reste trop peu connu.** Le dépliant en salle de pause et la lettre d’information doivent aller partout.
"""
NEXT_SEASON = """\
## Trois décisions à prendre ce soir

1. Une séance sur trois le samedi matin, pour essayer une saison.
2. Une journée de formation de l’équipe, « veilleur-guetteur », prise sur le budget de la mission.
3. Un dépliant dans chaque maison de santé et chaque cabinet de groupe avant la rentrée.

Au-delà de la mutuelle, dont le reliquat est réemployé avec son accord, il faudra une recette qui revienne chaque \
année, sans laboratoire ni assureur.
"""


def load_report(author):
    """Write the text once; the report that will be kept is drawn by the first worker that passes."""
    months = {"first": BALANCE.first, "last": BALANCE.last}
    words = {"opening": OPENING, "learnt": LEARNT, "next_season": NEXT_SEASON}
    ReportText.objects.get_or_create(**months, defaults=words | {"edited_by": author})
    if not (KeptReport.objects.exists() or Document.objects.filter(kind=keeping.KIND).exists()):
        Document.objects.create(
            kind=keeping.KIND,
            params={"key": str(uuid.uuid4()), "user": author.pk} | report.months_of(BALANCE),
            filename=report.filename(BALANCE),
            requested_by=author,
            expires_at=timezone.now() + KEPT,
        )
