from django import template

from cafe import markdown as renderer

register = template.Library()


@register.filter
def markdown(text):
    return renderer.render(text)
