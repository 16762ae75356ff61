"""Who is mailed which morning: the right people, once, and never about two questionnaires in one week."""

from collections import Counter
from datetime import date, timedelta

import pytest
from django.utils import timezone

from activities.enums import Presence, SessionState
from activities.models import Attendance, Session
from activities.tests.factories import make_session, sign_up
from cafe.errors import Refusal
from cafe.models import Hit, Outgoing
from evaluation import todo_sending
from evaluation.enums import SurveyAudience, SurveyKind, SurveyState
from evaluation.models import Invitation, Response, Sending
from evaluation.services.anonymity import shuffle_responses
from evaluation.services.answering import answer, invited_door
from evaluation.services.mornings import send_morning
from evaluation.services.rates import rates_of
from evaluation.services.sending import (
    cancel_sending,
    close_sending,
    close_sendings,
    next_morning,
    plan_sending,
    refuse_more,
)
from evaluation.tests.factories import make_sending, make_survey

pytestmark = pytest.mark.django_db
ONE, OTHER = "une@cafe.example", "autre@cafe.example"


def mailed():
    """Return how often each address was mailed, of what the outbox still holds."""
    return Counter(Outgoing.objects.filter(dedupe_key__startswith="survey:").values_list("to", flat=True))


def token_of(email):
    """Return the token of the last link that an address was sent."""
    text = Outgoing.objects.filter(to=email).order_by("pk").last().text
    return text.split("/questionnaires/")[1].split("/")[0]


def mornings(clock, count=1):
    """Let days pass: each night shuffles, each morning mails; return how many mails each wrote."""
    written = []
    for _ in range(count):
        clock.shift(timedelta(days=1))
        shuffle_responses()
        written.append(send_morning())
    return written


def held_session(*emails, present=Presence.PRESENT, **fields):
    """Make a session of this morning, marked held an hour ago, and who was there."""
    session = make_session(capacity=50, **fields)
    for email in emails:
        Attendance.objects.create(registration=sign_up(session, email), session=session, presence=present)
    now = timezone.now()
    Session.objects.filter(pk=session.pk).update(
        state=SessionState.HELD, starts_at=now - timedelta(hours=3), held_at=now - timedelta(hours=1)
    )
    session.refresh_from_db()
    Outgoing.objects.all().delete()
    return session


def session_survey(**fields):
    return make_survey(**{"kind": SurveyKind.SESSION, "opened_on": date(2026, 1, 5)} | fields)


# --- The walk: FACTS, 43 of 50 --------------------------------------------------------------------


def test_forty_three_of_fifty_answer_and_the_reminders_reach_the_others_alone(clock):
    emails = [f"medecin{number}@cafe.example" for number in range(50)]
    survey = make_survey(title="Évaluation du DIU", kind=SurveyKind.TRAINING, reminders=3)
    make_sending(survey, emails, starts_on=date(2026, 3, 4))
    rounds, told, tokens = [], [], {}

    def pass_a_week(*answering):
        sent = mornings(clock, 1 if not rounds else 7)
        rounds.append((sent[:-1], set(mailed()), max(mailed().values())))
        tokens.update({email: token_of(email) for email in mailed()})
        Outgoing.objects.all().delete()
        told.append(rates_of(survey).whole.words.replace("\u00a0", " "))
        for email in answering:
            answer(token=tokens[email], answers=[])

    pass_a_week(*emails[:20])  # the first mails
    pass_a_week(*emails[20:32])
    pass_a_week(*emails[32:38])
    pass_a_week(*emails[38:40])  # the third reminder
    assert mornings(clock) == [0]
    after_mails = rates_of(survey).whole
    for email in emails[40:43]:  # a text message sends them back to their last mail
        answer(token=tokens[email], answers=[])
    later = mornings(clock, 6)

    quiet = [0] * 6
    assert rounds == [
        ([], set(emails), 1),
        (quiet, set(emails[20:]), 1),
        (quiet, set(emails[32:]), 1),
        (quiet, set(emails[38:]), 1),
    ]
    assert told == ["moins de 5 réponses", "20 réponses, soit 40 %", "32 réponses, soit 64 %", "38 réponses, soit 76 %"]
    assert (after_mails.answered, after_mails.share) == (40, 0.8)
    final = rates_of(survey).whole
    assert (final.answered, final.invited, final.share, sum(later)) == (43, 50, 0.86, 0)
    waves = Counter(Response.objects.values_list("wave", flat=True))
    assert waves == {0: 20, 1: 12, 2: 6, 3: 5}


