from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q


class Commune(models.Model):
    """A commune with its coordinates, from which distances are reckoned; the coordination keeps the list."""

    name = models.CharField("nom", max_length=80)
    key = models.CharField("nom normalisé", max_length=80, unique=True, editable=False)
    latitude = models.FloatField("latitude")
    longitude = models.FloatField("longitude")

    class Meta:
        verbose_name = "commune"
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(
                condition=Q(latitude__range=(-90, 90), longitude__range=(-180, 180)),
                name="commune_is_on_earth",
                violation_error_message="La latitude va de -90 à 90, la longitude de -180 à 180.",
            )
        ]

    def __str__(self):
        return self.name


class Synonyms(models.Model):
    """Words and phrases that the search takes for one another, one a line.

    A line that begins with « ? » is understood in a question, and not looked for in the sheets.
    seed_key: names a group that came with the portal; emptied rather than deleted, it does not come back.
    """

    words = models.TextField("mots et expressions", max_length=2000, blank=True, help_text="Un par ligne.")
    seed_key = models.SlugField(max_length=60, unique=True, null=True, blank=True, editable=False)

    class Meta:
        verbose_name = "groupe de synonymes"
        verbose_name_plural = "groupes de synonymes"
        ordering = ["pk"]

    def __str__(self):
        return ", ".join(self.word_list)

    @property
    def word_list(self):
        return [line.strip() for line in self.words.splitlines() if line.strip()]

    def clean(self):
        if len(self.word_list) == 1:
            raise ValidationError({"words": "Donnez au moins deux mots ou expressions, un par ligne."})


class IndexMark(models.Model):
    """One row whose random mark changes with every sheet or synonym: what tells a process that its index is old."""

    mark = models.UUIDField()

    class Meta:
        verbose_name = "marque de l’index"
        constraints = [models.CheckConstraint(condition=Q(pk=1), name="index_mark_is_single")]

    def __str__(self):
        return str(self.mark)
