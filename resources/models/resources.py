import re
import secrets

from django.conf import settings
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q
from django.urls import reverse

from members.enums import Profession, Role
from resources.enums import AreaKind, Cost, ResourceKind, ResourceState, Verification, Visibility
from resources.needs import NEED_BY_SLUG, need_choices

# The emergency number that is only reached by text message.
TEXT_NUMBERS = {"114"}
# How to send a colleague there is no way in by itself.
NO_CONTACT = Q(phone="", email="", website="", own_access="")


def new_link_key():
    return secrets.token_urlsafe(12)


class ResourceQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Published sheets at the levels that this person may read; the coordination, who edits, sees them all."""
        if user.is_authenticated and user.has_role(Role.COORDINATION):
            return self
        return self.published().filter(visibility__in=Visibility.open_to(user))

    def published(self):
        return self.filter(state=ResourceState.PUBLISHED)

    def public(self):
        """What may leave the portal: feeds, booklet, exports for neighbours."""
        return self.published().filter(visibility=Visibility.PUBLIC)

    def for_display(self):
        """What a list of sheets shows, in two statements whatever their number."""
        return self.prefetch_related("needs")


class Resource(models.Model):
    """A person, service, group or helpline to orient to: one sheet of the directory.

    professions: values of Profession; none means all. area_communes: names, where the area is some communes.
    search_text: normalised words, one line per weight; kept by resources.services.sheets.
    seed_key: names a sheet that came with the portal, so that it is never loaded twice.
    link_key: what the links mailed to the resource sign; a new one ends the old links.
    Nothing here counts how often a sheet is opened or handed over, and nothing may: resources/orientation.py says why.
    """

    State = ResourceState

    slug = models.SlugField("adresse de la page", max_length=140, unique=True)
    kind = models.CharField("nature", max_length=12, choices=ResourceKind)
    name = models.CharField("nom", max_length=160)
    summary = models.CharField("en une phrase", max_length=250, blank=True)
    offers = models.TextField("ce que cela apporte", max_length=3000, blank=True)
    offers_not = models.TextField("ce que cela n’est pas", max_length=1500, blank=True)
    professions = models.JSONField("professions concernées", default=list, blank=True)
    own_access = models.TextField("comment s’y adresser pour soi", max_length=1000, blank=True)
    referral_access = models.TextField("comment s’y adresser pour un collègue", max_length=1000, blank=True)
    phone = models.CharField("téléphone", max_length=30, blank=True)
    email = models.EmailField("adresse e-mail", blank=True)
    website = models.URLField("site", max_length=300, blank=True)
    contact_agreed_on = models.DateField(
        "accord pour montrer ses coordonnées", null=True, blank=True,
        help_text="Pour une personne : la date de son accord. Sans lui, ses coordonnées ne sont pas montrées.",
    )  # fmt: skip
    hours = models.CharField("horaires", max_length=200, blank=True)
    delay = models.CharField("délai habituel", max_length=120, blank=True)
    priority_access = models.BooleanField("accès prioritaire pour les collègues", default=False)
    cost = models.CharField("coût", max_length=10, choices=Cost, default=Cost.UNKNOWN)
    cost_words = models.CharField("précisions sur le coût", max_length=200, blank=True)
    vouchers = models.BooleanField("accepte les bons", null=True, blank=True)
    languages = models.CharField("langues", max_length=200, blank=True, default="français")
    accessibility = models.CharField("accessibilité", max_length=300, blank=True)
    on_site = models.BooleanField("sur place", default=False)
    remote = models.BooleanField("à distance", default=False)
    address = models.CharField("adresse", max_length=200, blank=True)
    # [0-9]: \d would take the digits of every script.
    postcode = models.CharField(
        "code postal", max_length=5, blank=True, validators=[RegexValidator(r"^[0-9]{5}$", "Cinq chiffres.")]
    )
    commune = models.CharField("commune", max_length=80, blank=True)
    latitude = models.FloatField("latitude", null=True, blank=True)
    longitude = models.FloatField("longitude", null=True, blank=True)
    area_kind = models.CharField("zone couverte", max_length=12, choices=AreaKind, default=AreaKind.FRANCE)
    area = models.CharField("nom de la zone", max_length=120, blank=True)
    area_communes = models.JSONField("communes couvertes", default=list, blank=True)
    charter_signed_on = models.DateField("charte signée le", null=True, blank=True)
    diu_trained = models.BooleanField("formation DIU Soigner les soignants", default=False)
    verified_on = models.DateField("vérifiée le", null=True, blank=True)
    verified_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, editable=False, related_name="+",
        verbose_name="vérifiée par",
    )  # fmt: skip
    verification = models.CharField(
        "vérifiée auprès de", max_length=12, choices=Verification, blank=True, editable=False
    )
    verification_email = models.EmailField("adresse pour la vérification", blank=True)
    asked_on = models.DateField("vérification demandée le", null=True, blank=True, editable=False)
    asked_times = models.PositiveSmallIntegerField("demandes de vérification", default=0, editable=False)
    alert_note = models.CharField("à savoir", max_length=300, blank=True)
    internal_note = models.TextField("note de la coordination", max_length=2000, blank=True)
    state = models.CharField("état", max_length=10, choices=ResourceState, default=ResourceState.DRAFT, editable=False)
    visibility = models.CharField("visible par", max_length=7, choices=Visibility, default=Visibility.PUBLIC)
    source = models.CharField("source", max_length=200, blank=True)
    source_date = models.DateField("date de la source", null=True, blank=True)
    seed_key = models.SlugField(max_length=60, unique=True, null=True, blank=True, editable=False)
    link_key = models.CharField(max_length=22, unique=True, default=new_link_key, editable=False)
    search_text = models.TextField(blank=True, editable=False)
    created_at = models.DateTimeField("créée le", auto_now_add=True)
    updated_at = models.DateTimeField("modifiée le", auto_now=True)

    objects = ResourceQuerySet.as_manager()

    class Meta:
        verbose_name = "ressource"
        ordering = ["name"]
        indexes = [models.Index(fields=["state", "visibility"])]
        constraints = [
            models.CheckConstraint(
                condition=~Q(state=ResourceState.PUBLISHED) | (~Q(summary="") & ~NO_CONTACT),
                name="resource_published_is_whole",
                violation_error_message="Avant de publier, dites en une phrase ce que c’est et comment s’y adresser.",
            ),
            models.CheckConstraint(
                condition=Q(on_site=True) | Q(remote=True),
                name="resource_is_met_somewhere",
                violation_error_message="Indiquez si cela se passe sur place, à distance, ou les deux.",
            ),
            models.CheckConstraint(
                condition=Q(latitude__isnull=True, longitude__isnull=True)
                | Q(
                    latitude__isnull=False,
                    longitude__isnull=False,
                    latitude__range=(-90, 90),
                    longitude__range=(-180, 180),
                ),
                name="resource_coordinates_go_by_two",
                violation_error_message="Donnez la latitude et la longitude, ou aucune des deux.",
            ),
            models.CheckConstraint(
                condition=Q(area_kind=AreaKind.FRANCE) | ~Q(area=""),
                name="resource_names_its_area",
                violation_error_message="Nommez la zone couverte.",
            ),
            models.CheckConstraint(
                condition=Q(verified_on__isnull=True, verification="")
                | Q(verified_on__isnull=False, verification__in=Verification.values),
                name="resource_verified_by_someone",
            ),
        ]

    def __str__(self):
        return self.name

    def get_absolute_url(self):
        return reverse("resource", args=[self.slug])

    @property
    def shows_contact(self):
        """A person's own phone and e-mail are shown only where that person agreed."""
        return self.kind != ResourceKind.PERSON or self.contact_agreed_on is not None

    @property
    def tel_uri(self):
        """The address a phone dials; for numbers that only take text messages, the one that writes."""
        digits = re.sub(r"[^0-9+]", "", self.phone)
        return f"sms:{digits}" if digits in TEXT_NUMBERS else f"tel:{digits}"

    @property
    def need_list(self):
        """The needs it answers, in the order of the table. Wants needs prefetched in a list."""
        slugs = {row.need for row in self.needs.all()}
        return [need for slug, need in NEED_BY_SLUG.items() if slug in slugs]

    @property
    def profession_labels(self):
        return [Profession(value).label for value in self.professions if value in Profession]

    @property
    def area_label(self):
        return "France entière" if self.area_kind == AreaKind.FRANCE else self.area


class ResourceNeed(models.Model):
    resource = models.ForeignKey(Resource, models.CASCADE, related_name="needs")
    need = models.CharField("besoin", max_length=60, choices=need_choices)

    class Meta:
        verbose_name = "besoin"
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["resource", "need"], name="resource_need_once")]

    def __str__(self):
        return self.need
