"""Search across what the coordination may see: the lists' own filters, so that « voir tout » shows the same.

Nothing of the listening cell is looked at. One statement a group, whatever is found.
"""

from dataclasses import dataclass
from urllib.parse import urlencode

from django.db.models import Q
from django.urls import reverse

from activities.forms.coordination_lists import SessionFilter
from activities.models import Facilitator, Registration, Session
from cafe.templatetags.french import clock, short_day
from evaluation.forms.building import SurveyFilter
from evaluation.models import Survey
from newsletters.forms.subscribers import SubscriberFilter
from newsletters.forms.writing import NewsletterFilter
from newsletters.models import Newsletter, Subscriber
from resources.forms.sheets import ResourceFilter
from resources.models import Resource

SHOWN = 5
SHORTEST = 2


@dataclass(frozen=True)
class Hit:
    label: str
    url: str
    detail: str = ""


@dataclass(frozen=True)
class Group:
    """hits: SHOWN at most. more: there are others; all_url: the list that shows them, "" where there is none."""

    title: str
    hits: list
    more: bool
    all_url: str = ""


def too_short(text):
    return sum(char.isalnum() for char in text) < SHORTEST


def search(text):
    """Return the Groups in which something is found."""
    return [group for find in FINDERS if (group := find(text)).hits]


def group(title, rows, hit_of, list_name="", text=""):
    found = list(rows[: SHOWN + 1])
    all_url = f"{reverse(list_name)}?{urlencode({'q': text})}" if list_name else ""
    return Group(title, [hit_of(row) for row in found[:SHOWN]], len(found) > SHOWN, all_url)


def sessions(text):
    rows = SessionFilter({"q": text}, queryset=Session.objects.select_related("activity", "place")).qs
    return group("Séances", rows.order_by("-starts_at", "pk"), session_hit, "manage_sessions", text)


def session_hit(session):
    detail = f"{when(session)}, {session.place}" if session.place else when(session)
    return Hit(session.activity.title, reverse("manage_session", args=[session.slug]), detail)


def when(session):
    return f"{short_day(session.starts_at)}, {clock(session.starts_at)}"


def people(text):
    """Every word is looked for in the names and the address given with a registration, the latest first.

    They are chosen before sessions are joined to them, so that the database reads backwards and stops once it has
    enough. What nobody is called still costs a reading of all that bear a name.
    """
    rows = Registration.objects.filter(anonymised_at=None).order_by("-pk")
    for word in text.split():
        rows = rows.filter(Q(first_name__icontains=word) | Q(last_name__icontains=word) | Q(email__icontains=word))
    latest = Registration.objects.filter(pk__in=rows.values("pk")[: SHOWN + 1]).order_by("-pk")
    return group("Personnes inscrites", latest.select_related("session__activity"), registration_hit)


def registration_hit(row):
    url = reverse("manage_registration", args=[row.session.slug, row.pk])
    name = f"{row.first_name} {row.last_name}".strip() or row.email
    return Hit(name, url, f"{row.get_state_display()}, {row.session.activity.title}, {when(row.session)}")


def facilitators(text):
    rows = Facilitator.objects.filter(name__icontains=text).order_by("name", "pk")
    return group("Intervenants", rows, facilitator_hit, "manage_facilitators", text)


def facilitator_hit(row):
    return Hit(row.name, reverse("manage_facilitator_edit", args=[row.pk]), row.title)


def sheets(text):
    rows = ResourceFilter({"q": text}, queryset=Resource.objects.defer("search_text").order_by("name", "pk")).qs
    return group("Ressources", rows, sheet_hit, "manage_resources", text)


def sheet_hit(row):
    return Hit(row.name, reverse("manage_resource", args=[row.slug]), row.get_state_display())


def surveys(text):
    rows = SurveyFilter({"q": text}, queryset=Survey.objects.only("title", "state")).qs
    return group("Questionnaires", rows, survey_hit, "survey_list", text)


def survey_hit(row):
    return Hit(row.title, reverse("survey_edit", args=[row.pk]), row.get_state_display())


def letters(text):
    rows = NewsletterFilter({"q": text}, queryset=Newsletter.objects.only("subject", "state")).qs
    return group("Lettres", rows, letter_hit, "letter_list", text)


def letter_hit(row):
    return Hit(row.subject, reverse("letter_edit", args=[row.pk]), row.get_state_display())


def subscribers(text):
    rows = SubscriberFilter({"q": text}, queryset=Subscriber.objects.order_by("email", "pk")).qs
    return group("Abonnés aux lettres", rows, subscriber_hit, "subscriber_list", text)


def subscriber_hit(row):
    return Hit(row.email, reverse("subscriber", args=[row.pk]), row.get_state_display())


FINDERS = [sessions, people, facilitators, sheets, surveys, letters, subscribers]
