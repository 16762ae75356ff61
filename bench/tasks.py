from celery import shared_task
from django.core.mail import EmailMultiAlternatives, get_connection


def plain_messages(newsletter, readers):
    """A newsletter as most projects send it: each message built by Django, with its own links."""
    from newsletters.placeholders import filled_html, filled_text, personal
    from newsletters.services.links import subscription_url, unsubscribe_url

    for reader in readers:
        leave = unsubscribe_url(reader, newsletter)
        values = personal(unsubscribe_url=leave, preferences_url=subscription_url(reader), first_name=reader.first_name)
        message = EmailMultiAlternatives(
            newsletter.subject, filled_text(newsletter.text, values), to=[reader.email],
            headers={"List-Unsubscribe": f"<{leave}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"},
        )  # fmt: skip
        message.attach_alternative(filled_html(newsletter.html, values), "text/html")
        yield message


@shared_task
def plain_batch(newsletter, first, last):
    """The floor: one connection for a batch, no state of any letter; one row says that the batch is over."""
    from bench.models import Sent
    from newsletters.models import Newsletter, Subscriber

    letter = Newsletter.objects.get(pk=newsletter)
    readers = Subscriber.objects.filter(pk__gte=first, pk__lte=last)
    get_connection().send_messages(list(plain_messages(letter, readers)))
    Sent.objects.create(to=f"{first}@bench.example")
