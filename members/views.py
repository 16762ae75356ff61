from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import redirect_to_login
from django.http import Http404


@login_not_required
def admin_login(request):
    """The admin's own login page would let in without second factor: the portal's takes its place."""
    if request.user.is_authenticated:
        raise Http404
    return redirect_to_login(request.GET.get("next") or "/gestion/")
