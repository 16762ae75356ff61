from django.db import models
from django.db.models import F
from django.urls import reverse

from members.enums import Role
from resources.enums import PreventionPart


class PreventionPageQuerySet(models.QuerySet):
    def kept(self):
        """Without those that came with the portal and were removed: their row stays, empty, or they would come back."""
        return self.exclude(body="")

    def in_order(self):
        """As they are read: what is for oneself first, then each part in the order that the coordination chose."""
        return self.order_by("-part", "position", "title", "pk")

    def published(self):
        return self.kept().filter(published=True)

    def visible_to(self, user):
        """Published pages; the coordination reads its drafts too, where everybody will."""
        if user.is_authenticated and user.has_role(Role.COORDINATION):
            return self.kept()
        return self.published()


class PreventionPage(models.Model):
    """A page of advice in Markdown: for oneself, or for who worries about a colleague."""

    slug = models.SlugField("adresse de la page", max_length=80, unique=True)
    part = models.CharField("partie", max_length=8, choices=PreventionPart, default=PreventionPart.SELF)
    title = models.CharField("titre", max_length=120)
    summary = models.CharField("en une phrase", max_length=200, blank=True)
    body = models.TextField("texte", max_length=20000, help_text="En Markdown.")
    position = models.PositiveSmallIntegerField("ordre", default=0)
    published = models.BooleanField("publiée", default=False)
    seed_key = models.SlugField(max_length=60, unique=True, null=True, blank=True, editable=False)
    updated_at = models.DateTimeField("modifiée le", auto_now=True)

    objects = PreventionPageQuerySet.as_manager()

    class Meta:
        verbose_name = "page de prévention"
        verbose_name_plural = "pages de prévention"
        ordering = ["part", "position", "title"]

    def __str__(self):
        return self.title

    def get_absolute_url(self):
        return reverse("prevention_page", args=[self.slug])


class PreventionMessageQuerySet(models.QuerySet):
    def kept(self):
        """Without those that came with the portal and were removed: only their key stays."""
        return self.exclude(text=F("seed_key"))

    def usable(self):
        return self.kept().filter(published=True)


class PreventionMessage(models.Model):
    """A short sentence that newsletters and invitations may pick. tags: words, by which they choose."""

    text = models.CharField("message", max_length=280, unique=True)
    tags = models.JSONField("mots-clés", default=list, blank=True)
    published = models.BooleanField("utilisable", default=True)
    seed_key = models.SlugField(max_length=60, unique=True, null=True, blank=True, editable=False)

    objects = PreventionMessageQuerySet.as_manager()

    class Meta:
        verbose_name = "message de prévention"
        verbose_name_plural = "messages de prévention"
        ordering = ["pk"]

    def __str__(self):
        return self.text
