from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import FileResponse
from django.shortcuts import redirect
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from cafe.errors import Refusal
from cafe.models import DocumentState
from cafe.pdf import page_of
from resources.services.booklet import FILENAME, request_booklet


@login_not_required
@require_safe
@never_cache
def booklet(request):
    """Give the booklet where it is ready, else lead to the page that waits for it."""
    try:
        document = request_booklet()
    except Refusal as refusal:
        messages.warning(request, str(refusal))
        return redirect("resources")
    # Not rendered here: the page that waits has an address of its own, which says where the making stands.
    if document.state != DocumentState.READY:
        return redirect(page_of(document))
    return FileResponse(document.file.open("rb"), filename=FILENAME, content_type=document.content_type)
