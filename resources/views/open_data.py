"""The public files of the directory: what a neighbouring CPTS reads, by a person or by a program."""

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.http import quote_etag
from django.views.decorators.http import condition, require_safe

from resources.exchange.sharing import shared_files
from resources.services import exporting
from resources.services.indexing import current_mark

MINUTES_KEPT = 10  # how long a sheet that was withdrawn may still be read in somebody's cache


def etag(request, name):
    return quote_etag(f"{current_mark()}-{name}")


@login_not_required
@require_safe
@condition(etag_func=etag)
def open_data_file(request, name):
    """A file of public sheets; one who comes back gets it again only where the directory has changed."""
    if name not in exporting.SHARED:
        raise Http404
    content, content_type = exporting.shared_file(name)
    response = HttpResponse(content, content_type=content_type)
    response.headers["Cache-Control"] = f"public, max-age={MINUTES_KEPT * 60}"
    response.headers["Content-Disposition"] = f'inline; filename="{name}"'
    return response


@login_not_required
@require_safe
def open_data(request):
    return render(request, "resources/exchange/open_data.html", {"shared": shared_files()})
