"""The coordination's forms to write a newsletter: where it starts from, its settings, one form per kind of block."""

import django_filters
from django import forms
from django.core.exceptions import ValidationError
from django.utils.html import format_html

from activities.models import Session
from cafe.lists import ListFilter, WordsFilter
from cafe.templatetags.french import clock, day
from cafe.text import without_controls
from newsletters.blocks import MOST_SESSIONS
from newsletters.catalogue import MODELS
from newsletters.checks import link_problem
from newsletters.enums import BlockKind, NewsletterState
from newsletters.models import LetterImage, Newsletter
from newsletters.services.images import cleaned_image
from resources.models import Resource
from resources.services.prevention import messages_for

EMPTY, COPY = "vide", "copie"
TEXT_LENGTH = 8000
FIRST_NAME_HELP = "«\u00a0{prénom}\u00a0» laisse sa place au prénom de chacun\u00a0; sans prénom connu, à rien."


class NewsletterFilter(ListFilter):
    """Search and filter of the list of newsletters, in the address of the page."""

    q = WordsFilter("subject", label="Chercher")
    etat = django_filters.ChoiceFilter(
        label="État", field_name="state", choices=NewsletterState.choices, empty_label="Tous"
    )

    class Meta:
        model = Newsletter
        fields = []


class SessionField(forms.ModelChoiceField):
    """A session to come, named by its day and its activity."""

    def __init__(self, **options):
        super().__init__(queryset=Session.objects.none(), empty_label="Choisissez", **options)

    def fill(self):
        self.queryset = Session.objects.upcoming().filter(head=None).select_related("activity")

    def label_from_instance(self, session):
        return f"{day(session.starts_at)}, {clock(session.starts_at)}\u00a0: {session.activity.title}"


class StartForm(forms.Form):
    """Where a new newsletter starts from: a ready-made one, one of ours, or nothing."""

    source = forms.ChoiceField(
        label="Partir de", widget=forms.RadioSelect, error_messages={"required": "Choisissez d’où partir."}
    )
    session = SessionField(label="Séance", required=False, help_text="Seulement pour un rappel ou une invitation.")
    copied = forms.ModelChoiceField(
        label="Lettre à copier", queryset=Newsletter.objects.all(), required=False, empty_label="Choisissez",
        help_text="Seulement pour une copie.",
    )  # fmt: skip

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        choices = [(model.key, described(model.title, model.about)) for model in MODELS.values()]
        choices.append((EMPTY, described("Une page blanche", "Vous écrivez chaque bloc.")))
        if Newsletter.objects.exists():
            choices.append((COPY, described("Une copie d’une de nos lettres", "Ses mots et ses images.")))
        else:
            del self.fields["copied"]
        self.fields["source"].choices = choices
        self.fields["session"].fill()

    def clean(self):
        cleaned = super().clean()
        source = cleaned.get("source")
        if source == COPY and not cleaned.get("copied") and "copied" not in self.errors:
            self.add_error("copied", "Choisissez la lettre à copier.")
        about_one = source in MODELS and MODELS[source].with_session
        if about_one and not cleaned.get("session") and "session" not in self.errors:
            self.add_error("session", "Choisissez la séance dont parle cette lettre.")
        return cleaned


def described(title, about):
    return format_html("<strong>{}</strong> <span class='soft d-block'>{}</span>", title, about)


class SettingsForm(forms.ModelForm):
    class Meta:
        model = Newsletter
        fields = ["subject", "preview", "topic", "in_archive"]
        widgets = {"topic": forms.RadioSelect}
        help_texts = {
            "subject": "Court et concret\u00a0: un téléphone en montre une soixantaine de caractères.",
            "preview": "Ce que la boîte de réception montre après l’objet.",
            "topic": "Seules les personnes qui ont choisi ce sujet la reçoivent.",
            "in_archive": "Toute personne peut la lire sur la page des lettres, une fois envoyée.",
        }

    def clean_subject(self):
        return one_line(self.cleaned_data["subject"], "Donnez un objet.")

    def clean_preview(self):
        return without_controls(self.cleaned_data["preview"]).strip()

    def _post_clean(self):
        """The services write the newsletter: the instance stays as it was read, for the page shows it."""

    def values(self):
        return {name: self.cleaned_data[name] for name in self._meta.fields}


# --- One form per kind of block -------------------------------------------------------------------


class BlockForm(forms.Form):
    """newsletter, content: where the block is, and what it holds so far."""

    def __init__(self, *args, newsletter, content=None, **kwargs):
        self.newsletter, self.before = newsletter, content or {}
        super().__init__(*args, **({"initial": self.before} | kwargs))

    def content(self):
        return dict(self.cleaned_data)


class HeadingForm(BlockForm):
    text = forms.CharField(label="Titre", max_length=120)

    def clean_text(self):
        return one_line(self.cleaned_data["text"], "Écrivez le titre.")


