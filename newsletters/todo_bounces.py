"""Subscribers whose address the mail server has come to refuse: they no longer receive anything."""

from datetime import timedelta

from django.urls import reverse
from django.utils import timezone

from cafe.todo import Line
from newsletters.enums import SubscriberState
from newsletters.models import Subscriber

LATELY = timedelta(days=7)


def lines():
    """Count those of the week. One statement."""
    since = timezone.localdate() - LATELY
    count = Subscriber.objects.filter(state=SubscriberState.SUSPENDED, bounced_on__gt=since).count()
    if not count:
        return []
    sentence = "Une adresse d’abonné est refusée depuis cette semaine : plus aucune lettre n’y part."
    if count > 1:
        sentence = f"{count} adresses d’abonnés sont refusées depuis cette semaine : plus aucune lettre n’y part."
    return [Line(sentence, f"{reverse('subscriber_list')}?etat={SubscriberState.SUSPENDED}", "Les voir")]
