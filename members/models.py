from datetime import timedelta

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import models
from django.db.models import Q
from django.utils import timezone

from cafe.text import normalise_email
from members.enums import GRANTABLE_ROLES, SECOND_FACTOR_ROLES, Gender, Practice, Profession, RoleMove

# What a person tells of herself, and may change.
PROFILE_FIELDS = [
    "first_name", "last_name", "profession", "commune", "practice", "cpts_member", "gender", "phone",
]  # fmt: skip


class UserManager(BaseUserManager):
    @classmethod
    def normalize_email(cls, email):
        return normalise_email(email or "")

    def get_by_natural_key(self, email):
        return self.get(email=normalise_email(email))

    def create_user(self, email, password=None, **fields):
        user = self.model(email=normalise_email(email), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email, password=None, **fields):
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)


class User(AbstractBaseUser, PermissionsMixin):
    """Anyone with an account. The e-mail is the login; a name is what others see."""

    email = models.EmailField("adresse e-mail", unique=True)
    first_name = models.CharField("prénom", max_length=80)
    last_name = models.CharField("nom", max_length=80)
    profession = models.CharField("profession ou fonction", max_length=30, choices=Profession, blank=True)
    commune = models.CharField("commune d’exercice", max_length=80, blank=True)
    practice = models.CharField("mode d’exercice", max_length=12, choices=Practice, blank=True)
    cpts_member = models.BooleanField("adhérent de la CPTS", null=True, blank=True)
    gender = models.CharField("genre", max_length=6, choices=Gender, blank=True)
    phone = models.CharField("téléphone", max_length=30, blank=True)
    is_staff = models.BooleanField("accès à l’administration technique", default=False)
    is_active = models.BooleanField("actif", default=True)
    date_joined = models.DateTimeField("inscrit le", default=timezone.now)
    idle_warned_at = models.DateTimeField("prévenu de l’effacement le", null=True, blank=True, editable=False)

    objects = UserManager()

    EMAIL_FIELD = USERNAME_FIELD = "email"
    REQUIRED_FIELDS = ["first_name", "last_name"]

    class Meta:
        verbose_name = "professionnel de santé"
        verbose_name_plural = "professionnels de santé"
        ordering = ["last_name", "first_name"]

    def __str__(self):
        return self.get_full_name() or self.email

    def get_full_name(self):
        return f"{self.first_name} {self.last_name}".strip()

    def get_short_name(self):
        return self.first_name

    @property
    def role_names(self):
        """Names of this person's groups, read once per object."""
        if not hasattr(self, "_role_names"):
            self._role_names = frozenset(self.groups.values_list("name", flat=True))
        return self._role_names

    def has_role(self, *roles):
        return self.is_active and not self.role_names.isdisjoint(roles)

    def suspend_roles(self):
        """Let go of all roles for as long as this object lives (one request); what is owed for them stays owed."""
        self._owes_second_factor = self.needs_second_factor
        self._role_names = frozenset()

    @property
    def needs_second_factor(self):
        owes = getattr(self, "_owes_second_factor", False)
        return owes or self.is_superuser or self.is_staff or self.has_role(*SECOND_FACTOR_ROLES)


class InvitationQuerySet(models.QuerySet):
    def open(self):
        """Neither accepted nor cancelled; its link may have expired."""
        return self.filter(accepted_at=None, cancelled_at=None)


class RoleInvitation(models.Model):
    """A role offered by mail to one address. Whoever proves to own the address may take it, for LASTS after sent_at."""

    LASTS = timedelta(days=7)

    email = models.EmailField("adresse e-mail")
    role = models.CharField("rôle", max_length=20, choices=[(role.value, role.label) for role in GRANTABLE_ROLES])
    invited_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+", verbose_name="invité par")
    created_at = models.DateTimeField("invité le", auto_now_add=True)
    sent_at = models.DateTimeField("envoyée le", default=timezone.now)
    accepted_at = models.DateTimeField("acceptée le", null=True, editable=False)
    cancelled_at = models.DateTimeField("annulée le", null=True, editable=False)

    objects = InvitationQuerySet.as_manager()

    class Meta:
        verbose_name = "invitation à un rôle"
        verbose_name_plural = "invitations à un rôle"
        ordering = ["-sent_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["email", "role"],
                condition=Q(accepted_at=None, cancelled_at=None),
                name="one_open_invitation_per_role",
                violation_error_message="Cette adresse est déjà invitée à ce rôle : renvoyez plutôt l’invitation.",
            ),
            models.CheckConstraint(
                condition=Q(role__in=[role.value for role in GRANTABLE_ROLES]),
                name="invitation_gives_no_role_of_the_cell",
                violation_error_message="Ce rôle ne se donne pas par invitation.",
            ),
        ]

    def __str__(self):
        return f"{self.email}, {self.get_role_display()}"

    @property
    def ends_at(self):
        return self.sent_at + self.LASTS

    @property
    def has_expired(self):
        return self.ends_at <= timezone.now()


class RoleChange(models.Model):
    """Who did what about whose role. Of an invitation, the address is told as long as the invitation is kept."""

    move = models.CharField("action", max_length=9, choices=RoleMove)
    role = models.CharField("rôle", max_length=20, choices=[(role.value, role.label) for role in GRANTABLE_ROLES])
    by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+", verbose_name="par")
    person = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+", verbose_name="personne")
    invitation = models.ForeignKey(RoleInvitation, models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField("le", auto_now_add=True, db_index=True)

    class Meta:
        verbose_name = "changement de rôle"
        verbose_name_plural = "changements de rôle"
        ordering = ["-at", "-pk"]

    def __str__(self):
        return f"{self.get_move_display()} {self.get_role_display()}"
