from django.contrib import messages
from django.shortcuts import redirect
from django.views.decorators.http import require_POST
from django.views.generic import TemplateView

from cafe import todo
from cafe.coordination import mails, month, recent, search, work
from cafe.models import Portal
from listening_cell import figures
from members.enums import Role
from members.permissions import RoleRequiredMixin, role_required
from resources.orientation import years_of

LONGEST_SEARCH = 100


class CoordinationView(RoleRequiredMixin, TemplateView):
    """« À faire », then a month. The number of statements grows neither with what there is to do nor with the month."""

    roles = (Role.COORDINATION,)
    template_name = "coordination/home.html"

    def get_context_data(self, **kwargs):
        portal = Portal.load()
        return super().get_context_data(
            lines=[*todo.lines(self.request.user), *mails.lines(), *work.lines()],
            month=month.month_of(month.asked_month(self.request.GET.get("mois", "")), portal.school_zone),
            portal=portal,  # read once for the page and for the frame around it
            **kwargs,
        )


class MailsView(RoleRequiredMixin, TemplateView):
    roles = (Role.COORDINATION,)
    template_name = "coordination/mails.html"

    def get_context_data(self, **kwargs):
        return super().get_context_data(
            rows=mails.mail_counts(),
            waiting=work.outbox_sentence(),
            refused=work.refused_mails().count(),
            letters=work.letters(),
            documents=work.documents(),
            **kwargs,
        )


@role_required(Role.COORDINATION)
@require_POST
def mails_retry(request):
    count = work.send_again()
    messages.success(request, f"Courriels remis en file : {count}." if count else "Aucun courriel n’est à renvoyer.")
    return redirect("coordination_mails")


@role_required(Role.COORDINATION)
@require_POST
def documents_retry(request):
    count = work.make_again()
    messages.success(request, f"Documents demandés à nouveau : {count}." if count else "Aucun document n’a échoué.")
    return redirect("coordination_mails")


class OrientationsView(RoleRequiredMixin, TemplateView):
    """How often sheets of the directory were handed over: what the listening cell has published, and nothing else."""

    roles = (Role.COORDINATION,)
    template_name = "coordination/orientations.html"

    def get_context_data(self, **kwargs):
        return super().get_context_data(years=years_of(figures.orientations()), **kwargs)


class SearchView(RoleRequiredMixin, TemplateView):
    roles = (Role.COORDINATION,)
    template_name = "coordination/search.html"

    def get_context_data(self, **kwargs):
        text = " ".join(self.request.GET.get("q", "").replace("\0", "").split())[:LONGEST_SEARCH]
        short = search.too_short(text)
        groups = [] if short else search.search(text)
        return super().get_context_data(text=text, short=short, groups=groups, **kwargs)


class RecentView(RoleRequiredMixin, TemplateView):
    roles = (Role.COORDINATION,)
    template_name = "coordination/recent.html"

    def get_context_data(self, **kwargs):
        return super().get_context_data(deeds=recent.deeds(), **kwargs)
