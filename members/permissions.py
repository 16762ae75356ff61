"""Who may see what. Anonymous people are sent to sign in; a signed-in stranger gets a 404, never a 403."""

from functools import wraps

from django.contrib.auth.mixins import AccessMixin
from django.contrib.auth.views import redirect_to_login
from django.http import Http404

from members.enums import Role

# Where each role begins. Whose role asks for a second factor sets it up on the way.
FIRST_PAGES = {Role.COORDINATION: "coordination", Role.TEAM: "team", Role.BOARD: "board"}


def first_page(user):
    """Return the name of the page where somebody lands once signed in, unless she was on her way to another.

    The coordination comes to see what waits for it, whatever else its member does; who is of the board alone comes for
    its figures. The others come as professionals too, to « Mon espace »; a role of the listening cell shows in no
    address that somebody beside one could read.
    """
    if user.has_role(Role.COORDINATION):
        return FIRST_PAGES[Role.COORDINATION]
    if user.is_active and user.role_names == {Role.BOARD}:
        return FIRST_PAGES[Role.BOARD]
    return "my_space"


def require_role(request, *roles):
    """Raise 404 unless the signed-in person has one of the roles. A superuser has none by right."""
    if not request.user.has_role(*roles):
        raise Http404


class RoleRequiredMixin(AccessMixin):
    """For class views: set `roles`."""

    roles = ()

    def dispatch(self, request, *args, **kwargs):
        if not request.user.is_authenticated:
            return self.handle_no_permission()
        require_role(request, *self.roles)
        return super().dispatch(request, *args, **kwargs)


def role_required(*roles):
    """The same for function views."""

    def decorator(view):
        @wraps(view)
        def guarded(request, *args, **kwargs):
            if not request.user.is_authenticated:
                return redirect_to_login(request.get_full_path())
            require_role(request, *roles)
            return view(request, *args, **kwargs)

        return guarded

    return decorator
