"""A questionnaire as a real form, made of its questions: for the page, its preview, and paper answers typed in.

form.sections is what templates/evaluation/_questionnaire.html shows: [{"title", "items"}], of one Item a question. Once
valid, form.answers() gives unsaved answers for services.answering.store_response. A question whose condition is not met
was not asked: whatever came for it is dropped, errors included.
"""

from functools import cached_property

from django import forms
from django.core.exceptions import ValidationError

from cafe.forms import HoneypotMixin, OneLineField
from evaluation.enums import QuestionKind
from evaluation.models import Answer
from evaluation.values import OTHER, VISUAL_MOST, WHO5_ANSWERS, WHO5_FACTOR, WHO5_ITEMS, choices_of

LONGEST_SHORT = 300
LONGEST = Answer._meta.get_field("text").max_length
MISSING = "Cette réponse nous est nécessaire."
WHO5_MISSING = "Répondez aux cinq phrases."
NOTHING = "Répondez au moins à une question."
UNKNOWN_CHOICE = {"invalid_choice": "Choisissez une des réponses proposées."}
TOO_LONG = {"max_length": "C’est un peu long : %(limit_value)d caractères au plus, il y en a %(show_value)d."}
NUMBER = dict.fromkeys(("invalid", "min_value", "max_value"), f"Donnez un nombre entier de 0 à {VISUAL_MOST}.")


class ParagraphField(forms.CharField):
    """Several lines, each ended alike whatever the browser."""

    def to_python(self, value):
        return "\n".join(super().to_python(value).splitlines())


def one_of(choices, *, may_leave):
    """A radio button cannot be unticked: where no answer is awaited, one of them says so."""
    choices = [*choices, ("", "Sans réponse")] if may_leave else choices
    return forms.TypedChoiceField(
        choices=choices, coerce=int, empty_value=None, widget=forms.RadioSelect, required=False,
        error_messages=UNKNOWN_CHOICE,
    )  # fmt: skip


def several_of(choices):
    return forms.TypedMultipleChoiceField(
        choices=choices, coerce=int, empty_value=[], widget=forms.CheckboxSelectMultiple, required=False,
        error_messages=UNKNOWN_CHOICE,
    )  # fmt: skip


def number():
    """The visual scale is a number that the script makes a cursor of: a cursor alone always has a value, and here no
    answer must stay possible."""
    widget = forms.NumberInput(attrs={"class": "form-control", "inputmode": "numeric"})
    return forms.IntegerField(min_value=0, max_value=VISUAL_MOST, required=False, widget=widget, error_messages=NUMBER)


def line():
    widget = forms.TextInput(attrs={"class": "form-control", "autocomplete": "off"})
    return OneLineField(max_length=LONGEST_SHORT, required=False, widget=widget, error_messages=TOO_LONG)


def paragraph(rows=4):
    widget = forms.Textarea(attrs={"class": "form-control", "rows": rows})
    return ParagraphField(max_length=LONGEST, required=False, widget=widget, error_messages=TOO_LONG)


def fields_of(question):
    """Return {suffix of the name: field} of what answers one question; the first one carries its errors."""
    if question.kind == QuestionKind.WHO5:
        fields = {f"_{n}": one_of(WHO5_ANSWERS, may_leave=False) for n in range(1, len(WHO5_ITEMS) + 1)}
        for field, sentence in zip(fields.values(), WHO5_ITEMS, strict=True):
            field.label = sentence
        if not question.required:
            fields["_none"] = forms.BooleanField(label="Je préfère ne pas répondre à ces cinq phrases", required=False)
        return fields
    fields = {"": main_field(question)}
    if question.with_other and question.kind in QuestionKind.with_options:
        fields["_other"] = line()
        fields["_other"].label = "Si autre, précisez"
    if question.comment:
        fields["_comment"] = paragraph(rows=3)
        fields["_comment"].label = question.comment
    return fields


def main_field(question):
    match question.kind:
        case QuestionKind.CHOICES:
            return several_of(choices_of(question))
        case QuestionKind.VISUAL:
            return number()
        case QuestionKind.SHORT:
            return line()
        case QuestionKind.LONG:
            return paragraph()
        case _:
            return one_of(choices_of(question), may_leave=not question.required)


class Item:
    """One question as the template shows it. key: the start of its fields' names; anchor: where an error leads."""

    def __init__(self, form, question, number):
        self.form, self.question, self.number = form, question, number
        self.key = f"q{question.pk}"
        self.names = [f"{self.key}{suffix}" for suffix in fields_of(question)]

    @property
    def field(self):
        return self.form[self.names[0]]

    @property
    def other(self):
        return self._bound("_other")

    @property
    def comment(self):
        return self._bound("_comment")

    @property
    def none(self):
        return self._bound("_none")

    def _bound(self, suffix):
        return self.form[self.key + suffix] if self.key + suffix in self.names else None

    @property
    def sentences(self):
        """The five bound fields of a WHO-5."""
        return [self.form[f"{self.key}_{n}"] for n in range(1, len(WHO5_ITEMS) + 1)]

    @property
    def errors(self):
        return [error for name in self.names for error in self.form.errors.get(name, ())]

    @property
    def is_alone(self):
        """Tell whether one field answers, which its label names; the others are groups, named by a legend."""
        return self.question.kind in (*QuestionKind.open, QuestionKind.VISUAL)

    @property
    def explained_by(self):
        """Return the ids of what is said under the question."""
        said = {
            "condition": self.condition,
            "aide": self.question.help_text,
            "bornes": self.question.low or self.question.high or self.question.kind == QuestionKind.VISUAL,
        }
        return " ".join(f"{self.key}-{name}" for name, words in said.items() if words)

    @property
    def anchor(self):
        name = next((name for name in self.names if name in self.form.errors), self.names[0])
        bound = self.form[name]
        return bound.id_for_label or f"{bound.auto_id}_0"

    @cached_property
    def condition(self):
        """What is said, and read by the script, of a conditional question: {"key", "number", "values", "words"}."""
        asked_by = self.form.item_of.get(self.question.condition_id)
        if asked_by is None:
            return None
        values = self.question.condition_values
        labels = [label for value, label in choices_of(asked_by.question) if value in values]
        words = " ou ".join(f"«\u00a0{label}\u00a0»" for label in labels)
        return {"key": asked_by.key, "number": asked_by.number, "values": values, "words": words}


