from django import template

from cafe import markdown as renderer

register = template.Library()


@register.filter
def markdown(text, top=2):
    """Return the HTML of a text; top: level of its first headings, under the title they belong to."""
    return renderer.render(text, top=top)
