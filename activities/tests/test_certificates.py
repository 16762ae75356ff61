"""« Attestation de participation »: who has one, what it says, and what a stranger may check."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from activities.links import certificate_path, registration_path
from activities.models import Activity, Attendance, Registration, Session
from activities.services.attendance_certificates import send_certificates
from activities.services.retention import anonymise
from activities.tests.factories import make_place, make_session, sign_up
from cafe import pdf
from cafe.errors import Refusal
from cafe.models import Document
from cafe.tests.pdf_reader import ACCESSIBLE, promises, read, text_of
from members.tests.factories import make_user

pytestmark = pytest.mark.django_db
CODE = "ABCD-EFGH-JKLM"
BARE = CODE.replace("-", "")


def attended(email="louise@cafe.example", *, presence="present", starts_in=timedelta(days=1), code=BARE):
    """Return the attendance of Louise at a session that is over, on the quiet Tuesday plus three days."""
    session = make_session(
        starts_in=starts_in, activity=Activity.objects.get_or_create(title="Tai-chi au bord de l’eau")[0], capacity=30,
        place=make_place(address="3 rue des Tilleuls")
    )  # fmt: skip
    registration = sign_up(session, email, first_name="Louise", last_name="Évrard")
    return Attendance.objects.create(
        registration=registration, session=session, presence=presence, certificate_code=code
    )


@pytest.fixture
def attendance(clock):
    one = attended()
    clock.shift(timedelta(days=3))
    return one


def path_of(attendance):
    return certificate_path(attendance.registration, attendance.session)


# --- The paper ------------------------------------------------------------------------------------


def test_a_certificate_says_who_what_when_and_where_and_nothing_else(attendance):
    content = pdf.render("certificate", {"attendance": attendance.pk})

    text = text_of(content).replace("\u00a0", " ")
    for words in (
        "Attestation de participation", "Café des Soignants, CPTS du territoire, atteste que Louise Évrard a participé",
        "« Tai-chi au bord de l’eau »", "mercredi 4 mars 2026, de 13 h 15 à 14 h 45", "à Saint-Paul.",
        "ABCD EFGH JKLM", "page 1 sur 1",
    ):  # fmt: skip
        assert words in text
    for secret in ("louise@", "Infirm", "Tilleuls", "certification périodique"):
        assert secret not in text
    assert promises(content) == ACCESSIBLE
    assert len(read(content).pages) == 1


def test_the_longest_title_and_name_stay_on_one_page(attendance):
    attendance.session.activity.title = "Anticonstitutionnellement " * 4 + "et voilà, enfin"
    attendance.session.activity.save()
    Registration.objects.update(first_name="Marie-Emmanuelle " * 4, last_name="de La Tour du Pin-Montauban " * 2)

    content = pdf.render("certificate", {"attendance": attendance.pk})

    assert len(read(content).pages) == 1


def test_a_certificate_whose_person_was_forgotten_meanwhile_is_not_drawn(attendance):
    anonymise(Registration.objects.all())

    with pytest.raises(Refusal):
        pdf.render("certificate", {"attendance": attendance.pk})


# --- Who has one ----------------------------------------------------------------------------------


def test_the_personal_link_leads_to_the_certificate(client, attendance):
    page = client.get(registration_path(attendance.registration)).content.decode()

    answer = client.get(path_of(attendance))

    document = Document.objects.get()
    assert path_of(attendance) in page
    assert answer.url == pdf.page_of(document)
    assert (document.kind, document.params, document.filename) == (
        "certificate", {"attendance": attendance.pk}, f"attestation-{attendance.session.slug}.pdf",
    )  # fmt: skip


@pytest.mark.parametrize("presence", ["absent", "excused"])
def test_who_was_not_there_has_none(client, clock, presence):
    attendance = attended(presence=presence)
    clock.shift(timedelta(days=3))

    answer = client.get(path_of(attendance), follow=True)

    assert "Votre présence à cette séance n’est pas notée" in answer.content.decode()
    assert not Document.objects.exists()


def test_there_is_none_before_the_end_nor_of_a_cancelled_session(client, clock):
    attendance = attended()
    clock.shift(timedelta(days=1, minutes=30))
    during = client.get(path_of(attendance), follow=True).content.decode()
    Session.objects.update(state=Session.State.CANCELLED)
    clock.shift(timedelta(days=3))
    cancelled = client.get(path_of(attendance), follow=True).content.decode()

    assert "L’attestation sera prête à la fin de la séance." in during
    assert "Cette séance a été annulée\u00a0: il n’y a pas d’attestation." in cancelled
    assert not Document.objects.exists()


def test_a_forged_link_or_another_session_gives_nothing(client, attendance):
    other = make_session()

    forged = client.get(path_of(attendance).replace(".", ".x", 1))
    elsewhere = client.get(certificate_path(attendance.registration, other), follow=True)

    assert forged.status_code == 404
    assert "n’est pas notée" in elsewhere.content.decode()


def test_my_space_shows_the_certificates_of_past_sessions(client, attendance):
    client.force_login(make_user(email="louise@cafe.example"))

    page = client.get(reverse("my_space")).content.decode()

    assert f'<a href="{path_of(attendance)}">Mon attestation' in page


def test_my_space_costs_the_same_whatever_the_number_of_certificates(client, clock, django_assert_max_num_queries):
    client.force_login(make_user(email="louise@cafe.example"))
    counts = []
    for number in range(3):
        make = attended if number == 0 else attend_again
        make()
        clock.shift(timedelta(days=3))
        with django_assert_max_num_queries(12) as captured:
            client.get(reverse("my_space"))
        counts.append(len(captured))

    assert len(set(counts)) == 1


def attend_again():
    session = make_session(starts_in=timedelta(days=1))
    registration = sign_up(session, "louise@cafe.example")
    return Attendance.objects.create(registration=registration, session=session, presence="present")


def test_a_cycle_gives_a_certificate_for_each_of_its_dates(client, clock):
    head = make_session(starts_in=timedelta(days=1))
    second = make_session(starts_in=timedelta(days=8), head=head)
    registration = sign_up(head)
    for session in (head, second):
        Attendance.objects.create(registration=registration, session=session, presence="present")
    clock.shift(timedelta(days=20))

    page = client.get(registration_path(registration)).content.decode()

    assert [
        path in page for path in (certificate_path(registration, head), certificate_path(registration, second))
    ] == [
        True,
        True,
    ]


# --- The mail of the morning after ----------------------------------------------------------------


def letters(outbox):
    return [row for row in outbox.rows if ":certificate:" in row.dedupe_key]


def test_the_certificate_is_mailed_once_the_morning_after(clock, outbox):
    attendance = attended(starts_in=timedelta(hours=8))  # Tuesday at 20:15 UTC
    clock.shift(timedelta(hours=12))
    evening = send_certificates()
    clock.shift(timedelta(hours=9))
    morning = (send_certificates(), send_certificates())

    [letter] = letters(outbox)
    assert (evening, morning) == (0, (1, 0))
    assert letter.to == "louise@cafe.example"
    assert letter.subject == "Votre attestation : Tai-chi au bord de l’eau, mardi 3 mars 2026"
    assert path_of(attendance) in letter.text
    assert path_of(attendance) in letter.html
    assert letter.carries_token


def test_only_those_present_of_a_recent_session_that_took_place_get_a_mail(clock, outbox):
    attended("absent@cafe.example", presence="absent", code="A")
    off = attended("annulee@cafe.example", code="B")
    Session.objects.filter(pk=off.session_id).update(state=Session.State.CANCELLED)
    old = attended("ancienne@cafe.example", code="C")
    Session.objects.filter(pk=old.session_id).update(starts_at=timezone.now() - timedelta(days=40))
    clock.shift(timedelta(days=3))

    assert (send_certificates(), letters(outbox)) == (0, [])


def test_a_tick_taken_off_and_put_back_brings_no_second_mail(attendance, outbox):
    first = send_certificates()
    attendance.delete()
    Attendance.objects.create(registration=attendance.registration, session=attendance.session, presence="present")

    assert (first, send_certificates(), len(letters(outbox))) == (1, 0, 1)


# --- The check ------------------------------------------------------------------------------------


@pytest.mark.parametrize("typed", [CODE, "abcdefghjklm", "ABCD EFGH JKLM", "abcd.efgh/jklm".replace("/", " ")])
def test_a_stranger_checks_a_code_however_it_is_written(client, attendance, typed):
    answer = client.get(reverse("certificate_home"), {"code": typed}, follow=True)

    assert answer.redirect_chain == [(f"/attestations/{CODE}/", 302)]
    assert "Cette attestation est authentique" in answer.content.decode()


def test_the_check_shows_name_title_date_and_hours_alone(client, attendance):
    page = client.get(reverse("certificate_check", args=[CODE])).content.decode()

    shown = re.findall(r"<dd>\s*(.*?)\s*</dd>", page, re.DOTALL)
    assert [text.replace("\u00a0", " ") for text in shown] == [
        "Louise Évrard", "Tai-chi au bord de l’eau", "Mercredi 4 mars 2026", "De 13 h 15 à 14 h 45",
    ]  # fmt: skip
    assert [word for word in ("louise@", "Infirm", "Saint-Paul", "/inscription/") if word in page] == []
    assert '<meta name="robots" content="noindex">' in page


def test_an_unknown_code_and_an_absence_meet_the_same_kind_sentence(client, attendance):
    Attendance.objects.update(presence="absent")

    answers = [client.get(reverse("certificate_check", args=[code])) for code in (CODE, "ZZZZ-ZZZZ-ZZZZ")]

    assert [answer.status_code for answer in answers] == [404, 404]
    assert all("Nous ne connaissons pas ce code" in answer.content.decode() for answer in answers)


def test_once_anonymised_a_certificate_can_no_longer_be_checked(client, attendance):
    anonymise(Registration.objects.all())

    answer = client.get(reverse("certificate_check", args=[CODE]))

    page = answer.content.decode()
    assert answer.status_code == 410
    assert "Cette attestation ne peut plus être vérifiée" in page
    assert ("Évrard" in page, "Tai-chi" in page) == (False, False)


def test_codes_cannot_be_tried_without_end(client, attendance):
    statuses = [client.get(reverse("certificate_check", args=[f"ZZZZ-ZZZZ-ZZ{n}"])).status_code for n in range(10, 52)]
    mine = client.get(reverse("certificate_check", args=[CODE])).status_code
    elsewhere = Client(REMOTE_ADDR="192.0.2.9").get(reverse("certificate_check", args=[CODE])).status_code

    assert (statuses, mine, elsewhere) == ([404] * 40 + [429] * 2, 429, 200)


def test_an_empty_or_meaningless_code_asks_again(client):
    pages = [client.get(reverse("certificate_home"), {"code": typed}).content.decode() for typed in ("", "---")]

    assert all("Code de l’attestation" in page for page in pages)
