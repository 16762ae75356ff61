"""What waits for the coordination about the questionnaires that follow sessions."""

from django.urls import reverse

from cafe.todo import Line
from evaluation.services.mornings import session_survey, sessions_to_ask


def lines():
    """Say how many sessions were held lately with no questionnaire open to follow them. Two statements."""
    if session_survey():
        return []
    count = sessions_to_ask().count()
    if not count:
        return []
    held = "Une séance tenue" if count == 1 else f"{count} séances tenues"
    sentence = f"{held} sans questionnaire ouvert : les personnes présentes n’ont pas été interrogées."
    return [Line(sentence, reverse("survey_list"), "Ouvrir un questionnaire")]
