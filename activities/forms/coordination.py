from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q

from activities.forms.coordination_fields import ErrorsAtFieldsMixin, LocalDateTimeField
from activities.forms.series import THIS_AND_FOLLOWING, scope_field
from activities.models import Activity, Facilitator, Place, Session
from activities.services.series import CARRIED, following
from members.enums import Profession, Role
from members.models import User

PLAIN_FIELDS = [
    *("activity", "starts_at", "activity_minutes", "social_minutes", "place", "audience", "audience_profession"),
    *("capacity", "extra_places", "fee", "equipment", "clothing", "note", "facilitator", "opens_at", "closes_at"),
]
NEW_PLACE = {"address": "new_place_address", "commune": "new_place_commune", "private": "new_place_private"}
EMPTY_LABELS = {
    **{"activity": "Choisissez", "place": "À choisir", "facilitator": "Aucun"},
    **{"host_1": "Personne pour le moment", "host_2": "Personne"},
}


def team_members(session):
    """People who may host: the team, and those who host this session already."""
    hosts = Q(groups__name=Role.TEAM, is_active=True)
    if session.pk:
        hosts |= Q(hosted_sessions=session)
    return User.objects.filter(hosts).distinct()


class SessionForm(ErrorsAtFieldsMixin, forms.ModelForm):
    """A session as the coordination plans it; an activity, place or facilitator that is missing is typed in place."""

    starts_at = LocalDateTimeField(label="Début")
    opens_at = LocalDateTimeField(
        label="Ouverture des inscriptions", required=False, help_text="Vide : dès la publication."
    )
    closes_at = LocalDateTimeField(
        label="Clôture des inscriptions", required=False, help_text="Vide : au début de la séance."
    )
    new_activity = forms.CharField(label="Titre de la nouvelle activité", max_length=120, required=False)
    new_activity_kind = forms.ChoiceField(
        label="Nature", choices=Activity._meta.get_field("kind").choices, required=False
    )
    new_place = forms.CharField(label="Nom du nouveau lieu", max_length=120, required=False)
    new_place_address = forms.CharField(label="Adresse", max_length=200, required=False)
    new_place_commune = forms.CharField(label="Commune", max_length=80, required=False)
    new_place_private = forms.BooleanField(
        label="Adresse privée",
        required=False,
        help_text="Elle n’est donnée qu’aux personnes inscrites, dans leur confirmation.",
    )
    new_facilitator = forms.CharField(label="Nom du nouvel intervenant", max_length=120, required=False)
    new_facilitator_title = forms.CharField(label="Qualité", max_length=120, required=False)
    host_1 = forms.ModelChoiceField(label="Référent", queryset=User.objects.none(), required=False)
    host_2 = forms.ModelChoiceField(label="Second référent", queryset=User.objects.none(), required=False)

    constraint_fields = {
        "session_fee_0_to_10": "fee",
        "session_public_is_complete": "place",
        "session_lasts": "activity_minutes",
        "session_closes_before_start": "closes_at",
        "session_opens_before_start": "opens_at",
        "session_opens_before_close": "opens_at",
        "session_audience_names_profession": "audience_profession",
        "session_places_plausible": "capacity",
    }
    # Field that types a new one: the field that picks one, its model, and what else is typed.
    typed = {
        "new_activity": ("activity", Activity, "title", {"kind": "new_activity_kind"}),
        "new_place": ("place", Place, "name", NEW_PLACE),
        "new_facilitator": ("facilitator", Facilitator, "name", {"title": "new_facilitator_title"}),
    }

    class Meta:
        model = Session
        fields = PLAIN_FIELDS
        widgets = {"note": forms.Textarea(attrs={"rows": 4})}
        help_texts = {
            "social_minutes": "45 minutes d’activité, puis 45 minutes ensemble : le rythme habituel. Sans alcool.",
            "fee": "De 0 à 10 €. La personne paie l’intervenant sur place.",
            "extra_places": "En plus des places prévues : elles ne comptent pas dans le taux de remplissage.",
            "audience_profession": "Seulement si le public est une seule profession.",
        }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for name, label in EMPTY_LABELS.items():
            self.fields[name].empty_label = label
        self.fields["audience_profession"].choices = [("", "Aucune en particulier"), *Profession.choices]
        activity = self.fields["activity"]
        activity.required = not self.data.get("new_activity")
        activity.error_messages["required"] = "Choisissez une activité, ou donnez le titre d’une nouvelle."
        self._fit_to_series()
        team = team_members(self.instance)
        current = list(self.instance.hosts.order_by("hostings__rank")) if self.instance.pk else []
        for rank in (1, 2):
            field = self.fields[f"host_{rank}"]
            field.queryset = team
            field.initial = current[rank - 1].pk if len(current) >= rank else None

    def _fit_to_series(self):
        """Ask how far a change goes where other sessions follow; in a cycle, places are its first session's."""
        if self.instance.pk and (others := following(self.instance).count()):
            self.fields["scope"] = scope_field(others)
        for name in CARRIED if self.instance.head_id else ():
            del self.fields[name]

    def clean(self):
        cleaned = super().clean()
        for typed in self.typed:
            self._take_typed(typed)
        if cleaned.get("host_1") and cleaned["host_1"] == cleaned.get("host_2"):
            self.add_error("host_2", "C’est déjà le premier référent.")
        if cleaned.get("audience") != "profession":
            cleaned["audience_profession"] = ""
        return cleaned

    def _take_typed(self, typed):
        """Put an unsaved object where a new one was typed, or its errors at what was typed."""
        picked, model, main, others = self.typed[typed]
        text = self.cleaned_data.get(typed)
        if not text:
            return
        item = model(**{main: text}, **{name: self.cleaned_data.get(field, "") for name, field in others.items()})
        try:
            item.full_clean()
        except ValidationError as error:
            exists = "unique" in [one.code for one in error.error_dict.get(main, [])]
            self.add_error(typed, "Ce nom existe déjà : choisissez-le dans la liste." if exists else error.messages)
        else:
            self.cleaned_data[picked] = item

    def _get_validation_exclusions(self):
        """Constraints read the state too; related objects typed just now have no key yet, and are left out."""
        exclude = super()._get_validation_exclusions() - {"state"}
        unsaved = {name for name in ("activity", "place", "facilitator") if self._is_unsaved(name)}
        return exclude | unsaved

    def _is_unsaved(self, name):
        item = self.cleaned_data.get(name)
        return item is not None and item.pk is None

    def values(self):
        """Return what the services take: the session's fields."""
        return {name: self.cleaned_data[name] for name in PLAIN_FIELDS if name in self.fields}

    def goes_on(self):
        """Whether the change is for the sessions that follow too."""
        return self.cleaned_data.get("scope") == THIS_AND_FOLLOWING

    def hosts(self):
        return [host for host in (self.cleaned_data["host_1"], self.cleaned_data["host_2"]) if host]
