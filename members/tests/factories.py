"""People for tests. make_user() is an ordinary professional; each argument says only what differs."""

from itertools import count

from allauth.account.models import EmailAddress
from allauth.mfa.totp.internal.auth import TOTP
from django.contrib.auth.models import Group

from members.enums import Practice, Profession, Role
from members.models import RoleInvitation, User

PASSWORD = "tisane-de-verveine"
TOTP_SECRET = "JBSWY3DPEHPK3PXP"
numbers = count(1)


def make_user(*, role=None, roles=(), verified=True, second_factor=False, password=PASSWORD, **fields):
    """Return a saved User. role is one Role, roles several; second_factor adds a TOTP with TOTP_SECRET."""
    number = next(numbers)
    fields = {
        "email": f"soignant{number}@cafe.example",
        "first_name": "Camille",
        "last_name": f"Martin{number}",
        "profession": Profession.NURSE,
        "commune": "Saint-Paul",
        "practice": Practice.SELF_EMPLOYED,
        "cpts_member": True,
    } | fields
    user = User.objects.create_user(password=password, **fields)
    for name in [role, *roles]:
        if name:
            user.groups.add(Group.objects.get_or_create(name=name)[0])
    if verified is not None:
        EmailAddress.objects.create(user=user, email=user.email, primary=True, verified=verified)
    if second_factor:
        TOTP.activate(user, TOTP_SECRET)
    return user


def make_superuser(*, second_factor=True, **fields):
    return make_user(is_staff=True, is_superuser=True, second_factor=second_factor, **fields)


def make_role_invitation(**fields):
    """Return a saved invitation to the working group; nothing is sent."""
    return RoleInvitation.objects.create(**{"email": f"invite{next(numbers)}@cafe.example", "role": Role.TEAM} | fields)
