"""What the columns of a Google Forms export mean, and how what people typed there is read."""

import re
import unicodedata
from datetime import datetime, timedelta, timezone

from django.utils import timezone as clock

from cafe.text import without_controls
from members.enums import Profession

FIELDS = {
    "timestamp": "Horodateur",
    "email": "Adresse e-mail",
    "last_name": "Nom",
    "first_name": "Prénom",
    "full_name": "Nom et prénom, dans une seule colonne",
    "profession": "Profession",
    "phone": "Téléphone",
    "cpts_member": "Adhérent de la CPTS",
    "commune": "Commune",
    "remarks": "Remarques",
}
# Tried in this order on each header; the first column that speaks of a field takes it.
HEADERS = [
    ("timestamp", r"^(horodat|timestamp|date et heure)"),
    ("email", r"mail|courriel|nom d utilisateur"),
    ("cpts_member", r"\badher|\bmembre\b"),
    ("full_name", r"\bnom\b.*\bprenom|\bprenom.*\bnom\b|\bnom complet\b"),
    ("first_name", r"\bprenom"),
    ("last_name", r"\bnom\b"),
    ("profession", r"\bprofession\b|\bmetier|\bfonction\b"),
    ("phone", r"telephone|\btel\b|\bportable\b|\bmobile\b"),
    ("commune", r"\bcommune\b|\bville\b"),
    ("remarks", r"\bremarque|\bcommentaire|\bprecision"),
]
P = Profession
# Tried in this order: the first word found decides, so that the more precise come first.
PROFESSIONS = [
    (P.STUDENT, r"\betudiant|\binterne\b|\bexterne\b|\beleve\b|\besi\b"),
    (P.DENTAL_ASSISTANT, r"\bassistant\w* dentaire"),
    (P.EMPLOYEE, r"\bsecretaire|\bsecretariat|\bassistant\w* medica|\bsalarie"),
    (P.ADVANCED_NURSE, r"\bipa\b|\bpratiques? avancee"),
    (P.CHILDCARE_ASSISTANT, r"\bauxiliaire\w* de puer|\bpuericult"),
    (P.NURSING_ASSISTANT, r"\baides? soignant|\bas\b"),
    (P.NURSE, r"\binfirmi|\bide\b|\bidel\b|\bidels?\b|\biade\b|\bibode\b"),
    (P.PHYSIOTHERAPIST, r"\bkine|\bmasseur|\bmk\b|\bmkde\b|\bmkdel\b"),
    (P.PHARMACY_TECHNICIAN, r"\bpreparat"),
    (P.PHARMACIST, r"\bpharma"),
    (P.MIDWIFE, r"\bsages? femmes?|\bmaieutic|\bsf\b"),
    (P.DENTIST, r"\bdentist"),
    (P.SPEECH_THERAPIST, r"\borthophon"),
    (P.ORTHOPTIST, r"\borthopt"),
    (P.PODIATRIST, r"\bpodolog|\bpedicure"),
    (P.OCCUPATIONAL_THERAPIST, r"\bergo"),
    (P.PSYCHOMOTOR_THERAPIST, r"\bpsychomot"),
    (P.DIETITIAN, r"\bdiet|\bnutritionniste"),
    (P.BIOLOGIST, r"\bbiolog"),
    (P.RADIOGRAPHER, r"\bmanip"),
    (P.LAB_TECHNICIAN, r"\btechnicien\w* de labo"),
    (P.MEDICAL_PHYSICIST, r"\bphysicien"),
    (P.OPTICIAN, r"\boptic|\blunetier"),
    (P.HEARING_AID_SPECIALIST, r"\baudioproth"),
    (P.ORTHOTIST, r"\borthoproth|\bprothesiste|\borthesiste|\bpodo orth"),
    (P.AMBULANCE, r"\bambulanc"),
    (P.GENETIC_COUNSELLOR, r"\bgenetique"),
    (P.PSYCHOLOGIST, r"\bpsycholog|\bpsy\b"),
    (P.GENERAL_PRACTITIONER, r"\bmg\b|\bgeneralist|\bmedecins? traitant|\bmedecine generale"),
    (
        P.SPECIALIST,
        r"\bpsychiatr|\bpediatr|\bcardiolog|\bdermatolog|\bgyneco|\bradiolog|\bophtalmo|\brhumatolog|\bgeriatr"
        r"|\bchirurgien|\banesthesi|\burgentiste|\bspecialist|\bmedecin\w* du travail|\baddictolog|\bneurolog|\borl\b"
        r"|\bpneumolog|\bendocrino|\bgastro|\boncolog|\burolog|\ballergolog",
    ),
    (P.GENERAL_PRACTITIONER, r"\bmedecins?\b|\bdocteur\b"),
]
DATES = ["%d/%m/%Y %H:%M:%S", "%d/%m/%Y %H:%M", "%d/%m/%Y", "%Y/%m/%d %I:%M:%S %p"]
FIRST_YEAR = 2000


