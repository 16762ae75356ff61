"""What the coordination does with one registration."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.views import View
from django.views.decorators.http import require_POST
from django.views.generic import TemplateView

from activities.enums import CancelReason, RegistrationState
from activities.forms.coordination_registrations import ManualRegistrationForm
from activities.models import Registration, Session
from activities.services import registering
from activities.views.coordination import CoordinationMixin, coordination_required
from cafe.errors import Refusal


def find_registration(slug, pk):
    registrations = Registration.objects.select_related("session__activity", "session__place", "moved_by")
    return get_object_or_404(registrations, session__slug=slug, pk=pk)


class ManageRegistrationView(CoordinationMixin, TemplateView):
    template_name = "activities/manage/registration.html"

    def get_context_data(self, slug, pk, **kwargs):
        registration = find_registration(slug, pk)
        waits = registration.state == RegistrationState.WAITING
        return super().get_context_data(
            registration=registration,
            session=registration.session,
            answers=registration.answers.select_related("question").order_by("question__position"),
            fixed=registering.why_fixed(registration.session),
            position=registering.waiting_position(registration) if waits else None,
            **kwargs,
        )


class RegistrationAddView(CoordinationMixin, View):
    """The same service as the public form; the opening and closing dates do not bind the coordination."""

    def page(self, session, form):
        return render(self.request, "activities/manage/registration_add.html", {"session": session, "form": form})

    def get(self, request, slug):
        session = self.session(slug)
        return self.page(session, ManualRegistrationForm(session=session))

    def session(self, slug):
        return get_object_or_404(Session.objects.for_display(), slug=slug)

    def post(self, request, slug):
        session = self.session(slug)
        form = ManualRegistrationForm(request.POST, session=session)
        if form.is_valid():
            try:
                registration, _ = registering.register(slug=slug, by=request.user, **form.details())
            except Refusal as refusal:
                form.add_error(None, refusal.sentence)
            else:
                state = registration.get_state_display().lower()
                messages.success(request, f"C’est noté : {registration.get_full_name()}, {state}. Un courriel part.")
                return redirect("manage_session", slug)
        return self.page(session, form)


class RegistrationCancelView(CoordinationMixin, View):
    def get(self, request, slug, pk):
        registration = find_registration(slug, pk)
        context = {"registration": registration, "session": registration.session}
        return render(request, "activities/manage/registration_cancel.html", context)

    def post(self, request, slug, pk):
        registration = find_registration(slug, pk)
        try:
            registering.cancel_registration(registration=registration, reason=CancelReason.TEAM, by=request.user)
            messages.success(request, "L’inscription est annulée. La personne en est prévenue.")
        except Refusal as refusal:
            messages.error(request, refusal.sentence)
        return redirect("manage_session", slug)


@coordination_required
@require_POST
def registration_promote(request, slug, pk):
    registration = find_registration(slug, pk)
    try:
        registering.promote_registration(registration=registration, by=request.user)
        messages.success(request, f"{registration.get_full_name()} a une place. La confirmation part par courriel.")
    except Refusal as refusal:
        messages.error(request, refusal.sentence)
    return redirect("manage_registration", slug, pk)


@coordination_required
@require_POST
def registration_resend(request, slug, pk):
    registration = find_registration(slug, pk)
    try:
        registering.resend_link(registration=registration)
        messages.success(request, "Le lien personnel part de nouveau par courriel.")
    except Refusal as refusal:
        messages.error(request, refusal.sentence)
    return redirect("manage_registration", slug, pk)
