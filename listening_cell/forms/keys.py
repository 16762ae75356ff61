from django import forms

from listening_cell import passphrases
from listening_cell.models import Peer, Referent

LEAST_SYMBOLS, LEAST_WORDS = 20, 4
TOO_WEAK = "Il faut quatre mots différents au moins, et vingt signes. Les cinq mots proposés conviennent."
SECRET = {"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}
NOTED = (2, 7)  # the groups of the code that one copies back, to be sure that it is on paper


def secret_field(label, **options):
    """Return a field that browsers neither keep, correct nor show."""
    widget = forms.PasswordInput(attrs=SECRET)
    return forms.CharField(label=label, max_length=300, strip=False, widget=widget, **options)


def code_field(label, **options):
    return forms.CharField(label=label, max_length=80, widget=forms.TextInput(attrs=SECRET), **options)


class PassphraseMixin(forms.Form):
    """A new passphrase, typed twice. `proposed`: the five words shown, which the page alone carries."""

    passphrase = secret_field("Votre phrase", help_text="Majuscules et accents ne comptent pas.")
    again = secret_field("Votre phrase, une seconde fois")

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        self.user = user
        self.proposed = self.proposal_sent() or passphrases.propose()

    def proposal_sent(self):
        """Return the proposal that the page carried, so that an error does not change what one has just learnt."""
        sent = self.data.get("proposal", "")
        return sent if len(sent.split()) == passphrases.WORDS_PROPOSED and set(sent.split()) <= listed() else ""

    def clean_passphrase(self):
        typed = self.cleaned_data["passphrase"]
        plain = passphrases.normalise(typed)
        if len(plain) < LEAST_SYMBOLS or len(set(plain.split())) < LEAST_WORDS:
            raise forms.ValidationError(TOO_WEAK)
        if self.user.check_password(typed) or self.user.check_password(typed.strip()):
            raise forms.ValidationError("C’est votre mot de passe de connexion. Cette phrase doit être une autre.")
        return typed

    def clean(self):
        cleaned = super().clean()
        first, second = (passphrases.normalise(cleaned.get(name, "")) for name in ("passphrase", "again"))
        if first and second and first != second:
            self.add_error("again", "Les deux phrases ne sont pas les mêmes. Retapez-les.")
        return cleaned


def listed():
    return set(passphrases.words())


class NewKeyForm(PassphraseMixin):
    pass


class RecoverForm(PassphraseMixin):
    code = code_field("Votre code de secours", help_text="Trente-deux signes. Les espaces ne comptent pas.")
    field_order = ["code", "passphrase", "again"]


class ChangePassphraseForm(PassphraseMixin):
    current = secret_field("Votre phrase actuelle")
    field_order = ["current", "passphrase", "again"]


class UnlockForm(forms.Form):
    passphrase = secret_field("Votre phrase")


class NotedForm(forms.Form):
    """Two groups of the recovery code, copied back from the paper. The page carries the code; nothing keeps it."""

    second = code_field("Le 2ᵉ groupe")
    seventh = code_field("Le 7ᵉ groupe")


class InviteForm(forms.Form):
    SEASONED, BEGINNER, REFERENT = "seasoned", "beginner", "referent"
    ROLES = (
        (SEASONED, "Pair écoutant expérimenté"),
        (BEGINNER, "Pair écoutant débutant"),
        (REFERENT, "Référent de la cellule"),
    )

    email = forms.EmailField(
        label="Adresse e-mail du compte",
        max_length=254,
        help_text="Exactement celle avec laquelle la personne se connecte.",
    )
    role = forms.ChoiceField(label="Comme", choices=ROLES, widget=forms.RadioSelect, initial=SEASONED)

    def chosen(self):
        """Return what the service takes: which kind of holder, and whether experienced."""
        role = self.cleaned_data["role"]
        return {"model": Referent if role == self.REFERENT else Peer, "seasoned": role == self.SEASONED}


class SignForm(forms.Form):
    mark = code_field("L’empreinte que la personne vous lit", help_text="Douze lettres et chiffres.")


class SureForm(forms.Form):
    sure = forms.BooleanField(label="J’ai lu ce qui précède, et je le confirme.")
