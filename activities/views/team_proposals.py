"""The working group's pages: the list of proposals, and one page to read, ask, vote, discuss and decide."""

from django.contrib import messages
from django.db.models import Count, Q
from django.http import FileResponse, Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views import View
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from activities.forms import team_proposals as forms
from activities.models import Proposal
from activities.services import proposals as services
from activities.services.diplomas import EXTENSIONS
from cafe.errors import Refusal
from cafe.lists import FilteredListView
from members.enums import Role
from members.permissions import RoleRequiredMixin, role_required


class TeamMixin(RoleRequiredMixin):
    roles = (Role.TEAM,)


class TeamProposalsView(TeamMixin, FilteredListView):
    template_name = "activities/proposals/team_list.html"
    filterset_class = forms.ProposalFilter
    paginate_by = 30

    def get_queryset(self):
        return Proposal.objects.annotate(
            votes_for=Count("votes", filter=Q(votes__favourable=True)),
            votes_against=Count("votes", filter=Q(votes__favourable=False)),
            mine=Count("votes", filter=Q(votes__user=self.request.user)),
        ).order_by("-committed_at", "-pk")


def proposal_page(request, proposal, **bound):
    """Show one proposal; `bound` holds the form that was sent with errors, under its name."""
    votes = list(proposal.votes.select_related("user").order_by("voted_at"))
    mine = next((vote for vote in votes if vote.user_id == request.user.pk), None)
    dates = list(proposal.dates.all())
    words = list(proposal.messages.select_related("author"))
    blank = {
        "ask_form": forms.AskForm,
        "vote_form": forms.VoteForm,
        "note_form": forms.NoteForm,
        "conclude_form": forms.ConcludeForm,
        "accept_form": forms.AcceptForm,
        "refuse_form": forms.RefuseForm,
    }
    given = {"vote_form": {"favourable": str(mine.favourable), "comment": mine.comment}} if mine else {}
    context = {name: kind(proposal=proposal, initial=given.get(name, {})) for name, kind in blank.items()} | bound
    context |= {
        "proposal": proposal,
        "dates": dates,
        "ahead": any(one.starts_at > timezone.now() for one in dates),
        "exchange": [word for word in words if not word.internal],
        "notes": [word for word in words if word.internal],
        "votes": votes,
        "mine": mine,
        "tally": services.tally(proposal, votes),
        "sessions": proposal.activity.sessions.order_by("starts_at") if proposal.activity else [],
        "wrong": next(iter(bound.values()), None),
    }
    return render(request, "activities/proposals/team_proposal.html", context)


def proposal_or_404(pk):
    return get_object_or_404(Proposal.objects.select_related("decided_by", "concluded_by", "activity"), pk=pk)


class TeamProposalView(TeamMixin, View):
    def get(self, request, pk):
        return proposal_page(request, proposal_or_404(pk))


class ActionView(TeamMixin, View):
    """One act of a member on one proposal: its form, its service, and what is said when it is done."""

    http_method_names = ["post"]
    name, form, done = "", None, ""

    def post(self, request, pk):
        proposal = proposal_or_404(pk)
        form = self.form(request.POST, proposal=proposal)
        if not form.is_valid():
            return proposal_page(request, proposal, **{f"{self.name}_form": form})
        try:
            self.act(proposal=proposal, by=request.user, cleaned=form.cleaned_data, form=form)
        except Refusal as refusal:
            messages.error(request, refusal.sentence)
        else:
            messages.success(request, self.done)
        return redirect("team_proposal", pk)


class AskView(ActionView):
    name, form, done = "ask", forms.AskForm, "Votre question part par courriel."

    def act(self, *, proposal, by, cleaned, form):
        services.ask(proposal=proposal, by=by, text=cleaned["text"])


class VoteView(ActionView):
    name, form, done = "vote", forms.VoteForm, "Votre avis est noté. Vous pouvez en changer jusqu’à la décision."

    def act(self, *, proposal, by, cleaned, form):
        services.vote(proposal=proposal, by=by, **cleaned)


class NoteView(ActionView):
    name, form, done = "note", forms.NoteForm, "Votre mot est ajouté."

    def act(self, *, proposal, by, cleaned, form):
        services.discuss(proposal=proposal, by=by, text=cleaned["text"])


class ConcludeView(ActionView):
    name, form, done = "conclude", forms.ConcludeForm, "La discussion est close."

    def act(self, *, proposal, by, cleaned, form):
        services.conclude(proposal=proposal, by=by, text=cleaned["text"])


class RefuseView(ActionView):
    name, form, done = "refuse", forms.RefuseForm, "La proposition est refusée. Votre courriel part."

    def act(self, *, proposal, by, cleaned, form):
        services.refuse(proposal=proposal, by=by, text=cleaned["text"])


class AcceptView(ActionView):
    name, form = "accept", forms.AcceptForm
    done = "La proposition est acceptée. Les séances attendent la coordination, en brouillon."

    def act(self, *, proposal, by, cleaned, form):
        services.accept(proposal=proposal, by=by, **form.details())


@role_required(Role.TEAM)
@require_safe
@never_cache
def certificate(request, pk):
    """The file as it was vetted, to be saved: a browser neither shows it nor guesses what it is."""
    proposal = proposal_or_404(pk)
    if not proposal.certificate or not proposal.certificate.storage.exists(proposal.certificate.name):
        raise Http404
    response = FileResponse(
        proposal.certificate.open("rb"),
        as_attachment=True,
        filename=f"diplome-{proposal.pk}.{EXTENSIONS[proposal.certificate_type]}",
        content_type=proposal.certificate_type,
    )
    response["X-Content-Type-Options"] = "nosniff"
    return response
