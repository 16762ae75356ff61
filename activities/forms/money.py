"""Forms of the budget, of vouchers and of hours to be compensated."""

from django import forms
from django.utils import timezone

from activities.enums import BudgetCategory, VoucherUse
from activities.models import BudgetLine, Session
from activities.seasons import season_of
from activities.services.hours import open_months
from activities.services.vouchers import MAX_BATCH
from cafe.templatetags.french import day
from cafe.text import without_controls

MAX_HOURS = 200


class SessionChoice(forms.ModelChoiceField):
    def label_from_instance(self, obj):
        return f"{obj.activity.title}, {day(obj.starts_at)}"


def sessions_around(season=None, current=None):
    """Return the sessions to choose from: those of a season, and the one already chosen."""
    season = season or season_of(timezone.localdate())
    found = Session.objects.filter(starts_at__gte=season.start, starts_at__lt=season.end)
    chosen = Session.objects.filter(pk=current) if current else Session.objects.none()
    return (found | chosen).select_related("activity").order_by("-starts_at")


class BudgetLineForm(forms.ModelForm):
    session = SessionChoice(label="Séance", queryset=Session.objects.none(), required=False, empty_label="Aucune")

    class Meta:
        model = BudgetLine
        fields = ["category", "label", "planned", "actual", "session"]
        help_texts = {
            "planned": "Ce qui est prévu pour la saison.",
            "actual": "Ce qui a été dépensé ou reçu jusqu’ici.",
        }

    def __init__(self, *args, season, **kwargs):
        super().__init__(*args, **kwargs)
        self.instance.season = season.year
        income = set(BudgetCategory.income)
        self.fields["category"].choices = [
            ("", "Choisissez"),
            ("Dépenses", [(one.value, one.label) for one in BudgetCategory if one not in income]),
            ("Recettes", [(one.value, one.label) for one in BudgetCategory if one in income]),
        ]
        for name in ("planned", "actual"):
            self.fields[name] = forms.DecimalField(
                label=self.fields[name].label, help_text=self.fields[name].help_text, initial=0,
                min_value=0, max_digits=9, decimal_places=2, localize=True,
            )  # fmt: skip
            self.fields[name].widget.attrs["inputmode"] = "decimal"
        self.fields["session"].queryset = sessions_around(season, self.instance.session_id)

    def clean_label(self):
        return without_controls(self.cleaned_data["label"])


class VoucherIssueForm(forms.Form):
    use = forms.ChoiceField(label="Usage", choices=VoucherUse.choices, widget=forms.RadioSelect, initial="session")
    session = SessionChoice(
        label="Séance",
        queryset=Session.objects.none(),
        required=False,
        empty_label="Toute séance",
        help_text="Seulement pour des bons valables à une séance précise.",
    )
    count = forms.IntegerField(label="Combien de bons ?", min_value=1, max_value=MAX_BATCH, initial=12)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["session"].queryset = sessions_around()

    def clean(self):
        cleaned = super().clean()
        if cleaned.get("use") == VoucherUse.CARE and cleaned.get("session"):
            self.add_error("session", "Un bon pour un soin individuel n’est lié à aucune séance.")
        return cleaned


class VoucherReturnForm(forms.Form):
    numbers = forms.CharField(
        label="Numéros",
        widget=forms.Textarea(attrs={"rows": 8, "autocomplete": "off", "spellcheck": "false"}),
        max_length=10_000,
        help_text="Un par ligne, tapés ou collés. Tirets, espaces, majuscules ou minuscules, peu importe.",
    )
    payee = forms.CharField(
        label="Praticien à payer", max_length=120, required=False, help_text="Celui qui envoie ces numéros."
    )

    def clean_payee(self):
        return without_controls(self.cleaned_data["payee"])


class BatchForm(forms.Form):
    """Which batch a button of the list is about."""

    issued_on = forms.DateField()
    use = forms.ChoiceField(choices=VoucherUse.choices)
    session = forms.IntegerField(required=False)

    def batch(self):
        data = self.cleaned_data
        return {"issued_on": data["issued_on"], "use": data["use"], "session_id": data["session"]}


class PayForm(forms.Form):
    """All that is due to one practitioner: `payee` as noted when the numbers came back, `name` as finally paid."""

    payee = forms.CharField(max_length=120, required=False, strip=False)
    count = forms.IntegerField(min_value=1)
    name = forms.CharField(max_length=120, required=False)
    paid_on = forms.DateField(error_messages={"required": "Indiquez la date du paiement."})

    def clean_name(self):
        return without_controls(self.cleaned_data["name"])


class HoursForm(forms.Form):
    """A field for each open month and each kind of hours of this person."""

    def __init__(self, *args, kinds, declared, **kwargs):
        super().__init__(*args, **kwargs)
        self.cells = {f"{month:%Y-%m}-{kind}": (month, kind) for month in open_months() for kind in kinds}
        for name, (month, kind) in self.cells.items():
            field = forms.DecimalField(
                label=f"{kind.label}, {month:%m/%Y}", required=False, initial=declared.get((month, kind)),
                min_value=0, max_value=MAX_HOURS, max_digits=5, decimal_places=2, localize=True,
            )  # fmt: skip
            field.widget.attrs |= {"inputmode": "decimal", "class": "form-control", "aria-label": field.label}
            field.kind = kind
            self.fields[name] = field

    def months(self):
        """Return [(month, [bound field of each kind])], as the page lays them out."""
        rows = {}
        for name, (month, _kind) in self.cells.items():
            rows.setdefault(month, []).append(self[name])
        return list(rows.items())

    def hours(self):
        return {cell: self.cleaned_data[name] for name, cell in self.cells.items()}
