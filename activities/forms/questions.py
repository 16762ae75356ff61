"""Questions of a session: the coordinator's form for one, and real fields for who answers, made by kind."""

from django import forms

from activities.enums import QuestionKind
from activities.models import Answer, Question
from cafe.forms import OneLineField

JOINED = " ; "
LONGEST_TEXT = 300
LONGEST_ANSWER = Answer._meta.get_field("value").max_length
LEAST_CHOICES = 2
PICKED = (QuestionKind.CHOICE, QuestionKind.CHOICES)
YES_NO = ["Oui", "Non"]


def _text(question, **options):
    return OneLineField(max_length=LONGEST_TEXT, **options)


def _one_of(labels, *, required, **options):
    """Where no answer is needed, none must stay possible once one was picked: a radio button cannot be unticked."""
    choices = [(label, label) for label in labels]
    choices = choices if required else [("", "Sans réponse"), *choices]
    return forms.ChoiceField(choices=choices, widget=forms.RadioSelect, required=required, **options)


def _choice(question, **options):
    return _one_of(question.choice_list(), **options)


def _choices(question, **options):
    choices = [(label, label) for label in question.choice_list()]
    return forms.MultipleChoiceField(choices=choices, widget=forms.CheckboxSelectMultiple, **options)


def _yes_no(question, **options):
    return _one_of(YES_NO, **options)


FACTORIES = {
    QuestionKind.TEXT: _text,
    QuestionKind.CHOICE: _choice,
    QuestionKind.CHOICES: _choices,
    QuestionKind.YES_NO: _yes_no,
}


def answer_field(question, *, required=None, value=""):
    """Return the form field that asks a question; `value` is the answer already given, as kept."""
    initial = value.split(JOINED) if question.kind == QuestionKind.CHOICES else value
    needed = question.required if required is None else required
    return FACTORIES[question.kind](question, label=question.text, required=needed, initial=initial if value else None)


class AnswersMixin:
    """For the forms of a registration: one field for each question of its session, after the others.

    questions: those of the session. given: {key of the question: answer already given}. answers_required=False for the
    coordination, who types what she was told.
    """

    answers_required = None

    def __init__(self, *args, questions=(), given=None, **kwargs):
        super().__init__(*args, **kwargs)
        self.questions = list(questions)
        for question in self.questions:
            value = (given or {}).get(question.pk, "")
            field = answer_field(question, required=self.answers_required, value=value)
            self.fields[self.name_of(question)] = field

    @staticmethod
    def name_of(question):
        return f"question_{question.pk}"

    def answer_fields(self):
        return [self[self.name_of(question)] for question in self.questions]

    def answers(self):
        """Return {key of the question: text}, several choices joined; empty where nothing was answered."""
        values = {one.pk: self.cleaned_data[self.name_of(one)] for one in self.questions}
        return {pk: JOINED.join(value) if isinstance(value, list) else value for pk, value in values.items()}


class QuestionForm(forms.ModelForm):
    class Meta:
        model = Question
        fields = ["text", "kind", "choices", "required"]
        widgets = {"choices": forms.Textarea(attrs={"rows": 4})}
        help_texts = {
            "text": "Courte, une seule chose à la fois. Rien sur la santé des personnes.",
            "choices": "Un par ligne, si la réponse est un choix.",
        }

    def clean_choices(self):
        """One choice a line, each once; « ; » joins several choices in an answer, so none may hold it."""
        lines = [line.strip() for line in self.cleaned_data["choices"].splitlines() if line.strip()]
        if any(JOINED.strip() in line for line in lines):
            raise forms.ValidationError("Un choix ne peut pas contenir de point-virgule.")
        return "\n".join(dict.fromkeys(lines))

    def clean(self):
        cleaned = super().clean()
        if "choices" not in cleaned or "kind" not in cleaned:
            return cleaned
        choices = cleaned["choices"].splitlines()
        if cleaned["kind"] not in PICKED:
            cleaned["choices"] = ""
        elif len(choices) < LEAST_CHOICES:
            self.add_error("choices", "Donnez au moins deux choix, un par ligne.")
        elif len(JOINED.join(choices)) > LONGEST_ANSWER:
            self.add_error("choices", "Ces choix sont trop longs, tous ensemble. Raccourcissez-les.")
        return cleaned
