"""A newsletter shown in a frame of a page of the coordination, as a mailbox would show it.

Its styles stand in its HTML, which no page of the portal may do: it has an address and a policy of its own, in a
sandbox where nothing runs, nothing is fetched, and a link opens another tab.
"""

from csp.constants import NONE, SELF
from csp.decorators import csp, csp_update
from django.http import HttpResponse
from django.utils.decorators import method_decorator
from django.views.decorators.clickjacking import xframe_options_sameorigin

from newsletters.placeholders import filled_html, filled_text, personal
from newsletters.rendering import for_browser, in_the_dark

SANDBOX = ["allow-popups", "allow-popups-to-escape-sandbox"]
POLICY = {
    "default-src": [NONE],
    "style-src": ["'unsafe-inline'"],
    "img-src": ["data:"],
    "form-action": [NONE],
    "base-uri": [NONE],
    "frame-ancestors": [SELF],
    "sandbox": SANDBOX,
}
READER = "Camille"
WITHOUT_ADDRESS = "#"


def framed(view):
    """For a view that returns such a frame."""
    return xframe_options_sameorigin(csp(POLICY)(view))


def framing(view_class):
    """For a page that shows such a frame."""
    return method_decorator(csp_update({"frame-src": [SELF]}), name="dispatch")(view_class)


def example(*, named=True):
    """Return what stands for the marks in an example: somebody with, or without, a first name."""
    name = READER if named else ""
    return personal(unsubscribe_url=WITHOUT_ADDRESS, preferences_url=WITHOUT_ADDRESS, first_name=name)


def frame_response(newsletter, html, *, dark=False, named=True):
    html = for_browser(newsletter, filled_html(html, example(named=named)))
    html = html.replace("<head>", '<head><base target="_blank">', 1)
    return HttpResponse(in_the_dark(html) if dark else html)


def example_text(text, *, named=True):
    return filled_text(text, example(named=named))
