"""Writing a session and moving it from state to state."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views import View
from django.views.decorators.http import require_POST

from activities.days_off import coming, remarks
from activities.forms.coordination import SessionForm
from activities.forms.coordination_registrations import SessionCancelForm
from activities.models import Session
from activities.services import planning
from activities.services.series import update_following
from activities.views.coordination import CoordinationMixin, coordination_required, sessions_with_counts
from activities.views.series import school_context
from cafe.errors import Refusal
from cafe.models import Portal
from cafe.templatetags.french import day


def calendar_context(form):
    """The holidays to come, and what is worth knowing of the date in the form: the one typed, or the session's."""
    zone = Portal.load().school_zone
    start = form.cleaned_data.get("starts_at") if form.is_bound else form.instance.starts_at
    found = remarks(timezone.localtime(start).date(), zone) if start else []
    coming_holidays = coming(timezone.localdate(), zone)
    return {"date_remarks": found, "coming_holidays": coming_holidays, **school_context()}


def warn_of_holiday(request, session):
    """Say that the date just saved is a holiday; it is saved all the same."""
    when = timezone.localtime(session.starts_at).date()
    if found := remarks(when, Portal.load().school_zone):
        messages.warning(request, f"À noter, {day(when)} : {', '.join(found)}.")


class SessionFormView(CoordinationMixin, View):
    """Shows the form, keeps what was typed when a rule says no, and hands the values to a service."""

    def page(self, form):
        context = {"form": form, "session": form.instance, **calendar_context(form)}
        return render(self.request, "activities/manage/session_form.html", context)

    def instance(self, slug):
        return get_object_or_404(Session, slug=slug) if slug else Session()

    def get(self, request, slug=None):
        return self.page(SessionForm(instance=self.instance(slug)))

    def post(self, request, slug=None):
        form = SessionForm(request.POST, instance=self.instance(slug))
        if form.is_valid():
            try:
                session = self.save(form)
                warn_of_holiday(request, session)
                return redirect("manage_session", session.slug)
            except Refusal as refusal:
                form.add_error(None, refusal.sentence)
        return self.page(form)


class SessionCreateView(SessionFormView):
    def save(self, form):
        session = planning.create_session(values=form.values(), hosts=form.hosts(), by=self.request.user)
        messages.success(self.request, "Le brouillon est enregistré. Relisez-le, puis publiez-le.")
        return session


class SessionEditView(SessionFormView):
    def save(self, form):
        change = {"session": form.instance, "values": form.values(), "hosts": form.hosts()}
        sentence = "Les changements sont enregistrés."
        if form.goes_on():
            session, changed, told = update_following(**change)
            sentence = f"Les changements sont enregistrés pour {changed} séances."
        else:
            session, told = planning.update_session(**change)
        if told:
            sentence += f" {told} courriel{'s' if told > 1 else ''} part{'ent' if told > 1 else ''} aux inscrits."
        messages.success(self.request, sentence)
        return session


def session_move(service, done):
    """Return the view of a move that one button makes: run the service, say what was done or why not, go back."""

    @coordination_required
    @require_POST
    def move(request, slug):
        session = get_object_or_404(Session, slug=slug)
        try:
            session = service(session=session, by=request.user)
            messages.success(request, done)
        except Refusal as refusal:
            messages.error(request, refusal.sentence)
        return redirect("manage_session", session.slug)

    return move


session_publish = session_move(planning.publish_session, "La séance est publiée : elle paraît dans l’agenda.")
session_unpublish = session_move(planning.unpublish_session, "La séance est de nouveau un brouillon.")
session_hold = session_move(planning.hold_session, "La séance est marquée tenue.")


@coordination_required
@require_POST
def session_copy(request, slug):
    session = get_object_or_404(Session.objects.select_related("activity", "place", "facilitator"), slug=slug)
    draft = planning.copy_session(session=session, by=request.user)
    messages.success(request, "Voici la copie, en brouillon : vérifiez la date, choisissez les référents.")
    return redirect("manage_session_edit", draft.slug)


class SessionCancelView(CoordinationMixin, View):
    template_name = "activities/manage/session_cancel.html"

    def page(self, slug, form):
        session = get_object_or_404(sessions_with_counts(), slug=slug)
        return render(self.request, self.template_name, {"session": session, "form": form})

    def get(self, request, slug):
        return self.page(slug, SessionCancelForm())

    def post(self, request, slug):
        form = SessionCancelForm(request.POST)
        session = get_object_or_404(Session, slug=slug)
        if not form.is_valid():
            return self.page(slug, form)
        try:
            _, told = planning.cancel_session(session=session, message=form.cleaned_data["message"], by=request.user)
            messages.success(request, f"La séance est annulée. Courriels envoyés aux inscrits : {told}.")
        except Refusal as refusal:
            messages.error(request, refusal.sentence)
        return redirect("manage_session", slug)


class SessionDeleteView(CoordinationMixin, View):
    def get(self, request, slug):
        session = get_object_or_404(Session.objects.select_related("activity"), slug=slug)
        return render(request, "activities/manage/session_delete.html", {"session": session})

    def post(self, request, slug):
        try:
            planning.delete_session(session=get_object_or_404(Session, slug=slug))
        except Refusal as refusal:
            messages.error(request, refusal.sentence)
            return redirect("manage_session", slug)
        messages.success(request, "Le brouillon est supprimé.")
        return redirect("manage_sessions")
