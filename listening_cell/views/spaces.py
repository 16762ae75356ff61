"""What the pages of the cell share, and the three spaces that a key opens: a peer's, the referent's, a receipt's.

The public pages never look at who is signed in. A space is open where its cookie is; the sign-in of the portal opens
none.
"""

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.models import AnonymousUser
from django.shortcuts import redirect, render
from django.utils.decorators import method_decorator
from django.views import View
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_variables

from listening_cell.enums import KeyState
from listening_cell.forms.follow import CodeForm
from listening_cell.models import Peer, Referent
from listening_cell.services import casework, keys, sessions
from members.enums import Role
from members.permissions import RoleRequiredMixin

COOKIE = "__Host-cellule" if settings.HTTPS else "cellule"
PEER, REFERENT, RECEIPT = "peer", "referent", "receipt"


def give_cookie(response, value):
    """Send the cookie that opens a space: for this browser's session, our own pages alone, out of scripts' reach."""
    response.set_cookie(COOKIE, value, secure=settings.HTTPS, httponly=True, samesite="Strict", path="/")


def take_cookie(response):
    response.delete_cookie(COOKIE, path="/", samesite="Strict")


def space_of(request, kind):
    """Return the open Space of this kind that the browser holds, or None."""
    space = sessions.opened_space(request.COOKIES.get(COOKIE))
    return space if space and space.kind == kind else None


def held_in(request):
    """Return the fields that were being sent, as (name, value), for a page to carry on."""
    held = [(name, value) for name, values in request.POST.lists() for value in values]
    return [(name, value) for name, value in held if name != "csrfmiddlewaretoken"]


@method_decorator([sensitive_variables(), never_cache], name="dispatch")
class CellPage(View):
    """A page of the cell: kept by no cache, its fields out of every error report, its keys and words too.

    That it is followed by no robot is the middleware's work, which answers for the errors as well.
    """

    def setup(self, request, *args, **kwargs):
        # Here, for a subclass may answer before the dispatch below is reached.
        request.sensitive_post_parameters = "__ALL__"
        super().setup(request, *args, **kwargs)

    # Of its own, for the decorators would otherwise take View's, and skip the classes that stand in between.
    def dispatch(self, request, *args, **kwargs):
        return super().dispatch(request, *args, **kwargs)


@method_decorator(login_not_required, name="dispatch")
class PublicCellPage(CellPage):
    """For anybody: whoever is signed in is nobody here, for the frame of the page as for the view."""

    def dispatch(self, request, *args, **kwargs):
        request.user = AnonymousUser()
        return super().dispatch(request, *args, **kwargs)


class HolderSpace(RoleRequiredMixin, CellPage):
    """A page that the holder's private key opens. Sets self.holder and self.private.

    Where the space is not open, or no more, the page of the passphrase is shown at this same address: what was being
    sent goes on once it is open (see unlock.html), so that a long note is never lost to fifteen idle minutes.
    """

    model = kind = None

    # Whatever goes wrong further down, no report shows a variable: keys and words are among them.
    @sensitive_variables()
    def dispatch(self, request, *args, **kwargs):
        if not request.user.is_authenticated:
            return self.handle_no_permission()
        if not request.user.has_role(*self.roles):
            return super().dispatch(request, *args, **kwargs)
        self.holder = self.model.objects.filter(user=request.user).first()
        if self.holder is None or self.holder.state not in KeyState.usable or keys.was_revoked(self.holder):
            return redirect("cell_key", self.kind)
        self.holder.user = request.user  # read already: not once more with the holder
        space = space_of(request, self.kind)
        if space is None or space.owner != self.holder.pk:
            return self.locked(request)
        self.private = space.secret
        return super().dispatch(request, *args, **kwargs)

    def locked(self, request):
        """Ask for the passphrase, keeping what was being sent in the page itself."""
        sending = request.method == "POST"
        context = {"held": held_in(request), "kind": self.kind, "target": request.get_full_path(), "sending": sending}
        return render(request, "listening_cell/unlock.html", context)


class PeerSpace(HolderSpace):
    model, kind, roles = Peer, PEER, (Role.PEER,)


class ReferentSpace(HolderSpace):
    model, kind, roles = Referent, REFERENT, (Role.CELL_REFERENT,)


@sensitive_variables()
def opened_by_receipt(request):
    """Return the Opened case of the receipt that this browser came back with, or None."""
    space = space_of(request, RECEIPT)
    return casework.open_by_receipt(space.secret.decode()) if space else None


def code_page(request, form, *, target="", held=(), sending=False):
    """Ask for the receipt. sending: something was being sent to target; the page itself keeps what it held."""
    context = {"form": form, "target": target, "held": held, "sending": sending}
    return render(request, "listening_cell/follow/return.html", context)


class ReceiptSpace(PublicCellPage):
    """A page for who came back with a receipt. Sets self.opened; without it, asks for the receipt.

    What was being sent goes on once the code is given again, so that a long message outlives fifteen minutes.
    """

    @sensitive_variables()
    def setup(self, request, *args, **kwargs):
        super().setup(request, *args, **kwargs)
        self.opened = opened_by_receipt(request)
        if self.opened is None:
            # In the place of whatever the page does, under all that PublicCellPage guards.
            self.get = self.head = self.post = self.ask_again

    def ask_again(self, request, *args, **kwargs):
        if request.method != "POST":
            return redirect("cell_return")
        return code_page(request, CodeForm(), target=request.path, held=held_in(request), sending=True)
