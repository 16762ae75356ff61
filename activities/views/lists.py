"""The whole list of a session's registrations, and what is done to several people at once."""

import secrets

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.views import View
from django.views.decorators.http import require_POST

from activities.enums import RegistrationState
from activities.forms.lists import MoveForm, RegistrationFilter, WordForm
from activities.models import Session
from activities.services.reconfirming import confirm_again
from activities.services.transfers import move_registrations, write_to
from activities.views.coordination import CoordinationMixin, coordination_required
from activities.views.coordination_registrations import find_registration
from cafe.errors import Refusal
from cafe.lists import FilteredListView

TICK_SOMEBODY = "Cochez d’abord les personnes dans la liste."


def find_session(slug):
    return get_object_or_404(Session.objects.select_related("activity", "place"), slug=slug)


class RegistrationsView(CoordinationMixin, FilteredListView):
    template_name = "activities/lists/registrations.html"
    filterset_class = RegistrationFilter

    def get_queryset(self):
        self.session = find_session(self.kwargs["slug"])
        return self.session.registrations.order_by("number").prefetch_related("answers")

    def get_context_data(self, **kwargs):
        context = super().get_context_data(**kwargs)
        questions = list(self.session.questions.all())
        for registration in context["page_obj"]:
            given = {answer.question_id: answer.value for answer in registration.answers.all()}
            registration.shown_answers = [(one.text, given.get(one.pk, "")) for one in questions]
        return context | {
            "session": self.session,
            "questions": questions,
            "moved_once": any(one.reconfirmation for one in context["page_obj"]),
        }


def chosen(given, session):
    """Return the registrations ticked in the list (`cochees`), else those of the list as it is filtered.

    A list that asks for no state means those who still take part; one that asks for nonsense means nobody.
    """
    people = session.registrations.exclude(email="").order_by("number")
    if "cochees" in given:
        ticked = {key for value in given.getlist("qui") for key in value.split(",")}
        return [one for one in people if str(one.pk) in ticked]
    wanted = RegistrationFilter(given, queryset=people)
    found = wanted.qs if wanted.is_valid() else people.none()
    return list(found if given.get("etat") else found.live())


class PeopleView(CoordinationMixin, View):
    """A page about several people: chosen by its address at first, then carried by its form."""

    def page(self, session, people, form, **context):
        keys = ",".join(str(one.pk) for one in people)
        context |= {"session": session, "people": people, "keys": keys, "form": form}
        return render(self.request, self.template_name, context)

    def people(self, session):
        return chosen(self.request.POST if self.request.method == "POST" else self.request.GET, session)

    def get(self, request, slug):
        session = find_session(slug)
        people = self.people(session)
        if not people:
            messages.error(request, TICK_SOMEBODY)
            return redirect("manage_registrations", slug)
        return self.page(session, people, self.blank_form(session))


class MoveView(PeopleView):
    template_name = "activities/lists/move.html"

    def people(self, session):
        return [one for one in super().people(session) if one.state in RegistrationState.live]

    def blank_form(self, session):
        return MoveForm(session=session)

    def post(self, request, slug):
        session = find_session(slug)
        people = self.people(session)
        form = MoveForm(request.POST, session=session)
        if form.is_valid():
            target = form.cleaned_data["target"]
            keys = [one.pk for one in people]
            try:
                outcome = move_registrations(source=session, target=target, people=keys, by=request.user)
            except Refusal as refusal:
                form.add_error(None, refusal.sentence)
            else:
                self.tell(outcome)
                return redirect("manage_registrations", slug)
        return self.page(session, people, form)

    def tell(self, outcome):
        placed, waiting = len(outcome.placed), len(outcome.waiting)
        if placed or waiting:
            sentence = f"Déplacées avec une place : {placed}. En liste d’attente : {waiting}. Un courriel leur part."
            messages.success(self.request, sentence)
        for registration, sentence in outcome.staying:
            messages.warning(self.request, f"{registration.get_full_name()} reste ici. {sentence}")


class WordView(PeopleView):
    """A word to several people: written, read again as they will read it, then sent one by one."""

    template_name = "activities/lists/word.html"

    def blank_form(self, session):
        return WordForm()

    def post(self, request, slug):
        session = find_session(slug)
        people = self.people(session)
        form = WordForm(request.POST)
        nonce = request.POST.get("envoi", "")
        if not people:
            messages.error(request, TICK_SOMEBODY)
            return redirect("manage_registrations", slug)
        if not form.is_valid() or "relire" in request.POST:
            return self.page(session, people, form)
        if "envoyer" not in request.POST or not nonce:
            return self.page(session, people, form, preview=form.cleaned_data, nonce=secrets.token_hex(8))
        sent = write_to(session=session, registrations=people, nonce=nonce[:32], **form.cleaned_data)
        messages.success(request, sending(sent))
        return redirect("manage_registrations", slug)


def sending(count):
    if not count:
        return "Ce message était déjà parti."
    return f"{count} courriels partent, un à chaque personne." if count > 1 else "Le courriel part."


@coordination_required
@require_POST
def registration_reconfirmed(request, slug, pk):
    try:
        confirm_again(registration=find_registration(slug, pk), by=request.user)
        messages.success(request, "C’est noté : cette personne vient toujours.")
    except Refusal as refusal:
        messages.error(request, refusal.sentence)
    return redirect("manage_registration", slug, pk)
