"""One's own key: where it stands and how it is made; before ROOT exists, a referent's is made by the ceremony."""

from django.contrib.auth.mixins import AccessMixin
from django.http import Http404
from django.shortcuts import redirect, render
from django.views.decorators.debug import sensitive_variables

from cafe.errors import Refusal
from cafe.limits import within_limit
from listening_cell import vault
from listening_cell.enums import KeyState
from listening_cell.forms.keys import NewKeyForm
from listening_cell.services import enrolling, keys
from listening_cell.views.spaces import PEER, REFERENT, CellPage, PeerSpace, ReferentSpace, space_of

SPACES = {PEER: PeerSpace, REFERENT: ReferentSpace}
HOMES = {PEER: "/ecoute/pairs/", REFERENT: "/ecoute/referent/"}
TRIES, TRIES_SECONDS = 10, 15 * 60


class KeyPage(AccessMixin, CellPage):
    """A page about one's own key. Sets self.kind and self.holder, None where nobody has invited this person yet.

    usable: the page is for who has a key that a passphrase opens; everybody else is led to the page of their key.
    """

    usable = True

    def dispatch(self, request, *args, kind, **kwargs):
        if kind not in SPACES:
            raise Http404
        if not request.user.is_authenticated:
            return self.handle_no_permission()
        self.kind, space = kind, SPACES[kind]
        self.holder = space.model.objects.select_related("user").filter(user=request.user).first()
        revoked = self.holder is not None and self.holder.state == KeyState.REVOKED
        if not request.user.has_role(*space.roles) and not revoked:
            raise Http404
        if self.usable and (self.holder is None or self.holder.state not in KeyState.usable):
            return redirect("cell_key", kind)
        return super().dispatch(request, *args, **kwargs)

    def page(self, template, **context):
        context = {"kind": self.kind, "holder": self.holder, "home": HOMES[self.kind]} | context
        return render(self.request, f"listening_cell/{template}.html", context)

    def may_try(self):
        """Count a passphrase or a code that is tried: ten in a quarter of an hour, whoever types them."""
        return within_limit(scope="cell-key", who=self.holder.pk, limit=TRIES, seconds=TRIES_SECONDS)

    @sensitive_variables()
    def code_page(self, new, **context):
        """Show a recovery code, this once: it lies in no session, no cache and no row."""
        return self.page("keys/code", **self.shown(new.recovery_code, keys.mark_of(new.holder.public_key)), **context)

    @sensitive_variables()
    def shown(self, code, mark):
        root = keys.verify_key() if self.kind == REFERENT else None
        return {
            "code": code,
            "groups": vault.grouped(code).split(),
            "mark": mark,
            "mark_groups": vault.grouped(mark),
            "root": root.hex() if root else "",
        }


class OwnKeyView(KeyPage):
    """Where one's key stands, and the way to make it. Before ROOT exists, a referent's page is the ceremony."""

    usable = False

    def get(self, request):
        return self.show(NewKeyForm(user=request.user))

    def show(self, form):
        if self.template() == "keys/key":
            return self.page("keys/key", valid=keys.is_valid(self.holder), mark=self.own_mark(), **self.waiting())
        return self.page(self.template(), form=form)

    def is_ceremony(self):
        """Tell whether this person is to make ROOT: the command named them, and nobody has made it yet."""
        named = self.kind == REFERENT and self.request.user.has_role(*ReferentSpace.roles)
        return named and not enrolling.is_ready()

    def template(self):
        if self.is_ceremony():
            return "keys/ceremony"
        if self.holder is None:
            return "keys/uninvited"
        return {KeyState.INVITED: "keys/make", KeyState.REVOKED: "keys/revoked"}.get(self.holder.state, "keys/key")

    def waiting(self):
        return {"waiting": self.holder.state == KeyState.UNSIGNED, "may_redo": enrolling.may_make_key(self.holder)}

    def own_mark(self):
        """Return the mark of the key one has opened: the database's word would not do to check the database."""
        space = space_of(self.request, self.kind)
        opened = space is not None and space.owner == self.holder.pk
        return vault.grouped(keys.mark_of(vault.public_of(space.secret))) if opened else ""

    @sensitive_variables()
    def post(self, request):
        form = NewKeyForm(request.POST, user=request.user)
        if not form.is_valid():
            return self.page(self.form_template(), form=form)
        try:
            return self.code_page(self.make(form.cleaned_data["passphrase"]), fresh=True)
        except Refusal as refusal:
            form.add_error(None, refusal.sentence)
            return self.page(self.form_template(), form=form)

    def form_template(self):
        """Return the page of the form that was sent; who had none to send meets what their key's state says."""
        template = self.template()
        return "keys/make" if template == "keys/key" else template

    @sensitive_variables()
    def make(self, passphrase):
        if self.is_ceremony():
            return keys.hold_ceremony(user=self.request.user, passphrase=passphrase)
        if self.holder is None:
            raise Refusal("Personne ne vous a encore invité à créer une clé.")
        return enrolling.make_own_key(holder=self.holder, passphrase=passphrase)


class RedoView(KeyPage):
    """The form of a new key, for whoever closed the page of the code before noting it; nothing is sealed to it yet."""

    def get(self, request):
        if not enrolling.may_make_key(self.holder):
            return redirect("cell_key", self.kind)
        return self.page("keys/make", form=NewKeyForm(user=request.user))
