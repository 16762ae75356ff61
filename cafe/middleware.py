from csp.middleware import CSPMiddleware
from django.utils.cache import add_never_cache_headers

from cafe.logs import SILENT, first_segment


class HeadersMiddleware(CSPMiddleware):
    """Content security policy, and the headers that Django does not set itself.

    Of the listening cell and of questionnaires no page is kept or indexed, be it an error or an address that does not
    exist.
    """

    def process_response(self, request, response):
        response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        response.headers.setdefault("Permissions-Policy", "camera=(), geolocation=(), microphone=()")
        if first_segment(request.path) in SILENT:
            add_never_cache_headers(response)
            response.headers["X-Robots-Tag"] = "noindex, nofollow"
        return super().process_response(request, response)
