"""How allauth speaks and writes here: in French, through the outbox, with the portal's name."""

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from django.core.validators import validate_email
from django.urls import reverse

from cafe.limits import client_address
from cafe.models import Portal
from cafe.text import normalise_email
from members import notifications, services
from members.permissions import first_page


class AccountAdapter(DefaultAccountAdapter):
    error_messages = DefaultAccountAdapter.error_messages | {
        "account_inactive": "Ce compte est fermé. Écrivez-nous si vous souhaitez le rouvrir.",
        "cannot_remove_primary_email": "Cette adresse est votre adresse principale : choisissez-en d’abord une autre.",
        "duplicate_email": "Cette adresse est déjà dans votre compte.",
        "email_password_mismatch": "Adresse ou mot de passe inconnus. Vous pouvez aussi recevoir un code par e-mail.",
        "email_taken": "Cette adresse est déjà utilisée par un compte.",
        "enter_current_password": "Saisissez votre mot de passe actuel.",
        "incorrect_code": "Ce code ne convient pas. Vérifiez-le, ou demandez-en un nouveau.",
        "incorrect_password": "Ce mot de passe ne convient pas.",
        "invalid_or_expired_key": "Ce lien a expiré ou a déjà servi.",
        "invalid_login": "Cette connexion n’a pas abouti. Recommencez, s’il vous plaît.",
        "invalid_password_reset": "Ce lien a expiré ou a déjà servi. Demandez-en un nouveau.",
        "max_email_addresses": "Un compte réunit %d adresses au plus.",
        "too_many_login_attempts": "Trop d’essais. Attendez cinq minutes, puis recommencez.",
        "unverified_primary_email": "Confirmez d’abord cette adresse, par le lien que nous y envoyons.",
        "rate_limited": "Trop de demandes à la fois. Attendez quelques minutes, puis recommencez.",
    }

    def get_client_ip(self, request):
        return client_address(request)

    def get_login_redirect_url(self, request):
        return reverse(first_page(request.user))

    def clean_email(self, email):
        email = normalise_email(email)
        validate_email(email)
        return email

    def save_user(self, request, user, form, commit=True):
        """Save the whole profile with the account, in one row."""
        services.fill_profile(user, form.cleaned_data)
        return super().save_user(request, user, form, commit=commit)

    def confirm_email(self, request, email_address):
        if not services.release_address(email=email_address.email, to=email_address.user):
            return False
        return super().confirm_email(request, email_address)

    def send_mail(self, template_prefix, email, context):
        notifications.account_mail(name=template_prefix.rpartition("/")[2], to=email, context=context)


class SecondFactorAdapter(DefaultMFAAdapter):
    error_messages = DefaultMFAAdapter.error_messages | {
        "cannot_delete_authenticator": "Votre rôle demande une double vérification : ajoutez un autre moyen d’abord.",
        "cannot_generate_recovery_codes": "Activez d’abord la double vérification.",
        "incorrect_code": "Ce code ne convient pas. Attendez le suivant, puis recommencez.",
        "unverified_email": "Confirmez d’abord votre adresse e-mail.",
    }

    def _get_site_name(self):
        return Portal.load().name

    def generate_authenticator_name(self, user, type):
        return "Ma clé d’accès"

    def can_delete_authenticator(self, authenticator):
        """Whoever needs a second factor keeps one."""
        user = authenticator.user
        if not user.needs_second_factor:
            return True
        return user.authenticator_set.filter(type__in=services.FACTORS).exclude(pk=authenticator.pk).exists()