class QuestionnaireForm(HoneypotMixin, forms.Form):
    """preview: shows the questions to who writes them; the template then offers nothing to send.

    answers_required=False for the coordination, who types what a sheet of paper says.
    """

    use_required_attribute = False

    def __init__(self, survey, data=None, *, preview=False, answers_required=True, **kwargs):
        super().__init__(data, **kwargs)
        self.survey, self.preview = survey, preview
        self.questions = list(survey.questions.all())
        self.item_of = {}
        for place, question in enumerate(self.questions, start=1):
            question.required = question.required and answers_required
            for suffix, field in fields_of(question).items():
                self.fields[f"q{question.pk}{suffix}"] = field
            self.item_of[question.pk] = Item(self, question, place)
        self._describe()

    def _describe(self):
        """A field that stands alone is named by its question; what explains it, and its error, are tied to it."""
        for item in self.item_of.values():
            field = self.fields[item.names[0]]
            field.label = field.label or item.question.text
            if item.explained_by:
                field.widget.attrs["aria-describedby"] = item.explained_by

    @property
    def sections(self):
        """Return the questions under their headings, in order."""
        sections = []
        for item in self.items_in_error:
            attrs = self.fields[item.names[0]].widget.attrs
            attrs["aria-describedby"] = f"{item.explained_by} {item.key}-erreur".strip()
        for question in self.questions:
            if question.section or not sections:
                sections.append({"title": question.section, "items": []})
            sections[-1]["items"].append(self.item_of[question.pk])
        return sections

    @property
    def items_in_error(self):
        return [item for item in self.item_of.values() if item.errors]

    def clean(self):
        """Drop what was not asked, then see that what was, and is awaited, has its answer."""
        self.asked = [question for question in self.questions if self._is_asked(question)]
        for question in self.questions:
            if question not in self.asked:
                for name in self.item_of[question.pk].names:
                    self._errors.pop(name, None)
            elif question.required and not self.item_of[question.pk].errors and not self._says_something(question):
                who5 = question.kind == QuestionKind.WHO5
                self.add_error(self.item_of[question.pk].names[0], WHO5_MISSING if who5 else MISSING)
        if not self._errors and not self.answers():
            raise ValidationError(NOTHING)
        return self.cleaned_data

    def _says_something(self, question):
        """A comment alone is no answer."""
        return any(not answer.comment for answer in self._answers_to(question))

    def _is_asked(self, question, seen=()):
        """A question is asked where its condition's answer is one of the awaited, that one being asked itself."""
        before = self.item_of.get(question.condition_id)
        if before is None:
            return True
        if question.pk in seen or not self._is_asked(before.question, (*seen, question.pk)):
            return False
        given = {answer.value for answer in self._answers_to(before.question)}
        return bool(given & set(question.condition_values))

    def answers(self):
        """Return what is to be kept, as unsaved Answer objects without a response."""
        return [answer for question in self.asked for answer in self._answers_to(question)]

    @property
    def half_index(self):
        """Tell whether some of the five sentences were answered and not all: nothing is kept of them."""
        partly = (self._who5(question) for question in self.asked if question.kind == QuestionKind.WHO5)
        return any(points and len(points) < len(WHO5_ITEMS) for points in partly)

    def _answers_to(self, question):
        values, text = self._values(question), ""
        answers = [Answer(question=question, value=value) for value in values]
        if question.kind in QuestionKind.open and (text := self._given(question, "")):
            answers = [Answer(question=question, text=text)]
        for answer in answers:
            if answer.value == OTHER and question.kind in QuestionKind.with_options:
                answer.text = self._given(question, "_other") or ""
        if comment := self._given(question, "_comment"):
            answers.append(Answer(question=question, text=comment, comment=True))
        return answers

    def _values(self, question):
        """Return the numbers given to a question; words beside « autre » tick it."""
        if question.kind in QuestionKind.open:
            return []
        if question.kind == QuestionKind.WHO5:
            points = self._who5(question)
            return [sum(points) * WHO5_FACTOR] if len(points) == len(WHO5_ITEMS) else []
        given = self._given(question, "")
        values = given if isinstance(given, list) else [given] if given is not None else []
        if self._given(question, "_other") and (question.kind == QuestionKind.CHOICES or not values):
            values = [*values, OTHER]
        return list(dict.fromkeys(values))

    def _who5(self, question):
        """Return the points given, of the sentences that were answered."""
        if self._given(question, "_none"):
            return []
        points = (self._given(question, f"_{n}") for n in range(1, len(WHO5_ITEMS) + 1))
        return [one for one in points if one is not None]

    def _given(self, question, suffix):
        return self.cleaned_data.get(f"q{question.pk}{suffix}")
