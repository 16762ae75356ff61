from django.utils.functional import SimpleLazyObject

from cafe.models import Portal


def portal(request):
    """Give every template the portal's identity, read from the database only where a page shows it.

    section: first part of the address, by which the navigation marks where one is.
    """
    return {"portal": SimpleLazyObject(Portal.load), "section": request.path.split("/")[1]}
