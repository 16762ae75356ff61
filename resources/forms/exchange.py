"""What the coordination chooses when it imports a table of sheets."""

from django import forms

from cafe.forms import TableField


class ImportUploadForm(forms.Form):
    file = TableField(help_text="En .xlsx ou en .csv, 5 Mo et 5 000 lignes au plus.")


class ImportForm(forms.Form):
    """How to import; a choice is offered only where it changes something."""

    publish = forms.BooleanField(
        label="Publier aussitôt les nouvelles fiches", required=False,
        help_text="Celles qui disent ce qu’elles sont et comment s’y adresser. Sinon, toutes arrivent en brouillon.",
    )  # fmt: skip
    add_twins = forms.BooleanField(
        label="Ajouter aussi les fiches qui portent le même nom qu’une autre", required=False,
    )  # fmt: skip
    skip_errors = forms.BooleanField(label="Laisser de côté les lignes à corriger", required=False)

    def __init__(self, *args, new, twins, errors, **kwargs):
        super().__init__(*args, **kwargs)
        for name, offered in (("publish", new or twins), ("add_twins", twins), ("skip_errors", errors)):
            if not offered:
                del self.fields[name]

    def options(self):
        return {name: self.cleaned_data.get(name, False) for name in ("publish", "add_twins", "skip_errors")}
