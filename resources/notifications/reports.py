"""Every mail to a person who reported an error or proposed a resource.

A report's e-mail is whatever was typed: nothing else that was typed is repeated there, and a sheet is named only where
everybody may read it.
"""

from cafe import mail
from resources.models import Resource


def _send(event, report, *, key, **context):
    sheet = Resource.objects.public().filter(pk=report.resource_id).first()
    url = mail.absolute(sheet.get_absolute_url()) if sheet else ""
    mail.send(
        event=f"resources/report_{event}",
        to=report.email,
        dedupe_key=f"report:{report.pk}:{key}",
        context={"report": report, "sheet": sheet, "url": url, **context},
    )


def received(report):
    _send("received", report, key="received")


def accepted(report):
    _send("accepted", report, key="handled")


def refused(report):
    _send("refused", report, key="handled")
