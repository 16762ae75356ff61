"""Hours to be compensated: declared by each person as monthly totals, never derived from anything.

Who listens when is the cell's secret. The coordination reads the hours of hosting and of meetings alone; listening
hours go from the cell's referent to the treasurer, per person and per whole quarter that has ended, without the month.
"""

from datetime import date
from decimal import Decimal

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import transaction
from django.db.models import Sum
from django.db.models.functions import TruncQuarter
from django.utils import timezone

from activities.enums import HoursKind
from activities.models import HoursDeclaration
from cafe.errors import Refusal
from members.enums import Role

OPEN_MONTHS = 6
KEPT_MONTHS = 24
QUARTER_MONTHS = 3
CENT = Decimal("0.01")  # of an hour
# What the coordination may read.
TEAM_KINDS = [HoursKind.HOSTING, HoursKind.MEETING]


def kinds_of(user):
    """Return the kinds of hours that this person declares, according to her roles."""
    team = TEAM_KINDS if user.has_role(Role.TEAM) else []
    return [*team, HoursKind.LISTENING] if user.has_role(Role.PEER, Role.CELL_REFERENT) else team


def months_back(month, count):
    """Return the first day of the month `count` months before this one."""
    index = month.year * 12 + month.month - 1 - count
    return date(index // 12, index % 12 + 1, 1)


def open_months(today=None):
    """Return the months that may be declared or corrected, the current one first: six, and no future one."""
    this_month = (today or timezone.localdate()).replace(day=1)
    return [months_back(this_month, count) for count in range(OPEN_MONTHS)]


def declared_by(user):
    """Return {(month, kind): hours} of the open months. One statement."""
    rows = HoursDeclaration.objects.filter(user=user, month__in=open_months())
    return {(row.month, row.kind): row.hours for row in rows}


@transaction.atomic
def declare(*, user, hours):
    """Write a person's monthly totals, {(month, kind): hours, None to take one back}; what is equal is left as it is.

    Raises Refusal for a month that is not open, a kind that is not hers, or a total that is not plausible.
    """
    months, kinds, before = open_months(), kinds_of(user), declared_by(user)
    for (month, kind), total in hours.items():
        if month not in months or kind not in kinds:
            raise Refusal("Seuls les six derniers mois se déclarent ou se corrigent.")
        if total == before.get((month, kind)):
            continue
        if total is None:
            HoursDeclaration.objects.filter(user=user, month=month, kind=kind).delete()
        else:
            write_total(user=user, month=month, kind=kind, hours=total)


def write_total(*, user, month, kind, hours):
    try:
        HoursDeclaration(user=user, month=month, kind=kind, hours=hours).clean_fields()
        HoursDeclaration(month=month, kind=kind, hours=hours).validate_constraints(exclude={"user"})
    except ValidationError as error:
        raise Refusal(error.message_dict.get(NON_FIELD_ERRORS, error.messages)[0]) from error
    key = {"user": user, "month": month, "kind": kind}
    HoursDeclaration.objects.update_or_create(**key, defaults={"hours": hours})


# --- What the coordination reads ------------------------------------------------------------------


def team_hours(season):
    """Hours of hosting and of meetings of a season. Listening is never among them."""
    start, end = season.start.date(), season.end.date()
    return HoursDeclaration.objects.filter(kind__in=TEAM_KINDS, month__gte=start, month__lt=end)


def summed(rows, *keys):
    """Return [{keys…, hosting, meeting, total}], in the order of the rows. rows: values with kind and hours."""
    found = {}
    for row in rows:
        line = found.setdefault(tuple(row[key] for key in keys), dict.fromkeys(TEAM_KINDS, Decimal(0)))
        line[row["kind"]] += row["hours"]
    return [
        dict(zip(keys, key, strict=True))
        | {"hosting": line[HoursKind.HOSTING], "meeting": line[HoursKind.MEETING], "total": sum(line.values())}
        for key, line in found.items()
    ]


NAMES = ("user__last_name", "user__first_name", "user_id")


def by_month(season):
    rows = team_hours(season).order_by("month").values("month", "kind", "hours")
    return summed(rows, "month")


def by_person(season):
    return summed(team_hours(season).order_by(*NAMES).values(*NAMES, "kind", "hours"), *NAMES)


def by_quarter(season):
    """Return each person's totals per calendar quarter of a season, for the treasurer."""
    rows = team_hours(season).annotate(quarter=TruncQuarter("month")).order_by("quarter", *NAMES)
    return summed(rows.values(*NAMES, "quarter", "kind", "hours"), "quarter", *NAMES)


# --- What the referent hands over to the treasurer ------------------------------------------------


def quarter_start(day):
    return date(day.year, (day.month - 1) // QUARTER_MONTHS * QUARTER_MONTHS + 1, 1)


def listening_by_quarter(today=None):
    """Return [{quarter, names, total}] of listening, per person and per quarter that has ended. One statement.

    A month would tell who listened when; a quarter under way would too, by the difference of two exports.
    """
    ended = HoursDeclaration.objects.filter(
        kind=HoursKind.LISTENING, month__lt=quarter_start(today or timezone.localdate())
    )
    quarters = ended.annotate(quarter=TruncQuarter("month")).order_by().values("quarter", *NAMES)
    found = quarters.annotate(total=Sum("hours")).order_by("-quarter", *NAMES)
    return [row | {"total": row["total"].quantize(CENT)} for row in found]


def quarter_label(quarter):
    """Return « 2e trimestre 2026 »."""
    rank = (quarter.month - 1) // QUARTER_MONTHS + 1
    return f"{rank}{'er' if rank == 1 else 'e'} trimestre {quarter.year}"


# --- Personal data --------------------------------------------------------------------------------


def export(user):
    """Return what a person declared, for her data export."""
    rows = user.hours_declarations.order_by("month", "kind")
    return [{"mois": f"{row.month:%Y-%m}", "nature": row.get_kind_display(), "heures": str(row.hours)} for row in rows]


def erase(user):
    """Delete what a person declared."""
    user.hours_declarations.all().delete()


def purge(now, dry_run):
    """Delete declarations of more than 24 months, paid long ago; return what was or would be done."""
    first = months_back(timezone.localdate(now).replace(day=1), KEPT_MONTHS)
    old = HoursDeclaration.objects.filter(month__lt=first)
    count = old.count()
    if not dry_run:
        old.delete()
    return [f"Heures déclarées il y a plus de {KEPT_MONTHS} mois, effacées : {count}."]
