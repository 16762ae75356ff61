"""Forms of whoever came back with a receipt. What was typed is always kept."""

from datetime import UTC, datetime

from django import forms

from cafe.templatetags.french import clock, day
from listening_cell.forms.asking import Boxes, PeersField, Radios, described

WORDS = 5000
NO_DATE = "none"
QUIET = {"autocomplete": "off", "spellcheck": "false"}
TOO_LONG = "C’est trop long : 5 000 caractères au plus. Rien n’est perdu : raccourcissez, ou écrivez en deux fois."


class CodeForm(forms.Form):
    code = forms.CharField(
        label="Votre code de suivi",
        max_length=200,
        widget=forms.TextInput(attrs=QUIET | {"autocapitalize": "characters", "maxlength": None}),
        help_text="Seize lettres et chiffres, sans 0, 1, I, L, O ni U. Espaces, tirets et minuscules sont acceptés.",
        error_messages={"required": "Tapez votre code.", "max_length": "Ce code est trop long."},
    )


class WordsField(forms.CharField):
    """A text of several lines, counted as one reads it: browsers send two characters for a new line.

    No maxlength in the page: it would cut a pasted text without a word.
    """

    widget = forms.Textarea(attrs=QUIET | {"rows": 6, "maxlength": None})

    def __init__(self, **options):
        messages = {"required": "Écrivez quelques mots avant d’envoyer.", "max_length": TOO_LONG}
        super().__init__(max_length=WORDS, error_messages=messages, **options)

    def to_python(self, value):
        return super().to_python(value).replace("\r\n", "\n")

    def widget_attrs(self, widget):
        return {}


class MessageForm(forms.Form):
    words = WordsField(label="Votre message", help_text="Seul votre binôme peut le lire.")


class CancelForm(forms.Form):
    words = WordsField(
        label="Un mot pour votre binôme", required=False, help_text="Rien ne vous oblige à vous expliquer."
    )


class DateField(forms.CharField):
    """The moment of one of the large choices, as seconds since 1970; None for « sans date », where it is offered."""

    widget = Radios(attrs={"class": "form-check-input"})

    def __init__(self, *, may_be_none=False, **options):
        self.may_be_none = may_be_none
        self.required_message = "Choisissez l’une des réponses." if may_be_none else "Choisissez une date."
        super().__init__(error_messages={"required": self.required_message}, **options)

    def clean(self, value):
        text = super().clean(value)
        if text == NO_DATE and self.may_be_none:
            return None
        try:
            return datetime.fromtimestamp(int(text), UTC)
        except (ValueError, OverflowError, OSError) as error:
            raise forms.ValidationError(self.required_message) from error


def dated(dates):
    """Return the large choices of these aware datetimes."""
    return [(str(int(at.timestamp())), f"{day(at)}\nà {clock(at)}") for at in dates]


class DateForm(forms.Form):
    """show() gives it the dates, before it is rendered."""

    date = DateField(label="Quand préférez-vous ?")

    def show(self, dates):
        self.fields["date"].widget.choices = dated(dates)


class PairForm(forms.Form):
    """show() gives it the peers and the slots of an OtherPair, before it is rendered."""

    excluded = PeersField(
        label="Y a-t-il des pairs que vous ne voulez pas rencontrer ?",
        required=False,
        widget=Boxes(attrs={"class": "form-check-input"}),
        help_text="Ceux que vous aviez écartés, et votre binôme actuel, ne seront pas choisis.",
    )
    date = DateField(label="Quand préférez-vous ?", may_be_none=True)

    def show(self, *, peers, slots):
        self.fields["excluded"].choices = [(peer.pk, described(peer.user)) for peer in peers]
        last = (NO_DATE, "Aucune de ces dates : proposez-m’en une" if slots else "Proposez-moi une date")
        self.fields["date"].widget.choices = [*dated(slots), last]
