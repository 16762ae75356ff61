"""Written answers: which may be read, one after another with its headings, what is quoted, and the file of it."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.db import transaction
from django.db.models import Count
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views import View
from django.views.decorators.http import require_safe

from activities.views.coordination import CoordinationMixin, coordination_required
from cafe.errors import Refusal
from cafe.exports import table_response
from evaluation import names
from evaluation.forms.verbatims import ReadingFilter, VerbatimForm
from evaluation.models import Coding, Reading, Survey
from evaluation.services import coding, verbatims

PER_PAGE = 20
EXPORT_HEADER = ["Question", "Réponse, noms retirés", "Rubriques", "À citer"]


def find_corpus(pk, question, part):
    """Return the corpus of an address, with what may be read today, or raise 404."""
    survey = get_object_or_404(Survey, pk=pk)
    for corpus in verbatims.corpora(survey):
        if (corpus.question.pk, corpus.part) == (question, part):
            return corpus
    raise Http404


def address(name, corpus, *more):
    return reverse(name, args=[corpus.question.survey_id, corpus.question.pk, corpus.part, *more])


class VerbatimsView(CoordinationMixin, View):
    """The open questions of a questionnaire, and where each stands."""

    def get(self, request, pk):
        survey = get_object_or_404(Survey, pk=pk)
        corpora = verbatims.corpora(survey)
        mine, quoted = classified(survey, request.user), chosen(survey)
        rows = [
            {
                "corpus": corpus,
                "shown": len(corpus.ids),
                "mine": mine.get((corpus.question.pk, corpus.comment), 0),
                "quoted": quoted.get((corpus.question.pk, corpus.comment), 0),
            }
            for corpus in corpora
        ]
        context = {"survey": survey, "rows": rows, "quoted": sum(row["quoted"] for row in rows)}
        return render(request, "evaluation/verbatims/survey.html", context)


def classified(survey, coder):
    """Return how many answers this person has classified, {(question, comment): count}."""
    mine = Coding.objects.filter(heading__question__survey=survey, coder=coder)
    counts = mine.values_list("heading__question", "answer__comment").annotate(n=Count("answer", distinct=True))
    return {(question, comment): n for question, comment, n in counts}


def chosen(survey):
    readings = Reading.objects.filter(answer__question__survey=survey, quoted=True)
    counts = readings.values_list("answer__question", "answer__comment").annotate(n=Count("pk"))
    return {(question, comment): n for question, comment, n in counts}


class CorpusView(CoordinationMixin, View):
    """The answers that may be read to one question, with this coder's headings."""

    def get(self, request, pk, question, part):
        corpus = find_corpus(pk, question, part)
        headings = list(corpus.question.headings.all())
        mine = coding.labels_by(corpus, request.user)
        chosen_filter = ReadingFilter(request.GET, headings=headings)
        ids = kept(corpus, chosen_filter.value, mine, {str(one.pk): one.label for one in headings})
        page = Paginator(ids, PER_PAGE).get_page(request.GET.get("page"))
        known = verbatims.known_words()
        rows = [
            {"answer": one, "pieces": marked(one.text, known), "labels": sorted(mine.get(one.pk, ()))}
            for one in corpus.answers(list(page))
        ]
        context = {
            "survey": corpus.question.survey,
            "corpus": corpus,
            "filter": chosen_filter,
            "page_obj": page,
            "rows": rows,
            "classified": len(mine),
        }
        return render(request, "evaluation/verbatims/corpus.html", context)


def kept(corpus, wanted, mine, labels):
    """Return the ids that a filter keeps, in the shuffled order."""
    if wanted == ReadingFilter.TO_DO:
        return [pk for pk in corpus.ids if pk not in mine]
    if wanted == ReadingFilter.QUOTED:
        quoted = set(Reading.objects.filter(answer__in=corpus.ids, quoted=True).values_list("answer_id", flat=True))
        return [pk for pk in corpus.ids if pk in quoted]
    if wanted:
        return [pk for pk in corpus.ids if labels[wanted] in mine.get(pk, ())]
    return list(corpus.ids)


def marked(text, known):
    return names.pieces(text, names.flags(text, known))


@coordination_required
@require_safe
def code_next(request, pk, question, part):
    """Lead to the first answer that this person has not classified, or back to the list where there is none."""
    corpus = find_corpus(pk, question, part)
    return redirect(next_address(corpus, request.user))


