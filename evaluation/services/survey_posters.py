"""The poster of a questionnaire that anybody may answer: its title, a QR code, its address."""

from django.urls import reverse
from django.utils import timezone

from activities.services.posters import PAPERS, title_size
from cafe import mail, pdf
from cafe.errors import Refusal
from evaluation.enums import SurveyAudience, SurveyKind, SurveyState
from evaluation.models import Survey

KIND = "survey_poster"
PAPER = "affiche-a4"


def public_address(survey):
    """Return the address where anybody answers, or "" of a questionnaire for invited people."""
    if survey.audience != SurveyAudience.PUBLIC:
        return ""
    return mail.absolute(reverse("survey_answer", args=[survey.public_key]))


def cell_address():
    """Return the address of the cell's own questionnaire, the latest that is running, or "" where there is none."""
    asked = Survey.objects.running().exclude(closes_on__lt=timezone.localdate())
    survey = asked.filter(kind=SurveyKind.CELL, audience=SurveyAudience.PUBLIC).first()
    return reverse("survey_answer", args=[survey.public_key]) if survey else ""


def why_no_poster(survey):
    """Return the sentence that says why there is none, or ""."""
    if survey.audience != SurveyAudience.PUBLIC:
        return "Ce questionnaire s’adresse aux personnes invitées : chacune reçoit son lien, il n’y a pas d’affiche."
    if survey.state != SurveyState.OPEN or (survey.closes_on and survey.closes_on < timezone.localdate()):
        return "L’adresse ne mène quelque part que tant que le questionnaire est ouvert."
    return ""


def request_poster(*, survey, user):
    """Ask for the poster; return the Document. Raises Refusal where nobody could answer."""
    if refusal := why_no_poster(survey):
        raise Refusal(refusal)
    filename = f"affiche-questionnaire-{survey.pk}.pdf"
    return pdf.request_document(kind=KIND, params={"survey": survey.pk}, filename=filename, user=user)


def survey_poster(*, survey):
    """Draw the poster of a questionnaire, given by its key."""
    survey = Survey.objects.get(pk=survey)
    url = public_address(survey)
    return pdf.html_of(
        "evaluation/building/pdf/poster.html", survey=survey, paper=PAPERS[PAPER], url=url,
        size=title_size(survey.title), shown_url=pdf.shown_url(url), qr=pdf.qr_code(url),
    )  # fmt: skip
