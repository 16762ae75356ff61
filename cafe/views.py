import hashlib
import sys
from pathlib import Path

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.db import DatabaseError, OperationalError
from django.http import FileResponse, Http404, HttpResponse, JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse_lazy
from django.utils.decorators import method_decorator
from django.views.decorators.cache import cache_control, never_cache
from django.views.decorators.csrf import requires_csrf_token
from django.views.decorators.http import condition
from django.views.generic import FormView, TemplateView, UpdateView

from activities.models import Session
from cafe.forms import ConfidentialContactForm, IdentityForm
from cafe.health import database_answers, readings
from cafe.models import Portal
from members.enums import Role
from members.permissions import RoleRequiredMixin

NEXT_SESSIONS = 3
LOGOS = {"programme": "logo", "cpts": "cpts_logo"}


def page(name, content_type=None):
    """Build the public view of a page that is only words: templates/pages/<name>.html, or the file named."""
    template = f"pages/{name}" if "." in name else f"pages/{name}.html"
    said = {"site_url": settings.SITE_URL}
    return login_not_required(
        TemplateView.as_view(template_name=template, content_type=content_type, extra_context=said)
    )


@method_decorator(login_not_required, name="dispatch")
class Home(TemplateView):
    template_name = "home.html"

    def get_context_data(self, **kwargs):
        sessions = Session.objects.visible_to(self.request.user).upcoming().for_list()[:NEXT_SESSIONS]
        return super().get_context_data(sessions=list(sessions), **kwargs)


class Identity(RoleRequiredMixin, UpdateView):
    """The portal's name, logos, contacts and territory. Never the confidential contact."""

    roles = (Role.COORDINATION,)
    form_class = IdentityForm
    template_name = "pages/identity.html"
    context_object_name = "identity"  # else the form’s unsaved instance would hide the portal of the header
    success_url = reverse_lazy("portal_identity")

    def get_object(self, queryset=None):
        return Portal.load()

    def form_valid(self, form):
        messages.success(self.request, "C’est enregistré. Le portail affiche ces informations dès maintenant.")
        return super().form_valid(form)


class ConfidentialContact(RoleRequiredMixin, FormView):
    roles = (Role.CELL_REFERENT,)
    form_class = ConfidentialContactForm
    template_name = "pages/confidential_contact.html"
    success_url = reverse_lazy("confidential_contact")

    def get_initial(self):
        return {"confidential_contact": Portal.load().confidential_contact}

    def form_valid(self, form):
        form.save()
        messages.success(self.request, "Le contact confidentiel est enregistré.")
        return super().form_valid(form)


def logo_file(which):
    """Return the stored logo named in the address, or raise 404."""
    stored = getattr(Portal.load(), LOGOS.get(which, ""), None)
    if not stored:
        raise Http404
    return stored


def logo_etag(request, which):
    """Every upload gets a new random name, so the name tells whether the picture changed."""
    return f'"{hashlib.sha256(logo_file(which).name.encode()).hexdigest()[:20]}"'


@login_not_required
@cache_control(public=True, max_age=300)
@condition(etag_func=logo_etag)
def portal_logo(request, which):
    stored = logo_file(which)
    try:
        return FileResponse(stored.open("rb"), filename=Path(stored.name).name)
    except FileNotFoundError:
        raise Http404 from None


@login_not_required
@never_cache
def health(request):
    """Tell a supervisor how the portal is: 503 only where the database does not answer, for nothing works then."""
    try:
        database_answers()
        return JsonResponse({"database": "ok", **readings()})
    except DatabaseError:
        return JsonResponse({"database": "down"}, status=503)


@requires_csrf_token
def csrf_failure(request, reason=""):
    return render(request, "403_csrf.html", status=403)


@requires_csrf_token
def server_error(request):
    """The last page: rendered without context, so that it still shows when the database is what failed."""
    if isinstance(sys.exc_info()[1], OperationalError):
        return HttpResponse(render_to_string("503.html"), status=503, headers={"Retry-After": "60"})
    return HttpResponse(render_to_string("500.html"), status=500)
