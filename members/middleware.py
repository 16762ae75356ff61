from django.conf import settings
from django.contrib import messages
from django.shortcuts import redirect

from members.services import has_second_factor

# What one needs to set a second factor up, and to prove oneself on the way.
SET_UP = {
    "mfa_index",
    "mfa_activate_totp",
    "mfa_add_webauthn",
    "account_reauthenticate",
    "mfa_reauthenticate",
    "mfa_reauthenticate_webauthn",
}
SENTENCE = (
    "Votre rôle donne accès à des informations sur d’autres personnes. Pour les protéger, ajoutez une seconde "
    "vérification à votre compte : cela prend deux minutes."
)


class SecondFactorMiddleware:
    """Who needs a second factor and has none sets one up before any page that asks to be signed in.

    On public pages she is an ordinary professional meanwhile. That a factor was used at sign-in is allauth's doing.
    Costs nothing without a session, one statement for the roles (kept on the user, the navigation reads them too), and
    one more for those whose role asks for a factor.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)

    def process_view(self, request, view, args, kwargs):
        if not settings.REQUIRE_MFA or settings.SESSION_COOKIE_NAME not in request.COOKIES:
            return None
        user = request.user
        if not user.is_authenticated or not user.needs_second_factor or has_second_factor(user):
            return None
        user.suspend_roles()
        if not getattr(view, "login_required", True) or request.resolver_match.url_name in SET_UP:
            return None
        messages.info(request, SENTENCE)
        return redirect("mfa_index")
