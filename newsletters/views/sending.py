"""The coordination sends a newsletter: to whom, when, how far it is, and what became of it. No name is shown."""

from django.contrib import messages
from django.http import Http404, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.decorators import method_decorator
from django.views import View
from django.views.decorators.cache import never_cache

from activities.views.coordination import CoordinationMixin
from cafe.errors import Refusal
from newsletters.checks import problems_of
from newsletters.enums import NewsletterState
from newsletters.forms.sending import SendForm
from newsletters.models import Newsletter
from newsletters.services import sending
from newsletters.services.figures import counts_of, effects_of
from newsletters.services.segments import readers_of, words_of
from newsletters.services.sentences import sentence_of

MOVING = (NewsletterState.SCHEDULED, NewsletterState.SENDING)
# verb: what does it, what is said then, the states in which it may be asked for
VERBS = {
    "annuler": (sending.cancel, "L’envoi est annulé\u00a0: la lettre est de nouveau un brouillon.", ["scheduled"]),
    "suspendre": (
        sending.pause,
        "L’envoi est suspendu. Ce qui est déjà entre les mains du serveur part encore.",
        ["sending"],
    ),
    "reprendre": (sending.resume, "L’envoi reprend.", ["paused"]),
    "arreter": (sending.stop, "L’envoi est arrêté. Le reste ne partira pas.", ["sending", "paused"]),
}


def find(pk):
    return get_object_or_404(Newsletter.objects.defer("html", "text"), pk=pk)


class LetterSendingView(CoordinationMixin, View):
    """Of a draft: whom and when, then how many and the last word. Afterwards: how far it is."""

    def get(self, request, pk):
        newsletter = find(pk)
        if newsletter.state != NewsletterState.DRAFT:
            return self.progress(newsletter)
        return self.page(newsletter, SendForm(newsletter=newsletter))

    def post(self, request, pk):
        newsletter = find(pk)
        if newsletter.state != NewsletterState.DRAFT:
            return redirect("letter_sending", pk)
        form = SendForm(request.POST, newsletter=newsletter)
        if not form.is_valid() or "corriger" in request.POST:
            return self.page(newsletter, form)
        try:
            newsletter = sending.choose(newsletter, segment=form.segment(), per_minute=form.cleaned_data["per_minute"])
            if "envoyer" in request.POST:
                return self.send(newsletter, form)
        except Refusal as refusal:
            messages.error(request, refusal.sentence)
            return redirect("letter_sending", pk)
        return self.page(newsletter, form, read=True)

    def send(self, newsletter, form):
        if any(problem.blocking for problem in problems_of(newsletter)):
            return self.page(newsletter, form, read=True)
        at = form.cleaned_data["at"]
        sending.schedule(newsletter, at=at)
        messages.success(
            self.request,
            "C’est noté. Vous pouvez encore annuler avant le départ." if at else "C’est parti\u00a0: l’envoi commence.",
        )
        return redirect("letter_sending", newsletter.pk)

    def page(self, newsletter, form, *, read=False):
        context = {"newsletter": newsletter, "form": form, "size": readers_of(newsletter).count()}
        if read:
            problems = problems_of(newsletter)
            context |= {
                "read": True,
                "whom": words_of(newsletter),
                "at": form.cleaned_data["at"],
                "problems": problems,
                "blocked": any(problem.blocking for problem in problems),
            }
        return render(self.request, "newsletters/sending/send.html", context)

    def progress(self, newsletter):
        counts = counts_of(newsletter)
        context = {
            "newsletter": newsletter,
            "counts": counts,
            "sentence": sentence_of(newsletter, counts),
            "whom": words_of(newsletter),
            "moving": newsletter.state in MOVING,
        }
        if newsletter.started_at:
            context["effects"] = effects_of(newsletter)
        else:
            context["size"] = readers_of(newsletter).count()
        return render(self.request, "newsletters/sending/progress.html", context)


class LetterProgressView(CoordinationMixin, View):
    """How far a newsletter is, as JSON: state, sentence, percent, counts."""

    @method_decorator(never_cache)
    def get(self, request, pk):
        newsletter = find(pk)
        counts = counts_of(newsletter)
        return JsonResponse(
            {
                "state": newsletter.state,
                "moving": newsletter.state in MOVING,
                "sentence": sentence_of(newsletter, counts),
                "done": counts["done"],
                "counts": counts,
            }
        )


class LetterVerbView(CoordinationMixin, View):
    """Calling off, pausing, going on, stopping: asked once more, then done."""

    def setup(self, request, *args, **kwargs):
        super().setup(request, *args, **kwargs)
        if kwargs["verb"] not in VERBS:
            raise Http404

    def get(self, request, pk, verb):
        newsletter = find(pk)
        if newsletter.state not in VERBS[verb][2]:
            return redirect("letter_sending", pk)
        context = {"newsletter": newsletter, "verb": verb, "counts": counts_of(newsletter)}
        return render(request, "newsletters/sending/verb.html", context)

    def post(self, request, pk, verb):
        act, done, _ = VERBS[verb]
        try:
            act(find(pk))
            messages.success(request, done)
        except Refusal as refusal:
            messages.error(request, refusal.sentence)
        return redirect("letter_sending", pk)
