"""What is given back to a person of the invitations she received, and erased at her wish. Answers are nobody's."""

from allauth.account.models import EmailAddress
from django.db import transaction

from cafe.text import normalise_email
from evaluation.models import Invitation, Survey
from evaluation.services.sending import drop_mails


def invitations_of(user):
    """Return the invitations sent to the addresses that this person has verified."""
    emails = EmailAddress.objects.filter(user=user, verified=True).values_list("email", flat=True)
    return Invitation.objects.filter(email__in=[normalise_email(email) for email in emails])


def export(user):
    """Return which questionnaires this person was invited to. Whether she answered is shown to nobody."""
    invitations = invitations_of(user).select_related("sending__survey").order_by("sending__starts_on", "sending_id")
    return [
        {
            "questionnaire": invitation.sending.survey.title,
            "envoi": invitation.sending.label,
            "debut": invitation.sending.starts_on.isoformat(),
            "email": invitation.email,
        }
        for invitation in invitations
    ]


@transaction.atomic
def erase(user):
    """Delete this person's invitations: no more reminder leaves, not even one that waits, and her links are dead."""
    mine = invitations_of(user)
    surveys = Survey.objects.filter(pk__in=mine.values("sending__survey")).order_by("pk")
    emails = list(mine.values_list("email", flat=True).distinct())
    for survey in surveys.select_for_update(of=("self",), no_key=True):
        drop_mails(survey, emails)
    mine.delete()
