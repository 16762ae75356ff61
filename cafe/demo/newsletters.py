"""The letters of the demonstration: who reads them, three that left, one being written. Seeded; no mail leaves."""

from datetime import datetime, time, timedelta

from django.utils import timezone

from cafe.demo.people import ACCOUNTS, invent_guest, invented
from cafe.models import DeliveryState
from members.enums import Gender
from newsletters.catalogue import MODELS, typeset, words
from newsletters.enums import BlockKind, BounceKind, Frequency, NewsletterState, Origin, SubscriberState, Topic
from newsletters.models import Block, Bounce, Departure, LetterDelivery, Newsletter, Subscriber
from newsletters.rendering import rendered
from newsletters.services.departures import email_hash
from newsletters.services.segments import readers_of
from newsletters.services.subscribing import ACCEPTED
from newsletters.services.writing import create_newsletter, new_slug
from resources.services.prevention import messages_for

READERS, UNCONFIRMED, SUSPENDED = 60, 4, 2
# Of a hundred readers, how many chose each topic, have just settled here, came from where.
TOPICS = {Topic.AGENDA: 92, Topic.PREVENTION: 68, Topic.LIFE: 55}
NEWLY_INSTALLED = 12
ORIGINS = {Origin.SITE: 45, Origin.REGISTRATION: 35, Origin.ACCOUNT: 12, Origin.IMPORT: 8}
FREQUENCIES = {Frequency.EACH: 75, Frequency.MONTHLY: 25}
LEFT_AT = time(12, 30)
OLDEST_DAYS = 75
GONE = [(38, "Trop de courriels"), (9, "")]
BALANCE = (
    (BlockKind.TEXT, {"markdown": "Bonjour {prénom},\n\nVous avez été nombreux à répondre. Voici ce qu’il en sort."}),
    (BlockKind.HEADING, {"text": "Les deux premières saisons"}),
    (
        BlockKind.TEXT,
        {
            "markdown": "- **84 personnes** différentes sont venues, et souvent revenues.\n"
            "- Vous donnez aux séances **8,4 sur 10**.\n"
            "- Ce qui revient le plus dans vos mots\u00a0: le temps passé ensemble, après l’activité."
        },
    ),
    (BlockKind.HEADING, {"text": "Ce que nous en faisons"}),
    (
        BlockKind.TEXT,
        {
            "markdown": "Nous gardons les soirées, et ajoutons un samedi matin par trimestre. Une activité à proposer "
            "à vos collègues\u00a0? [Dites-nous laquelle](/activites/proposer/)."
        },
    ),
    (BlockKind.BUTTON, {"label": "Voir les séances", "url": "/activites/"}),
)


def load_newsletters():
    """Write them once: where anybody subscribed or anything was written, nothing is added."""
    if Newsletter.objects.exists() or Subscriber.objects.exists():
        return
    faker = invented(29)
    readers(faker)
    balance = ("Ce que vous nous avez dit des séances", "Les deux premières saisons, et ce qui change", BALANCE)
    left(OLDEST_DAYS, Topic.LIFE, *balance)
    left(38, Topic.PREVENTION, *of_model("prevention", 38))
    last = left(9, Topic.AGENDA, *of_model("agenda", 9))
    refused(last)
    for days, reason in GONE:
        newsletter = Newsletter.objects.filter(started_at__lte=moment(days)).order_by("-started_at").first()
        Departure.objects.create(
            email_hash=email_hash(f"partie{days}@demo.example"), left_on=moment(days).date(), reason=reason,
            newsletter=newsletter,
        )  # fmt: skip
    create_newsletter(model="bienvenue")


def moment(days):
    """Return noon and a half, so many days ago."""
    return timezone.make_aware(datetime.combine(timezone.localdate() - timedelta(days=days), LEFT_AT))


# --- Readers --------------------------------------------------------------------------------------


def readers(faker):
    random, taken = faker.random, {account.email for account in ACCOUNTS}
    states = [SubscriberState.PENDING] * UNCONFIRMED + [SubscriberState.SUSPENDED] * SUSPENDED
    states += [SubscriberState.ACTIVE] * (READERS - len(states))
    Subscriber.objects.bulk_create([reader(faker, random, taken, state) for state in states])


