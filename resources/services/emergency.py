"""What a device keeps of the emergency page, so that it still opens where there is no network."""

import hashlib
import json
import re
from pathlib import Path

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import reverse

from cafe import mail
from cafe.pdf import qr_code, shown_url

TEMPLATE = "resources/emergency/emergency.html"
WORKER = Path(settings.BASE_DIR) / "static" / "js" / "emergency-worker.js"
# The files that the page itself names: styles, fonts, scripts, icons, the logos of the header and footer.
FILES = re.compile(r'<(?:link|script|img)\b[^>]*?\s(?:href|src)="(/[^/"][^"]*)"')


def paper():
    """Return the page's address for paper, in words and as a QR code."""
    url = mail.absolute(reverse("emergency"))
    return {"url": url, "shown": shown_url(url), "qr": qr_code(url)}


def kept_page():
    """Return the page as a device keeps it: a visitor's, whoever is signed in, for the device may be shared."""
    # Not the visitor's own request: nothing of a session, nor of a name in the menu, may stay on the device.
    visitor = HttpRequest()
    visitor.path, visitor.user = reverse("emergency"), AnonymousUser()
    return render_to_string(TEMPLATE, {"paper": paper()}, request=visitor)


def kept():
    """Return what the worker keeps: {page, files, version}; the version changes when anything of it does."""
    html = kept_page()
    files = sorted(set(FILES.findall(html)))
    version = hashlib.sha256("\n".join([html, *files]).encode()).hexdigest()[:16]
    return {"page": reverse("emergency"), "files": files, "version": version}


def worker_script():
    """Return the worker's program, told what to keep. A browser installs it anew whenever one byte of it differs."""
    return f"const KEPT = {json.dumps(kept())};\n{WORKER.read_text()}"
