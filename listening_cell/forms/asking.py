"""The one-page form by which a talk is asked for. What was typed is always kept; each question says why it is asked."""

import re
import secrets
from datetime import UTC, datetime, timedelta

from django import forms
from django.core import signing
from django.core.exceptions import ValidationError

from cafe.forms import HoneypotMixin, OneLineField
from cafe.templatetags.french import clock, day
from listening_cell.enums import For, Mode
from listening_cell.services.casework import Request
from members.enums import Profession

NONCE = re.compile(r"[A-Za-z0-9_-]{32,64}")
PEER = re.compile(r"[0-9a-z]{26}")
MOST_PEERS = 100
WORDS = 4000
NO_SLOT = "none"
# Beyond, the slots shown are drawn anew: who kept an old page cannot test which ones went.
SHOWN_FOR = timedelta(hours=3)
SHOWN_SALT = "cell slots shown"
HINTS = {
    For.COLLEAGUE: "Le code de suivi sera le sien : remettez-le-lui.",
    For.GROUP: "Une équipe, des associés : les deux pairs vous reçoivent ensemble.",
    For.WORRIED: "Vous venez prendre conseil. La cellule n’appelle personne qui n’a pas donné son accord.",
    Mode.PLACE: "Dans un lieu accueillant, à l’abri des regards.",
    NO_SLOT: "Les deux pairs vous en proposent une, dans votre suivi.",
}
OLD_PAGE = "Cette page était ouverte depuis longtemps. Rien n’est perdu : relisez, puis envoyez à nouveau."
OLD_SLOTS = "Cette page était ouverte depuis longtemps : voici les créneaux d’aujourd’hui."
FILLED_FOR_YOU = "Votre navigateur avait rempli un champ caché. Rien n’est perdu : envoyez à nouveau."


def new_nonce():
    return secrets.token_urlsafe(32)


class Choices:
    """Large choices; those that need it have a second line."""

    def create_option(self, name, value, label, *args, **kwargs):
        option = super().create_option(name, value, label, *args, **kwargs)
        title, _, second = str(label).partition("\n")
        return option | {"label": title, "hint": second or HINTS.get(value, "")}


class Radios(Choices, forms.RadioSelect):
    pass


class Boxes(Choices, forms.CheckboxSelectMultiple):
    pass


class PeersField(forms.MultipleChoiceField):
    """Ids of peers. One who has left the cell since the page was opened is no mistake of the reader."""

    widget = Boxes

    def valid_value(self, value):
        return bool(PEER.fullmatch(value))

    def validate(self, value):
        if len(value) > MOST_PEERS:
            raise ValidationError("Cochez moins de pairs.")
        super().validate(value)


