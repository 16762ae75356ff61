import pytest

from evaluation.models import Invitation
from evaluation.tests.factories import make_sending, make_survey
from members.personal_data import erase_all, export_all
from members.tests.factories import make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def louise(clock):
    user = make_user(email="louise@cabinet.example")
    sending = make_sending(
        make_survey(title="Besoins"), ["louise@cabinet.example", "marc@cabinet.example"], label="Tous"
    )
    sending.invitations.update(answered=True)
    return user


def test_an_export_tells_the_invitations_of_a_person_and_not_whether_she_answered(louise):
    assert export_all(louise)["invitations à répondre"] == [
        {"questionnaire": "Besoins", "envoi": "Tous", "debut": "2026-03-03", "email": "louise@cabinet.example"}
    ]


def test_erasing_an_account_forgets_its_invitations_and_no_other(louise):
    erase_all(louise)
    assert list(Invitation.objects.values_list("email", flat=True)) == ["marc@cabinet.example"]
