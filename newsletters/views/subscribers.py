"""The coordination's pages about subscribers: the list, the proof of one's consent, a list brought from elsewhere."""

from collections import Counter

from django.contrib import messages
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views import View
from django.views.decorators.http import require_POST, require_safe
from django.views.generic import DetailView

from activities.views.coordination import CoordinationMixin, coordination_required
from cafe.errors import Refusal
from cafe.exports import table_response
from cafe.imports import PreviewView, UploadView
from cafe.lists import FilteredListView
from newsletters.forms.subscribers import ConsentForm, ImportUploadForm, SubscriberFilter
from newsletters.models import Subscriber
from newsletters.services import subscriber_lists

HEADER = [
    *("Adresse e-mail", "Prénom", "Profession", "Commune", "Adhérent de la CPTS", "Installé depuis moins d’un an"),
    *("État", "Prochaines séances", "Prendre soin de soi", "Vie du programme", "Rythme"),
    *("Venu par", "Accord demandé le", "Accord donné le", "Ce qui a été accepté", "Dernier signe de vie"),
]
LINES = 100


class SubscriberListView(CoordinationMixin, FilteredListView):
    template_name = "newsletters/subscribers/list.html"
    filterset_class = SubscriberFilter
    queryset = Subscriber.objects.order_by("email", "pk")

    def get_context_data(self, **kwargs):
        return super().get_context_data(active=Subscriber.objects.active().count(), **kwargs)


@coordination_required
@require_safe
def subscriber_export(request, extension):
    wanted = SubscriberFilter(request.GET, queryset=Subscriber.objects.order_by("email", "pk"))
    return table_response(
        extension=extension, name="abonnes", header=HEADER, rows=map(exported, wanted.qs.iterator(chunk_size=2000))
    )


def exported(one):
    return [
        *(one.email, one.first_name, one.profession_label, one.commune, one.cpts_member, one.newly_installed),
        *(one.get_state_display(), one.agenda, one.prevention, one.life, one.get_frequency_display()),
        *(one.get_origin_display(), one.asked_at, one.confirmed_at, one.accepted, one.last_sign_on),
    ]


class SubscriberView(CoordinationMixin, DetailView):
    template_name = "newsletters/subscribers/subscriber.html"
    model = Subscriber
    context_object_name = "subscriber"


class SubscriberRemoveView(CoordinationMixin, View):
    def get(self, request, pk):
        subscriber = get_object_or_404(Subscriber, pk=pk)
        return render(request, "newsletters/subscribers/remove.html", {"subscriber": subscriber})

    def post(self, request, pk):
        subscriber = get_object_or_404(Subscriber, pk=pk)
        subscriber_lists.remove(subscriber=subscriber)
        messages.success(request, f"{subscriber.email} ne recevra plus rien.")
        return redirect("subscriber_list")


# --- A list brought from elsewhere ----------------------------------------------------------------


class ImportUploadView(CoordinationMixin, UploadView):
    template_name = "newsletters/subscribers/import.html"
    form_class = ImportUploadForm

    def get_context_data(self, **kwargs):
        return super().get_context_data(draft=subscriber_lists.drafts_of(self.request.user).first(), **kwargs)

    def start(self, form):
        draft = subscriber_lists.start_import(upload=form.cleaned_data["file"], user=self.request.user)
        return reverse("subscriber_import_preview", args=[draft.pk])


class ImportPreviewView(CoordinationMixin, PreviewView):
    """One's own file: how many would be added, which lines would not and why, and the proof that is asked for."""

    upload_name = "subscriber_import"

    def find(self, pk):
        return subscriber_lists.drafts_of(self.request.user).filter(pk=pk).first()

    def page(self, form):
        judged = subscriber_lists.examine(self.draft)
        counts = Counter(outcome for _, outcome in judged)
        refused = [(row, outcome) for row, outcome in judged if outcome != subscriber_lists.Outcome.NEW]
        context = {
            "draft": self.draft,
            "form": form,
            "new": counts[subscriber_lists.Outcome.NEW],
            "totals": [(outcome.label, counts[outcome]) for outcome in subscriber_lists.Outcome if counts[outcome]],
            "page_obj": Paginator(refused, LINES).get_page(self.request.GET.get("page")),
        }
        return render(self.request, "newsletters/subscribers/import_preview.html", context)

    def get(self, request, pk):
        return self.page(ConsentForm())

    def post(self, request, pk):
        form = ConsentForm(request.POST)
        if form.is_valid():
            try:
                count = subscriber_lists.import_list(key=pk, by=request.user, **form.cleaned_data)
            except Refusal as refusal:
                form.add_error(None, refusal.sentence)
            else:
                messages.success(request, f"C’est importé. Abonnés ajoutés : {count}.")
                return redirect("subscriber_list")
        return self.page(form)


@coordination_required
@require_POST
def import_discard(request, pk):
    subscriber_lists.discard(key=pk, user=request.user)
    messages.success(request, "Le fichier est oublié. Personne n’a été ajouté.")
    return redirect("subscriber_import")
