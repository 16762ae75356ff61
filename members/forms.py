"""The portal's wording on allauth's forms, the sign-up form and the profile."""

from allauth.account import forms as account
from allauth.mfa.base import forms as mfa
from allauth.mfa.totp import forms as totp
from allauth.mfa.webauthn import forms as webauthn
from django import forms
from django.db import IntegrityError, transaction

from cafe.text import without_controls
from members.enums import Gender, Practice, Profession
from members.models import PROFILE_FIELDS, User

LABELS = {
    "login": "Adresse e-mail",
    "email": "Adresse e-mail",
    "password": "Mot de passe",
    "remember": "Rester connecté sur cet appareil",
    "oldpassword": "Mot de passe actuel",
    "password1": "Nouveau mot de passe",
    "password2": "Le même, une seconde fois",
    "name": "Nom de cette clé d’accès",
    "passwordless": "Me connecter avec cette clé seule",
}
HELP_TEXTS = {
    "password": "",
    "oldpassword": "",
    "password1": "12 caractères au moins. Quatre mots sans lien entre eux se retiennent bien.",
    "name": "Par exemple : mon téléphone. Ce nom n’est vu que de vous.",
    "passwordless": "Rien d’autre à saisir : votre appareil demandera votre empreinte, votre visage ou son code.",
}
NO_ANSWER = ("", "Je ne souhaite pas répondre")
CPTS_MEMBER = [("unknown", NO_ANSWER[1]), ("true", "Oui"), ("false", "Non")]
CODE_ATTRS = {"inputmode": "numeric", "autocomplete": "one-time-code", "spellcheck": "false"}


class Reworded:
    """Our labels and help under allauth's names of fields; no placeholder, since it vanishes when one types."""

    labels = {}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            field.widget.attrs.pop("placeholder", None)
            field.label = self.labels.get(name) or LABELS.get(name, field.label)
            field.help_text = HELP_TEXTS.get(name, field.help_text)
        if "code" in self.fields:
            self.fields["code"].widget.attrs |= CODE_ATTRS


class LoginForm(Reworded, account.LoginForm):
    pass


class RequestLoginCodeForm(Reworded, account.RequestLoginCodeForm):
    pass


class ConfirmLoginCodeForm(Reworded, account.ConfirmLoginCodeForm):
    labels = {"code": "Code reçu par e-mail"}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["code"].widget.attrs["inputmode"] = "text"


class AddEmailForm(Reworded, account.AddEmailForm):
    labels = {"email": "Nouvelle adresse e-mail"}


class ResetPasswordForm(Reworded, account.ResetPasswordForm):
    pass


class ResetPasswordKeyForm(Reworded, account.ResetPasswordKeyForm):
    pass


class ChangePasswordForm(Reworded, account.ChangePasswordForm):
    pass


class SetPasswordForm(Reworded, account.SetPasswordForm):
    pass


class ReauthenticateForm(Reworded, account.ReauthenticateForm):
    pass


class AuthenticateForm(Reworded, mfa.AuthenticateForm):
    labels = {"code": "Code de votre application, ou code de secours"}


class ReauthenticateByCodeForm(Reworded, mfa.ReauthenticateForm):
    labels = {"code": "Code de votre application, ou code de secours"}


class ActivateTOTPForm(Reworded, totp.ActivateTOTPForm):
    labels = {"code": "Code à 6 chiffres affiché par l’application"}


class AddPasskeyForm(Reworded, webauthn.AddWebAuthnForm):
    pass


class RenamePasskeyForm(Reworded, webauthn.EditWebAuthnForm):
    pass


class ProfileForm(forms.ModelForm):
    """What the portal knows of a person. Only the names and the profession are compulsory."""

    class Meta:
        model = User
        fields = PROFILE_FIELDS
        widgets = {
            "first_name": forms.TextInput(attrs={"autocomplete": "given-name"}),
            "last_name": forms.TextInput(attrs={"autocomplete": "family-name"}),
            "phone": forms.TextInput(attrs={"autocomplete": "tel", "type": "tel", "inputmode": "tel"}),
        }
        labels = {
            "profession": "Profession ou fonction",
            "commune": "Commune d’exercice",
            "practice": "Mode d’exercice",
            "cpts_member": "Adhérez-vous à la CPTS ?",
        }
        help_texts = {
            "commune": "Pour savoir si le programme touche tout le territoire.",
            "cpts_member": "Les activités sont ouvertes à tous les professionnels de santé, adhérents ou non.",
            "gender": "Nous en tirons un seul nombre, pour nos financeurs : la part des femmes parmi les participants.",
            "phone": "Pour vous prévenir si une séance est annulée au dernier moment.",
        }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["profession"].required = True
        self.fields["profession"].choices = [("", "Choisissez"), *Profession.choices]
        self.fields["practice"].choices = [NO_ANSWER, *Practice.choices]
        self.fields["gender"].choices = [NO_ANSWER, *Gender.choices]
        self.fields["cpts_member"].widget.choices = CPTS_MEMBER

    def clean(self):
        data = super().clean()
        texts = {name: without_controls(value).strip() for name, value in data.items() if isinstance(value, str)}
        for name in {"first_name", "last_name"} & texts.keys():
            if not texts[name]:
                self.add_error(name, "Indiquez votre prénom et votre nom.")
        return data | texts


class SignupForm(Reworded, account.SignupForm):
    """E-mail and password, then the profile; the adapter saves both in one row."""

    labels = {"password1": "Mot de passe"}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.profile = ProfileForm(self.data if self.is_bound else None)
        self.fields |= self.profile.fields

    def clean(self):
        data = super().clean()
        for name, errors in self.profile.errors.items():
            if name not in self.errors:
                self.add_error(name, errors)
        return data | {name: value for name, value in self.profile.cleaned_data.items() if name not in self.errors}

    def try_save(self, request):
        """Two sign-ups of one address at the same instant: the second gets the answer of an address already known."""
        try:
            with transaction.atomic():
                return super().try_save(request)
        except IntegrityError:
            self.account_already_exists = True
            return super().try_save(request)
