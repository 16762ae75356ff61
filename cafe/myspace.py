"""« Mon espace »: what a signed-in person sees of herself, from every app."""

from allauth.account.decorators import reauthentication_required
from allauth.account.internal.flows.logout import logout
from allauth.account.models import EmailAddress
from django.contrib import messages
from django.contrib.messages.views import SuccessMessageMixin
from django.db.models import Max, Q
from django.http import JsonResponse
from django.shortcuts import redirect
from django.urls import path, reverse_lazy
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache
from django.views.generic import TemplateView, UpdateView

from activities.enums import SessionState
from activities.links import registration_path
from activities.models import Registration
from activities.services.attendance_certificates import certificates_of
from cafe.errors import Refusal
from members import personal_data, services
from members.forms import ProfileForm
from members.models import User


def registrations_of(emails):
    """Registrations made with these addresses, with all that a row shows, in one statement.

    cycle_ends: when the last session of the cycle begins, where it is one; None elsewhere.
    """
    related = Registration.objects.select_related("session__activity", "session__place")
    return (
        related.of_emails([email.lower() for email in emails])
        .annotate(cycle_ends=_cycle_ends())
        .order_by("session__starts_at")
    )


def _cycle_ends():
    return Max("session__followers__starts_at", filter=~Q(session__followers__state=SessionState.CANCELLED))


def goes_on(row, now):
    return row.session.ends_at >= now or (row.cycle_ends is not None and row.cycle_ends >= now)


def coming(registrations, now):
    return [row for row in registrations if goes_on(row, now) and row.state in Registration.State.live]


def past(registrations, now):
    """Latest first: sessions where one had a place. What was cancelled is no memory to keep in sight."""
    return [
        row for row in reversed(registrations) if not goes_on(row, now) and row.state == Registration.State.CONFIRMED
    ]


@method_decorator(never_cache, name="dispatch")
class MySpace(TemplateView):
    template_name = "members/my_space.html"

    def get_context_data(self, **kwargs):
        now, user = timezone.now(), self.request.user
        emails = EmailAddress.objects.filter(user=user, verified=True).values_list("email", flat=True)
        registrations = list(registrations_of(emails))
        certificates = certificates_of(registrations)
        return super().get_context_data(
            coming=[(row, registration_path(row)) for row in coming(registrations, now)],
            past=[(row, certificates.get(row.pk, [])) for row in past(registrations, now)],
            has_verified_email=bool(emails),
            second_factor=services.has_second_factor(user),
            **kwargs,
        )


class MyProfile(SuccessMessageMixin, UpdateView):
    template_name = "members/profile.html"
    form_class = ProfileForm
    success_url = reverse_lazy("my_space")
    success_message = "Votre profil est enregistré."

    def get_object(self, queryset=None):
        """Another object than request.user, so that a refused name is not greeted in the page's header."""
        return User.objects.get(pk=self.request.user.pk)


class MyData(TemplateView):
    template_name = "members/my_data.html"


@never_cache
def my_data_export(request):
    response = JsonResponse(
        personal_data.export_all(request.user), json_dumps_params={"ensure_ascii": False, "indent": 2}
    )
    response["Content-Disposition"] = 'attachment; filename="mes-donnees.json"'
    return response


@method_decorator(reauthentication_required, name="dispatch")
class MyErasure(TemplateView):
    """Asks to prove who one is, then erases: nobody loses an account for a computer left open."""

    template_name = "members/erasure.html"

    def post(self, request):
        try:
            services.erase_account(user=request.user)
        except Refusal as refusal:
            messages.error(request, refusal.sentence)
            return redirect("my_data")
        logout(request)
        messages.success(request, "Votre compte est effacé. Merci d’être passé.")
        return redirect("home")


urlpatterns = [
    path("", MySpace.as_view(), name="my_space"),
    path("profil/", MyProfile.as_view(), name="my_profile"),
    path("donnees/", MyData.as_view(), name="my_data"),
    path("donnees/export/", my_data_export, name="my_data_export"),
    path("effacement/", MyErasure.as_view(), name="my_erasure"),
]
