import json
from datetime import timedelta

from django import forms

from activities.enums import Presence
from activities.models import Registration
from activities.services.attendance import Tick
from cafe.forms import OneLineField
from cafe.text import normalise_email
from members.enums import Profession

LONGEST_WAIT = timedelta(days=7)
MOST_TICKS = 2000


class WalkInForm(forms.ModelForm):
    first_name = OneLineField(label="Prénom", max_length=80)
    last_name = OneLineField(label="Nom", max_length=80)
    profession = forms.ChoiceField(label="Profession ou fonction", choices=[("", "Choisissez"), *Profession.choices])
    email = forms.EmailField(
        label="Adresse e-mail",
        max_length=254,
        required=False,
        help_text="Pour lui envoyer son attestation, si elle en veut une.",
    )

    class Meta:
        model = Registration
        fields = ["first_name", "last_name", "profession", "email"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.widget.attrs["autocomplete"] = "off"

    def clean_email(self):
        return normalise_email(self.cleaned_data["email"])


def posted_ticks(data, people, *, now):
    """Return the ticks of the plain form: only what differs from what the page showed when it was opened.

    So a page left open does not put back what the other host has changed since.
    """
    chosen = {person.pk: data.get(f"p-{person.pk}", "") for person in people}
    return [
        Tick(pk, presence, now)
        for pk, presence in chosen.items()
        if presence in Presence.values and presence != data.get(f"was-{pk}", "")
    ]


def sent_ticks(body, *, now):
    """Return the ticks of a JSON body: {"ticks": [{"id": 12, "presence": "present", "age": 3500}]}.

    age is how many milliseconds ago the host decided: the clock of a phone may be wrong, its intervals are not.
    Raises ValueError for anything else.
    """
    try:
        entries = json.loads(body)["ticks"][:MOST_TICKS]
        return [Tick(_whole(entry["id"]), Presence(entry["presence"]).value, now - _wait(entry)) for entry in entries]
    except (KeyError, TypeError, RecursionError) as error:
        raise ValueError("not a list of ticks") from error


def _whole(number):
    if type(number) is not int:
        raise ValueError("not the number of a registration")
    return number


def _wait(entry):
    """Never in the future, nor longer ago than a phone may keep a tick."""
    age = min(max(_whole(entry.get("age", 0)), 0), LONGEST_WAIT // timedelta(milliseconds=1))
    return timedelta(milliseconds=age)
