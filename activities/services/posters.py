"""Posters and leaflets for break rooms, of one session or of the sessions to come of a season."""

from dataclasses import dataclass

from django.urls import reverse
from django.utils.safestring import mark_safe

from activities.models import Session
from activities.permissions import why_no_poster
from activities.seasons import Season, season_of
from cafe import mail, pdf
from cafe.errors import Refusal

MOST = 12  # dates on the paper of a season: one a month, and some room
LEFT = 7  # of them, those on the left of a leaflet, which has no band below
FEW = 4
SCALES = ("1", "0.9", "0.8", "0.7", "0.6", "0.5", "0.42")


@dataclass(frozen=True)
class Paper:
    """A format. rem: millimetres of the unit in which everything is measured, so that one drawing serves all sizes."""

    label: str
    size: str
    rem: float
    folded: bool = False

    def units(self, count):
        """Return so many units as a length of CSS."""
        return f"{count * self.rem:.3f}mm"

    @property
    def unit(self):
        return self.units(1)


PAPERS = {
    "affiche-a4": Paper("Affiche A4", "210mm 297mm", 3.5),
    "affiche-a3": Paper("Affiche A3", "297mm 420mm", 4.95),
    "feuillet-a5": Paper("Feuillet A5", "148mm 210mm", 2.466),
    "depliant-a4": Paper("Dépliant A4, à plier en deux", "297mm 210mm", 2.475, folded=True),
    "depliant-a5": Paper("Dépliant A5, à plier en deux", "210mm 148mm", 1.745, folded=True),
}


@dataclass(frozen=True)
class Box:
    """Where a piece stands, and the height in units that it has there; see pdf-posters.css."""

    place: str
    height: float


BODY, PANEL, SHORT_PANEL = Box("in-body", 47), Box("in-panel", 75), Box("in-panel", 60)
WIDTH = 50
SHEETS = {
    False: {"body": ("{subject}", BODY)},
    True: {
        "front": ("{subject}_front", BODY),
        "left": ("{subject}_left", PANEL),
        "right": ("{subject}_right", SHORT_PANEL),
    },
}


# --- Asking ---------------------------------------------------------------------------------------


def request_session_poster(*, session, paper, user):
    """Ask for a paper about one session; return the Document. Raises Refusal where it is not to come."""
    refusal = why_no_poster(session)
    if refusal:
        raise Refusal(refusal)
    params = {"session": session.pk, "paper": paper}
    return pdf.request_document(kind="session_poster", params=params, filename=f"{paper}-{session.slug}.pdf", user=user)


def seasons_to_come():
    """Return the seasons that have a session to come, the nearest first."""
    return sorted({season_of(day) for day in Session.objects.upcoming().dates("starts_at", "month")})


def coming_sessions(season):
    upcoming = Session.objects.upcoming().filter(starts_at__gte=season.start, starts_at__lt=season.end)
    return upcoming.select_related("activity", "place")


def request_season_poster(*, season, paper, user):
    """Ask for a paper with the sessions to come of a Season; return the Document. Raises Refusal without any."""
    if not coming_sessions(season).exists():
        raise Refusal("Aucune séance publiée n’est à venir dans cette saison.")
    params = {"season": season.year, "paper": paper}
    filename = f"{paper}-saison-{season.label}.pdf"
    return pdf.request_document(kind="season_poster", params=params, filename=filename, user=user)


# --- Drawing, in a worker -------------------------------------------------------------------------


def session_poster(*, session, paper):
    session = Session.objects.for_display().get(pk=session)
    url = mail.absolute(session.get_absolute_url())
    return draw(PAPERS[paper], "session", url, session=session, size=title_size(session.activity.title))


def season_poster(*, season, paper):
    """Draw the sessions to come of a season, given by its first year: a dozen, then how many more there are."""
    season, paper = Season(season), PAPERS[paper]
    sessions = list(coming_sessions(season))
    shown = sessions[:MOST]
    return draw(
        paper, "season", mail.absolute(reverse("session_list")), season=season, sessions=shown,
        first_half=shown[:LEFT], second_half=shown[LEFT:], more=len(sessions[MOST:]),
        roomy=paper.folded or len(shown) <= FEW,
    )  # fmt: skip


def title_size(title):
    """Return the class of a title: the longer it is, or its longest word, the smaller the letters."""
    longest = max((len(word) for word in title.split()), default=0)
    weight = max(len(title), longest * 2)
    steps = [(20, "huge"), (40, "large"), (70, "medium")]
    return next((name for limit, name in steps if weight <= limit), "small")


def draw(paper, subject, url, **context):
    context |= {"paper": paper, "subject": subject, "url": url, "shown_url": pdf.shown_url(url), "qr": pdf.qr_code(url)}
    context |= {"listening_url": pdf.shown_url(mail.absolute(reverse("listening")))}
    pieces = {
        name: fitted(template.format(subject=subject), box, context)
        for name, (template, box) in SHEETS[paper.folded].items()
    }
    sheet = "leaflet" if paper.folded else "poster"
    return pdf.html_of(f"activities/pdf/{sheet}.html", pieces=pieces, **context)


def fitted(template, box, context):
    """Return the HTML of a piece and the largest scale at which it stays within its box.

    Measured, not guessed: the piece is laid out on a page of the box's size, and may not reach a second one.
    """
    html = mark_safe(pdf.html_of(f"activities/pdf/_piece_{template}.html", **context))  # noqa: S308  by our template
    size = {"width": context["paper"].units(WIDTH), "height": context["paper"].units(box.height), "place": box.place}
    for scale in SCALES:
        probe = pdf.html_of("activities/pdf/probe.html", html=html, scale=scale, **size, **context)
        if pdf.pages_of(probe) == 1:
            break
    return {"html": html, "scale": scale}
