"""A resource confirms or corrects its sheet by its link. Opening a page changes nothing: mail scanners follow links."""

from functools import wraps

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.views import View
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from cafe.errors import Refusal
from cafe.limits import client_address, within_limit
from resources.enums import ResourceState, Verification
from resources.forms.freshness import CorrectionForm, LeavingForm
from resources.freshness_links import opened
from resources.services import verifying

PER_HOUR = 30
TOO_MANY = "Trop d’envois viennent de cette connexion. Réessayez dans une heure, ou écrivez-nous."
SHOWN_TO_ITSELF = (ResourceState.PUBLISHED, ResourceState.SUSPENDED)


def check_limit(request):
    if not within_limit(scope="sheet-link", who=client_address(request), limit=PER_HOUR, seconds=3600):
        raise Refusal(TOO_MANY)


def by_link(view):
    """Hand the view its sheet; a link that no longer works gets a page that offers a new one."""

    @never_cache
    @login_not_required
    @wraps(view)
    def guarded(request, token):
        link = opened(token)
        context = {"resource": link.resource, "token": token}
        if link.resource.state not in SHOWN_TO_ITSELF:
            return render(request, "resources/freshness/gone.html", context)
        if not link.usable:
            return render(request, "resources/freshness/old_link.html", context)
        return view(request, token=token, resource=link.resource)

    return guarded


@require_safe
@by_link
def sheet_link(request, *, token, resource):
    today_by_itself = resource.verified_on == timezone.localdate() and resource.verification == Verification.ITSELF
    context = {"resource": resource, "token": token, "facts": verifying.facts_of(resource), "noted": today_by_itself}
    return render(request, "resources/freshness/link.html", context)


@require_POST
@by_link
def sheet_link_confirm(request, *, token, resource):
    try:
        check_limit(request)
        verifying.confirm(resource=resource)
    except Refusal as refusal:
        messages.error(request, refusal.sentence)
    return redirect("sheet_link", token)


@method_decorator(by_link, name="dispatch")
class CorrectView(View):
    """The form keeps what was typed; what is right is shown at once."""

    def page(self, form, token):
        context = {"form": form, "resource": form.instance, "token": token}
        return render(self.request, "resources/freshness/correct.html", context)

    def get(self, request, *, token, resource):
        return self.page(CorrectionForm(instance=resource), token)

    def post(self, request, *, token, resource):
        form = CorrectionForm(request.POST, instance=resource)
        if form.is_valid():
            try:
                check_limit(request)
                return self.save(form, token)
            except Refusal as refusal:
                form.add_error(None, refusal.sentence)
        return self.page(form, token)

    def save(self, form, token):
        changed = verifying.correct(resource=form.instance, values=form.values(), word=form.cleaned_data["word"])
        done = "Vos corrections sont enregistrées : la fiche les montre déjà."
        messages.success(self.request, done if changed else "Rien à corriger : la fiche est confirmée.")
        return redirect("sheet_link", token)


@method_decorator(by_link, name="dispatch")
class LeaveView(View):
    """A page of its own before anything is asked: this is nothing to press by mistake."""

    def page(self, form, token, resource):
        context = {"form": form, "resource": resource, "token": token}
        return render(self.request, "resources/freshness/leave.html", context)

    def get(self, request, *, token, resource):
        return self.page(LeavingForm(), token, resource)

    def post(self, request, *, token, resource):
        form = LeavingForm(request.POST)
        if not form.is_valid():
            return self.page(form, token, resource)
        try:
            check_limit(request)
            verifying.ask_to_leave(resource=resource, word=form.cleaned_data["word"])
            messages.success(request, "Votre demande est transmise à la coordination, qui retirera la fiche.")
        except Refusal as refusal:
            messages.error(request, refusal.sentence)
        return redirect("sheet_link", token)


@require_POST
@never_cache
@login_not_required
def sheet_link_again(request, token):
    """Mail a new link to the address that is on file, whoever asks: the page never shows that address."""
    resource = opened(token).resource
    try:
        check_limit(request)
        verifying.ask(resource=resource)
        messages.success(request, "Un nouveau lien vient de partir à l’adresse que nous avons pour cette fiche.")
    except Refusal as refusal:
        messages.error(request, refusal.sentence)
    return redirect("sheet_link", token)
