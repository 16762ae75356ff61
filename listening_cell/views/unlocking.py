"""Opening a space by its passphrase, and closing it."""

from urllib.parse import urlsplit

from django.contrib.auth.decorators import login_not_required
from django.shortcuts import redirect, render
from django.urls import Resolver404, resolve
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_POST

from cafe.errors import Refusal
from listening_cell.forms.keys import UnlockForm
from listening_cell.services import keys, sessions
from listening_cell.views.keys import HOMES, KeyPage
from listening_cell.views.spaces import COOKIE, PublicCellPage, give_cookie, take_cookie


def local_target(target, kind):
    """Return the address of the cell that was asked for, or the home of the space where it is anything else."""
    path = urlsplit(target).path
    if not path.startswith("/ecoute/") or not url_has_allowed_host_and_scheme(target, allowed_hosts=None):
        return HOMES[kind]
    try:
        resolve(path)
    except Resolver404:
        return HOMES[kind]
    return target


class UnlockView(KeyPage):
    """Open a space by its passphrase, then go on to what was asked for, or send on what was being sent."""

    def get(self, request):
        return self.asked(HOMES[self.kind], [], sending=False)

    @sensitive_variables()
    def post(self, request):
        target = local_target(request.POST.get("target", ""), self.kind)
        held = list(zip(request.POST.getlist("held_name"), request.POST.getlist("held_value"), strict=False))
        sending, form = bool(request.POST.get("sending")), UnlockForm(request.POST)
        try:
            private = self.private(form)
        except Refusal as refusal:
            return self.asked(target, held, sending=sending, error=refusal.sentence)
        response = self.page("resume", target=target, held=held) if sending else redirect(target)
        sessions.close_space(request.COOKIES.get(COOKIE))
        give_cookie(response, sessions.open_space(sessions.Space(self.kind, self.holder.pk, private)))
        return response

    @sensitive_variables()
    def private(self, form):
        if not form.is_valid() or not self.may_try():
            raise Refusal(keys.NOT_OPENED)
        return keys.unlock(holder=self.holder, passphrase=form.cleaned_data["passphrase"])

    def asked(self, target, held, *, sending, error=""):
        return self.page("unlock", target=target, held=held, sending=sending, error=error)


@login_not_required
@never_cache
@require_POST
def lock(request):
    """Close the space that this browser opened: its key is in no row any more. Needs nobody to be signed in."""
    sessions.close_space(request.COOKIES.get(COOKIE))
    response = redirect("cell_locked")
    take_cookie(response)
    return response


class LockedView(PublicCellPage):
    def get(self, request):
        return render(request, "listening_cell/keys/locked.html")
