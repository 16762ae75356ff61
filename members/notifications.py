"""Mails about accounts. Each tells one thing; those that carry a link or a code say so to the outbox."""

import uuid

from django.urls import reverse

from cafe import mail
from members.enums import SECOND_FACTOR_ROLES

WITH_TOKEN = {"email_confirmation", "email_confirmation_signup", "login_code", "password_reset_key"}
OWN_TEXT = WITH_TOKEN | {"account_already_exists", "unknown_account"}

# allauth's name -> (subject, what happened). The mail adds when, from where, and what to do if it was not you.
CHANGES = {
    "email_changed": (
        "Votre adresse e-mail a changé",
        "Votre adresse principale est maintenant {to_email}.",
    ),
    "email_confirm": (
        "Votre adresse e-mail est confirmée",
        "Une adresse de votre compte vient d’être confirmée.",
    ),
    "email_deleted": ("Une adresse a été retirée", "L’adresse {deleted_email} ne fait plus partie de votre compte."),
    "password_changed": ("Votre mot de passe a changé", "Le mot de passe de votre compte vient d’être modifié."),
    "password_reset": ("Votre mot de passe a changé", "Un nouveau mot de passe vient d’être choisi pour votre compte."),
    "password_set": ("Votre mot de passe est choisi", "Un mot de passe vient d’être choisi pour votre compte."),
    "recovery_codes_generated": (
        "Nouveaux codes de secours",
        "De nouveaux codes de secours viennent d’être créés ; les anciens ne servent plus.",
    ),
    "totp_activated": (
        "Double vérification activée",
        "Une application d’authentification protège désormais votre compte.",
    ),
    "totp_deactivated": (
        "Double vérification retirée",
        "L’application d’authentification ne protège plus votre compte.",
    ),
    "webauthn_added": ("Clé d’accès ajoutée", "Une clé d’accès vient d’être ajoutée à votre compte."),
    "webauthn_removed": ("Clé d’accès retirée", "Une clé d’accès vient d’être retirée de votre compte."),
}


def account_mail(*, name, to, context):
    """Send the mail that allauth calls `name`, with the texts of templates/account/email."""
    values = {key: value for key, value in context.items() if key not in {"request", "current_site"}}
    if name in OWN_TEXT:
        user = values.pop("user", None)
        values["first_name"] = user.first_name if user else ""
        return _send(f"account/{name}", to, values, carries_token=name in WITH_TOKEN)
    subject, sentence = CHANGES[name]
    values |= {"subject": subject, "sentence": sentence.format(**values)}
    return _send("account/changed", to, values)


def account_erased(*, first_name, to):
    return _send("account/erased", to, {"first_name": first_name})


def account_idle(*, user, erased_on):
    context = {"first_name": user.first_name, "erased_on": erased_on, "url": mail.absolute(reverse("account_login"))}
    return _send("account/idle", user.email, context)


def role_offered(*, invitation, path):
    context = {
        "invitation": invitation,
        "role": invitation.get_role_display(),
        "url": mail.absolute(path),
        "second_factor": invitation.role in SECOND_FACTOR_ROLES,
    }
    return _send("account/role_offered", invitation.email, context, carries_token=True)


def _send(event, to, context, carries_token=False):
    """Every one of these mails is wanted each time, so its key is unique."""
    key = f"{event}/{uuid.uuid4().hex}"
    return mail.send(event=event, to=to, context=context, dedupe_key=key, carries_token=carries_token)
