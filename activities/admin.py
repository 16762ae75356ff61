"""For the technician, who repairs; the coordination has its own pages. Registrations are read only here: a place is
given or taken by the services alone, under the session's lock.
"""

from django.contrib import admin

from activities.models import Activity, Facilitator, Hosting, Place, Registration, Session, TimeWish


class ReadOnly:
    """Whoever may enter the admin may read; nobody adds, changes or deletes."""

    def has_add_permission(self, request, obj=None):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False


@admin.register(Activity)
class ActivityAdmin(admin.ModelAdmin):
    list_display = ["title", "kind"]
    list_filter = ["kind"]
    search_fields = ["title"]


@admin.register(Place)
class PlaceAdmin(admin.ModelAdmin):
    list_display = ["name", "commune", "wheelchair"]
    list_filter = ["wheelchair", "commune"]
    search_fields = ["name", "address", "commune"]


@admin.register(Facilitator)
class FacilitatorAdmin(admin.ModelAdmin):
    list_display = ["name", "title", "email"]
    search_fields = ["name", "title", "email"]


class HostingInline(ReadOnly, admin.TabularInline):
    model = Hosting
    fields = ["rank", "user"]


class TimeWishInline(ReadOnly, admin.TabularInline):
    model = TimeWish
    fields = ["slot", "count"]


@admin.register(Session)
class SessionAdmin(ReadOnly, admin.ModelAdmin):
    list_display = ["starts_at", "activity", "place", "state", "capacity", "extra_places"]
    list_filter = ["state", "activity__kind", "audience"]
    list_select_related = ["activity", "place"]
    search_fields = ["slug", "activity__title", "place__name"]
    date_hierarchy = "starts_at"
    inlines = [HostingInline, TimeWishInline]


@admin.register(Registration)
class RegistrationAdmin(ReadOnly, admin.ModelAdmin):
    list_display = ["session", "number", "state", "last_name", "first_name", "profession", "created_at"]
    list_filter = ["state", "cancel_reason", "profession"]
    list_select_related = ["session__activity"]
    search_fields = ["email", "last_name", "first_name", "session__slug"]
    date_hierarchy = "created_at"
    exclude = ["link_key", "person_key"]
