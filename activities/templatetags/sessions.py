"""A session as one row of a list. Rendering is most of a list's cost, and rows hardly change: each is kept."""

from functools import lru_cache

from django import template
from django.template.loader import render_to_string

register = template.Library()
KEPT_ROWS = 1024


class Row:
    """A session to show, equal to another that shows the same: all its fields and counts, and what the clock changes.

    Of related objects, the row shows the activity's title, the place's name, and what the first of its cycle says.
    """

    def __init__(self, session, level):
        fields = (value for name, value in vars(session).items() if not name.startswith("_"))
        carried = (session.places, session.carrier.opens_at)
        related = (session.activity.title, session.place and session.place.name, *carried)
        self.session, self.level = session, level
        self.shown = (level, *fields, *related, session.opens_later, session.has_closed)

    def __eq__(self, other):
        return self.shown == other.shown

    def __hash__(self):
        return hash(self.shown)


@lru_cache(maxsize=KEPT_ROWS)
def render_row(row):
    return render_to_string("partials/session_row.html", {"session": row.session, "level": row.level})


@register.simple_tag
def session_row(session, level=3):
    return render_row(Row(session, level))
