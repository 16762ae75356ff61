"""What happens to accounts."""

from contextlib import suppress
from datetime import timedelta

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.db import transaction
from django.db.models import F, Q
from django.db.models.functions import Coalesce

from cafe import mail
from cafe.errors import Refusal
from members import notifications, personal_data
from members.models import PROFILE_FIELDS, User

FACTORS = [Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN]
IDLE = timedelta(days=3 * 365.25)
WARNING = timedelta(days=30)


def fill_profile(user, data):
    for name in PROFILE_FIELDS & data.keys():
        setattr(user, name, data[name])


def has_second_factor(user):
    return user.authenticator_set.filter(type__in=FACTORS).exists()


@transaction.atomic
def release_address(*, email, to):
    """Let the owner of a mailbox use it: an account opened with it by somebody who never proved it is erased.

    Return False where that other account is more than an unproved sign-up (it has a role, or was created by hand).
    """
    others = User.objects.select_for_update(of=("self",)).filter(email=email).exclude(pk=to.pk)
    for other in others:
        proved = other.last_login or other.is_staff or other.is_superuser or other.role_names
        if proved or EmailAddress.objects.filter(user=other, verified=True).exists():
            return False
        other.delete()
    return True


def export(user):
    """Return the account as plain values."""
    return {
        "adresses": list(EmailAddress.objects.filter(user=user).values("email", "verified", "primary")),
        "prenom": user.first_name,
        "nom": user.last_name,
        "profession": user.get_profession_display(),
        "commune": user.commune,
        "mode_exercice": user.get_practice_display(),
        "adherent_cpts": user.cpts_member,
        "genre": user.get_gender_display(),
        "telephone": user.phone,
        "roles": sorted(user.role_names),
        "inscrit_le": user.date_joined.isoformat(),
        "derniere_connexion": user.last_login and user.last_login.isoformat(),
    }


def erase(user):
    """Delete the account, and wipe the mails sent to its addresses."""
    for email in {user.email, *EmailAddress.objects.filter(user=user).values_list("email", flat=True)}:
        mail.forget(email)
    user.delete()


@transaction.atomic
def erase_account(*, user):
    """Erase a person everywhere, and tell her so by mail. The technical account stays: someone must hold the keys."""
    if user.is_superuser:
        raise Refusal("Ce compte tient les clés techniques du portail : confiez-les d’abord à quelqu’un d’autre.")
    first_name, email = user.first_name, user.email
    personal_data.erase_all(user)
    notifications.account_erased(first_name=first_name, to=email)


def idle(before):
    """Accounts not used since then. Who holds a role or the technical access is left to those who granted it."""
    people = User.objects.annotate(used_at=Coalesce("last_login", "date_joined"))
    return people.filter(used_at__lt=before, is_staff=False, is_superuser=False, groups=None)


def purge(now, dry_run):
    """Warn accounts idle for three years less 30 days; erase those warned 30 days ago and still idle."""
    warned = idle(now - IDLE).filter(idle_warned_at__lte=now - WARNING, idle_warned_at__gt=F("used_at"))
    to_warn = idle(now - IDLE + WARNING).filter(Q(idle_warned_at=None) | Q(idle_warned_at__lte=F("used_at")))
    counts = [warned.count(), to_warn.count()]
    if not dry_run:
        for user in warned:
            # Somebody on whom something still rests stays, and is no reason to keep the others.
            with suppress(Refusal):
                erase_account(user=user)
        for user in to_warn:
            warn_idle(user=user, now=now)
    return [
        f"Comptes sans connexion depuis trois ans, effacés : {counts[0]}.",
        f"Comptes sans connexion, prévenus de leur effacement dans 30 jours : {counts[1]}.",
    ]


@transaction.atomic
def warn_idle(*, user, now):
    user.idle_warned_at = now
    user.save(update_fields=["idle_warned_at"])
    notifications.account_idle(user=user, erased_on=now + WARNING)
