"""The coordination chooses, counts, sends, follows and stops a newsletter."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from activities.tests.factories import make_session, sign_up
from cafe import mail
from members.tests.factories import make_user
from newsletters.enums import NewsletterState
from newsletters.models import LetterDelivery, Newsletter
from newsletters.services import figures, sending
from newsletters.tests.factories import make_newsletter, make_subscriber

pytestmark = pytest.mark.django_db
WORDS = [("text", {"markdown": "Bonjour {prénom},\n\nDeux séances ce mois-ci."})]
NOW = {"when": "maintenant", "per_minute": "600"}


@pytest.fixture
def page(client, settings):
    settings.REQUIRE_MFA = False
    client.force_login(make_user(roles=["coordination"]))
    return client


def address(newsletter, verb=""):
    return f"/coordination/lettres/{newsletter.pk}/envoi/{verb}"


def state_of(newsletter):
    return Newsletter.objects.get(pk=newsletter.pk).state


def text_of(response):
    return " ".join(response.content.decode().replace("&nbsp;", " ").replace("\u00a0", " ").split())


def under_way(count=2):
    for _ in range(count):
        make_subscriber()
    newsletter = make_newsletter(blocks=WORDS)
    sending.start(sending.schedule(newsletter))
    return newsletter


def test_the_number_is_shown_before_and_nothing_leaves_until_the_last_word(page):
    make_subscriber(profession="infirmier", commune="Vannes")
    make_subscriber(profession="sage-femme", commune="Vannes")
    newsletter = make_newsletter(blocks=WORDS)
    given = NOW | {"professions": ["infirmier"], "communes": ["Vannes"]}

    read = page.post(address(newsletter), given)
    assert "1 personne recevra" in text_of(read)
    assert 'name="professions" value="infirmier"' in read.content.decode()
    assert state_of(newsletter) == NewsletterState.DRAFT

    page.post(address(newsletter), given | {"envoyer": "1"})
    sending.tend()
    assert [row.subscriber.profession for row in LetterDelivery.objects.all()] == ["infirmier"]
    assert state_of(newsletter) == NewsletterState.SENDING


def test_sending_twice_by_a_double_click_is_sending_once(page):
    make_subscriber()
    newsletter = make_newsletter(blocks=WORDS)

    for _ in range(2):
        answer = page.post(address(newsletter), NOW | {"envoyer": "1"}, follow=True)
        sending.tend()

    assert LetterDelivery.objects.count() == 1
    assert "n’est plus un brouillon" not in text_of(answer)
    mail.deliver_due()
    assert "Les dernières lettres viennent de partir : 1 sur 1 lettre." in text_of(page.get(address(newsletter)))


def test_a_moment_to_come_is_kept_then_called_off(page):
    make_subscriber()
    newsletter = make_newsletter(blocks=WORDS)
    at = timezone.localtime() + timedelta(days=2)
    later = NOW | {"when": "plus-tard", "at_0": f"{at:%Y-%m-%d}", "at_1": "10:30", "envoyer": "1"}

    followed = page.post(address(newsletter), later, follow=True)
    assert "à 10 h 30." in text_of(followed)
    page.post(address(newsletter, "annuler/"))

    assert state_of(newsletter) == NewsletterState.DRAFT


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"when": "plus-tard"}, "Indiquez la date et l’heure, ou choisissez"),
        ({"when": "plus-tard", "at_0": "2020-01-01", "at_1": "10:00"}, "Choisissez un moment à venir"),
        ({"when": "plus-tard", "at_0": "2098-01-01", "at_1": "10:00"}, "Choisissez un moment à venir"),
        ({"per_minute": "0"}, "per_minute"),
        ({"professions": ["astrologue"]}, "astrologue"),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_stays(page, wrong, sentence):
    make_subscriber(profession="infirmier")
    newsletter = make_newsletter(blocks=WORDS)

    shown = page.post(address(newsletter), NOW | {"newly_installed": "on"} | wrong | {"envoyer": "1"})

    assert "Quelques points à corriger" in text_of(shown)
    assert sentence in text_of(shown)
    assert 'name="newly_installed" class="checkboxinput form-check-input"' in shown.content.decode()
    assert state_of(newsletter) == NewsletterState.DRAFT


def test_a_letter_with_a_fault_does_not_leave(page):
    make_subscriber()
    newsletter = make_newsletter()

    shown = page.post(address(newsletter), NOW | {"envoyer": "1"})

    assert "À corriger avant d’envoyer" in text_of(shown)
    assert state_of(newsletter) == NewsletterState.DRAFT


def test_progress_is_told_in_numbers_and_in_a_sentence(page):
    newsletter = under_way(4)
    mail.deliver_due(limit=1)

    found = page.get(f"/coordination/lettres/{newsletter.pk}/avancement/")

    assert found.json() == {
        "state": "sending",
        "moving": True,
        "sentence": "L’envoi avance\u00a0: 1 sur 4\u00a0lettres.",
        "done": 25,
        "counts": {
            "total": 4, "waiting": 3, "leaving": 0, "sent": 1, "refused": 0, "unknown": 0, "left": 0, "stopped": 0,
            "done": 25,
        },
    }  # fmt: skip
    assert "no-store" in found["Cache-Control"]
    assert 'value="25"' in page.get(address(newsletter)).content.decode()


def test_it_is_paused_resumed_and_stopped_each_after_a_question(page):
    newsletter = under_way()
    for verb, question, after in (
        ("suspendre", "Suspendre l’envoi ?", "paused"),
        ("reprendre", "Reprendre l’envoi ?", "sending"),
        ("arreter", "Arrêter l’envoi ?", "stopped"),
    ):
        assert question in text_of(page.get(address(newsletter, f"{verb}/")))
        page.post(address(newsletter, f"{verb}/"))
        assert state_of(newsletter) == after

    refused = page.post(address(newsletter, "arreter/"), follow=True)
    assert "déjà terminé" in text_of(refused)
    assert page.get(address(newsletter, "brûler/")).status_code == 404
    assert page.get(address(newsletter, "exploser/")).status_code == 404


def test_figures_say_what_came_afterwards_by_its_date_alone(page):
    newsletter = under_way()
    mail.deliver_due()
    sending.tend()
    session = make_session()
    for days in (0, 6, 8):
        registration = sign_up(session, email=f"p{days}@exemple.fr")
        type(registration).objects.filter(pk=registration.pk).update(created_at=timezone.now() + timedelta(days=days))
    newsletter.refresh_from_db()

    assert figures.effects_of(newsletter) == {"departures": 0, "bounces": 0, "complaints": 0, "registrations": 2}
    assert "ni image espionne ni lien suivi" in text_of(page.get(address(newsletter)))


def test_deliveries_are_deleted_after_90_days_and_their_counts_stay(page):
    newsletter = under_way(3)
    mail.deliver_due()
    sending.tend()
    before = figures.counts_of(newsletter)

    assert figures.purge(timezone.now() + timedelta(days=89), dry_run=False)[0].endswith(": 0.")
    assert figures.purge(timezone.now() + timedelta(days=91), dry_run=True)[0].endswith(": 1.")
    assert LetterDelivery.objects.count() == 3
    figures.purge(timezone.now() + timedelta(days=91), dry_run=False)
    newsletter.refresh_from_db()

    assert (LetterDelivery.objects.count(), figures.counts_of(newsletter)) == (0, before)
    assert "3 lettres sur 3" in text_of(page.get(address(newsletter)))


def test_the_page_costs_the_same_for_two_letters_and_for_thirty(page):
    def statements(count):
        newsletter = under_way(count)
        with CaptureQueriesContext(connection) as captured:
            page.get(address(newsletter))
        return len(captured)

    statements(1)
    assert statements(2) == statements(30)
