"""What is given back to a person, erased at her wish, and forgotten after a time."""

from datetime import timedelta

from allauth.account.models import EmailAddress
from django.db import transaction
from django.db.models import Case, Value, When
from django.utils import timezone

from activities.enums import CancelReason
from activities.models import Answer, FacilitatorNotice, Person, Registration
from activities.services.registering import cancel_registration
from cafe.models import Portal

KEPT_MONTHS = 24
WITHIN, OUTSIDE = "Territoire", "Hors du territoire"
KEPT = timedelta(days=KEPT_MONTHS * 365.25 / 12)


def registrations_of(user):
    """Registrations made with the addresses this person has verified, whoever was signed in."""
    emails = EmailAddress.objects.filter(user=user, verified=True).values_list("email", flat=True)
    return Registration.objects.of_emails([email.lower() for email in emails])


def export(user):
    """Return this person's registrations as plain values, for her data export."""
    fields = ["first_name", "last_name", "email", "profession", "commune", "cpts_member", "gender", "phone", "remarks"]
    return [
        {
            "seance": str(registration.session),
            "debut": registration.session.starts_at.isoformat(),
            "etat": registration.get_state_display(),
            "inscription": registration.created_at.isoformat(),
            **{field: getattr(registration, field) for field in fields},
            "presence": [mark.get_presence_display() for mark in registration.attendances.all()],
            "reponses": {answer.question.text: answer.value for answer in registration.answers.all()},
        }
        for registration in registrations_of(user)
        .select_related("session__activity")
        .prefetch_related("answers__question", "attendances")
    ]


@transaction.atomic
def erase(user):
    """Cancel this person's coming registrations, so that others get the places, then anonymise all of hers."""
    mine = registrations_of(user)
    for registration in mine.live().filter(session__state="published", session__starts_at__gt=timezone.now()):
        cancel_registration(registration=registration, reason=CancelReason.PERSON)
    anonymise(mine)


def _coarse_commune():
    """Within the territory or outside: all that is left of a commune, which with a profession would name someone."""
    return Case(
        When(commune="", then=Value("")),
        When(commune__in=[*Portal.load().commune_list(), WITHIN], then=Value(WITHIN)),
        default=Value(OUTSIDE),
    )


@transaction.atomic
def anonymise(registrations):
    """Wipe who it was; keep what figures need: the session, state, profession, membership, gender and random key."""
    emails = list(registrations.exclude(email="").values_list("email", flat=True).distinct())
    Answer.objects.filter(registration__in=registrations).delete()
    wiped = dict.fromkeys(["email", "first_name", "last_name", "phone", "remarks"], "")
    count = registrations.update(**wiped, commune=_coarse_commune(), anonymised_at=timezone.now())
    still_known = Registration.objects.filter(email__in=emails).values("email")
    Person.objects.filter(email__in=emails).exclude(email__in=still_known).delete()
    return count


def purge(now, dry_run):
    """Anonymise registrations to sessions that began over 24 months ago, delete what their facilitators said.

    Return what was or would be done.
    """
    old = Registration.objects.filter(session__starts_at__lt=now - KEPT, anonymised_at=None)
    count = old.count() if dry_run else anonymise(old)
    notices = FacilitatorNotice.objects.filter(session__starts_at__lt=now - KEPT)
    said = notices.count() if dry_run else notices.delete()[0]
    return [
        f"Inscriptions de plus de {KEPT_MONTHS} mois anonymisées : {count}.",
        f"Messages d’intervenants de plus de {KEPT_MONTHS} mois supprimés : {said}.",
    ]
