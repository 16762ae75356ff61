from datetime import timedelta

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Count, F, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce
from django.db.models.query import ModelIterable
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property

from activities.enums import ActivityKind, Audience, RegistrationState, SessionState
from activities.models.tallies import FOLLOWER, QUESTION, tally
from members.enums import Profession

MAX_HOSTS = 2


class Activity(models.Model):
    kind = models.CharField("nature", max_length=10, choices=ActivityKind, default=ActivityKind.WELLBEING)
    title = models.CharField("titre", max_length=120, unique=True)
    summary = models.CharField("en une phrase", max_length=200, blank=True)
    description = models.TextField("description", max_length=5000, blank=True)

    class Meta:
        verbose_name = "activité"
        ordering = ["title"]

    def __str__(self):
        return self.title


class Place(models.Model):
    name = models.CharField("nom du lieu", max_length=120, unique=True)
    address = models.CharField("adresse", max_length=200, blank=True)
    commune = models.CharField("commune", max_length=80, blank=True)
    wheelchair = models.BooleanField("accessible en fauteuil roulant", null=True, blank=True)
    parking = models.CharField("stationnement", max_length=200, blank=True)
    transport = models.CharField("transports", max_length=200, blank=True)
    private = models.BooleanField(
        "adresse privée", default=False, help_text="L’adresse n’est montrée qu’aux personnes inscrites."
    )

    class Meta:
        verbose_name = "lieu"
        verbose_name_plural = "lieux"
        ordering = ["name"]

    def __str__(self):
        return f"{self.name}, {self.commune}" if self.commune else self.name

    @property
    def location(self):
        """Name, address and commune on one line: for those who come, and for the team."""
        return ", ".join(filter(None, [self.name, self.address, self.commune]))

    @property
    def public_location(self):
        """The same as anybody may read it: a private address is left out."""
        return str(self) if self.private else self.location


class Facilitator(models.Model):
    """Runs sessions and is paid on the spot; has no account."""

    name = models.CharField("nom", max_length=120)
    title = models.CharField("qualité", max_length=120, blank=True, help_text="Par exemple : masseur-kinésithérapeute.")
    presentation = models.TextField("présentation publique", max_length=1000, blank=True)
    email = models.EmailField("adresse e-mail", blank=True)
    phone = models.CharField("téléphone", max_length=30, blank=True)

    class Meta:
        verbose_name = "intervenant"
        ordering = ["name"]

    def __str__(self):
        return self.name


def occupying(prefix=""):
    """Condition on a registration that holds a place: confirmed, or offered and not expired."""
    confirmed = Q(**{f"{prefix}state": RegistrationState.CONFIRMED})
    offered = Q(**{f"{prefix}state": RegistrationState.OFFERED, f"{prefix}offer_ends_at__gt": timezone.now()})
    return confirmed | offered


def registered(condition):
    """Count the registrations that meet a condition: the session's, or those of the cycle, which its first one carries.

    condition: a function of the path to a registration. A session that follows in a cycle has none of its own, so that
    the two joins never multiply each other.
    """
    own = Count("registrations", filter=condition("registrations__"))
    return own + Count("head__registrations", filter=condition("head__registrations__"))


def in_cycle():
    """Condition on the sessions that follow the first of their cycle and count in its length."""
    return (Q(head__state=SessionState.DRAFT) | ~Q(state=SessionState.DRAFT)) & ~Q(state=SessionState.CANCELLED)


class CountedIterable(ModelIterable):
    """Sessions, each with what was counted of it once all were read (see SessionQuerySet.counted)."""

    def __iter__(self):
        sessions = list(super().__iter__())
        counts = tally({session.registering_session_id for session in sessions})
        for session in sessions:
            carrier = session.registering_session_id
            session.waiting = counts[carrier, RegistrationState.WAITING]
            session.occupied = counts[carrier, RegistrationState.CONFIRMED] + counts[carrier, RegistrationState.OFFERED]
            session.cycle_size = 1 + counts[carrier, FOLLOWER]
            session.question_count = counts[carrier, QUESTION]
            yield session


class Series(models.Model):
    """Sessions made together from one rule (« chaque premier mardi »), so that they can be changed together."""

    rule = models.CharField("rythme", max_length=200)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = "série"

    def __str__(self):
        return self.rule


class SessionQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Drafts are the coordination's alone."""
        if user.is_authenticated and user.has_role("coordination"):
            return self
        return self.filter(state__in=SessionState.public)

    def upcoming(self):
        return self.filter(state=SessionState.PUBLISHED, starts_at__gt=timezone.now()).order_by("starts_at")

    def past(self):
        """Held, or published and begun: what took place, or is taking place."""
        return self.filter(Q(state=SessionState.HELD) | Q(state=SessionState.PUBLISHED, starts_at__lte=timezone.now()))

    def counted(self):
        """Give waiting, occupied (confirmed + offers not expired), cycle_size and question_count to each session.

        In one statement after theirs, whatever their number: under a lock, it counts what the lock protects.
        """
        sessions = self.all()
        sessions._iterable_class = CountedIterable
        return sessions

    def with_places(self):
        """Annotate waiting and occupied as counted() gives them, to filter and sort by."""
        return self.annotate(
            waiting=registered(lambda prefix: Q(**{f"{prefix}state": RegistrationState.WAITING})),
            occupied=registered(occupying),
        )

    def with_counts(self):
        """Annotate confirmed too."""
        return self.with_places().annotate(
            confirmed=registered(lambda prefix: Q(**{f"{prefix}state": RegistrationState.CONFIRMED}))
        )

    def with_cycle(self):
        """Annotate cycle_size: how many sessions the cycle counts, cancelled ones left out; 1 outside a cycle."""
        followers = Session.objects.filter(in_cycle(), head_id=OuterRef("carrier_pk"))
        counted = followers.order_by().values("head_id").annotate(number=Count("pk")).values("number")
        return self.annotate(carrier_pk=Coalesce("head_id", "pk")).annotate(
            cycle_size=1 + Coalesce(Subquery(counted), 0)
        )

    def for_list(self):
        """What a public list of sessions shows, in two statements."""
        return self.counted().select_related("activity", "place", "head")

    def for_page(self):
        """What the page of a session shows, in three statements, and one more where it follows in a cycle."""
        return self.counted().select_related("activity", "place", "facilitator").prefetch_related("hosts")

    def for_display(self):
        """Everything that a table of the team shows, to filter and sort by: two statements whatever their number."""
        related = self.with_counts().with_cycle().select_related("activity", "place", "facilitator", "head")
        return related.prefetch_related("hosts")

    def of_cycle(self, carrier_pk):
        """All sessions of the cycle whose registrations this session carries, in order."""
        return self.filter(Q(pk=carrier_pk) | Q(head_id=carrier_pk)).order_by("starts_at", "pk")


