"""The coordination writes newsletters: the list, one draft, how it will read, what is wrong with it, a trial."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.functional import cached_property
from django.views import View
from django.views.decorators.http import require_POST, require_safe

from activities.models import Session
from activities.views.coordination import CoordinationMixin, coordination_required
from cafe.errors import Refusal
from cafe.lists import FilteredListView
from newsletters.blocks import in_words, pieces_of
from newsletters.checks import problems_of
from newsletters.enums import NewsletterState
from newsletters.forms.writing import COPY, EMPTY, NewsletterFilter, SettingsForm, StartForm
from newsletters.models import Newsletter
from newsletters.notifications.writing import send_trial
from newsletters.rendering import Rendering, rendered
from newsletters.services import writing
from newsletters.views.framing import example_text, frame_response, framed, framing

VIEWS = [("mail", "Ordinateur"), ("telephone", "Téléphone"), ("sombre", "Couleurs sombres"), ("texte", "Texte seul")]


def find_letter(pk):
    return get_object_or_404(Newsletter.objects.defer("html", "text"), pk=pk)


def page_at(pk, block=None):
    """Return the address of a newsletter's page, at one of its blocks."""
    return reverse("letter_edit", args=[pk]) + (f"#b{block}" if block else "")


# --- The list, a new one --------------------------------------------------------------------------


class LetterListView(CoordinationMixin, FilteredListView):
    template_name = "newsletters/writing/list.html"
    filterset_class = NewsletterFilter
    queryset = Newsletter.objects.defer("html", "text")


class LetterNewView(CoordinationMixin, View):
    """?seance=<slug> chooses an invitation to that session."""

    def page(self, form):
        return render(self.request, "newsletters/writing/new.html", {"form": form})

    def get(self, request):
        slug = request.GET.get("seance", "").replace("\0", "")
        session = Session.objects.upcoming().filter(slug=slug).first() if slug else None
        return self.page(StartForm(initial={"source": "invitation", "session": session} if session else {}))

    def post(self, request):
        form = StartForm(request.POST)
        if form.is_valid():
            try:
                newsletter = self.start(**form.cleaned_data)
            except Refusal as refusal:
                form.add_error(None, refusal.sentence)
            else:
                messages.success(request, "Le brouillon est prêt. Relisez-le, changez-le, envoyez-vous un essai.")
                blank = form.cleaned_data["source"] == EMPTY
                return redirect("letter_settings" if blank else "letter_edit", newsletter.pk)
        return self.page(form)

    def start(self, source, session=None, copied=None):
        if source == COPY:
            return writing.copy_newsletter(newsletter=copied)
        return writing.create_newsletter(model="" if source == EMPTY else source, session=session)


# --- One newsletter -------------------------------------------------------------------------------


class LetterBase(View):
    """Finds the newsletter once the role is known. unsent_only: of one that has left, leads to its page instead."""

    unsent_only = False

    def dispatch(self, request, *args, **kwargs):
        if self.unsent_only and request.method == "GET" and self.newsletter.is_frozen:
            messages.error(request, writing.FROZEN)
            return redirect("letter_edit", self.newsletter.pk)
        return super().dispatch(request, *args, **kwargs)

    @cached_property
    def newsletter(self):
        return find_letter(self.kwargs["pk"])

    def show(self, name, **context):
        return render(self.request, f"newsletters/writing/{name}.html", {"newsletter": self.newsletter} | context)


class LetterPage(CoordinationMixin, LetterBase):
    pass


class UnsentPage(LetterPage):
    unsent_only = True


@framing
class LetterEditView(LetterPage):
    """Its blocks in their order, and beside them what they make.

    One that is scheduled was checked before; what was changed since is checked here.
    """

    def get(self, request, pk):
        pieces = pieces_of(self.newsletter)
        waits = self.newsletter.state == NewsletterState.SCHEDULED
        problems = problems_of(self.newsletter, pieces) if waits else []
        rows = [(piece, in_words(piece)) for piece in pieces]
        return self.show("letter", rows=rows, blocked=any(problem.blocking for problem in problems))


class LetterSettingsView(UnsentPage):
    def page(self, form):
        return self.show("settings", form=form)

    def get(self, request, pk):
        blank = self.newsletter.subject == writing.UNTITLED
        return self.page(SettingsForm(instance=self.newsletter, initial={"subject": ""} if blank else {}))

    def post(self, request, pk):
        # Bound to a copy of its own: the subject on the page stays the one that is kept.
        form = SettingsForm(request.POST, instance=find_letter(pk))
        if form.is_valid():
            try:
                writing.update_newsletter(newsletter=self.newsletter, values=form.values())
            except Refusal as refusal:
                form.add_error(None, refusal.sentence)
            else:
                messages.success(request, "Les réglages sont enregistrés.")
                return redirect("letter_edit", pk)
        return self.page(form)


@framing
class LetterPreviewView(LetterPage):
    """How it will read, by ?vue=, and what is wrong with it."""

    def get(self, request, pk):
        asked = request.GET.get("vue", "")
        shown = asked if asked in dict(VIEWS) else VIEWS[0][0]
        named = "sans-prenom" not in request.GET
        pieces = pieces_of(self.newsletter)
        frozen = self.newsletter.is_frozen
        rendering = Rendering("", self.newsletter.text) if frozen else rendered(self.newsletter, pieces)
        return self.show(
            "preview", shown=shown, views=VIEWS, named=named, text=example_text(rendering.text, named=named),
            problems=[] if frozen else problems_of(self.newsletter, pieces, rendering),
        )  # fmt: skip


@coordination_required
@framed
@require_safe
def letter_frame(request, pk):
    """The mail itself, or one of its blocks alone (?bloc=). Of one that has left, as it left."""
    newsletter = get_object_or_404(Newsletter, pk=pk)
    if asked := request.GET.get("bloc"):
        blocks = [block for block in newsletter.blocks.all() if str(block.pk) == asked]
        html = rendered(newsletter, pieces_of(newsletter, blocks)).html
    else:
        html = newsletter.html if newsletter.is_frozen else rendered(newsletter).html
    named = "sans-prenom" not in request.GET
    return frame_response(newsletter, html, dark=request.GET.get("vue") == "sombre", named=named)


@coordination_required
@require_POST
def letter_trial(request, pk):
    newsletter = find_letter(pk)
    if send_trial(newsletter, request.user):
        messages.success(request, f"Un essai part à {request.user.email}.")
    else:
        messages.info(request, f"Cet essai vient déjà de partir à {request.user.email}.")
    return redirect("letter_preview", pk)


@coordination_required
@require_POST
def letter_copy(request, pk):
    try:
        copy = writing.copy_newsletter(newsletter=find_letter(pk))
    except Refusal as refusal:
        messages.error(request, refusal.sentence)
        return redirect("letter_list")
    messages.success(request, "Voici la copie, en brouillon. L’original reste tel quel.")
    return redirect("letter_edit", copy.pk)


class LetterDeleteView(LetterPage):
    def get(self, request, pk):
        return self.show("delete")

    def post(self, request, pk):
        try:
            writing.delete_newsletter(newsletter=self.newsletter)
            messages.success(request, "Le brouillon est supprimé.")
        except Refusal as refusal:
            messages.error(request, refusal.sentence)
            return redirect("letter_edit", pk)
        return redirect("letter_list")
