"""Vouchers of 10 EUR: issued in batches, sent back by practitioners, paid. Nobody here learns who used one."""

import re
import secrets
from collections import Counter
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Count, Q
from django.utils import timezone

from activities.enums import VoucherUse
from activities.models import VOUCHER_EUROS, Session, Voucher
from activities.seasons import season_of
from cafe import pdf
from cafe.errors import Refusal

# 31 symbols without look-alikes (no 0 O 1 I L). A prime: the check symbol then tells any wrong symbol, and any swap.
ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
LENGTH = 8  # the last one checks the others; 27 thousand million numbers, so that none is found by trying
MAX_BATCH = 200
MAX_RETURNED = 500
KIND = "vouchers"


def check_symbol(body):
    """Return the symbol that ends a number: places weigh 1, 2, 3…, modulo the prime number of symbols."""
    total = sum(weight * ALPHABET.index(symbol) for weight, symbol in enumerate(body, start=1))
    return ALPHABET[total % len(ALPHABET)]


def new_number():
    body = "".join(secrets.choice(ALPHABET) for _ in range(LENGTH - 1))
    return body + check_symbol(body)


def is_sound(number):
    """Tell whether a number is well typed: its length, its symbols, and the last that checks the others."""
    right = len(number) == LENGTH and all(symbol in ALPHABET for symbol in number)
    return right and check_symbol(number[:-1]) == number[-1]


def grouped(number):
    """Return a number as it is printed: « ABCD-EFGH »."""
    return f"{number[:4]}-{number[4:]}"


@transaction.atomic
def issue(*, use, count, session=None):
    """Issue a batch of vouchers today, for a session or for individual care; return them. Raises Refusal."""
    if not 1 <= count <= MAX_BATCH:
        raise Refusal(f"Un lot compte de 1 à {MAX_BATCH} bons.")
    if use == VoucherUse.CARE and session:
        raise Refusal("Un bon pour un soin individuel n’est lié à aucune séance.")
    numbers = set()
    while len(numbers) < count:
        wanted = {new_number() for _ in range(count - len(numbers))}
        numbers |= wanted - set(Voucher.objects.filter(number__in=wanted).values_list("number", flat=True))
    today = timezone.localdate()
    vouchers = [Voucher(number=number, use=use, session=session, issued_on=today) for number in sorted(numbers)]
    return Voucher.objects.bulk_create(vouchers)


def batches():
    """Return the batches, latest first: what was issued on one day for one use, with its counts. One statement."""
    groups = Voucher.objects.order_by().values("issued_on", "use", "session_id", "session__activity__title")
    counted = groups.annotate(issued=Count("pk"), returned=Count("returned_on"), paid=Count("paid_on"))
    found = counted.order_by("-issued_on", "use", "session_id")
    return [batch | {"label": VoucherUse(batch["use"]).label} for batch in found]


def batch_of(*, issued_on, use, session_id):
    return Voucher.objects.filter(issued_on=issued_on, use=use, session_id=session_id)


@transaction.atomic
def withdraw(*, issued_on, use, session_id):
    """Delete a batch issued by mistake, of which no voucher came back; return how many it held. Raises Refusal."""
    vouchers = batch_of(issued_on=issued_on, use=use, session_id=session_id).select_for_update()
    if any(voucher.returned_on for voucher in vouchers):
        raise Refusal("Des bons de ce lot sont revenus : il ne se retire plus.")
    return vouchers.delete()[0]


def request_print(*, issued_on, use, session_id, user):
    """Ask for the PDF of the vouchers of a batch that have not come back; return the Document. Raises Refusal."""
    vouchers = batch_of(issued_on=issued_on, use=use, session_id=session_id).filter(returned_on=None)
    if not vouchers.exists():
        raise Refusal("Tous les bons de ce lot sont revenus : il n’y a rien à imprimer.")
    params = {"issued_on": issued_on.isoformat(), "use": use, "session_id": session_id}
    return pdf.request_document(kind=KIND, params=params, filename=f"bons-{issued_on}.pdf", user=user)


def printed(*, issued_on, use, session_id):
    """Return the HTML of a batch to print and cut: numbers, what they are for, no name."""
    vouchers = batch_of(issued_on=issued_on, use=use, session_id=session_id).filter(returned_on=None)
    session = Session.objects.select_related("activity").filter(pk=session_id).first() if session_id else None
    context = {"numbers": [grouped(voucher.number) for voucher in vouchers], "euros": VOUCHER_EUROS}
    return pdf.html_of("activities/pdf/vouchers.html", session=session, care=use == VoucherUse.CARE, **context)


