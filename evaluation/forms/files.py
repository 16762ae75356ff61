from django import forms


class LinesForm(forms.Form):
    """Which questions to try and keep in the file of lines: the fewer, the finer."""

    questions = forms.TypedMultipleChoiceField(
        label="Questions à garder, si possible", coerce=int, widget=forms.CheckboxSelectMultiple,
        help_text="Moins il y en a, plus leurs réponses restent détaillées. Les premières sont servies d’abord.",
        error_messages={
            "required": "Choisissez au moins une question.",
            "invalid_choice": "Choisissez parmi ces questions.",
        },
    )  # fmt: skip

    def __init__(self, *args, questions, **kwargs):
        super().__init__(*args, **kwargs)
        self.by_key = {question.pk: question for question in questions}
        self.fields["questions"].choices = [(question.pk, question.text) for question in questions]
        self.fields["questions"].initial = list(self.by_key)

    def chosen(self):
        return [self.by_key[pk] for pk in self.cleaned_data["questions"]]
