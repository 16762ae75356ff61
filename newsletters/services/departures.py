"""Who has left, known by a keyed hash of the address alone: enough to leave her in peace, too little to write."""

from django.utils.crypto import salted_hmac

from newsletters.models import Departure

CHUNK = 500  # SQLite takes a limited number of values in one statement


def email_hash(email):
    """Return the hash, keyed with SECRET_KEY, of a normalised address."""
    return salted_hmac("newsletters.departure", email, algorithm="sha256").hexdigest()


def departed(emails):
    """Return those of these normalised addresses whose holders have left."""
    by_hash = {email_hash(email): email for email in emails}
    hashes = [*by_hash]
    found = set()
    for start in range(0, len(hashes), CHUNK):
        left = Departure.objects.filter(pk__in=hashes[start : start + CHUNK])
        found |= {by_hash[key] for key in left.values_list("pk", flat=True)}
    return found
