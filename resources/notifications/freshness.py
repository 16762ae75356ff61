"""The mails that ask a resource whether its sheet is right."""

from cafe import mail
from resources.enums import Visibility
from resources.freshness_links import LINK_LIFE, sheet_link_path


def asked(resource, *, to, clock, facts, again):
    """Return whether the mail is new: a sheet is asked about once a day at most."""
    public = resource.visibility == Visibility.PUBLIC
    return mail.send(
        event="resources/verify_required" if again else "resources/verify_asked",
        to=to,
        dedupe_key=f"verify:{resource.pk}:{clock.today.isoformat()}",
        context={
            "resource": resource,
            "clock": clock,
            "facts": facts,
            "url": mail.absolute(sheet_link_path(resource)),
            "page_url": mail.absolute(resource.get_absolute_url()) if public else "",
            "valid_until": clock.today + LINK_LIFE,
        },
        carries_token=True,
    )