def next_address(corpus, coder, after=None):
    """Return the address of the next answer not yet classified, past the last one from the beginning again."""
    mine = coding.labels_by(corpus, coder)
    start = corpus.ids.index(after) + 1 if after else 0
    for pk in corpus.ids[start:] + corpus.ids[:start]:
        if pk not in mine:
            return address("survey_verbatim", corpus, pk) + "#texte"
    return address("survey_verbatims_read", corpus)


class VerbatimView(CoordinationMixin, View):
    """One answer: its text with its flags, its headings, and the words in which it may be shown to others."""

    def find(self, pk, question, part, answer):
        self.corpus = find_corpus(pk, question, part)
        found = self.corpus.answers([answer]) if answer in self.corpus.ids else []
        if not found:
            raise Http404
        self.answer = found[0]
        self.answer.question = self.corpus.question
        self.headings = list(self.corpus.question.headings.all())
        self.mine = coding.labels_by(self.corpus, self.request.user)
        self.known = verbatims.known_words()
        self.spans = names.flags(self.answer.text, self.known)

    def form(self, data=None):
        labels = self.mine.get(self.answer.pk, ())
        return VerbatimForm(
            data,
            headings=self.headings,
            chosen=[one.pk for one in self.headings if one.label in labels],
            proposal=names.replaced(self.answer.text, self.spans),
            reading=getattr(self.answer, "reading", None),
        )

    def page(self, form):
        ids, here = self.corpus.ids, self.corpus.ids.index(self.answer.pk)
        context = {
            "survey": self.corpus.question.survey,
            "corpus": self.corpus,
            "answer": self.answer,
            "pieces": names.pieces(self.answer.text, self.spans),
            "flagged": len(self.spans),
            "form": form,
            "rank": here + 1,
            "before": ids[here - 1] if here else None,
            "after": ids[here + 1] if here + 1 < len(ids) else None,
            "classified": len(self.mine),
        }
        return render(self.request, "evaluation/verbatims/answer.html", context)

    def get(self, request, pk, question, part, answer):
        self.find(pk, question, part, answer)
        return self.page(self.form())

    def post(self, request, pk, question, part, answer):
        self.find(pk, question, part, answer)
        form = self.form(request.POST)
        if not form.is_valid():
            return self.page(form)
        try:
            self.save(form)
        except Refusal as refusal:
            form.add_error(None, refusal.sentence)
            return self.page(form)
        self.warn(form.decision())
        following = next_address(self.corpus, request.user, after=self.answer.pk)
        if "#" not in following:
            messages.success(request, "C’est enregistré. Vous avez classé tout ce qui peut être lu.")
        return redirect(following)

    def warn(self, decision):
        """Whoever clears words decides alone; what still looks like a name is said to her once more."""
        spans = names.flags(decision["words"], self.known) if decision["cleared"] else []
        if spans:
            rank = self.corpus.ids.index(self.answer.pk) + 1
            left = ", ".join(f"« {decision['words'][span.start : span.end]} »" for span in spans)
            messages.warning(self.request, f"Dans la réponse {rank}, il reste peut-être un nom ou un lieu : {left}.")

    @transaction.atomic
    def save(self, form):
        coding.code_answer(answer=self.answer, coder=self.request.user, **form.coding())
        verbatims.decide(answer=self.answer, **form.decision())


class QuotationsView(CoordinationMixin, View):
    """The words chosen to be quoted, question by question, and the files of all cleared words."""

    def get(self, request, pk):
        survey = get_object_or_404(Survey, pk=pk)
        cleared = verbatims.quotations(survey, quoted_only=False)
        groups = {}
        for one in cleared:
            if one.quoted:
                groups.setdefault(one.title, []).append(one)
        context = {"survey": survey, "groups": groups.items(), "cleared": len(cleared)}
        return render(request, "evaluation/verbatims/quotations.html", context)


@coordination_required
@require_safe
def verbatims_export(request, pk, extension):
    """All cleared words with their headings, in the shuffled order: no key, no day, nothing that was not cleared."""
    survey = get_object_or_404(Survey, pk=pk)
    cleared = verbatims.quotations(survey, quoted_only=False)
    rows = [[one.title, one.words, ", ".join(one.headings), one.quoted] for one in cleared]
    return table_response(extension=extension, name=f"reponses-ecrites-{pk}", header=EXPORT_HEADER, rows=rows)
