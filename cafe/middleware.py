from csp.middleware import CSPMiddleware


class HeadersMiddleware(CSPMiddleware):
    """Content security policy, and the two headers that Django does not set itself."""

    def process_response(self, request, response):
        response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        response.headers.setdefault("Permissions-Policy", "camera=(), geolocation=(), microphone=()")
        return super().process_response(request, response)