# --- After a session ------------------------------------------------------------------------------


def test_the_morning_after_it_is_held_those_present_and_they_alone_are_asked(clock):
    survey = session_survey()
    session_survey(audience=SurveyAudience.PUBLIC, opened_on=date(2026, 2, 1))
    session = held_session(ONE, OTHER)
    for email, presence in [("absent@cafe.example", Presence.ABSENT), ("excuse@cafe.example", Presence.EXCUSED)]:
        # Registered before it was held.
        Session.objects.filter(pk=session.pk).update(state=SessionState.PUBLISHED, starts_at="2027-01-01T12:00Z")
        Attendance.objects.create(registration=sign_up(session, email), session=session, presence=presence)
    Session.objects.filter(pk=session.pk).update(state=SessionState.HELD, starts_at=session.starts_at)
    Outgoing.objects.all().delete()

    same_day = send_morning()
    next_day = mornings(clock)

    sending = Sending.objects.get()
    assert (same_day, next_day, mailed()) == (0, [2], {ONE: 1, OTHER: 1})
    assert (sending.survey, sending.session, sending.invited) == (survey, session, 2)
    assert (sending.starts_on, sending.closes_on) == (date(2026, 3, 4), date(2026, 4, 3))


def test_a_session_is_asked_about_once_even_by_a_later_version(clock):
    first = session_survey()
    held_session(ONE)
    mornings(clock)
    first.state, first.closed_on = SurveyState.CLOSED, timezone.localdate()
    first.save()
    session_survey(opened_on=timezone.localdate())

    assert mornings(clock, 13) == [0] * 13
    assert Sending.objects.get().closed_on == date(2026, 3, 5)


def test_a_beat_that_missed_days_catches_up_within_two_weeks(clock):
    session_survey(reminders=0)
    held_session(ONE)
    clock.shift(timedelta(days=14))
    held_session(OTHER)
    late = send_morning()
    clock.shift(timedelta(days=15))

    assert (late, send_morning(), mailed()) == (1, 0, {ONE: 1})


def test_nobody_is_asked_about_a_session_of_long_ago(clock):
    session_survey()
    session = held_session(ONE)
    Session.objects.filter(pk=session.pk).update(starts_at=timezone.now() - timedelta(days=40))

    assert mornings(clock) == [0]


def test_a_session_where_nobody_is_marked_yet_waits(clock):
    session_survey()
    session = held_session()
    first = mornings(clock)
    Session.objects.filter(pk=session.pk).update(state=SessionState.PUBLISHED, starts_at="2027-01-01T12:00Z")
    Attendance.objects.create(registration=sign_up(session, ONE), session=session, presence=Presence.PRESENT)
    Session.objects.filter(pk=session.pk).update(state=SessionState.HELD, starts_at=session.starts_at)

    assert (first, mornings(clock)) == ([0], [1])


def test_without_an_open_questionnaire_nothing_leaves_and_the_coordination_is_told(clock):
    held_session(ONE)
    sent = mornings(clock)
    told = [line.sentence.replace("\u00a0", " ") for line in todo_sending.lines()]
    session_survey()

    assert (sent, told, todo_sending.lines()) == (
        [0],
        ["Une séance tenue sans questionnaire ouvert : les personnes présentes n’ont pas été interrogées."],
        [],
    )


