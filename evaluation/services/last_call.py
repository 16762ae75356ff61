"""A last call that fits in one text message: 160 characters of the telephone's own alphabet."""

import unicodedata

from django.urls import reverse
from django.utils.formats import date_format

from cafe import mail
from evaluation.enums import SurveyAudience

LONGEST = 160
# GSM 03.38, basic table: any other character turns the message into one of 70. « ç » is not in it, « Ç » is.
ALPHABET = frozenset(
    "@£$¥èéùìòÇ\nØøÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡"
    "ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
INSTEAD = str.maketrans({"’": "'", "‘": "'", "«": '"', "»": '"', "–": "-", "—": "-", "…": "...", "œ": "oe", "Œ": "OE"})


def in_alphabet(text):
    """Return a text in the telephone's alphabet: accents that it does not have are dropped, and what has no like."""
    text = " ".join(text.translate(INSTEAD).split())
    return "".join(char if char in ALPHABET else plain(char) for char in text)


def plain(char):
    return "".join(part for part in unicodedata.normalize("NFKD", char) if part in ALPHABET)


def last_call(survey, *, mailed_on, portal):
    """Return the message to copy, or "" where nothing has been mailed. The public address, or the day of the mail."""
    if survey.audience == SurveyAudience.PUBLIC:
        url = mail.absolute(reverse("survey_answer", args=[survey.public_key]))
        endings = [f"votre avis nous aiderait, sans donner votre nom : {url}", f"votre avis : {url}", url]
    elif mailed_on:
        when = f"1er {date_format(mailed_on, 'F')}" if mailed_on.day == 1 else date_format(mailed_on, "j F")
        mine = f"le lien est dans le courriel du {when}. Sans donner votre nom. Merci."
        endings = [f"avez-vous répondu au questionnaire ? Si non, {mine}", mine]
    else:
        return ""
    texts = [in_alphabet(f"{portal.name[:60]} : {ending}") for ending in endings] + [in_alphabet(endings[-1])]
    return next((text for text in texts if len(text) <= LONGEST), "")
