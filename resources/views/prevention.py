"""Pages of prevention: as everybody reads them, and as the coordination writes, orders and shows them."""

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.decorators import method_decorator
from django.views import View
from django.views.decorators.http import require_POST
from django.views.generic import DeleteView, DetailView, ListView

from cafe.errors import Refusal
from members.enums import Role
from members.permissions import role_required
from resources.forms.prevention import PreventionPageForm
from resources.models import PreventionPage
from resources.services import prevention
from resources.views.manage import CoordinationMixin

PER_PAGE = 50
SAVED = "La page est enregistrée. Ce qui a changé se lit dès maintenant."
SAVED_DRAFT = "La page est enregistrée en brouillon. Relisez-la, puis publiez-la."


@method_decorator(login_not_required, name="dispatch")
class PreventionView(ListView):
    """The two parts: for oneself, for a colleague."""

    template_name = "resources/prevention/index.html"
    paginate_by = PER_PAGE

    def get_queryset(self):
        return PreventionPage.objects.published().in_order().defer("body")


@method_decorator(login_not_required, name="dispatch")
class PreventionPageView(DetailView):
    template_name = "resources/prevention/page.html"
    context_object_name = "page"

    def get_queryset(self):
        return PreventionPage.objects.visible_to(self.request.user)

    def get_context_data(self, **kwargs):
        same = PreventionPage.objects.published().filter(part=self.object.part).exclude(pk=self.object.pk)
        return super().get_context_data(others=list(same.defer("body")[:PER_PAGE]), **kwargs)


class ManagePreventionView(CoordinationMixin, ListView):
    template_name = "resources/prevention/manage.html"
    paginate_by = PER_PAGE

    def get_queryset(self):
        return PreventionPage.objects.kept().in_order().defer("body")


class PageFormView(CoordinationMixin, View):
    """Writes a page. « Aperçu » shows how it will read beside the form, and saves nothing."""

    def page(self, form, *, preview=False):
        context = {"form": form, "page": form.instance, "preview": preview and self.preview(form)}
        return render(self.request, "resources/prevention/form.html", context)

    def preview(self, form):
        typed = {name: form[name].value() or "" for name in ("title", "summary", "body")}
        # What is too long to be saved is shown as far as it could be.
        return typed | {"body": typed["body"][: PreventionPage._meta.get_field("body").max_length]}

    def instance(self, pk):
        return get_object_or_404(PreventionPage.objects.kept(), pk=pk) if pk else PreventionPage()

    def get(self, request, pk=None):
        return self.page(PreventionPageForm(instance=self.instance(pk)))

    def post(self, request, pk=None):
        form = PreventionPageForm(request.POST, instance=self.instance(pk))
        if "preview" in request.POST or not form.is_valid():
            return self.page(form, preview="preview" in request.POST)
        page = prevention.save_page(page=form.save(commit=False))
        messages.success(request, SAVED if page.published else SAVED_DRAFT)
        return redirect("manage_prevention")


class PageDeleteView(CoordinationMixin, DeleteView):
    template_name = "resources/prevention/delete.html"
    queryset = PreventionPage.objects.kept()
    context_object_name = "page"

    def form_valid(self, form):
        prevention.remove_page(page=self.object)
        messages.success(self.request, "La page est supprimée.")
        return redirect("manage_prevention")


def page_move(act):
    """Return the view of what one button does to a page: run it, say what was done or why not, go back to the list."""

    @role_required(Role.COORDINATION)
    @require_POST
    def move(request, pk):
        page = get_object_or_404(PreventionPage.objects.kept(), pk=pk)
        try:
            if done := act(request, page):
                messages.success(request, done)
        except Refusal as refusal:
            messages.error(request, refusal.sentence)
        return redirect("manage_prevention")

    return move


@page_move
def page_publish(request, page):
    prevention.publish_page(page=page)
    return f"« {page.title} » est publiée."


@page_move
def page_withdraw(request, page):
    prevention.withdraw_page(page=page)
    return f"« {page.title} » n’est plus publiée ; elle reste ici en brouillon."


@page_move
def page_shift(request, page):
    prevention.shift_page(page=page, step=-1 if request.POST.get("step") == "up" else 1)
