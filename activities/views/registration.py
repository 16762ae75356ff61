from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.decorators import method_decorator
from django.views import View
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from activities.calendars import NAME, session_event
from activities.enums import CancelReason
from activities.forms.registration import EmailChangeForm, RegistrationEditForm
from activities.links import email_change_from, registration_from, registration_path
from activities.models import Registration
from activities.permissions import why_fixed
from activities.services.attendance_certificates import certificates_of
from activities.services.reconfirming import confirm_again
from activities.services.registering import (
    accept_offer,
    ask_email_change,
    cancel_registration,
    change_email,
    change_registration,
    waiting_position,
)
from cafe import ics
from cafe.errors import Refusal
from cafe.limits import client_address, within_limit
from cafe.models import Portal

State = Registration.State


@method_decorator([login_not_required, never_cache], name="dispatch")
class RegistrationView(View):
    """What the personal link of a mail opens: where one stands, and everything one may do about it."""

    def get(self, request, token):
        registration = registration_from(token)
        context = {
            "registration": registration,
            "session": registration.session,
            "token": token,
            "fixed": why_fixed(registration.session),
            "position": waiting_position(registration) if registration.state == State.WAITING else None,
            "certificates": certificates_of([registration]).get(registration.pk, []),
        }
        return render(request, "activities/registration.html", context)


@require_safe
@never_cache
@login_not_required
def registration_ics(request, token):
    """What to put in one's calendar: all dates of a cycle; a private address, for those who have a place alone."""
    registration = registration_from(token)
    session, private = registration.session, registration.state == State.CONFIRMED
    organizer = Portal.load().contact_email
    events = [session_event(one, organizer=organizer, private=private) for one in session.cycle or [session]]
    content = ics.calendar(events, name=NAME)
    headers = {"Content-Disposition": 'attachment; filename="seance.ics"'}
    return HttpResponse(content, content_type="text/calendar; charset=utf-8", headers=headers)


@method_decorator([login_not_required, never_cache], name="dispatch")
class RegistrationEditView(View):
    """Two small forms on one page: what one says of oneself, and the address."""

    def page(self, request, token, form=None, email_form=None):
        registration = registration_from(token)
        form = form or RegistrationEditForm(
            instance=registration,
            questions=registration.session.questions.all(),
            given=dict(registration.answers.values_list("question_id", "value")),
        )
        context = {
            "registration": registration,
            "session": registration.session,
            "token": token,
            "form": form,
            "email_form": email_form or EmailChangeForm(),
        }
        return render(request, "activities/registration_edit.html", context)

    def get(self, request, token):
        return self.page(request, token)

    def post(self, request, token):
        registration = registration_from(token)
        form = RegistrationEditForm(request.POST, questions=registration.session.questions.all())
        if not form.is_valid():
            return self.page(request, token, form=form)
        try:
            change_registration(registration=registration, answers=form.answers(), **form.details())
        except Refusal as refusal:
            form.add_error(None, refusal.sentence)
            return self.page(request, token, form=form)
        messages.success(request, "C’est changé.")
        return redirect("registration", token)


@require_POST
@login_not_required
def registration_ask_email(request, token):
    registration = registration_from(token)
    form = EmailChangeForm(request.POST)
    if form.is_valid() and not within_limit(scope="email-change", who=client_address(request), limit=10, seconds=3600):
        form.add_error("email", "Trop de demandes viennent de cette connexion. Réessayez dans une heure.")
    if not form.is_valid():
        return RegistrationEditView().page(request, token, email_form=form)
    try:
        ask_email_change(registration=registration, email=form.cleaned_data["email"])
    except Refusal as refusal:
        messages.error(request, refusal.sentence)
    else:
        messages.success(request, "Un courriel part à cette adresse : ouvrez son lien pour confirmer le changement.")
    return redirect("registration", token)


@method_decorator([login_not_required, never_cache], name="dispatch")
class RegistrationEmailView(View):
    """The link that proves a new address: a page with one button, since some mail readers open links by themselves."""

    def get(self, request, token):
        registration, email = email_change_from(token)
        context = {"registration": registration, "email": email}
        return render(request, "activities/registration_email.html", context, status=200 if registration else 404)

    def post(self, request, token):
        registration, email = email_change_from(token)
        if registration is None:
            return self.get(request, token)
        try:
            registration = change_email(registration=registration, email=email)
        except Refusal as refusal:
            messages.error(request, refusal.sentence)
        else:
            messages.success(request, "Votre nouvelle adresse est enregistrée.")
        return redirect(registration_path(registration))


def _act(request, token, action, done):
    """Run one service on the registration of a link, say how it went, and return to its page."""
    try:
        action(registration=registration_from(token))
    except Refusal as refusal:
        messages.error(request, refusal.sentence)
    else:
        messages.success(request, done)
    return redirect("registration", token)


@require_POST
@login_not_required
def registration_accept(request, token):
    return _act(request, token, accept_offer, "La place est à vous. À bientôt.")


@require_POST
@login_not_required
def registration_reconfirm(request, token):
    return _act(request, token, confirm_again, "C’est noté : vous venez toujours. À bientôt.")


def _cancel(*, registration):
    offered = registration.state == State.OFFERED
    reason = CancelReason.DECLINED if offered else CancelReason.PERSON
    return cancel_registration(registration=registration, reason=reason)


@method_decorator([login_not_required, never_cache], name="dispatch")
class RegistrationCancelView(View):
    def get(self, request, token):
        registration = registration_from(token)
        if registration.state == State.CANCELLED or why_fixed(registration.session):
            return redirect("registration", token)
        context = {"registration": registration, "session": registration.session, "token": token}
        return render(request, "activities/registration_cancel.html", context)

    def post(self, request, token):
        return _act(request, token, _cancel, "Votre inscription est annulée. Merci d’avoir prévenu.")
