from django.views.generic import TemplateView

from activities.models import Session
from cafe import todo
from cafe.coordination import mails, recent, search
from listening_cell import figures
from members.enums import Role
from members.permissions import RoleRequiredMixin
from resources.orientation import years_of

NEXT_SESSIONS = 5
LONGEST_SEARCH = 100


class CoordinationView(RoleRequiredMixin, TemplateView):
    """« À faire », then the next sessions. The number of statements does not grow with what there is to do."""

    roles = (Role.COORDINATION,)
    template_name = "coordination/home.html"

    def get_context_data(self, **kwargs):
        return super().get_context_data(
            lines=[*todo.lines(self.request.user), *mails.lines()],
            sessions=Session.objects.upcoming().for_display()[:NEXT_SESSIONS],
            **kwargs,
        )


class MailsView(RoleRequiredMixin, TemplateView):
    roles = (Role.COORDINATION,)
    template_name = "coordination/mails.html"

    def get_context_data(self, **kwargs):
        return super().get_context_data(rows=mails.mail_counts(), **kwargs)


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
