"""For the technician, who sees how mails fare and sends again what failed, never to whom nor about what."""

from django.contrib import admin, messages

from cafe.mail import retry
from cafe.models import Outgoing

SHOWN = ["id", "state", "attempts", "repeats", "last_error", "created_at", "not_before", "started_at", "finished_at"]


@admin.register(Outgoing)
class OutgoingAdmin(admin.ModelAdmin):
    fields = readonly_fields = list_display = SHOWN
    list_filter = ["state", "created_at"]
    actions = ["send_again"]

    def has_add_permission(self, request):
        return False

    def has_delete_permission(self, request, obj=None):
        return False

    @admin.action(description="Envoyer à nouveau les courriels refusés ou de sort inconnu", permissions=["change"])
    def send_again(self, request, queryset):
        count = retry(queryset)
        plural = "s" if count > 1 else ""
        self.message_user(request, f"{count} courriel{plural} remis en file.", messages.SUCCESS)
