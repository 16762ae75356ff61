from django import forms


class LinesForm(forms.Form):
    """Which questions to try and keep in the file of lines: the fewer, the finer."""

    questions = forms.TypedMultipleChoiceField(
        label="Questions à garder, si possible", coerce=int, widget=forms.CheckboxSelectMultiple,
        help_text="Deux ou trois, les plus utiles : moins il y en a, plus leurs réponses restent détaillées. La "
        "première est servie d’abord.",
        error_messages={
            "required": "Choisissez au moins une question.",
            "invalid_choice": "Choisissez parmi ces questions.",
        },
    )  # fmt: skip

    def __init__(self, *args, questions, **kwargs):
        super().__init__(*args, **kwargs)
        self.by_key = {question.pk: question for question in questions}
        self.fields["questions"].choices = [(question.pk, question.text) for question in questions]

    def chosen(self):
        return [self.by_key[pk] for pk in self.cleaned_data["questions"]]