# --- One questionnaire a week ---------------------------------------------------------------------


def test_who_came_to_two_sessions_is_asked_about_one_then_the_other_then_reminded(clock):
    session_survey(reminders=1)
    held_session(ONE)
    held_session(ONE)

    written = mornings(clock, 30)

    assert [day for day, count in enumerate(written) if count] == [0, 7, 14, 21]
    assert list(Invitation.objects.values_list("sent_times", flat=True)) == [2, 2]


def test_a_reminder_waits_while_another_questionnaire_was_mailed_this_week(clock):
    make_sending(make_survey(reminders=1), [ONE, OTHER], starts_on=date(2026, 3, 4))
    make_sending(make_survey(reminders=0), [ONE], starts_on=date(2026, 3, 11))

    written = mornings(clock, 16)

    assert [(day, count) for day, count in enumerate(written) if count] == [(0, 2), (7, 2), (14, 1)]
    assert mailed() == {ONE: 3, OTHER: 2}


def test_who_has_answered_waits_for_another_questionnaire_like_the_others(clock):
    """Otherwise the day of the second one would tell who had answered the first before its reminder."""
    make_sending(make_survey(reminders=1), [ONE, OTHER], starts_on=date(2026, 3, 4))
    second = make_sending(make_survey(), [ONE, OTHER], starts_on=date(2026, 3, 12))
    mornings(clock)
    answer(token=token_of(ONE), answers=[])
    reminded = mornings(clock, 8)

    later = mornings(clock, 6)

    assert (reminded[-2:], later) == ([1, 0], [0, 0, 0, 0, 0, 2])
    assert set(second.invitations.values_list("last_sent_on", flat=True)) == {date(2026, 3, 18)}


def test_a_sending_that_is_over_still_counts_for_the_week(clock):
    first = make_sending(make_survey(), [ONE, OTHER], starts_on=date(2026, 3, 4))
    mornings(clock)
    close_sending(first)
    make_sending(make_survey(), [ONE, OTHER, "troisieme@cafe.example"], starts_on=date(2026, 3, 5))

    assert [(day, count) for day, count in enumerate(mornings(clock, 8)) if count] == [(0, 1), (6, 2), (7, 1)]


def test_the_same_morning_twice_writes_nothing_more(clock):
    make_sending(make_survey(), [ONE, OTHER], starts_on=date(2026, 3, 3))

    assert (send_morning(), send_morning(), mailed()) == (2, 0, {ONE: 1, OTHER: 1})


def test_nothing_leaves_before_its_day_nor_after_its_closing_nor_from_a_closed_questionnaire(clock):
    make_sending(make_survey(), ["tot@cafe.example"], starts_on=date(2026, 3, 4))
    make_sending(make_survey(), ["tard@cafe.example"], starts_on=date(2026, 3, 1), closes_on=date(2026, 3, 2))
    make_sending(make_survey(closes_on=date(2026, 3, 2)), ["clos@cafe.example"], starts_on=date(2026, 3, 1))
    make_sending(make_survey(state=SurveyState.CLOSED), ["ferme@cafe.example"], starts_on=date(2026, 3, 1))

    assert (send_morning(), list(Invitation.objects.values_list("email", flat=True))) == (0, ["tot@cafe.example"])


# --- Links ----------------------------------------------------------------------------------------


def test_the_last_two_links_open_until_one_has_served_and_no_mail_keeps_them(clock, outbox):
    survey = make_survey(reminders=2)
    make_sending(survey, [ONE], starts_on=date(2026, 3, 3))
    send_morning()
    oldest = token_of(ONE)
    outbox.deliver()
    mornings(clock, 7)
    first = token_of(ONE)
    outbox.deliver()
    mornings(clock, 7)
    second = token_of(ONE)
    letters = outbox.deliver()

    assert (invited_door(oldest), invited_door(first).survey, invited_door(second).survey) == (None, survey, survey)
    assert "Ce lien ne sert qu’une fois" in letters[-1].body
    assert [row.text for row in outbox.rows] == ["", "", ""]
    kept = str(list(Invitation.objects.values())) + str(list(Outgoing.objects.values()))
    assert all(token not in kept for token in (oldest, first, second))
    answer(token=first, answers=[])
    assert (invited_door(first), invited_door(second)) == (None, None)


