"""« Signaler une erreur » and « Proposer une ressource »: anyone may, without an account."""

from django.contrib.auth.decorators import login_not_required
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache
from django.views.generic import FormView, TemplateView

from cafe.limits import client_address, within_limit
from resources.forms.reports import ErrorForm, ResourceProposalForm
from resources.models import Resource
from resources.services.reports import propose_resource, report_error

TOO_MANY = "Trop d’envois viennent de cette connexion. Réessayez dans une heure, ou écrivez-nous."
PER_HOUR = 20

for_anyone = method_decorator([login_not_required, never_cache], name="dispatch")


class SendView(FormView):
    """A form whose answer is the same page for a person and for a machine, which nothing is kept of."""

    def get_initial(self):
        return {"email": self.request.user.email} if self.request.user.is_authenticated else {}

    def post(self, request, *args, **kwargs):
        form = self.get_form()
        # A machine gets the page of thanks: told that it failed, it would try otherwise.
        if not form.is_machine:
            if form.is_valid() and not self.may_send():
                form.add_error(None, TOO_MANY)
            if not form.is_valid():
                return self.form_invalid(form)
            self.keep(**form.cleaned_data, form=form)
        return redirect(self.get_success_url())

    def may_send(self):
        return within_limit(scope="report", who=client_address(self.request), limit=PER_HOUR, seconds=3600)


class AboutSheetMixin:
    """The sheet of the address, for who may read it; for anybody else there is none."""

    def setup(self, request, *args, slug, **kwargs):
        super().setup(request, *args, slug=slug, **kwargs)
        self.slug = slug

    def get_context_data(self, **kwargs):
        return super().get_context_data(resource=self.resource(), **kwargs)

    def resource(self):
        return get_object_or_404(Resource.objects.visible_to(self.request.user), slug=self.slug)


@for_anyone
class ReportErrorView(AboutSheetMixin, SendView):
    template_name = "resources/reports/error.html"
    form_class = ErrorForm

    def keep(self, *, wrong, message, email, **_):
        report_error(resource=self.resource(), wrong=wrong, message=message, email=email)

    def get_success_url(self):
        return reverse("resource_reported", args=[self.resource().slug])


@for_anyone
class ReportedView(AboutSheetMixin, TemplateView):
    template_name = "resources/reports/sent.html"


@for_anyone
class ProposeResourceView(SendView):
    template_name = "resources/reports/propose.html"
    form_class = ResourceProposalForm

    def keep(self, *, form, message, email, **_):
        propose_resource(values=form.values(), message=message, email=email)

    def get_success_url(self):
        return reverse("resource_proposed")


@for_anyone
class ProposedView(TemplateView):
    template_name = "resources/reports/sent.html"
