"""The header and footer around every page: alike for all who have the same roles, so each is kept once rendered."""

from functools import lru_cache
from types import SimpleNamespace

from django import template
from django.template.loader import render_to_string

register = template.Library()
KEPT = 512
TOP_LEVEL = 2  # slashes of the address of a page that the navigation leads to


class Frame:
    """A part of the frame, equal to another that reads the same: identity, section, roles, place in the navigation."""

    def __init__(self, name, context):
        request, portal = context["request"], context["portal"]
        user = getattr(request, "user", None)
        known = bool(user and user.is_authenticated)
        roles = user.role_names if known else frozenset()
        path = request.path if request.path.count("/") <= TOP_LEVEL else ""
        identity = tuple(getattr(portal, field.attname) for field in portal._meta.concrete_fields)
        self.name = name
        # Only what the key holds is handed over: a frame that showed more would be shown to somebody else.
        visitor = SimpleNamespace(is_authenticated=known, role_names=roles)
        self.context = {
            "portal": portal,
            "section": context["section"],
            "request": SimpleNamespace(path=path, user=visitor),
        }
        self.shown = (name, str(identity), context["section"], path, known, roles)

    def __eq__(self, other):
        return self.shown == other.shown

    def __hash__(self):
        return hash(self.shown)


@lru_cache(maxsize=KEPT)
def render_frame(frame):
    return render_to_string(frame.name, frame.context)


@register.simple_tag(takes_context=True)
def frame(context, name):
    return render_frame(Frame(name, context))
