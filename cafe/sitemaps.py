"""/sitemap.xml: the pages that search engines may show. What is not public and published is never in it."""

from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.contrib.sitemaps import Sitemap
from django.contrib.sitemaps.views import sitemap
from django.urls import reverse

from activities.models import Session
from newsletters.models import Newsletter
from resources.models import PreventionPage, Resource

PAGES = [
    *("home", "session_list", "resources", "emergency", "wellbeing", "prevention", "letters"),
    *("propose", "resource_propose", "contact", "legal", "privacy", "accessibility"),
]


class PortalSitemap(Sitemap):
    """Addresses are those of SITE_URL, whatever name the request was sent to."""

    def get_domain(self, site=None):
        return urlsplit(settings.SITE_URL).netloc

    def get_protocol(self, protocol=None):
        return urlsplit(settings.SITE_URL).scheme


class Pages(PortalSitemap):
    def items(self):
        return PAGES

    def location(self, item):
        return reverse(item)


class Sessions(PortalSitemap):
    def items(self):
        return Session.objects.upcoming().only("slug")


class Resources(PortalSitemap):
    def items(self):
        return Resource.objects.public().only("slug", "updated_at").order_by("pk")

    def lastmod(self, item):
        return item.updated_at


class Prevention(PortalSitemap):
    def items(self):
        return PreventionPage.objects.published().only("slug", "updated_at").order_by("pk")

    def lastmod(self, item):
        return item.updated_at


class Letters(PortalSitemap):
    def items(self):
        return Newsletter.objects.published().only("slug", "started_at")

    def lastmod(self, item):
        return item.started_at


PARTS = {
    "pages": Pages,
    "sessions": Sessions,
    "resources": Resources,
    "prevention": Prevention,
    "letters": Letters,
}


@login_not_required
def portal_sitemap(request):
    return sitemap(request, PARTS)
