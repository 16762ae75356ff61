"""The few bytes of a newsletter that change from person to person, and what stands for them once it is rendered.

Each mark is 40 ASCII letters and digits: neither Markdown, HTML escaping, css-inline nor the filling of paragraphs
changes it. A mark stands for a whole value: an absolute address, or what follows « Bonjour ».
"""

from html import escape

UNSUBSCRIBE = "CafeMarkUnsubscribeAddress7k2vq9x4m1b8zr"
PREFERENCES = "CafeMarkPreferencesAddress3w6tj5c0h8n1ys"
FIRST_NAME = "CafeMarkSpaceThenFirstName9d4fu2p7g5a6le"
MARKS = (UNSUBSCRIBE, PREFERENCES, FIRST_NAME)


def personal(*, unsubscribe_url, preferences_url, first_name=""):
    """{mark: its value as plain text}. A first name comes with the space before it, and vanishes with it when unknown:
    « Bonjour Camille, » or « Bonjour, »."""
    first_name = " ".join(first_name.split())
    return {
        UNSUBSCRIBE: unsubscribe_url,
        PREFERENCES: preferences_url,
        FIRST_NAME: f" {first_name}" if first_name else "",
    }


def filled_text(text, values):
    for mark, value in values.items():
        text = text.replace(mark, value)
    return text


def filled_html(html, values):
    """Values are escaped here: a first name is what somebody typed."""
    for mark, value in values.items():
        html = html.replace(mark, escape(value))
    return html
