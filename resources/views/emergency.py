"""The emergency page, which works without a network once it has been opened, and the worker that sees to it."""

from csp.constants import SELF
from csp.decorators import csp_replace
from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from django.views.generic import TemplateView

from resources.services.emergency import TEMPLATE, paper, worker_script


# This page alone may have a worker; every other one is forbidden it by the general policy.
@method_decorator([login_not_required, csp_replace({"worker-src": [SELF]})], name="dispatch")
class EmergencyView(TemplateView):
    """Fixed words: the numbers hold whatever becomes of the directory."""

    template_name = TEMPLATE

    def get_context_data(self, **kwargs):
        return super().get_context_data(paper=paper(), **kwargs)


@login_not_required
@require_safe
@never_cache
def worker(request):
    """Serve the worker from /urgence/, the only folder that it can then watch over."""
    return HttpResponse(worker_script(), content_type="text/javascript; charset=utf-8")
