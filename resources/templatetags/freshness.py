"""What the coordination's pages say of a sheet: how old it is, and how complete."""

from django import template

from resources.services import freshness, quality

register = template.Library()
register.filter("quality", quality.quality_of)
register.filter("age", freshness.clock_of)
register.filter("asked_at", freshness.address_of)