# --- Coming back ----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Line:
    """What became of one number that was typed."""

    typed: str
    accepted: bool
    sentence: str


def typed_numbers(text):
    """Return the numbers of a text, as typed: one a line, or between commas, semicolons, tabs; dashes do not count."""
    pieces = [re.sub(r"[\s.\-–_]", "", piece).upper() for piece in re.split(r"[\n\r,;\t]+", text)]
    numbers = []
    for piece in filter(None, pieces):
        whole = len(piece) % LENGTH == 0
        numbers += [piece[at : at + LENGTH] for at in range(0, len(piece), LENGTH)] if whole else [piece[:40]]
    return numbers


@transaction.atomic
def take_back(*, text, payee=""):
    """Note as returned today every number of a text; return a Line for each, in order. Raises Refusal.

    The rows are locked in the order of their numbers: the same number sent twice at once counts once.
    """
    numbers = typed_numbers(text)
    if not 1 <= len(numbers) <= MAX_RETURNED:
        raise Refusal(f"Donnez de 1 à {MAX_RETURNED} numéros à la fois.")
    known = Voucher.objects.filter(number__in=numbers).order_by("number").select_for_update()
    known = {voucher.number: voucher for voucher in known}
    fresh = {number for number, voucher in known.items() if voucher.returned_on is None}
    Voucher.objects.filter(number__in=fresh).update(returned_on=timezone.localdate(), payee=payee)
    lines, seen = [], Counter()
    for number in numbers:
        seen[number] += 1
        lines.append(line_of(number, known.get(number), number in fresh, seen[number] > 1))
    return lines


def line_of(number, voucher, fresh, again):
    shown = grouped(number) if len(number) == LENGTH else number
    if not is_sound(number):
        return Line(shown, False, "ce numéro est mal recopié : un caractère est faux, manque ou est en trop.")
    if voucher is None:
        return Line(shown, False, "numéro inconnu : ce bon n’a pas été émis ici.")
    if again:
        return Line(shown, False, "écrit deux fois : compté une seule.")
    if not fresh:
        return Line(shown, False, f"déjà revenu le {voucher.returned_on:%d/%m/%Y}.")
    return Line(shown, True, "noté : à payer.")


# --- Paying ---------------------------------------------------------------------------------------


def to_pay():
    """Return [{payee, count, euros}] of vouchers returned and not paid, by practitioner. One statement."""
    waiting = Voucher.objects.filter(returned_on__isnull=False, paid_on=None).order_by()
    groups = waiting.values("payee").annotate(count=Count("pk")).order_by("payee")
    return [group | {"euros": group["count"] * VOUCHER_EUROS} for group in groups]


@transaction.atomic
def pay(*, payee, count, name, paid_on):
    """Mark paid all that is due to a payee, under the name finally paid; return how many. Raises Refusal.

    count: how many the coordinator saw: if more came back meanwhile, she looks again before she pays.
    """
    due = Voucher.objects.filter(returned_on__isnull=False, paid_on=None, payee=payee)
    keys = list(due.select_for_update().values_list("pk", flat=True))
    if len(keys) != count:
        raise Refusal("Le nombre de bons à payer a changé entre-temps. Vérifiez le montant, puis recommencez.")
    if not name:
        raise Refusal("Indiquez le praticien que vous payez.")
    if paid_on > timezone.localdate():
        raise Refusal("La date du paiement est à venir.")
    return Voucher.objects.filter(pk__in=keys).update(paid_on=paid_on, payee=name)


def season_counts():
    """Return per season of issue, latest first, how many were issued, returned, paid, and the euros. One statement."""
    days = Voucher.objects.order_by().values("issued_on")
    days = days.annotate(issued=Count("pk"), returned=Count("returned_on"), paid=Count("paid_on"))
    totals = {}
    for day in days:
        counts = totals.setdefault(season_of(day["issued_on"]), Counter())
        counts.update({name: day[name] for name in ("issued", "returned", "paid")})
    return [
        {"season": season, **counts, "due": (counts["returned"] - counts["paid"]) * VOUCHER_EUROS}
        | {"euros": counts["paid"] * VOUCHER_EUROS}
        for season, counts in sorted(totals.items(), reverse=True)
    ]


def in_season(season):
    """Return the vouchers issued in a season, with their session's activity."""
    start, end = season.start.date(), season.end.date()
    return Voucher.objects.filter(Q(issued_on__gte=start), Q(issued_on__lt=end)).select_related("session__activity")
