from datetime import timedelta

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils import timezone

from activities.forms.coordination_fields import LocalDateTimeField
from members.enums import Profession
from newsletters.services.segments import known

NOW, LATER = "maintenant", "plus-tard"
LATEST = timedelta(days=365)
MEMBERS = {"": None, "oui": True, "non": False}


class SendForm(forms.Form):
    """To whom a newsletter goes, and when. What is left empty does not matter."""

    professions = forms.MultipleChoiceField(
        label="Professions",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="Aucune cochée\u00a0: toutes.",
    )
    communes = forms.MultipleChoiceField(
        label="Communes", required=False, widget=forms.CheckboxSelectMultiple, help_text="Aucune cochée\u00a0: toutes."
    )
    member = forms.ChoiceField(
        label="Membres de la CPTS",
        required=False,
        choices=[("", "Membres ou non"), ("oui", "Membres seulement"), ("non", "Non-membres seulement")],
    )
    newly_installed = forms.BooleanField(
        label="Seulement les personnes installées depuis moins d’un an", required=False
    )
    when = forms.ChoiceField(
        label="Quand", choices=[(NOW, "Dès maintenant"), (LATER, "À un moment choisi")], widget=forms.RadioSelect
    )
    at = LocalDateTimeField(label="Date et heure", required=False)
    per_minute = forms.IntegerField(
        label="Envois par minute, pour chaque domaine",
        help_text="Un hébergeur de courriels qui en reçoit trop d’un coup les refuse. 600 convient le plus souvent.",
        validators=[MinValueValidator(1), MaxValueValidator(30000)],
    )

    def __init__(self, *args, newsletter, **kwargs):
        segment = newsletter.segment
        initial = {
            "professions": segment.get("professions", []),
            "communes": segment.get("communes", []),
            "member": next(key for key, value in MEMBERS.items() if value is segment.get("cpts_member")),
            "newly_installed": segment.get("newly_installed", False),
            "when": NOW,
            "per_minute": newsletter.per_minute,
        }
        super().__init__(*args, initial=initial, **kwargs)
        names = dict(Profession.choices)
        for name in ("professions", "communes"):
            values = dict.fromkeys([*known(name.removesuffix("s")), *initial[name]])
            self.fields[name].choices = sorted(((one, names.get(one, one)) for one in values), key=lambda one: one[1])
            if not values:
                del self.fields[name]

    def clean(self):
        cleaned = super().clean()
        if cleaned.get("when") == NOW:
            cleaned["at"] = None
        elif "at" in cleaned:
            try:
                self.check_moment(cleaned["at"])
            except ValidationError as error:
                self.add_error("at", error)
        return cleaned

    def check_moment(self, at):
        if at is None:
            raise ValidationError("Indiquez la date et l’heure, ou choisissez «\u00a0Dès maintenant\u00a0».")
        if not timezone.now() < at <= timezone.now() + LATEST:
            raise ValidationError("Choisissez un moment à venir, d’ici un an.")

    def segment(self):
        """Return the segment as the model keeps it: see Newsletter."""
        given, chosen = self.cleaned_data, {}
        for name in ("professions", "communes"):
            if given.get(name):
                chosen[name] = given[name]
        if given["member"]:
            chosen["cpts_member"] = MEMBERS[given["member"]]
        if given["newly_installed"]:
            chosen["newly_installed"] = True
        return chosen
