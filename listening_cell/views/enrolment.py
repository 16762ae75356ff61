"""Peers and referents: their keys' states, invitations, signatures, revocations, and the succession of ROOT."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Case as Choose
from django.db.models import Value, When
from django.http import Http404
from django.shortcuts import redirect, render

from cafe.errors import Refusal
from listening_cell.enums import KeyState
from listening_cell.forms.keys import InviteForm, SignForm, SureForm
from listening_cell.models import Peer, Referent
from listening_cell.services import enrolling, keys
from listening_cell.views.spaces import ReferentSpace

SAVED = "C’est enregistré."
PAGE = 25
LAST = Choose(When(state=KeyState.REVOKED, then=Value(1)), default=Value(0))
NAMES = {
    KeyState.INVITED: "Clé pas encore créée",
    KeyState.UNSIGNED: "Clé à signer",
    KeyState.SIGNED: "Clé signée",
    KeyState.REVOKED: "Clé révoquée",
    "soon": "Clé à prolonger",
    "expired": "Clé expirée",
    "refused": "Signature non reconnue",
}


def described(holder, root):
    """Give a holder what the pages say of them: the standing of the key, and its name."""
    holder.standing = enrolling.standing(holder, root)
    holder.standing_name = NAMES[holder.standing]
    holder.is_referent = isinstance(holder, Referent)
    return holder


def all_of(model):
    return model.objects.select_related("user").order_by(LAST, "user__last_name", "user__first_name", "pk")


class EnrolmentPage(ReferentSpace):
    """A page about the keys of others. `hand` is what every act of a referent asks for."""

    @property
    def hand(self):
        # self.holder is whoever opened this space: the acts take "holder" for the person they are about.
        return {"referent": self.holder, "private": self.private}

    def page(self, template, **context):
        return render(self.request, f"listening_cell/referent/{template}.html", context)


class HoldersView(EnrolmentPage):
    def get(self, request):
        root = keys.verify_key()
        peers = Paginator(all_of(Peer), PAGE).get_page(request.GET.get("page"))
        referents = [described(one, root) for one in all_of(Referent)]
        for peer in peers:
            described(peer, root)
        return self.page("holders", page_obj=peers, referents=referents)


class InviteView(EnrolmentPage):
    def get(self, request):
        return self.page("invite", form=InviteForm())

    def post(self, request):
        form = InviteForm(request.POST)
        if not form.is_valid():
            return self.page("invite", form=form)
        try:
            invited = enrolling.invite(**self.hand, email=form.cleaned_data["email"], **form.chosen())
        except Refusal as refusal:
            form.add_error("email", refusal.sentence)
            return self.page("invite", form=form)
        return redirect("cell_holder", invited.pk)


class HolderPage(EnrolmentPage):
    """About one holder of a key, peer or referent: self.person."""

    def dispatch(self, request, *args, pk, **kwargs):
        self.pk = pk
        return super().dispatch(request, *args, **kwargs)

    @property
    def person(self):
        for model in (Peer, Referent):
            found = model.objects.select_related("user").filter(pk=self.pk).first()
            if found:
                return described(found, keys.verify_key())
        raise Http404


class HolderView(HolderPage):
    def get(self, request):
        return self.page("holder", person=self.person)


class SeasonedView(HolderPage):
    """Says whether a peer is experienced."""

    def post(self, request):
        person = self.person
        if person.is_referent:
            raise Http404
        try:
            enrolling.set_seasoned(**self.hand, holder=person, seasoned=request.POST.get("seasoned") == "1")
            messages.success(request, SAVED)
        except Refusal as refusal:
            return self.page("holder", person=person, refusal=refusal.sentence)
        return redirect("cell_holder", self.pk)


class ActView(HolderPage):
    """An act on somebody's key, confirmed on a page of its own. Set form_class, template and act."""

    form_class = SureForm
    template = None

    def get(self, request):
        return self.asked(self.form_class())

    def asked(self, form):
        return self.page(self.template, person=self.person, form=form)

    def post(self, request):
        form = self.form_class(request.POST)
        if not form.is_valid():
            return self.asked(form)
        try:
            self.act(self.person, form.cleaned_data)
        except Refusal as refusal:
            form.add_error(None, refusal.sentence)
            return self.asked(form)
        messages.success(request, SAVED)
        return redirect("cell_holder", self.pk)


class SignView(ActView):
    form_class, template = SignForm, "sign"

    def act(self, person, values):
        enrolling.sign(**self.hand, holder=person, mark=values["mark"])


class ExtendView(ActView):
    template = "extend"

    def act(self, person, values):
        enrolling.extend(**self.hand, holder=person)


class StartAgainView(ActView):
    template = "start_again"

    def act(self, person, values):
        enrolling.let_start_again(**self.hand, holder=person)


class RevokeView(ActView):
    template = "revoke"

    def act(self, person, values):
        enrolling.revoke(**self.hand, holder=person)


class RootView(EnrolmentPage):
    """The verify key in force, and its succession."""

    def get(self, request):
        return self.asked(SureForm())

    def asked(self, form):
        root = keys.verify_key()
        return self.page("root", form=form, root=root.hex() if root else "", anchor=keys.anchored_in())

    def post(self, request):
        form = SureForm(request.POST)
        if not form.is_valid():
            return self.asked(form)
        try:
            enrolling.succeed_root(**self.hand)
        except Refusal as refusal:
            form.add_error(None, refusal.sentence)
            return self.asked(form)
        messages.success(request, SAVED)
        return redirect("cell_root")