class Session(models.Model):
    """One dated occurrence of an activity. Its page, its places and its registrations are its own.

    Places are capacity + extra_places; extra places are the coordinator's decision and count in no filling rate.
    head: in a cycle, all sessions but the first point to the first, which carries the registrations of the whole; its
    places, opening and closing count for all.
    facilitator_link: one more kills the links that the facilitator was sent so far.
    sequence: iCalendar's SEQUENCE, one more each time the date, hours or place change or the session is cancelled.
    """

    State = SessionState

    activity = models.ForeignKey(Activity, models.PROTECT, related_name="sessions", verbose_name="activité")
    series = models.ForeignKey(Series, models.SET_NULL, null=True, blank=True, editable=False, related_name="sessions")
    head = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, editable=False, related_name="followers",
        verbose_name="première séance du cycle",
    )  # fmt: skip
    sequence = models.PositiveIntegerField("numéro de version de l’agenda", default=0, editable=False)
    slug = models.SlugField("adresse de la page", max_length=140, unique=True)
    state = models.CharField("état", max_length=9, choices=SessionState, default=SessionState.DRAFT)
    starts_at = models.DateTimeField("début")
    activity_minutes = models.PositiveSmallIntegerField("minutes d’activité", default=45)
    social_minutes = models.PositiveSmallIntegerField("minutes de moment convivial", default=45)
    place = models.ForeignKey(
        Place, models.PROTECT, related_name="sessions", verbose_name="lieu", null=True, blank=True
    )
    audience = models.CharField("public", max_length=10, choices=Audience, default=Audience.ALL)
    audience_profession = models.CharField("profession concernée", max_length=30, choices=Profession, blank=True)
    capacity = models.PositiveSmallIntegerField("places", default=12)
    extra_places = models.PositiveSmallIntegerField("places supplémentaires", default=0)
    fee = models.DecimalField(
        "participation, payée sur place (€)", max_digits=4, decimal_places=2, default=0,
        validators=[MinValueValidator(0), MaxValueValidator(10)],
    )  # fmt: skip
    equipment = models.CharField("matériel à apporter", max_length=300, blank=True)
    clothing = models.CharField("tenue conseillée", max_length=300, blank=True)
    note = models.TextField("précisions pratiques", max_length=2000, blank=True)
    facilitator = models.ForeignKey(
        Facilitator, models.PROTECT, related_name="sessions", verbose_name="intervenant", null=True, blank=True
    )
    hosts = models.ManyToManyField(
        settings.AUTH_USER_MODEL,
        through="Hosting",
        related_name="hosted_sessions",
        verbose_name="référents",
        blank=True,
    )
    facilitator_link = models.PositiveIntegerField("numéro du lien de l’intervenant", default=0, editable=False)
    opens_at = models.DateTimeField("ouverture des inscriptions", null=True, blank=True)
    closes_at = models.DateTimeField("clôture des inscriptions", null=True, blank=True)
    published_at = models.DateTimeField("publiée le", null=True, blank=True, editable=False)
    cancelled_at = models.DateTimeField("annulée le", null=True, blank=True, editable=False)
    cancel_message = models.TextField("mot d’annulation", max_length=1000, blank=True, editable=False)
    held_at = models.DateTimeField("marquée tenue le", null=True, blank=True, editable=False)
    moved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, editable=False, related_name="+",
        verbose_name="dernier changement d’état par",
    )  # fmt: skip

    objects = SessionQuerySet.as_manager()

    class Meta:
        verbose_name = "séance"
        ordering = ["starts_at"]
        indexes = [models.Index(fields=["state", "starts_at"])]
        constraints = [
            models.CheckConstraint(
                condition=Q(fee__gte=0, fee__lte=10),
                name="session_fee_0_to_10",
                violation_error_message="La participation va de 0 à 10 €, payée sur place.",
            ),
            models.CheckConstraint(
                condition=Q(state=SessionState.DRAFT) | Q(place__isnull=False, capacity__gte=1),
                name="session_public_is_complete",
                violation_error_message="Avant de publier, indiquez un lieu et au moins une place.",
            ),
            models.CheckConstraint(
                condition=Q(activity_minutes__gte=1, activity_minutes__lte=720, social_minutes__lte=720),
                name="session_lasts",
                violation_error_message="La durée va de 1 minute à 12 heures.",
            ),
            models.CheckConstraint(
                condition=Q(closes_at__isnull=True) | Q(closes_at__lte=F("starts_at")),
                name="session_closes_before_start",
                violation_error_message="Les inscriptions ferment au plus tard au début de la séance.",
            ),
            models.CheckConstraint(
                condition=Q(opens_at__isnull=True) | Q(opens_at__lt=F("starts_at")),
                name="session_opens_before_start",
                violation_error_message="Les inscriptions ouvrent avant le début de la séance.",
            ),
            models.CheckConstraint(
                condition=Q(opens_at__isnull=True) | Q(closes_at__isnull=True) | Q(opens_at__lt=F("closes_at")),
                name="session_opens_before_close",
                violation_error_message="Les inscriptions ouvrent avant de fermer.",
            ),
            models.CheckConstraint(
                condition=~Q(audience=Audience.ONE_PROFESSION) | ~Q(audience_profession=""),
                name="session_audience_names_profession",
                violation_error_message="Indiquez la profession concernée.",
            ),
            models.CheckConstraint(condition=~Q(head=F("id")), name="session_is_not_its_own_head"),
            models.CheckConstraint(
                condition=Q(capacity__lte=1000, extra_places__lte=100),
                name="session_places_plausible",
                violation_error_message="Une séance compte au plus 1000 places et 100 supplémentaires.",
            ),
        ]

    def __str__(self):
        return f"{self.activity} – {timezone.localtime(self.starts_at):%d/%m/%Y %H:%M}"

    def get_absolute_url(self):
        return reverse("session", args=[self.slug])

    @property
    def ends_at(self):
        return self.starts_at + timedelta(minutes=self.activity_minutes + self.social_minutes)

    @property
    def registering_session_id(self):
        """The session that carries the registrations: this one, or the first of its cycle."""
        return self.head_id or self.pk

    @property
    def carrier(self):
        """The session whose places, opening and closing count for this one: itself, or the first of its cycle."""
        return self.head if self.head_id else self

    @cached_property
    def cycle(self):
        """The sessions of the cycle in order, cancelled ones too, drafts only while it is one; [] outside a cycle."""
        if getattr(self, "cycle_size", None) == 1:
            return []
        sessions = list(Session.objects.of_cycle(self.registering_session_id).select_related("activity", "place"))
        if any(one.pk == self.registering_session_id and one.state != SessionState.DRAFT for one in sessions):
            sessions = [one for one in sessions if one.state != SessionState.DRAFT]
        return sessions if len(sessions) > 1 else []

    @property
    def cycle_length(self):
        return sum(one.state != SessionState.CANCELLED for one in self.cycle)

    @property
    def places(self):
        return self.carrier.capacity + self.carrier.extra_places

    @property
    def closing(self):
        return self.carrier.closes_at or self.carrier.starts_at

    @property
    def opens_later(self):
        return bool(self.carrier.opens_at and self.carrier.opens_at > timezone.now())

    @property
    def has_closed(self):
        return self.closing <= timezone.now()

    @property
    def places_left(self):
        """Places a newcomer would get at once: none while anyone waits. Needs counted() or with_places()."""
        return 0 if self.waiting else max(0, self.places - self.occupied)


class Hosting(models.Model):
    """A team member attends a session as host; a session has two at most, so the rank is 1 or 2."""

    session = models.ForeignKey(Session, models.CASCADE, related_name="hostings")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="hostings")
    rank = models.PositiveSmallIntegerField("rang")

    class Meta:
        verbose_name = "référent de séance"
        ordering = ["rank"]
        constraints = [
            models.CheckConstraint(condition=Q(rank__gte=1, rank__lte=MAX_HOSTS), name="hosting_two_at_most"),
            models.UniqueConstraint(fields=["session", "rank"], name="hosting_one_per_rank"),
            models.UniqueConstraint(fields=["session", "user"], name="hosting_once_per_session"),
        ]

    def __str__(self):
        return f"référent {self.rank}"
