"""A facilitator proposes an activity, then follows the proposal by a personal link."""

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.shortcuts import redirect, render
from django.utils.decorators import method_decorator
from django.views import View
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_POST, require_safe

from activities.forms.proposal_upload import CertificateUpload
from activities.forms.proposals import AnswerForm, ProposalForm
from activities.proposal_links import proposal_from
from activities.services.diplomas import TOO_HEAVY
from activities.services.proposals import answer, propose
from cafe.errors import Refusal
from cafe.limits import client_address, within_limit

TOO_MANY = "Trop de propositions viennent de cette connexion. Réessayez dans une heure, ou écrivez-nous."
PER_HOUR = 30
TOO_LONG = 200 * 1024 * 1024  # bytes; beyond, the request is not read at all


def may_send(request, scope):
    return within_limit(scope=scope, who=client_address(request), limit=PER_HOUR, seconds=3600)


@method_decorator([never_cache, csrf_protect], name="dispatch")
class ProposeView(View):
    """The terms of reference, and the form."""

    def page(self, request, form, status=200):
        return render(request, "activities/proposals/propose.html", {"form": form}, status=status)

    def get(self, request):
        return self.page(request, ProposalForm(initial=self.known(request.user)))

    def known(self, user):
        return {"name": user.get_full_name(), "email": user.email} if user.is_authenticated else {}

    def post(self, request):
        if not may_send(request, "propose"):
            form = ProposalForm(request.POST)
            form.add_error(None, TOO_MANY)
            return self.page(request, form)
        form = ProposalForm(request.POST, request.FILES, upload_refusal=request.upload_handlers[0].refusal)
        if form.is_machine:
            return redirect("proposal_sent")
        if not form.is_valid():
            return self.page(request, form)
        certificate = form.cleaned_data["certificate"]
        propose(
            values=form.values(),
            dates=form.dates(),
            certificate=certificate,
            certificate_type=form.certificate_type,
        )
        return redirect("proposal_sent")


@csrf_exempt
@login_not_required
def propose_page(request):
    """Choose how the file comes in before anything reads the request, the check against forgery included."""
    if int(request.META.get("CONTENT_LENGTH") or 0) > TOO_LONG:
        form = ProposalForm({}, upload_refusal=TOO_HEAVY)
        return ProposeView().page(request, form, status=413)
    request.upload_handlers = [CertificateUpload(request)]
    return ProposeView.as_view()(request)


@require_safe
@login_not_required
def proposal_sent(request):
    return render(request, "activities/proposals/sent.html")


def link_page(request, token, form=None):
    proposal = proposal_from(token)
    context = {
        "proposal": proposal,
        "dates": proposal.dates.all(),
        "exchange": proposal.messages.filter(internal=False),
        "form": form or AnswerForm(),
        "token": token,
    }
    return render(request, "activities/proposals/link.html", context)


@require_safe
@login_not_required
@never_cache
def proposal_link(request, token):
    return link_page(request, token)


@require_POST
@login_not_required
@never_cache
def proposal_answer(request, token):
    proposal = proposal_from(token)
    form = AnswerForm(request.POST)
    if form.is_valid() and not may_send(request, "proposal-answer"):
        form.add_error(None, TOO_MANY)
    if not form.is_valid():
        return link_page(request, token, form)
    try:
        answer(proposal=proposal, text=form.cleaned_data["text"])
    except Refusal as refusal:
        messages.error(request, refusal.sentence)
    else:
        messages.success(request, "Votre réponse est transmise au groupe de travail.")
    return redirect("proposal_link", token)
