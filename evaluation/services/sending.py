"""A sending from its beginning to its end: made, called off before it leaves, ended; and a person who wants no more.

Whatever writes invitations locks the questionnaire first, as an answer and the night's shuffle do.
"""

import hashlib
import hmac
from datetime import datetime, time, timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from cafe.errors import Refusal
from cafe.models import DeliveryState, Hit, Outgoing
from evaluation.enums import SurveyAudience, SurveyState
from evaluation.models import Invitation, Sending
from evaluation.notifications.invitations import key_of
from evaluation.services.answering import hash_of, lock_survey

LEAVES_AT = time(10)
QUIET = timedelta(days=7)
OPEN_FOR = timedelta(days=30)
NOT_OPEN = "Ce questionnaire n’est pas ouvert : rien ne peut être envoyé."
NOT_INVITING = "Ce questionnaire est ouvert à toute personne qui a l’adresse : il ne s’envoie pas."
NOBODY_NEW = "Toutes ces personnes sont déjà invitées à ce questionnaire."
HAS_LEFT = "Cet envoi est déjà parti : il peut seulement être arrêté."


def why_not_sending(survey):
    """Return why no invitation may be made for a questionnaire, or None."""
    if survey.state != SurveyState.OPEN:
        return NOT_OPEN
    return None if survey.audience == SurveyAudience.INVITED else NOT_INVITING


def next_morning(now=None):
    """Return the first day whose mails have not left yet: today until ten o’clock, then tomorrow."""
    now = timezone.localtime(now)
    return now.date() if now.time() < LEAVES_AT else now.date() + timedelta(days=1)


def closing_day(survey, starts_on):
    """Return when a sending closes by itself: after thirty days, or as long as its reminders need, a week more each."""
    days = max(OPEN_FOR, timedelta(days=survey.reminder_days * survey.reminders) + QUIET)
    return min(filter(None, [starts_on + days, survey.closes_on]))


@transaction.atomic
def plan_sending(*, survey, emails, label, starts_on, closes_on=None):
    """Make a sending to a list of normalised addresses, without those invited already. Raises Refusal."""
    survey = lock_survey(survey)
    if reason := why_not_sending(survey):
        raise Refusal(reason)
    known = invited_to(survey)
    new = [email for email in dict.fromkeys(emails) if email not in known]
    if not new:
        raise Refusal(NOBODY_NEW)
    return make_sending(survey=survey, emails=new, label=label, starts_on=starts_on, closes_on=closes_on)


def make_sending(*, survey, emails, starts_on, session=None, label="", closes_on=None):
    """Write a sending and its invitations; the questionnaire is locked by the caller."""
    sending = Sending.objects.create(
        survey=survey,
        session=session,
        label=label,
        invited=len(emails),
        starts_on=starts_on,
        closes_on=min(filter(None, [closes_on or closing_day(survey, starts_on), survey.closes_on])),
    )
    Invitation.objects.bulk_create([Invitation(sending=sending, email=email) for email in emails], batch_size=200)
    return sending


def invited_to(survey):
    """Return the addresses that a questionnaire has invited and that are still kept."""
    invitations = Invitation.objects.filter(sending__survey=survey, sending__closed_on=None)
    return set(invitations.values_list("email", flat=True))


@transaction.atomic
def cancel_sending(sending):
    """Call off a sending to a list before its first mail: nothing of it is kept. Raises Refusal."""
    lock_survey(sending.survey)
    if not Sending.objects.filter(pk=sending.pk, last_sent_on=None, closed_on=None, session=None).exists():
        raise Refusal(HAS_LEFT)
    Sending.objects.filter(pk=sending.pk).delete()


def follow_closing(survey, before):
    """Move the end of the sendings of a questionnaire whose last day has changed; `before`: what it was, or None.

    Those that ended with it go on to the end they would have had; the others end with it at the latest.
    """
    for sending in Sending.objects.filter(survey=survey, closed_on=None):
        chosen = None if sending.closes_on == before else sending.closes_on
        ends = min(filter(None, [chosen or closing_day(survey, sending.starts_on), survey.closes_on]))
        Sending.objects.filter(pk=sending.pk).update(closes_on=ends)


def close_sendings(survey):
    """End every sending of a questionnaire."""
    for sending in Sending.objects.filter(survey=survey, closed_on=None):
        close_sending(sending)


@transaction.atomic
def close_sending(sending):
    """End a sending: its links are dead, nobody is reminded, and who was invited is forgotten. Twice changes nothing.

    How many were invited stays. The mails that wait are dropped, and what the outbox keeps of those that left.
    """
    lock_survey(sending.survey)
    sending = Sending.objects.select_related("survey").filter(pk=sending.pk, closed_on=None).first()
    if sending is None:
        return
    emails = list(sending.invitations.values_list("email", flat=True))
    if sending.last_sent_on:
        stay_quiet(emails, since=sending.last_sent_on)
    drop_mails(sending.survey, emails)
    sending.invitations.all().delete()
    sending.closed_on = timezone.localdate()
    sending.save(update_fields=["closed_on"])


@transaction.atomic
def refuse_more(*, token):
    """Forget the invitation that a link was made for, so that no reminder leaves; tell whether there was one."""
    found = Invitation.objects.holding(hash_of(token)).select_related("sending__survey").first()
    if found is None:
        return False
    lock_survey(found.sending.survey)
    invitation = Invitation.objects.holding(hash_of(token)).filter(answered=False).first()
    if invitation is None:
        return False
    stay_quiet([invitation.email], since=invitation.last_sent_on or timezone.localdate())
    drop_mails(found.sending.survey, [invitation.email])
    invitation.delete()
    return True


def drop_mails(survey, emails):
    """Delete the mails about a questionnaire that these addresses were sent, or wait for.

    Found by address: each night gives the invitations new ids, and keys made before no longer match them.
    """
    about = Outgoing.objects.filter(dedupe_key__startswith=key_of(survey)).exclude(state=DeliveryState.CLAIMED)
    for start in range(0, len(emails), 200):
        about.filter(to__in=emails[start : start + 200]).delete()


# --- Once an invitation is gone -------------------------------------------------------------------


def quiet_key(email):
    """Return the keyed hash under which it is known that an address was mailed this week, and nothing else."""
    return hmac.new(settings.SECRET_KEY.encode(), f"survey-quiet:{email}".encode(), hashlib.sha256).hexdigest()


def stay_quiet(emails, *, since):
    """Remember for a week that these addresses were mailed, whose invitations go: another sending waits for it.

    Of a sending all of them alike, answered or not, up to its last mail: it tells nobody from the others.
    """
    end = datetime.combine(since + QUIET, time.min, tzinfo=timezone.get_current_timezone())
    if end <= timezone.now():
        return
    keys = {quiet_key(email) for email in emails}
    keys -= set(Hit.objects.filter(key__in=keys, expires_at__gte=end).values_list("key", flat=True))
    hits = [Hit(key=key, count=1, expires_at=end) for key in sorted(keys)]
    Hit.objects.bulk_create(
        hits, batch_size=200, update_conflicts=True, update_fields=["expires_at"], unique_fields=["key"]
    )


def in_quiet(emails):
    """Return those of these addresses that a sending which is over mailed this week."""
    keys = {quiet_key(email): email for email in emails}
    hits = Hit.objects.filter(key__in=keys, expires_at__gt=timezone.now())
    return {keys[key] for key in hits.values_list("key", flat=True)}
