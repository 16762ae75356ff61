"""At ten each morning: what is over is closed, those who came to a session are invited, links and reminders leave.

It may run twice, at once, or miss a day. Each sending is one transaction, which locks every running questionnaire: what
a person was mailed this week counts over all of them. First links pass before reminders, or a person who comes to
every session would be reminded of the first and never asked about the second.
"""

from datetime import datetime, time, timedelta

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from activities.enums import Presence, SessionState
from activities.models import Attendance, Session
from cafe import mail
from cafe.models import Portal
from cafe.templatetags.french import short_day
from cafe.text import normalise_email
from evaluation.enums import SurveyAudience, SurveyKind
from evaluation.models import Invitation, Sending, Survey
from evaluation.notifications import invitations as notifications
from evaluation.services.answering import new_token
from evaluation.services.sending import QUIET, close_sending, in_quiet, make_sending

HELD_WITHIN = timedelta(days=14)
TOOK_PLACE_WITHIN = timedelta(days=30)
SENT = ["token_hash", "earlier_hash", "sent_times", "last_sent_on"]


def send_morning():
    """Do what the morning has to do; return how many mails were written."""
    close_finished()
    invite_attendees()
    keys = list(live_sendings().order_by("starts_on", "pk").values_list("pk", flat=True))
    return sum(mail_due(key, again=again) for again in (False, True) for key in keys)


def lock_running():
    """Lock the running questionnaires until the transaction ends, always in the same order; return them."""
    return list(Survey.objects.running().order_by("pk").select_for_update(of=("self",), no_key=True))


def close_finished():
    """End the sendings whose last day is over, or whose questionnaire's is."""
    today = timezone.localdate()
    over = Q(closes_on__lt=today) | Q(survey__closes_on__lt=today) | Q(survey__state=Survey.State.CLOSED)
    for sending in Sending.objects.filter(over, closed_on=None).select_related("survey"):
        close_sending(sending)


# --- Those who came to a session ------------------------------------------------------------------


def sessions_to_ask():
    """Return the sessions marked held yesterday or in the two weeks before, about which nobody has been asked.

    One that took place more than a month ago, marked late or imported, is left alone: who would remember?
    """
    now = timezone.now()
    midnight = datetime.combine(timezone.localdate(now), time.min, tzinfo=timezone.get_current_timezone())
    held = Session.objects.filter(
        state=SessionState.HELD,
        held_at__gte=midnight - HELD_WITHIN,
        held_at__lt=midnight,
        starts_at__gte=now - TOOK_PLACE_WITHIN,
    )
    asked = Sending.objects.filter(session__isnull=False).values("session")
    return held.exclude(pk__in=asked).select_related("activity").order_by("starts_at", "pk")


def session_survey():
    """Return the questionnaire that follows sessions, the latest opened, or None."""
    today = timezone.localdate()
    running = Survey.objects.running().filter(kind=SurveyKind.SESSION, audience=SurveyAudience.INVITED)
    return running.filter(Q(closes_on=None) | Q(closes_on__gt=today)).order_by("-opened_on", "-pk").first()


def invite_attendees():
    """Invite those who were present at each session that has to be asked about; none where no questionnaire runs."""
    if session_survey():
        for session in sessions_to_ask():
            invite_present(session)


@transaction.atomic
def invite_present(session):
    """Make the sending to those present at a session, once; one where nobody is marked yet waits for tomorrow."""
    lock_running()
    survey = session_survey()
    if survey is None or Sending.objects.filter(session=session).exists():
        return None
    came = Attendance.objects.filter(session=session, presence=Presence.PRESENT).exclude(registration__email="")
    emails = sorted({normalise_email(email) for email in came.values_list("registration__email", flat=True)})
    if not emails:
        return None
    label = f"{session.activity.title[:60]}, {short_day(session.starts_at)}"
    today = timezone.localdate()
    return make_sending(survey=survey, session=session, emails=emails, label=label, starts_on=today)


# --- Mails ----------------------------------------------------------------------------------------


def live_sendings():
    """Return the sendings that may mail today."""
    today = timezone.localdate()
    return Sending.objects.filter(
        Q(closes_on=None) | Q(closes_on__gte=today),
        Q(survey__closes_on=None) | Q(survey__closes_on__gte=today),
        survey__state=Survey.State.OPEN,
        closed_on=None,
        starts_on__lte=today,
    )


def due_invitations(sending, *, again):
    """Return the invitations to mail today: a first link, or a reminder to those who have not answered.

    Whoever was mailed about any questionnaire in the last seven days waits for a later morning.
    """
    today, survey = timezone.localdate(), sending.survey
    this_week = Invitation.objects.filter(last_sent_on__gt=today - QUIET).values("email")
    waiting = sending.invitations.filter(answered=False).exclude(email__in=this_week).order_by("pk")
    if again:
        before = today - timedelta(days=survey.reminder_days)
        waiting = waiting.filter(sent_times__gte=1, sent_times__lte=survey.reminders, last_sent_on__lte=before)
    else:
        waiting = waiting.filter(sent_times=0)
    found = list(waiting)
    quiet = in_quiet([one.email for one in found])
    return [one for one in found if one.email not in quiet]


@transaction.atomic
def mail_due(key, *, again):
    """Write the mails of one sending that are due; return how many. A new link each time; the one before opens too."""
    lock_running()
    related = live_sendings().select_related("survey", "session__activity")
    sending = related.filter(pk=key).first()
    due = due_invitations(sending, again=again) if sending else []
    if not due:
        return 0
    portal, today, letters = Portal.load(), timezone.localdate(), []
    for one in due:
        one.earlier_hash = one.token_hash if one.sent_times else ""
        token, one.token_hash = new_token()
        one.sent_times, one.last_sent_on = one.sent_times + 1, today
        letters.append(notifications.invitation(one, sending, token=token, portal=portal))
    Invitation.objects.bulk_update(due, SENT, batch_size=200)
    # Those who have answered then wait for another questionnaire like the rest: its day would tell them apart.
    sending.invitations.filter(answered=True).update(last_sent_on=today)
    Sending.objects.filter(pk=key).update(last_sent_on=today)
    return mail.send_many(letters)
