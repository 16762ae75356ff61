"""The conclusion that the coordination draws from a questionnaire, and the report that carries it."""

from django.db import transaction
from django.utils import timezone

from cafe import pdf
from cafe.errors import Refusal
from evaluation.enums import SurveyState
from evaluation.models import Survey
from evaluation.services.rates import late_sentence, rates_of
from evaluation.services.results import TOTAL, results_of
from evaluation.services.verbatims import headings_told, quotations
from evaluation.telling import parts_of

KIND = "survey_report"


@transaction.atomic
def conclude(*, survey, conclusion):
    """Keep what the coordination learnt from a questionnaire, in Markdown; return the questionnaire."""
    survey = Survey.objects.select_for_update(of=("self",), no_key=True).get(pk=survey.pk)
    survey.conclusion = conclusion
    survey.save(update_fields=["conclusion"])
    return survey


def request_report(*, survey, user):
    """Ask for the report of a questionnaire; return the Document. Raises Refusal of a draft, which nobody answered."""
    if survey.state == SurveyState.DRAFT:
        raise Refusal("Ce questionnaire n’est pas encore ouvert : il n’y a rien à rapporter.")
    filename = f"rapport-questionnaire-{survey.pk}.pdf"
    return pdf.request_document(kind=KIND, params={"survey": survey.pk}, filename=filename, user=user)


def report(*, survey):
    """Return the report's HTML, drawn by a worker: all seasons together, as they may be told that day."""
    survey = Survey.objects.get(pk=survey)
    results = results_of(survey)
    return pdf.html_of(
        "evaluation/pdf/report.html",
        survey=survey,
        results=results,
        parts=parts_of(results, TOTAL),
        rates=rates_of(survey),
        late=late_sentence(survey),
        written=written_in(survey),
        today=timezone.localdate(),
    )


def written_in(survey):
    """Return {question: (its headings with their counts, the words chosen to be quoted)}; how many in all is not told.

    A heading that nearly all answers share would, with their number, count those that do not.
    """
    found = {title: (counts, []) for title, counts in headings_told(survey).items()}
    for quotation in quotations(survey):
        found.setdefault(quotation.title, ((), []))[1].append(quotation.words)
    return found
