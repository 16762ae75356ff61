"""Paper: attendance sheets, certificates and their check, posters, and the picture of a session's link."""

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.files.storage import default_storage
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.decorators import method_decorator
from django.views import View
from django.views.decorators.cache import cache_control, never_cache
from django.views.decorators.http import require_safe

from activities.forms.papers import CertificateCheckForm, PosterForm, SeasonPosterForm
from activities.links import registration_from
from activities.models import Session
from activities.seasons import Season
from activities.services import attendance_certificates as certificates
from activities.services import papers, posters
from activities.services.share_images import share_image
from activities.views.coordination import CoordinationMixin
from cafe.errors import Refusal
from cafe.limits import client_address, within_limit
from cafe.pdf import page_of
from members.enums import Role
from members.permissions import role_required

CHECKS_PER_HOUR = 40
CERTIFICATES_PER_HOUR = 60


@role_required(Role.TEAM, Role.COORDINATION)
@require_safe
def attendance_sheet(request, slug):
    session = get_object_or_404(Session.objects.visible_to(request.user), slug=slug)
    return redirect(page_of(papers.request_attendance_sheet(session=session, user=request.user)))


@require_safe
@login_not_required
@never_cache
def registration_certificate(request, token, slug):
    """The certificate of whoever holds the personal link, which mails and « Mon espace » carry."""
    registration = registration_from(token)
    try:
        who = client_address(request)
        if not within_limit(scope="certificate", who=who, limit=CERTIFICATES_PER_HOUR, seconds=3600):
            raise Refusal("Trop de demandes viennent de cette connexion. Réessayez dans une heure.")
        return redirect(page_of(certificates.request_certificate(registration=registration, slug=slug)))
    except Refusal as refusal:
        messages.error(request, refusal.sentence)
        return redirect("registration", token)


@require_safe
@login_not_required
@never_cache
def certificate_home(request):
    """Where one types the code that a certificate carries."""
    form = CertificateCheckForm(request.GET or None)
    if form.is_valid() and (code := certificates.bare_code(form.cleaned_data["code"])):
        return redirect(papers.check_path(code))
    return render(request, "activities/paper/certificate_home.html", {"form": form})


@require_safe
@login_not_required
@never_cache
def certificate_check(request, code):
    """What a stranger may read of a certificate: name, date, title, hours."""
    who = client_address(request)
    if not within_limit(scope="certificate-check", who=who, limit=CHECKS_PER_HOUR, seconds=3600):
        return render(request, "429.html", status=429)
    attendance = certificates.find_certificate(code)
    wiped = certificates.wiped(attendance)
    context = {"attendance": attendance, "wiped": wiped, "code": papers.grouped_code(certificates.bare_code(code)[:12])}
    status = 404 if attendance is None else 410 if wiped else 200
    return render(request, "activities/paper/certificate_check.html", context, status=status)


class SessionPosterView(CoordinationMixin, View):
    def page(self, request, session, form):
        context = {"session": session, "form": form, "refusal": posters.why_no_poster(session)}
        return render(request, "activities/paper/session_poster.html", context)

    def get(self, request, slug):
        return self.page(request, self.session(slug), PosterForm())

    def session(self, slug):
        return get_object_or_404(Session.objects.select_related("activity"), slug=slug)

    def post(self, request, slug):
        session = self.session(slug)
        form = PosterForm(request.POST)
        if form.is_valid():
            try:
                document = posters.request_session_poster(session=session, user=request.user, **form.cleaned_data)
                return redirect(page_of(document))
            except Refusal as refusal:
                form.add_error(None, refusal.sentence)
        return self.page(request, session, form)


class SeasonPosterView(CoordinationMixin, View):
    def page(self, request, form):
        return render(request, "activities/paper/season_poster.html", {"form": form})

    def get(self, request):
        return self.page(request, SeasonPosterForm())

    def post(self, request):
        form = SeasonPosterForm(request.POST)
        if form.is_valid():
            season, paper = Season(form.cleaned_data["season"]), form.cleaned_data["paper"]
            try:
                return redirect(page_of(posters.request_season_poster(season=season, paper=paper, user=request.user)))
            except Refusal as refusal:
                form.add_error(None, refusal.sentence)
        return self.page(request, form)


@method_decorator([login_not_required, require_safe, cache_control(max_age=300)], name="dispatch")
class SessionImageView(View):
    """The picture shown with the session's link. Other sites may embed it: that is what it is for."""

    def get(self, request, slug):
        sessions = Session.objects.visible_to(request.user).select_related("activity", "place")
        name = share_image(get_object_or_404(sessions, slug=slug))
        with default_storage.open(name) as picture:
            content = picture.read()
        headers = {"Cross-Origin-Resource-Policy": "cross-origin"}
        return HttpResponse(content, content_type="image/png", headers=headers)