def test_who_wants_no_more_is_forgotten_and_not_reminded(clock, client):
    make_sending(make_survey(reminders=3), [ONE, OTHER], starts_on=date(2026, 3, 3))
    send_morning()
    token = token_of(ONE)
    address = f"/questionnaires/{token}/arreter/"

    looked = client.get(address)
    still_there = Invitation.objects.filter(email=ONE).exists()
    stopped = client.post(address)

    assert ("Ne plus me relancer" in looked.text, still_there, "C’est noté" in stopped.text) == (True, True, True)
    assert ("no-store" in looked["Cache-Control"], "noindex" in looked["X-Robots-Tag"]) == (True, True)
    assert "Ce lien ne sert plus" in client.get(address).text
    assert not refuse_more(token=token)
    assert (mornings(clock, 7)[-1], mailed(), Sending.objects.get().invited) == (1, {OTHER: 2}, 2)


# --- Ends -----------------------------------------------------------------------------------------


def test_at_its_end_a_sending_forgets_everybody_and_its_mails_but_not_how_many(clock):
    survey = make_survey()
    sending = make_sending(survey, [ONE, OTHER], starts_on=date(2026, 3, 3))
    send_morning()
    token = token_of(ONE)

    close_sendings(survey)
    close_sending(sending)

    sending.refresh_from_db()
    assert (sending.invited, sending.closed_on, sending.invitations.count()) == (2, date(2026, 3, 3), 0)
    assert (mailed(), invited_door(token)) == ({}, None)
    assert not any(ONE in str(row) for row in Hit.objects.values())


def test_a_sending_closes_by_itself_after_its_last_day(clock):
    sending = make_sending(make_survey(), [ONE], starts_on=date(2026, 3, 3), closes_on=date(2026, 3, 5))

    mornings(clock, 2)
    on_its_last_day = sending.invitations.count()
    mornings(clock)

    sending.refresh_from_db()
    assert (on_its_last_day, sending.invitations.count(), sending.closed_on) == (1, 0, date(2026, 3, 6))


def test_a_list_is_invited_once_and_called_off_before_it_leaves_alone(clock):
    survey = make_survey()
    given = {"survey": survey, "label": "Médecins", "starts_on": date(2026, 3, 4)}
    sending = plan_sending(emails=[ONE, OTHER, ONE], **given)
    with pytest.raises(Refusal, match="déjà invitées"):
        plan_sending(emails=[OTHER], **given)
    cancel_sending(sending)
    again = plan_sending(emails=[ONE], **given)
    mornings(clock)

    with pytest.raises(Refusal, match="déjà parti"):
        cancel_sending(again)
    assert list(Sending.objects.values_list("invited", "closes_on")) == [(1, date(2026, 4, 3))]


@pytest.mark.parametrize("fields", [{"state": SurveyState.DRAFT}, {"audience": SurveyAudience.PUBLIC}])
def test_a_draft_and_a_public_questionnaire_are_not_sent(fields):
    with pytest.raises(Refusal):
        plan_sending(survey=make_survey(**fields), emails=[ONE], label="", starts_on=timezone.localdate())


def test_the_next_morning_is_today_until_ten(clock):
    clock.move_to("2026-03-03T08:59:00Z", tick=False)
    before = next_morning()
    clock.move_to("2026-03-03T09:00:00Z", tick=False)

    assert (before, next_morning()) == (date(2026, 3, 3), date(2026, 3, 4))