class AskForm(HoneypotMixin, forms.Form):
    """show() gives it the slots and the peers of an Offer, before it is rendered."""

    nonce = forms.CharField(widget=forms.HiddenInput)
    shown = forms.CharField(widget=forms.HiddenInput, required=False)
    for_whom = forms.ChoiceField(
        label="Pour qui demandez-vous cet entretien ?",
        choices=For.choices,
        widget=Radios,
        help_text="Pour savoir qui les pairs reçoivent, et à qui revient le code de suivi.",
        error_messages={"required": "Dites pour qui vous demandez cet entretien."},
    )
    profession = forms.ChoiceField(
        label="Votre profession",
        choices=[("", "Je préfère ne pas le dire"), *Profession.choices],
        required=False,
        help_text="Pour que, si possible, l’un des deux pairs exerce la même. Si vous demandez pour un collègue, "
        "indiquez la sienne.",
    )
    commune = OneLineField(
        label="Commune d’exercice",
        max_length=80,
        required=False,
        help_text="Un pair qui pense vous connaître peut ainsi se retirer avant de vous lire.",
    )
    excluded = PeersField(
        label="Y a-t-il des pairs que vous ne voulez pas rencontrer ?",
        required=False,
        help_text="Voici tous les pairs. Cochez ceux que vous préférez éviter : ils ne seront ni choisis, ni avertis. "
        "Seuls vos deux pairs le sauront, pour ne jamais leur passer le relais.",
    )
    mode = forms.ChoiceField(
        label="Comment préférez-vous parler ?",
        choices=Mode.choices,
        widget=Radios,
        help_text="Pour que les pairs préparent le lieu, l’appel ou le lien.",
        error_messages={"required": "Dites comment vous préférez parler."},
    )
    slot = forms.CharField(
        label="Quel moment vous convient ?",
        widget=Radios,
        help_text="Quelques créneaux, tirés au sort chaque jour parmi ceux où deux pairs sont libres. Comptez trente "
        "minutes à une heure.",
        error_messages={"required": "Choisissez un créneau, ou « Aucun de ces créneaux »."},
    )
    name = OneLineField(
        label="Prénom ou pseudonyme",
        max_length=80,
        required=False,
        help_text="Pour savoir comment vous appeler.",
    )
    reach = OneLineField(
        label="Un moyen de vous joindre",
        max_length=120,
        required=False,
        help_text="Si un pair a un empêchement, ou pour vous appeler. Le portail, lui, ne vous écrira jamais.",
    )
    words = forms.CharField(
        label="Quelques mots",
        max_length=WORDS,
        required=False,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text="Ce que vous aimeriez que les deux pairs sachent avant. Rien ne vous y oblige. Ne nommez ni patient, "
        f"ni collègue. {WORDS} caractères au plus.",
    )

    def __init__(self, data=None, *args, **kwargs):
        self.told = []
        super().__init__(self.mended(data) if data else None, *args, **kwargs)
        if not self.is_bound:
            self.initial["nonce"] = new_nonce()
        for field in self.fields.values():
            field.widget.attrs |= {"autocomplete": "off", "spellcheck": "false"}
        for name in ("for_whom", "mode", "slot", "excluded"):
            self.fields[name].widget.attrs["class"] = "form-check-input"

    def mended(self, data):
        """Return what was sent, with a new nonce where it had none that we make, and the trap emptied.

        A browser that fills fields by itself must not cost somebody a request believed to be sent: a machine and a
        person get the same answer, and the person sends again.
        """
        data = data.copy()
        if not NONCE.fullmatch(data.get("nonce", "")):
            data["nonce"] = new_nonce()
            self.told.append(OLD_PAGE)
        if data.get("fax_reference"):
            data["fax_reference"] = ""
            self.told.append(FILLED_FOR_YOU)
        return data

    def clean_slot(self):
        """Return the moment chosen, or None for no slot; only what the page showed, and not long ago, can be had."""
        value = self.cleaned_data["slot"]
        if value == NO_SLOT:
            return None
        try:
            shown = signing.loads(self.data.get("shown", ""), salt=SHOWN_SALT, max_age=SHOWN_FOR)
        except signing.BadSignature as error:
            raise ValidationError(OLD_SLOTS) from error
        if value not in shown:
            raise ValidationError(self.fields["slot"].error_messages["required"])
        return datetime.fromtimestamp(int(value), UTC)

    def clean(self):
        for sentence in self.told:
            self.add_error(None, sentence)
        return super().clean()

    def wishes(self):
        """Return what the offer depends on, as far as it is known."""
        known = getattr(self, "cleaned_data", {})
        return {
            "profession": known.get("profession", ""),
            "excluded": tuple(known.get("excluded", ())),
            "wanted": known.get("slot"),
        }

    def request(self):
        """Return what is sealed."""
        names = ("for_whom", "profession", "mode", "commune", "name", "reach", "words")
        given = {name: self.cleaned_data[name] for name in names}
        return Request(**given, excluded=tuple(self.cleaned_data["excluded"]))

    def show(self, *, peers, slots):
        """Give the form the peers and the slots (aware datetimes) it shows, and sign which slots those are."""
        self.fields["excluded"].choices = [(peer.pk, described(peer.user)) for peer in peers]
        values = {str(int(at.timestamp())): f"{day(at)}\nà {clock(at)}" for at in slots}
        last = "Aucun de ces créneaux : proposez-moi une date" if values else "Proposez-moi une date"
        self.fields["slot"].widget.choices = [*values.items(), (NO_SLOT, last)]
        shown = signing.dumps(list(values), salt=SHOWN_SALT)
        self.initial["shown"] = shown
        if self.is_bound:
            self.data["shown"] = shown


def described(user):
    """Return the two lines by which colleagues know a peer."""
    where = f", {user.commune}" if user.commune else ""
    profession = user.get_profession_display() if user.profession else "Professionnel de santé"
    return f"{user.first_name or 'Un pair'}\n{profession}{where}"
