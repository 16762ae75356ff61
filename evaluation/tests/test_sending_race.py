import pytest
from django.utils import timezone

from evaluation.models import Invitation
from evaluation.tasks import send_surveys
from evaluation.tests.factories import make_sending, make_survey
from resources.tests.racing import at_once, one_writer


@one_writer
@pytest.mark.django_db(transaction=True)
def test_two_beats_at_once_mail_everybody_once_and_about_one_questionnaire(outbox):
    emails = [f"personne{number}@cafe.example" for number in range(20)]
    for _ in range(2):
        make_sending(make_survey(), emails, starts_on=timezone.localdate())

    assert at_once(send_surveys, send_surveys) == [None, None]

    assert sorted(row.to for row in outbox.rows) == sorted(emails)
    assert sum(Invitation.objects.values_list("sent_times", flat=True)) == len(emails)
