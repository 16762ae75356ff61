"""The board's figures by mail, once a month, to who asked for them: what `/conseil/` shows of the same months, no more.

The listening cell is left out: it publishes once a year, and what it published is read on the page.
"""

from datetime import date, timedelta

from django.contrib.auth.models import Group
from django.core import signing
from django.db.models import Exists, OuterRef
from django.http import Http404
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format

from activities.seasons import FIRST_MONTH, local_midnight, season_of
from cafe import mail
from cafe.board.headlines import MEASURES, headline
from cafe.board.models import MonthlyReader
from cafe.board.permissions import READERS
from cafe.models import Outgoing
from evaluation.figures import Period, figures_of

# The first days are left to the hosts, to say who came to the last sessions.
SENT_FROM = 3
_signer = signing.Signer(salt="board.monthly", sep=".")


# --- Who reads ------------------------------------------------------------------------------------


def receives(user):
    return MonthlyReader.objects.filter(user=user).exists()


def subscribe(*, user):
    """Send a person the figures of each month from now on; asking twice changes nothing."""
    MonthlyReader.objects.get_or_create(user=user)


def unsubscribe(*, user):
    MonthlyReader.objects.filter(user=user).delete()


def stop_path(reader):
    return reverse("board_monthly_stop", args=[_signer.sign(reader.pk)])


def reader_pk(token):
    """Return which reader a link of a mail names, who may be gone, or raise 404 where it was forged."""
    try:
        return int(_signer.unsign(token))
    except signing.BadSignature as error:
        raise Http404 from error


def stop(*, pk):
    """End what a link names; a link of before she asked anew names nobody."""
    MonthlyReader.objects.filter(pk=pk).delete()


def drop_former():
    """Forget who asked and no longer holds a role that reads the page."""
    roles = Group.objects.filter(user=OuterRef("user"), name__in=READERS)
    MonthlyReader.objects.exclude(Exists(roles), user__is_active=True).delete()


def export(user):
    """Return when the person asked, as plain values."""
    return [{"depuis_le": one.since.isoformat()} for one in MonthlyReader.objects.filter(user=user)]


def erase(user):
    unsubscribe(user=user)


# --- What is sent ---------------------------------------------------------------------------------


def month_to_tell(today):
    """Return the first day of the month that is over and to be told today, None in the first days of the next."""
    return (today.replace(day=1) - timedelta(days=1)).replace(day=1) if today.day >= SENT_FROM else None


def key_of(reader, month):
    return f"board-month:{reader.user_id}:{month:%Y-%m}"


def awaiting(month, today):
    """Return who asked before the day of sending and has not been written to about this month."""
    asked_before = local_midnight(today.replace(day=SENT_FROM))
    readers = list(MonthlyReader.objects.filter(since__lt=asked_before).select_related("user").order_by("pk"))
    keys = [key_of(reader, month) for reader in readers]
    written = set(Outgoing.objects.filter(dedupe_key__in=keys).values_list("dedupe_key", flat=True))
    return [reader for reader in readers if key_of(reader, month) not in written]


def send_month():
    """Write the month that is over to who waits for it; return how many mails are written.

    Called each day: a worker that was down makes it up until the month ends, and the key of a mail is the person and
    the month, so that none goes twice. Nothing is locked while the figures are counted.
    """
    drop_former()
    today = timezone.localdate()
    month = month_to_tell(today)
    readers = awaiting(month, today) if month else []
    if not readers:
        return 0
    told = content_of(month)
    return mail.send_many(mail_to(reader, month, told) for reader in readers)


def mail_to(reader, month, told):
    stop_url = mail.absolute(stop_path(reader))
    return {
        "event": "board/monthly",
        "to": reader.user.email,
        "dedupe_key": key_of(reader, month),
        "context": told | {"first_name": reader.user.first_name, "stop_url": stop_url},
        "carries_token": True,
        "headers": {"List-Unsubscribe": f"<{stop_url}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"},
        "lead": told["lead"],
    }


def content_of(month):
    """Return what the mail tells of a month, and of the season until then beside the same months a year before.

    season: None in September, when it would say the same again. headlines: as the page shows them; [] without session.
    """
    alone = Period(month, month)
    whole = Period(date(season_of(month).year, FIRST_MONTH, 1), month)
    figures = figures_of(alone)
    headlines = told_of(figures, figures_of(alone.before))
    return {
        "month": date_format(month, "F Y"),
        "headlines": headlines,
        "before": alone.before.label,
        "url": page_of(alone),
        "season": None if whole == alone else season_part(whole),
        "lead": f"{headlines[0].figure.shown} {headlines[0].figure.label}." if headlines else "",
    }


def season_part(whole):
    earlier = Period(a_year_before(whole.first), a_year_before(whole.last))
    headlines = told_of(figures_of(whole), figures_of(earlier))
    return {"label": whole.label, "before": earlier.label, "headlines": headlines, "url": page_of(whole)}


def told_of(figures, before):
    return [headline(measure, figures, before) for measure in MEASURES] if figures.sessions else []


def a_year_before(month):
    return month.replace(year=month.year - 1)


def page_of(period):
    return mail.absolute(f"{reverse('board')}?{period.query}")
