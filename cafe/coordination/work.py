"""What the portal does by itself, in plain words and numbers: never to whom, nor about what."""

from datetime import timedelta

from django.db.models import Count
from django.urls import reverse
from django.utils import timezone

from cafe import mail, pdf
from cafe.coordination.mails import SLOW, waited
from cafe.health import outbox
from cafe.models import DeliveryState, Document, DocumentState, Hit, Outgoing
from cafe.todo import Line
from newsletters.models import LetterDelivery
from newsletters.services.figures import COUNTED

MONTH = timedelta(days=30)
WEEK = timedelta(days=7)
PURGE_MISSED = timedelta(days=2)
LETTERS = [
    ("waiting", "À envoyer"),
    ("leaving", "En cours d’envoi"),
    ("sent", "Envoyées"),
    ("refused", "Refusées"),
    ("unknown", "Sort inconnu"),
]


def outbox_sentence():
    """Say whether mails wait, and since when. One statement."""
    now = outbox()
    count, seconds = now[DeliveryState.PENDING], now["oldest_pending_seconds"]
    if not seconds:
        return "Aucun courriel en retard : ce qui doit partir est parti."
    waits = "Un courriel attend" if count == 1 else f"{count} courriels attendent"
    sentence = f"{waits} ; le plus ancien devrait être parti depuis {waited(seconds)}."
    if seconds < SLOW.total_seconds():
        return sentence
    return f"{sentence} C’est trop long : prévenez la personne qui installe le portail."


def refused_mails(now=None):
    """What the mail server refused this week, and whose contents are kept: what may be sent again."""
    since = (now or timezone.now()) - WEEK
    return Outgoing.objects.filter(state=DeliveryState.FAILED, finished_at__gt=since).exclude(text="")


def send_again():
    """Put the refused mails of the week back in the queue; return how many."""
    return mail.retry(refused_mails())


def letters():
    """Return [(label, how many letters)] of those written for the last month's newsletters. One statement."""
    rows = LetterDelivery.objects.filter(created_at__gt=timezone.now() - MONTH)
    counts = rows.aggregate(**{name: Count("pk", filter=COUNTED[name]) for name, _ in LETTERS})
    return [(label, counts[name]) for name, label in LETTERS]


def documents():
    """Return {state: how many documents that are still kept}. One statement."""
    kept = Document.objects.filter(expires_at__gt=timezone.now()).order_by()
    found = dict(kept.values_list("state").annotate(count=Count("pk")))
    return {state.value: found.get(state.value, 0) for state in DocumentState}


def make_again():
    """Ask once more for the documents that could not be made; return how many."""
    failed = list(Document.objects.filter(state=DocumentState.FAILED, expires_at__gt=timezone.now()))
    for document in failed:
        pdf.ask_again(document)
    return len(failed)


def lines():
    """Say that documents failed, and that what should be forgotten is not. Two statements."""
    url, found = reverse("coordination_mails"), []
    failed = documents()[DocumentState.FAILED]
    if failed:
        sentence = (
            "Un document n’a pas pu être préparé." if failed == 1 else f"{failed} documents n’ont pas pu être préparés."
        )
        found.append(Line(sentence, f"{url}#documents", "Voir"))
    if purge_is_late():
        found.append(Line("L’effacement de nuit ne passe plus : des données restent trop longtemps.", url, "Que faire"))
    return found


def purge_is_late():
    """Tell whether what the nightly purge deletes has been left for two days. One statement."""
    before = timezone.now() - PURGE_MISSED
    kept, hits = (model.objects.filter(expires_at__lt=before).values("expires_at") for model in (Document, Hit))
    return kept.union(hits, all=True).exists()
