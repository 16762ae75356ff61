"""The mails around a subscription: to confirm it, to find one's choices again, and after three years to stay."""

from django.utils import timezone

from cafe import mail


def confirm(subscriber, *, url):
    """Mail the link that confirms, once an hour at most: nobody may fill another's mailbox from our form."""
    send("confirm", subscriber, url=url, lead="Un clic, et vous recevrez la prochaine lettre.")


def already(subscriber, *, url):
    send("already", subscriber, url=url, lead="Votre adresse reçoit déjà nos lettres.")


def send(name, subscriber, *, url, lead):
    mail.send(
        event=f"newsletters/{name}",
        to=subscriber.email,
        context={"subscriber": subscriber, "url": url},
        dedupe_key=f"letters-{name}:{subscriber.pk}:{timezone.now():%Y%m%d%H}",
        carries_token=True,
        lead=lead,
    )


def stay(subscriber, *, url, ends_on, portal):
    """Return the arguments of the mail that asks whether one stays; ends_on: when the address is forgotten if not."""
    return {
        "event": "newsletters/stay",
        "to": subscriber.email,
        "context": {"subscriber": subscriber, "url": url, "ends_on": ends_on, "portal": portal},
        "dedupe_key": f"letters-stay:{subscriber.pk}:{ends_on:%Y%m%d}",
        "carries_token": True,
        "lead": "Un clic suffit pour continuer à les recevoir.",
    }
