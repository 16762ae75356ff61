"""Short-lived sealed texts for addresses: what they carry cannot be read in a log nor in a browser's history."""

import base64
import hashlib

from cryptography.fernet import Fernet, InvalidToken
from django.conf import settings


def _box(purpose):
    key = hashlib.blake2b(settings.SECRET_KEY.encode(), digest_size=32, person=purpose.encode()[:16]).digest()
    return Fernet(base64.urlsafe_b64encode(key))


def seal(purpose, text):
    return _box(purpose).encrypt(text.encode()).decode()


def unseal(purpose, token, *, max_age):
    """Return the text sealed for this purpose less than max_age seconds ago, or None."""
    try:
        return _box(purpose).decrypt(token.encode(), ttl=max_age).decode()
    except InvalidToken:
        return None
