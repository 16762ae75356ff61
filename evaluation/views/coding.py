"""The headings of a question, and what two people who classified on their own agree on."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import redirect, render
from django.views import View
from django.views.decorators.http import require_POST

from activities.views.coordination import CoordinationMixin, coordination_required
from cafe.errors import Refusal
from evaluation.forms.verbatims import HeadingForm, MergeForm
from evaluation.services import coding, verbatims
from evaluation.views.verbatims import address, find_corpus

PER_PAGE = 10


def find_heading(corpus, pk):
    """Return a heading of this question that may change, or raise 404."""
    heading = corpus.question.headings.exclude(label=verbatims.NOTHING).filter(pk=pk).first()
    if heading is None:
        raise Http404
    heading.question = corpus.question
    return heading


class HeadingsView(CoordinationMixin, View):
    def get(self, request, pk, question, part):
        corpus = find_corpus(pk, question, part)
        mine = [label for labels in coding.labels_by(corpus, request.user).values() for label in labels]
        rows = [(one, mine.count(one.label)) for one in corpus.question.headings.all()]
        context = {"survey": corpus.question.survey, "corpus": corpus, "rows": rows, "nothing": verbatims.NOTHING}
        return render(request, "evaluation/verbatims/headings.html", context)


class HeadingPage(CoordinationMixin, View):
    """A page that changes one heading by a form: `done` is said once save has run."""

    template_name = done = ""

    def page(self, form):
        context = {"survey": self.corpus.question.survey, "corpus": self.corpus, "heading": self.heading, "form": form}
        return render(self.request, self.template_name, context)

    def find(self, pk, question, part, heading):
        self.corpus = find_corpus(pk, question, part)
        self.heading = find_heading(self.corpus, heading)

    def get(self, request, **place):
        self.find(**place)
        return self.page(self.form())

    def post(self, request, **place):
        self.find(**place)
        form = self.form(request.POST)
        if form.is_valid():
            try:
                self.save(form)
            except Refusal as refusal:
                form.add_error(None, refusal.sentence)
            else:
                messages.success(request, self.done)
                return redirect(address("survey_headings", self.corpus))
        return self.page(form)


class HeadingRenameView(HeadingPage):
    template_name = "evaluation/verbatims/heading_rename.html"
    done = "La rubrique est renommée."

    def form(self, data=None):
        return HeadingForm(data, initial={"label": self.heading.label})

    def save(self, form):
        coding.rename_heading(heading=self.heading, label=form.cleaned_data["label"])


class HeadingMergeView(HeadingPage):
    template_name = "evaluation/verbatims/heading_merge.html"
    done = "Les deux rubriques n’en font plus qu’une."

    def form(self, data=None):
        others = self.corpus.question.headings.exclude(pk=self.heading.pk).exclude(label=verbatims.NOTHING)
        return MergeForm(data, others=others)

    def save(self, form):
        coding.merge_headings(source=self.heading, target=form.cleaned_data["target"])


@coordination_required
@require_POST
def heading_delete(request, pk, question, part, heading):
    corpus = find_corpus(pk, question, part)
    try:
        coding.delete_heading(heading=find_heading(corpus, heading))
        messages.success(request, "La rubrique est supprimée.")
    except Refusal as refusal:
        messages.error(request, refusal.sentence)
    return redirect(address("survey_headings", corpus))


class ForgetView(CoordinationMixin, View):
    """Give up one's own classifying, once it is confirmed."""

    def get(self, request, pk, question, part):
        corpus = find_corpus(pk, question, part)
        mine = len(coding.labels_by(corpus, request.user))
        context = {"survey": corpus.question.survey, "corpus": corpus, "mine": mine}
        return render(request, "evaluation/verbatims/forget.html", context)

    def post(self, request, pk, question, part):
        corpus = find_corpus(pk, question, part)
        coding.forget_codings(corpus=corpus, coder=request.user)
        messages.success(request, "Votre classement de cette question est retiré.")
        return redirect(address("survey_verbatims_read", corpus))


class AgreementView(CoordinationMixin, View):
    """Two readings side by side, once both are finished: how far they agree, and what is left to settle."""

    def get(self, request, pk, question, part):
        corpus = find_corpus(pk, question, part)
        kept = verbatims.agreement_of(corpus)
        context = {"survey": corpus.question.survey, "corpus": corpus, "kept": kept}
        if kept:
            context |= self.compared(corpus, kept)
        else:
            context["refusal"] = coding.why_not_comparing(corpus, request.user)
        return render(request, "evaluation/verbatims/agreement.html", context)

    def compared(self, corpus, kept):
        pair = kept.content["coders"]
        left = coding.disagreements(corpus, pair)
        page = Paginator(left, PER_PAGE).get_page(self.request.GET.get("page"))
        texts = {one.pk: one.text for one in corpus.answers([one.answer for one in page])}
        return {
            "first": coding.coders_named(pair)[0],
            "second": coding.coders_named(pair)[1],
            "overall": kept.content["overall"],
            "strength": coding.strength(kept.content["overall"]),
            "headings": [one | {"strength": coding.strength(one["kappa"])} for one in kept.content["headings"]],
            "page_obj": page,
            "left": len(left),
            "rows": [(one, texts.get(one.answer, "")) for one in page],
        }

    def post(self, request, pk, question, part):
        corpus = find_corpus(pk, question, part)
        try:
            coding.compare(corpus=corpus, by=request.user)
        except Refusal as refusal:
            messages.error(request, refusal.sentence)
        return redirect(address("survey_agreement", corpus))


@coordination_required
@require_POST
def settle(request, pk, question, part, answer):
    corpus = find_corpus(pk, question, part)
    try:
        coding.settle(corpus=corpus, answer=answer, choice=request.POST.get("choix", ""))
        messages.success(request, "C’est tranché : la réponse a les mêmes rubriques pour les deux.")
    except Refusal as refusal:
        messages.error(request, refusal.sentence)
    return redirect(address("survey_agreement", corpus) + "#desaccords")
