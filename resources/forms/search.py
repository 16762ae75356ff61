from django import forms

from members.enums import Profession
from resources.enums import Cost, Mode
from resources.needs import THEMES, need_choices
from resources.services.search import DEFAULT_KM, Asked

DISTANCES = [(5, "5 km"), (10, "10 km"), (20, "20 km"), (50, "50 km"), (100, "100 km")]
LONGEST_QUESTION = 300


def theme_choices():
    """Each theme as a whole, then its needs."""
    groups = zip(THEMES, need_choices(), strict=True)
    return [("", "Tous"), *((label, [(theme.slug, f"{label}, tout"), *needs]) for theme, (label, needs) in groups)]


class SearchForm(forms.Form):
    """The question and its filters, all in the address of the page; a value that makes no sense is left out."""

    q = forms.CharField(label="Que cherchez-vous ?", max_length=LONGEST_QUESTION, required=False)
    theme = forms.ChoiceField(label="Besoin", choices=theme_choices, required=False)
    profession = forms.ChoiceField(label="Profession", choices=[("", "Toutes"), *Profession.choices], required=False)
    commune = forms.CharField(label="Près de", max_length=80, required=False)
    km = forms.TypedChoiceField(label="Dans un rayon de", choices=DISTANCES, coerce=int, required=False)
    mode = forms.ChoiceField(label="Comment", choices=[("", "Peu importe"), *Mode.choices], required=False)
    cost = forms.ChoiceField(label="Coût", choices=[("", "Peu importe"), *Cost.choices], required=False)
    mine = forms.BooleanField(label="Disponible pour moi", required=False)
    tout = forms.BooleanField(required=False)

    folded = ("theme", "profession", "commune", "mode", "cost", "mine")

    def __init__(self, data, *, user):
        data = data.copy()
        data.setdefault("km", str(DEFAULT_KM))
        # Ids are the names themselves: « q » is an address that others link to.
        super().__init__(data, auto_id="%s")
        if not user.is_authenticated:
            del self.fields["mine"]
        for field in self.fields.values():
            field.widget.attrs["class"] = "form-select" if isinstance(field.widget, forms.Select) else "form-control"
        self.fields["q"].widget = forms.TextInput(
            attrs={"type": "search", "class": "form-control", "autocomplete": "off", "spellcheck": "false"}
        )
        self.fields["commune"].widget.attrs |= {"list": "communes", "autocomplete": "off"}
        self.is_valid()  # fills cleaned_data; an address somebody shared always gives a page, whatever is wrong in it

    def asked(self):
        """Return what is asked; where the distance is missing, twenty kilometres."""
        names = ("q", "theme", "profession", "commune", "mode", "cost", "mine")
        values = {name: self.cleaned_data.get(name) for name in names if self.cleaned_data.get(name)}
        return Asked(**values, km=self.cleaned_data.get("km") or DEFAULT_KM)

    @property
    def is_asking(self):
        """Whether anything was asked at all: else the page shows its ways in rather than a list."""
        return any(self.cleaned_data.get(name) for name in ("q", "tout", *self.folded))

    @property
    def is_narrowed(self):
        return any(self.cleaned_data.get(name) for name in self.folded)
