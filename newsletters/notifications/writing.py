"""A trial of a newsletter, to whoever writes it."""

import hashlib

from django.urls import reverse
from django.utils import timezone

from cafe import mail, mime
from newsletters.placeholders import filled_html, filled_text, personal
from newsletters.rendering import inline_parts, rendered


def send_trial(newsletter, user):
    """Mail the newsletter as it stands to this person; its links to choose and to leave lead to the public page.

    False where the very same was sent within the minute: somebody pressed twice.
    """
    rendering = rendered(newsletter)
    letters = mail.absolute(reverse("letters"))
    values = personal(unsubscribe_url=letters, preferences_url=letters, first_name=user.first_name)
    html, text = filled_html(rendering.html, values), filled_text(rendering.text, values)
    digest = hashlib.sha256(f"{newsletter.subject}{html}{text}".encode()).hexdigest()[:16]
    parts = [part for part in inline_parts(newsletter, html) if f"cid:{part['cid']}" != mime.LOGO]
    return mail.send(
        event="newsletters/trial",
        to=user.email,
        context={"newsletter": newsletter, "html": html, "text": text},
        dedupe_key=f"letter-trial-{newsletter.pk}-{user.pk}-{digest}-{timezone.now():%Y%m%d%H%M}",
        attachments=parts,
    )
