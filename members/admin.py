"""For the technician. Nothing here shows a secret, and the groups of the listening cell are out of reach."""

import allauth.mfa.admin  # noqa: F401 - registers Authenticator, whose secrets the page below hides
from allauth.mfa.models import Authenticator
from django.contrib import admin
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.forms import AdminUserCreationForm
from django.contrib.auth.models import Group
from django.http import Http404

from members.enums import CELL_ROLES
from members.models import PROFILE_FIELDS, User

admin.site.unregister(Group)
admin.site.unregister(Authenticator)


class UserCreationForm(AdminUserCreationForm):
    class Meta:
        model = User
        fields = ["email", "first_name", "last_name"]
        field_classes = {}


@admin.register(User)
class UserAdmin(DjangoUserAdmin):
    list_display = ["email", "last_name", "first_name", "profession", "is_staff", "is_active", "last_login"]
    list_filter = ["is_staff", "is_superuser", "is_active", "groups", "profession"]
    search_fields = ["email", "first_name", "last_name"]
    ordering = ["last_name", "first_name"]
    filter_horizontal = ["groups"]
    readonly_fields = ["last_login", "date_joined", "idle_warned_at"]
    add_form = UserCreationForm
    add_fieldsets = [
        (None, {"fields": ["email", "first_name", "last_name", "usable_password", "password1", "password2"]})
    ]
    fieldsets = [
        (None, {"fields": ["email", "password"]}),
        ("Profil", {"fields": PROFILE_FIELDS}),
        ("Accès", {"fields": ["is_active", "is_staff", "is_superuser", "groups"]}),
        ("Dates", {"fields": ["last_login", "date_joined", "idle_warned_at"]}),
    ]
    TECHNICIAN_ONLY = {"password", "is_staff", "is_superuser", "groups"}

    def get_fieldsets(self, request, obj=None):
        """Who is not a superuser neither sees a password's summary nor gives a role."""
        fieldsets = super().get_fieldsets(request, obj)
        if request.user.is_superuser or obj is None:
            return fieldsets
        return [
            (title, {"fields": [name for name in part["fields"] if name not in self.TECHNICIAN_ONLY]})
            for title, part in fieldsets
        ]

    def user_change_password(self, request, id, form_url=""):
        if not request.user.is_superuser:
            raise Http404
        return super().user_change_password(request, id, form_url)

    def formfield_for_manytomany(self, db_field, request=None, **kwargs):
        if db_field.name == "groups":
            kwargs["queryset"] = Group.objects.exclude(name__in=CELL_ROLES)
        return super().formfield_for_manytomany(db_field, request=request, **kwargs)

    def save_related(self, request, form, formsets, change):
        """The form does not know the cell's groups: put back those the person had."""
        kept = list(form.instance.groups.filter(name__in=CELL_ROLES))
        super().save_related(request, form, formsets, change)
        form.instance.groups.add(*kept)


@admin.register(Group)
class GroupAdmin(admin.ModelAdmin):
    """Read only: the roles are the code's, their members are chosen on each person's page."""

    fields = ["name"]
    search_fields = ["name"]

    def get_queryset(self, request):
        return super().get_queryset(request).exclude(name__in=CELL_ROLES)

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False


@admin.register(Authenticator)
class AuthenticatorAdmin(admin.ModelAdmin):
    """To help somebody who lost her second factor: it may be removed, never read."""

    list_display = ["user", "type", "created_at", "last_used_at"]
    list_filter = ["type"]
    fields = ["user", "type", "created_at", "last_used_at"]

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False
