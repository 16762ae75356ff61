"""What a pair sends from the page of a case: a message, an hour, who passes it on."""

from datetime import UTC, datetime

from django import forms

from cafe.templatetags.french import clock, day
from listening_cell.services import booking

WORDS = 4000
PLAIN = {"autocomplete": "off", "spellcheck": "false"}
NOW_GONE = f"{booking.TAKEN} Choisissez-en un autre."


class MessageForm(forms.Form):
    words = forms.CharField(
        label="Votre message",
        max_length=WORDS,
        widget=forms.Textarea(attrs={"rows": 5, **PLAIN}),
        help_text="La personne le lira quand elle reviendra avec son code : le portail ne lui écrit pas.",
        error_messages={"required": "Écrivez votre message."},
    )


class HourField(forms.TypedChoiceField):
    """An hour among those the pair has in common. One that has just gone is no mistake of the reader."""

    def __init__(self, *, label="Heure", **options):
        options = {"coerce": moment_of, "empty_value": None} | options
        super().__init__(label=label, error_messages={"invalid_choice": NOW_GONE, "required": "Choisissez."}, **options)

    def show(self, hours, first="Choisir une heure"):
        self.choices = [("", first), *((value_of(at), f"{day(at)}, {clock(at)}") for at in hours)]


def value_of(moment):
    return str(int(moment.timestamp()))


def moment_of(value):
    return datetime.fromtimestamp(int(value), UTC)


class TalkForm(forms.Form):
    starts_at = HourField(label="Une heure où vous êtes libres tous les deux")

    def __init__(self, *args, hours, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["starts_at"].show(hours)


class PassForm(forms.Form):
    """Who leaves. pair: the peers who hold the case; me: the one who asks. An empty place is filled in any case."""

    ME, OTHER, BOTH, NOBODY = "me", "other", "both", "nobody"

    who = forms.ChoiceField(
        label="Qui passe la main ?",
        widget=forms.RadioSelect,
        error_messages={"required": "Dites qui passe la main."},
    )

    def __init__(self, *args, pair, me, **kwargs):
        super().__init__(*args, **kwargs)
        self.me, self.others = me, [peer for peer in pair if peer.pk != me.pk]
        if self.others:
            name = self.others[0].user.first_name or "mon binôme"
            choices = [
                (self.ME, "Moi"),
                (self.OTHER, f"{name}, qui en est empêché"),
                (self.BOTH, "Tous les deux"),
            ]
        else:
            choices = [(self.NOBODY, "Personne : il faut seulement remplir la place vide"), (self.ME, "Moi aussi")]
        self.fields["who"].choices = choices

    def leaving(self):
        """Return the ids of the peers who leave."""
        others = {peer.pk for peer in self.others}
        return {self.ME: {self.me.pk}, self.OTHER: others, self.BOTH: {self.me.pk} | others, self.NOBODY: set()}[
            self.cleaned_data["who"]
        ]
