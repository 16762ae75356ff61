from datetime import date

from django.core.files.base import ContentFile
from django.utils import timezone

from cafe.board.models import KeptReport
from cafe.mail import send


def letter(number=1, **given):
    """Write one mail to the outbox and return what send() said."""
    mail = {
        "event": "letters/hello",
        "to": f"soignante{number}@exemple.fr",
        "context": {"name": "Zoé", "url": f"https://cafe.example/inscription/jeton-{number}/"},
        "dedupe_key": f"letter-{number}",
    }
    return send(**mail | given)


def make_kept_report(content=b"%PDF-1.7", **given):
    """Keep a report of a season, whose file holds `content`."""
    values = {"first": date(2023, 9, 1), "last": date(2024, 8, 1), "counted_at": timezone.now(), "size": len(content)}
    report = KeptReport(**values | given)
    report.file.save(f"{report.pk}.pdf", ContentFile(content), save=False)
    report.save(force_insert=True)
    return report
