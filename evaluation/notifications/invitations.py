"""The mail that asks for an answer, and the one that reminds. Both carry a link that replaces the one before."""

from django.urls import reverse

from cafe import mail


def key_of(survey):
    """The beginning of the keys of every mail about a questionnaire: it tells no person, and finds them all."""
    return f"survey:{survey.pk}:"


def invitation(invitation, sending, *, token, portal):
    """Return the arguments of the mail with the link; the first that a person gets, or a reminder.

    invitation.sent_times already counts this mail: it is the round that makes the mail's key.
    """
    survey, session = sending.survey, sending.session
    again = invitation.sent_times > 1
    return {
        "event": f"evaluation/{'reminder' if again else 'invitation'}",
        "to": invitation.email,
        "dedupe_key": f"{key_of(survey)}{invitation.pk.hex}:{invitation.sent_times}",
        "context": {
            "portal": portal,
            "survey": survey,
            "session": session,
            "closes_on": closing_of(sending),
            "last": invitation.sent_times > survey.reminders,
            "url": mail.absolute(reverse("survey_answer", args=[token])),
            "stop_url": mail.absolute(reverse("survey_stop", args=[token])),
        },
        "carries_token": True,
        "lead": "Quelques minutes, sans donner votre nom.",
    }


def closing_of(sending):
    """Return the last day on which this link takes an answer, or None."""
    return min(filter(None, [sending.closes_on, sending.survey.closes_on]), default=None)
