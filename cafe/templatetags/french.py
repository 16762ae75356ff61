"""Dates, hours and money as one writes them in French, in the portal's time zone."""

from django import template
from django.utils import timezone
from django.utils.formats import date_format

register = template.Library()
MONTHS = ["janv.", "févr.", "mars", "avr.", "mai", "juin", "juill.", "août", "sept.", "oct.", "nov.", "déc."]
NBSP = "\u00a0"


def _local(moment):
    return timezone.localtime(moment) if hasattr(moment, "hour") else moment


@register.filter
def clock(moment):
    """Return « 19 h 30 », or « 19 h » on the hour."""
    moment = _local(moment)
    return f"{moment.hour}{NBSP}h{NBSP}{moment:%M}" if moment.minute else f"{moment.hour}{NBSP}h"


@register.filter
def day(moment):
    """Return « samedi 5 décembre 2026 » ; the first of a month is « 1er »."""
    return date_format(_local(moment), "l j F Y").replace(" 1 ", " 1er ")


@register.filter
def short_month(moment):
    """Return « janv. », « févr. », « mars » : the month as the Imprimerie nationale shortens it."""
    return MONTHS[_local(moment).month - 1]


@register.filter
def short_day(moment):
    """Return « 16 janv. 2027 »."""
    moment = _local(moment)
    return f"{moment.day}{NBSP}{short_month(moment)} {moment.year}"


@register.filter
def euros(amount):
    """Return « 10 € », « 7,50 € » or « gratuit »."""
    if not amount:
        return "gratuit"
    text = f"{amount:.2f}".replace(".", ",").removesuffix(",00")
    return f"{text}{NBSP}€"


@register.filter
def minutes(count):
    """Return « 45 min », « 1 h » or « 1 h 30 »."""
    hours, rest = divmod(int(count), 60)
    if not hours:
        return f"{rest}{NBSP}min"
    return f"{hours}{NBSP}h{NBSP}{rest:02d}" if rest else f"{hours}{NBSP}h"