class TextForm(BlockForm):
    markdown = forms.CharField(
        label="Texte", max_length=TEXT_LENGTH, widget=forms.Textarea(attrs={"rows": 10}),
        help_text=f"Une ligne vide sépare deux paragraphes. **gras**, *penché*, [un lien](https://…), - une liste. "
        f"{FIRST_NAME_HELP}",
    )  # fmt: skip

    def clean_markdown(self):
        return self.cleaned_data["markdown"].replace("\r\n", "\n")


class SessionsForm(BlockForm):
    count = forms.IntegerField(label="Combien", min_value=1, max_value=MOST_SESSIONS, initial=3)
    free_only = forms.BooleanField(
        label="Seulement celles où il reste des places", required=False,
        help_text="Les places sont celles du moment où la lettre part.",
    )  # fmt: skip

    def __init__(self, *args, content=None, **kwargs):
        super().__init__(*args, content=content or {"count": 3}, **kwargs)


class SessionForm(BlockForm):
    session = SessionField(label="Séance")

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["session"].fill()

    def content(self):
        return {"session": self.cleaned_data["session"].pk}


class PreventionForm(BlockForm):
    message = forms.ChoiceField(label="Message", required=False)
    text = forms.CharField(
        label="Ou vos propres mots", max_length=280, required=False, widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Laissez vide pour prendre le message choisi.",
    )  # fmt: skip

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        groups = {}
        for message in messages_for():
            group = message.tags[0].capitalize() if message.tags else "Autres"
            groups.setdefault(group, []).append((message.text, message.text))
        self.fields["message"].choices = [("", "Choisissez"), *groups.items()]
        kept = self.before.get("text", "")
        if any(kept == text for messages in groups.values() for text, _ in messages):
            self.initial = {"message": kept}

    def clean(self):
        cleaned = super().clean()
        text = " ".join(without_controls(cleaned.get("text") or "").split()) or cleaned.get("message")
        if not text and not self.errors:
            self.add_error("message", "Choisissez un message, ou écrivez le vôtre.")
        return {"text": text}


class ResourceForm(BlockForm):
    resource = forms.ModelChoiceField(
        label="Fiche", queryset=Resource.objects.none(), empty_label="Choisissez",
        help_text="Seules les fiches que tout le monde peut lire.",
    )  # fmt: skip

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["resource"].queryset = Resource.objects.public().order_by("name")

    def content(self):
        return {"resource": self.cleaned_data["resource"].pk}


class ButtonForm(BlockForm):
    label = forms.CharField(label="Ce que dit le bouton", max_length=60)
    url = forms.CharField(
        label="Où il mène", max_length=500,
        help_text="Une page du portail, comme /activites/, ou une adresse entière, comme https://www.example.org/. "
        "Elle reste telle quelle\u00a0: personne ne compte qui clique.",
    )  # fmt: skip

    def clean_label(self):
        return one_line(self.cleaned_data["label"], "Écrivez ce que dit le bouton.")

    def clean_url(self):
        url = without_controls(self.cleaned_data["url"]).strip()
        if problem := link_problem(url):
            raise ValidationError(f"{problem}.")
        return url


class ImageForm(BlockForm):
    file = forms.FileField(
        label="Image", widget=forms.FileInput(attrs={"accept": "image/png,image/jpeg,image/webp"}),
        help_text="PNG, JPEG ou WebP, 5\u00a0Mo au plus. Elle est réduite et voyage dans chaque courriel.",
        error_messages={"required": "Choisissez une image."},
    )  # fmt: skip
    alt = forms.CharField(
        label="Ce que montre l’image", max_length=200,
        help_text="Lu à voix haute, ou quand l’image ne s’affiche pas. Par exemple\u00a0: quatre soignants autour "
        "d’une table.",
        error_messages={"required": "Dites ce que montre l’image."},
    )  # fmt: skip

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        images = LetterImage.objects.filter(newsletter=self.newsletter, pk=self.before.get("image"))
        self.image = images.first() if self.before.get("image") else None
        if self.image:
            self.initial = {"alt": self.image.alt}
            self.fields["file"].required = False
            self.fields["file"].label = "Remplacer l’image"

    def clean_file(self):
        upload = self.cleaned_data["file"]
        return cleaned_image(upload) if upload else None

    def clean_alt(self):
        return one_line(self.cleaned_data["alt"], "Dites ce que montre l’image.")

    def content(self):
        return {"image": self.image.pk} if self.image else {}

    def image_values(self):
        return {"upload": self.cleaned_data["file"], "alt": self.cleaned_data["alt"]}


FORMS = {
    BlockKind.HEADING: HeadingForm,
    BlockKind.TEXT: TextForm,
    BlockKind.SESSIONS: SessionsForm,
    BlockKind.SESSION: SessionForm,
    BlockKind.PREVENTION: PreventionForm,
    BlockKind.RESOURCE: ResourceForm,
    BlockKind.BUTTON: ButtonForm,
    BlockKind.IMAGE: ImageForm,
}


def one_line(value, otherwise):
    """Return a text without controls. Raises ValidationError where nothing is left."""
    text = without_controls(value).strip()
    if not text:
        raise ValidationError(otherwise)
    return text