def plain(text):
    """Return a text without accents, capitals nor punctuation: « Nom d’utilisateur » gives « nom d utilisateur »."""
    letters = unicodedata.normalize("NFKD", text.replace("œ", "oe")).lower()
    return re.sub(r"[^a-z0-9]+", " ", "".join(c for c in letters if not unicodedata.combining(c))).strip()


def guess_columns(headers):
    """Return {field: index of its column} from the headers alone; what no header speaks of is left out."""
    columns = {}
    for index, header in enumerate(headers):
        words = plain(header)
        field = next((field for field, pattern in HEADERS if re.search(pattern, words)), None)
        if field:
            columns.setdefault(field, index)
    return columns


def read_profession(text):
    """Return the profession that a free text speaks of, or None."""
    words = plain(text)
    exact = next((value for value in Profession if words in {plain(value.label), plain(value.value)}), None)
    return exact or next((value for value, pattern in PROFESSIONS if re.search(pattern, words)), None)


def read_member(text):
    """Return True for « Oui, depuis 2021 », False for « Non », None for anything else."""
    first = plain(text).partition(" ")[0]
    return {"oui": True, "o": True, "x": True, "adherent": True, "adherente": True, "non": False, "n": False}.get(first)


def read_moment(text):
    """Return the moment that Google's « Horodateur » says, in the portal's time zone; None where it cannot be read.

    Read: 21/09/2023 18:04:12, ISO 8601, and the 2023/09/21 6:04:12 PM UTC+2 of a CSV taken from the form itself.
    """
    text, _, offset = text.partition(" UTC")
    moment = _first_date(text)
    if moment is None or moment.year < FIRST_YEAR:
        return None
    if offset and re.fullmatch(r"[+-]\d{1,2}", offset):
        moment = moment.replace(tzinfo=timezone(timedelta(hours=max(-12, min(14, int(offset))))))
    return moment if moment.tzinfo else clock.make_aware(moment)


def _first_date(text):
    for form in DATES:
        try:
            return datetime.strptime(text, form)
        except ValueError:
            continue
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None


def split_name(text, header):
    """Return (first name, last name) of « DUPONT Marie » or « Marie Dupont ».

    Words in capitals are the last name; without them the order is the header's, « Nom et prénom » or the reverse.
    """
    words = text.split()
    capitals = [word for word in words if len(word) > 1 and word.isupper()]
    if capitals and len(capitals) < len(words):
        return " ".join(word for word in words if word not in capitals), " ".join(capitals)
    if plain(header).startswith("prenom"):
        return words[0] if words else "", " ".join(words[1:])
    return (words[-1], " ".join(words[:-1])) if len(words) > 1 else ("", text)


def read_phone(text):
    """Give back the zero that a spreadsheet takes from a number that it believes to count something."""
    return f"0{text}" if re.fullmatch(r"[1-9]\d{8}", text) else without_controls(text)
