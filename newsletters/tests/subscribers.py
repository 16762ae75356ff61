"""The addresses that a subscriber's links open."""

from newsletters.services.links import token_of


def subscription_page(subscriber):
    return f"/lettres/abonnement/{token_of(subscriber)}/"


def unsubscribe_page(subscriber, newsletter=None):
    return f"/lettres/desabonnement/{token_of(subscriber, newsletter)}/"
