"""« Chaque mois par courriel »: asked for and ended on the board's page, or ended by the link of a mail."""

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.views import View
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from cafe.board import monthly
from cafe.board.permissions import READERS
from members.permissions import role_required


def back(request):
    """Return to the months that were being read."""
    query = request.GET.urlencode()
    return redirect(f"{reverse('board')}{'?' if query else ''}{query}#chaque-mois")


@role_required(*READERS)
@require_POST
def monthly_start(request):
    monthly.subscribe(user=request.user)
    messages.success(request, "C’est noté : les chiffres du mois arriveront à l’adresse de votre compte.")
    return back(request)


@role_required(*READERS)
@require_POST
def monthly_end(request):
    monthly.unsubscribe(user=request.user)
    messages.success(request, "C’est noté : vous ne recevrez plus les chiffres du mois.")
    return back(request)


@method_decorator([csrf_exempt, login_not_required, never_cache], name="dispatch")
class MonthlyStopView(View):
    """RFC 8058: a mail program posts here without cookie, and it is done. A person presses the button of the page."""

    def get(self, request, token):
        monthly.reader_pk(token)
        return self.page(done=False)

    def post(self, request, token):
        monthly.stop(pk=monthly.reader_pk(token))
        if request.POST.get("List-Unsubscribe") == "One-Click":
            return HttpResponse("C’est fait.\n", content_type="text/plain; charset=utf-8")
        return self.page(done=True)

    def page(self, *, done):
        return render(self.request, "board/monthly_stop.html", {"done": done})
