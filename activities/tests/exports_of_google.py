"""Files such as Google Forms exports them, for tests: 300 rows with what real ones hold."""

import csv
from datetime import datetime, timedelta
from io import BytesIO, StringIO

from django.core.files.uploadedfile import SimpleUploadedFile
from openpyxl import Workbook

HEADERS = [
    *("Horodateur", "Adresse e-mail", "Nom", "Prénom", "Profession", "Téléphone"),
    *("Êtes-vous adhérent de la CPTS ?", "Qu’attendez-vous de la séance ?"),
]
NAMES = [("Lefèvre", "Zoé"), ("Ménard-Côté", "Anaïs"), ("D’Hœr", "Noël"), ("Müller", "Chloé"), ("Garçon", "Loïc")]
JOBS = ["IDE libérale", "kiné", "MG", "Médecin généraliste", "Sage femme", "orthophoniste", "Naturopathe", "Pharmacien"]
FIRST = datetime(2023, 9, 1, 8, 0, 0)
DUPLICATES = {51: 12, 120: 13, 200: 199}  # row of the sheet: row that it repeats
EMPTY = {77, 78, 150}
BAD = 214


def row(number, bad=True):
    """Return what the sheet's row of this number says, the first answer being on row 2."""
    if number in EMPTY:
        return [""] * len(HEADERS)
    if number in DUPLICATES:
        source = row(DUPLICATES[number])
        return [moment(number), f" {source[1].upper()} ", *source[2:]]
    last_name, first_name = NAMES[number % len(NAMES)]
    email = "zoe.chez.exemple.fr" if bad and number == BAD else f"reponse{number}@cafe.example"
    member = ("Oui", "Non", "Je ne sais pas")[number % 3]
    job = JOBS[number % len(JOBS)]
    return [moment(number), email, last_name, f"{first_name} {number}", job, "06 00 00 00 00", member, "détente ; yoga"]


def moment(number):
    """Two formats in one sheet; later rows may have answered earlier."""
    at = FIRST + timedelta(minutes=7 * number)
    return f"{at:%d/%m/%Y %H:%M:%S}" if number % 2 else at.isoformat(" ")


def rows(bad=True):
    return [row(number, bad) for number in range(2, 302)]


def csv_file(table=None, *, delimiter=",", encoding="utf-8", headers=HEADERS, name="reponses.csv"):
    text = StringIO()
    csv.writer(text, delimiter=delimiter).writerows([headers, *(rows() if table is None else table)])
    return SimpleUploadedFile(name, text.getvalue().encode(encoding))


def xlsx_file(table=None, *, headers=HEADERS, name="reponses.xlsx"):
    book = Workbook()
    book.active.title = "Réponses au formulaire 1"
    for line in [headers, *(rows() if table is None else table)]:
        book.active.append([cell or None for cell in line])
    content = BytesIO()
    book.save(content)
    return SimpleUploadedFile(name, content.getvalue())
