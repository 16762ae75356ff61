"""Who receives a newsletter: what she asked for comes first, the coordination's choice only narrows it."""

from datetime import timedelta

from django.db.models import Q
from django.utils import timezone

from members.enums import Profession
from newsletters.enums import Frequency, Topic
from newsletters.models import Subscriber

# Two first Mondays may be four weeks apart: a monthly letter must reach who wants one a month.
MONTH = timedelta(days=28)


def readers_of(newsletter):
    """Return the subscribers that a newsletter would go to if it left now.

    Active, interested in its topic, in its segment; of those who want one a month at most, who had none for 28 days.
    """
    chosen = (
        Subscriber.objects.active().filter(**{newsletter.topic: True}).filter(segment_condition(newsletter.segment))
    )
    lately = Q(last_sent_on__gt=timezone.localdate() - MONTH)
    return chosen.exclude(lately, frequency=Frequency.MONTHLY)


def segment_condition(segment):
    """Return the condition of a segment; a part that is left out, or empty, does not matter."""
    condition = Q()
    if professions := segment.get("professions"):
        condition &= Q(profession__in=professions)
    if communes := segment.get("communes"):
        condition &= Q(commune__in=communes)
    if "cpts_member" in segment:
        condition &= Q(cpts_member=segment["cpts_member"])
    if segment.get("newly_installed"):
        condition &= Q(newly_installed=True)
    return condition


def words_of(newsletter):
    """Return in French whom a newsletter is for, in a few pieces that must all hold, the topic first."""
    segment, names = newsletter.segment, dict(Profession.choices)
    pieces = [f"Qui a choisi «\u00a0{Topic(newsletter.topic).label}\u00a0»"]
    if professions := segment.get("professions"):
        pieces.append(" ou ".join(names.get(one, one) for one in professions))
    if communes := segment.get("communes"):
        pieces.append(" ou ".join(communes))
    if "cpts_member" in segment:
        pieces.append("membres de la CPTS" if segment["cpts_member"] else "non-membres de la CPTS")
    if segment.get("newly_installed"):
        pieces.append("installés depuis moins d’un an")
    return pieces


def known(field):
    """Return what active subscribers have given as their commune, or profession, in alphabetical order."""
    given = Subscriber.objects.active().exclude(**{field: ""})
    return list(given.order_by(field).values_list(field, flat=True).distinct())