def reader(faker, random, taken, state):
    gender = random.choices([Gender.WOMAN, Gender.MAN], [80, 20])[0]
    guest = invent_guest(faker, taken, gender=gender, member=random.choice([True, True, False, None]))
    pending = state == SubscriberState.PENDING
    asked_at = moment(random.randint(1, 20) if pending else random.randint(OLDEST_DAYS + 1, 500))
    confirmed_at = None if pending else asked_at + timedelta(minutes=random.randint(2, 600))
    chosen = {topic: random.randrange(100) < share for topic, share in TOPICS.items()}
    chosen[Topic.AGENDA] |= not any(chosen.values())
    refusal = {"bounce_score": 5, "bounced_on": moment(9).date()} if state == SubscriberState.SUSPENDED else {}
    return Subscriber(
        email=guest.email,
        state=state,
        first_name=guest.first_name if random.random() < 3 / 4 else "",
        profession=guest.profession,
        commune=guest.commune,
        cpts_member=guest.cpts_member,
        newly_installed=random.randrange(100) < NEWLY_INSTALLED,
        frequency=random.choices([*FREQUENCIES], FREQUENCIES.values())[0],
        origin=random.choices([*ORIGINS], ORIGINS.values())[0],
        accepted=ACCEPTED,
        asked_at=asked_at,
        confirmed_at=confirmed_at,
        last_sign_on=timezone.localdate(confirmed_at or asked_at),
        **{topic.value: wanted for topic, wanted in chosen.items()},
        **refusal,
    )


# --- What left ------------------------------------------------------------------------------------


def of_model(key, days):
    """Return subject, preview and blocks of a ready-made letter; its month is that of the next sessions."""
    model, values = MODELS[key], words(timezone.localdate())
    said = messages_for()
    blocks = []
    for kind, content in model.blocks:
        if kind == BlockKind.PREVENTION:
            filled = {"text": said[days % len(said)].text if said else ""}
        else:
            filled = {key: typeset(one, values) if isinstance(one, str) else one for key, one in content.items()}
        blocks.append((kind, filled))
    return typeset(model.subject, values), typeset(model.preview, values), blocks


def left(days, topic, subject, preview, blocks):
    """Write a letter that left so many days ago, and what became of each of its deliveries."""
    began = moment(days)
    newsletter = Newsletter.objects.create(
        slug=new_slug(subject, began.date()), topic=topic, subject=subject, preview=preview, scheduled_for=began
    )
    Block.objects.bulk_create(
        Block(newsletter=newsletter, position=place, kind=kind, content=content)
        for place, (kind, content) in enumerate(blocks, 1)
    )
    written = rendered(newsletter)
    newsletter.html, newsletter.text, newsletter.started_at = written.html, written.text, began
    newsletter.state, newsletter.finished_at = NewsletterState.SENT, began + timedelta(minutes=2)
    reached = list(readers_of(newsletter).filter(confirmed_at__lt=began))
    deliver(newsletter, reached)
    Subscriber.objects.filter(pk__in=[one.pk for one in reached]).update(last_sent_on=began.date())
    newsletter.save()
    return newsletter


def deliver(newsletter, reached, **outcome):
    outcome = {"state": DeliveryState.SENT} | outcome
    began, ended = newsletter.started_at, newsletter.finished_at
    LetterDelivery.objects.bulk_create(
        LetterDelivery(
            newsletter=newsletter, subscriber=one, to=one.email, domain=one.email.rpartition("@")[2], attempts=1,
            dedupe_key=f"letter-{newsletter.pk}-{one.pk}", not_before=began, started_at=began, finished_at=ended,
            **outcome,
        )
        for one in reached
    )  # fmt: skip


def refused(newsletter):
    """The last letter is the one that two mailboxes refused once too often."""
    gone = list(Subscriber.objects.filter(state=SubscriberState.SUSPENDED))
    deliver(newsletter, gone, state=DeliveryState.FAILED, last_error="550 5.1.1")
    Bounce.objects.bulk_create(
        Bounce(
            message_key=f"{place:064x}", subscriber=one, newsletter=newsletter, kind=BounceKind.HARD, status="5.1.1",
            on=newsletter.started_at.date(),
        )
        for place, one in enumerate(gone)
    )  # fmt: skip
