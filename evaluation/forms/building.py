"""The coordination's forms to write a questionnaire: where it starts from, its settings, a question, its condition."""

import django_filters
from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.html import format_html

from activities.forms.coordination_fields import ErrorsAtFieldsMixin
from cafe.lists import ListFilter, WordsFilter
from cafe.text import without_controls
from evaluation.catalogue import MODELS
from evaluation.enums import QuestionKind, SurveyState
from evaluation.models import Question, Survey
from evaluation.values import choices_of

EMPTY, COPY = "vide", "copie"
LEAST_OPTIONS, MOST_OPTIONS, OPTION_LENGTH = 2, 30, 100
LINES = {"intro": 4, "thanks": 3}


class SurveyFilter(ListFilter):
    """Search and filter of the list of questionnaires, in the address of the page."""

    q = WordsFilter("title", label="Chercher")
    etat = django_filters.ChoiceFilter(
        label="État", field_name="state", choices=SurveyState.choices, empty_label="Tous"
    )

    class Meta:
        model = Survey
        fields = []


class StartForm(forms.Form):
    """Where a new questionnaire starts from: a ready-made one, one of ours, or nothing."""

    source = forms.ChoiceField(
        label="Partir de", widget=forms.RadioSelect, error_messages={"required": "Choisissez d’où partir."}
    )
    copied = forms.ModelChoiceField(
        label="Questionnaire à copier", queryset=Survey.objects.all(), required=False, empty_label="Choisissez",
        help_text="Seulement pour une copie.",
    )  # fmt: skip

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        choices = [(model.key, described(model.title, model.about)) for model in MODELS.values()]
        choices.append((EMPTY, described("Une page blanche", "Vous écrivez chaque question.")))
        if Survey.objects.exists():
            about = "Ses questions, sans ses réponses."
            choices.append((COPY, described("Une copie d’un de nos questionnaires", about)))
        else:
            del self.fields["copied"]
        self.fields["source"].choices = choices

    def clean(self):
        cleaned = super().clean()
        if cleaned.get("source") == COPY and not cleaned.get("copied") and "copied" not in self.errors:
            self.add_error("copied", "Choisissez le questionnaire à copier.")
        return cleaned


def described(title, about):
    return format_html("<strong>{}</strong> <span class='soft d-block'>{}</span>", title, about)


class SurveyForm(ErrorsAtFieldsMixin, forms.ModelForm):
    """The settings of a draft."""

    constraint_fields = {
        "survey_reminds_three_times_at_most": "reminders",
        "survey_waits_a_week_between_mails": "reminder_days",
    }

    class Meta:
        model = Survey
        fields = ["title", "kind", "audience", "intro", "thanks", "closes_on", "reminders", "reminder_days"]
        widgets = {name: forms.Textarea(attrs={"rows": rows}) for name, rows in LINES.items()} | {
            "audience": forms.RadioSelect,
            "closes_on": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        }
        help_texts = {
            "kind": "Celui de la cellule d’écoute est toujours ouvert à toute personne, et rien n’en est montré avant "
            "onze réponses. Les autres : avant cinq.",
            "intro": "Deux phrases : à quoi serviront les réponses, combien de temps cela prend. Ce qui est gardé, et "
            "qui le lit, est dit tout seul au-dessus.",
            "thanks": "Ce que lit la personne une fois sa réponse envoyée.",
            "closes_on": "Dernier jour pour répondre. Vide : jusqu’à ce que vous le closiez.",
            "reminders": "De 0 à 3, et seulement à qui n’a pas répondu.",
            "reminder_days": "Sept au moins.",
        }

    def clean_title(self):
        return one_line(self.cleaned_data["title"], "Donnez un titre.")

    def clean_closes_on(self):
        closes_on = self.cleaned_data["closes_on"]
        if closes_on and closes_on < timezone.localdate():
            raise ValidationError("Cette date est passée.")
        return closes_on

    def values(self):
        return {name: self.cleaned_data[name] for name in self._meta.fields}


class OptionsField(forms.CharField):
    """The answers that a question proposes, one a line, each once. Python value: their labels."""

    widget = forms.Textarea(attrs={"rows": 6})

    def prepare_value(self, value):
        return "\n".join(option["label"] for option in value) if isinstance(value, list) else value

    def to_python(self, value):
        lines = (without_controls(line).strip() for line in super().to_python(value).splitlines())
        return list(dict.fromkeys(line for line in lines if line))

    def validate(self, value):
        if not LEAST_OPTIONS <= len(value) <= MOST_OPTIONS:
            raise ValidationError(f"Donnez de {LEAST_OPTIONS} à {MOST_OPTIONS} réponses, une par ligne.")
        if too_long := next((label for label in value if len(label) > OPTION_LENGTH), None):
            raise ValidationError(f"« {too_long[:40]}… » est trop long : {OPTION_LENGTH} caractères au plus.")

    def run_validators(self, value):
        super().run_validators("\n".join(value))

    def has_changed(self, initial, data):
        return True


class QuestionForm(forms.ModelForm):
    """A question of one kind: only what that kind has a use for is asked."""

    options = OptionsField(
        label="Réponses proposées", max_length=4000,
        help_text="Une par ligne. Renommer une réponse là où elle est ne change rien au reste.",
    )  # fmt: skip

    class Meta:
        model = Question
        fields = ["text", "help_text", "options", "with_other", "low", "high", "required", "comment", "section"]
        help_texts = {
            "text": "Une seule chose à la fois, en peu de mots. Rien qui ferait reconnaître quelqu’un.",
            "help_text": "Se lit sous la question.",
            "required": "On ne peut pas envoyer sans y répondre. À garder pour une ou deux questions.",
            "comment": "Par exemple : pourquoi ? La réponse s’écrit sous celle-ci, et reste libre.",
            "section": "Un titre qui commence ici et vaut pour les questions suivantes. Vide : on continue.",
            "low": "Le mot sous le zéro.",
            "high": "Le mot à l’autre bout.",
        }
        labels = {"low": "Bas de l’échelle", "high": "Haut de l’échelle"}

    def __init__(self, *args, kind, **kwargs):
        super().__init__(*args, **kwargs)
        self.kind = kind
        unused = set()
        if kind not in QuestionKind.with_options:
            unused |= {"options", "with_other"}
        if kind not in (QuestionKind.SCALE, QuestionKind.VISUAL):
            unused |= {"low", "high"}
        if kind in (*QuestionKind.open, QuestionKind.WHO5):
            unused.add("comment")
        for name in unused:
            del self.fields[name]

    def clean(self):
        cleaned = super().clean()
        for name in {"text", "help_text", "low", "high", "comment", "section"} & cleaned.keys():
            cleaned[name] = without_controls(cleaned[name]).strip()
        if "text" in cleaned and not cleaned["text"]:
            self.add_error("text", "Écrivez la question.")
        return cleaned

    def _post_clean(self):
        """The services write the question: the instance stays as it was read, for the page shows it."""

    def values(self):
        return self.cleaned_data | {"kind": self.kind}


class ConditionForm(forms.Form):
    """Which answers to an earlier question make this one asked."""

    values = forms.TypedMultipleChoiceField(
        label="Elle n’est posée qu’à qui répond", coerce=int, widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Choisissez au moins une réponse."},
    )  # fmt: skip

    def __init__(self, *args, condition, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["values"].choices = choices_of(condition)


def one_line(value, otherwise):
    """Return a text without controls. Raises ValidationError where nothing is left."""
    text = without_controls(value).strip()
    if not text:
        raise ValidationError(otherwise)
    return text
