"""The outbox: writing a mail.

send() writes a row in the caller's transaction; once it has committed, a worker is woken to deliver it. The row is the
truth and the wake-up only makes it fast: a sweep delivers every minute what no wake-up reached (see cafe.outbox).
"""

import base64
import logging
import time
from datetime import timedelta
from functools import cache

from celery import current_app
from django.conf import settings
from django.db import connection, transaction
from django.template import Context, engines
from django.utils import timezone
from kombu.pools import producers

from cafe.models import DeliveryState, Outgoing, Portal
from cafe.outbox import deliver_due, sweep
from cafe.text import without_controls

__all__ = ["absolute", "call_worker", "deliver_due", "forget", "purge", "retry", "send", "send_many", "sweep", "wake"]

logger = logging.getLogger(__name__)
ROWS_PER_STATEMENT = 200
BROKER_PATIENCE = 0.5  # seconds
SECONDS_QUIET = 10
SECONDS_AWAKE = 1
KEEP_BODY = timedelta(days=30)
KEEP_ROW = timedelta(days=183)


def absolute(path):
    """Return the full address of a path of the portal."""
    return f"{settings.SITE_URL}{path}"


def send(**mail):
    """Write one mail; return False where its dedupe_key was written before, which writes nothing.

    event: "app/name", for the templates app/email/name_subject.txt, name_body.txt and name_body.html.
    to, context, dedupe_key; attachments: [{"name", "type", "content": bytes}], and "cid" for an image that the HTML
    shows as cid:<cid>; headers: {name: value};
    carries_token: the body is wiped once sent; not_before: a datetime; lead: the line that mailboxes preview.
    """
    return send_many([mail]) == 1


def send_many(mails):
    """Write several mails, given as the arguments of send(); return how many are new. One statement per 200."""
    mails = list(mails)
    if not mails:
        return 0
    shared = {"portal": mails[0]["context"].get("portal") or Portal.load(), "site_url": settings.SITE_URL}
    rows = [compose(shared=shared, **mail) for mail in mails]
    chunks = [rows[start : start + ROWS_PER_STATEMENT] for start in range(0, len(rows), ROWS_PER_STATEMENT)]
    written = sum(insert_new(chunk) for chunk in chunks)
    # Once a transaction, however many mails; robust, since a booking is committed whatever the broker says.
    if written and not any(entry[1] is wake for entry in connection.run_on_commit):
        transaction.on_commit(wake, robust=True)
    return written


def compose(
    *,
    event,
    to,
    context,
    dedupe_key,
    shared,
    attachments=(),
    headers=None,
    carries_token=False,
    not_before=None,
    lead="",
):
    """Render one mail to an unsaved row. What the person typed may not reach a header with a line end."""
    app, name = event.split("/")
    context = {"lead": lead} | shared | context
    parts = {part: render(f"{app}/email/{name}_{part}", context) for part in ("subject.txt", "body.txt", "body.html")}
    given = {"Reply-To": shared["portal"].contact_email} | (headers or {})
    return Outgoing(
        dedupe_key=dedupe_key,
        to=without_controls(to).strip(),
        subject=without_controls(" ".join(parts["subject.txt"].split()))[:200],
        text=parts["body.txt"].strip() + "\n",
        html=parts["body.html"],
        headers={without_controls(key): without_controls(value) for key, value in given.items()},
        attachments=[encoded(part) for part in attachments],
        carries_token=carries_token,
        not_before=not_before or timezone.now(),
    )


def render(name, context):
    """Render a template; a .txt is never escaped, being no HTML. NUL is dropped: PostgreSQL refuses it."""
    template = engines["django"].get_template(name).template
    return template.render(Context(context, autoescape=name.endswith(".html"))).replace("\0", "")


def encoded(part):
    content = base64.b64encode(part["content"]).decode()
    shown = {"cid": part["cid"]} if "cid" in part else {}
    return {"name": without_controls(part["name"]), "type": part["type"], "content": content} | shown


def insert_new(rows):
    """Insert the rows whose dedupe_key is new, in one statement; return how many.

    Not bulk_create(ignore_conflicts=True), which does not tell how many it ignored.
    """
    fields = [field for field in Outgoing._meta.concrete_fields if not field.primary_key]
    values = [field.get_db_prep_save(field.pre_save(row, True), connection) for row in rows for field in fields]
    quote = connection.ops.quote_name
    table, columns = quote(Outgoing._meta.db_table), ", ".join(quote(field.column) for field in fields)
    places = ", ".join(["(" + ", ".join(["%s"] * len(fields)) + ")"] * len(rows))
    with connection.cursor() as cursor:
        cursor.execute(f"INSERT INTO {table} ({columns}) VALUES {places} ON CONFLICT (dedupe_key) DO NOTHING", values)  # noqa: S608
        return cursor.rowcount


quiet_until = 0.0
awake_until = 0.0


@cache
def waking_line():
    """The broker, without the patience that a worker has: Celery's own line would hold a page for six seconds."""
    hurry = {"socket_timeout": BROKER_PATIENCE, "connect_retries_timeout": BROKER_PATIENCE, "max_retries": 0}
    return current_app.connection_for_write(connect_timeout=BROKER_PATIENCE, transport_options=hurry)


def wake():
    """Ask a worker to deliver now, once a second at most: a worker that was woken looks again a second later."""
    global awake_until  # noqa: PLW0603
    if time.monotonic() >= awake_until:
        awake_until = time.monotonic() + SECONDS_AWAKE
        call_worker("cafe.tasks.deliver")


def call_worker(task, *ids):
    """Ask a worker to run a task now. A broker that is down costs one short try, then none for a while."""
    global quiet_until  # noqa: PLW0603
    if time.monotonic() < quiet_until:
        return
    try:
        with producers[waking_line()].acquire(block=True, timeout=BROKER_PATIENCE) as producer:
            current_app.send_task(task, args=ids, producer=producer, retry=False, ignore_result=True)
    except Exception as error:
        quiet_until = time.monotonic() + SECONDS_QUIET
        logger.warning("The broker does not answer (%s); the sweep will deliver.", type(error).__name__)


def retry(rows):
    """Put back in the queue what was refused or is of unknown fate, as long as its contents are kept; return how many.

    A person decides, who may know that the address or the server has been mended: the count of tries starts afresh.
    """
    finished = [DeliveryState.FAILED, DeliveryState.UNKNOWN]
    count = (
        rows.filter(state__in=finished)
        .exclude(text="")
        .update(state=DeliveryState.PENDING, attempts=0, not_before=timezone.now(), started_at=None, finished_at=None)
    )
    if count:
        transaction.on_commit(wake, robust=True)
    return count


def forget(address):
    """Wipe the address and the contents of the mails that a person has been sent."""
    Outgoing.objects.finished().filter(to__iexact=address).update(to="", subject="", **Outgoing.WITHOUT_BODY)


def purge(now, dry_run):
    """Wipe mails 30 days after they left or failed, delete their rows after 6 months; say so in French sentences."""
    old = Outgoing.objects.finished()
    wiped = old.filter(finished_at__lt=now - KEEP_BODY).exclude(to="", text="")
    deleted = old.filter(created_at__lt=now - KEEP_ROW)
    sentences = [
        f"Courriels dont l’adresse et le contenu sont effacés après 30 jours : {wiped.count()}.",
        f"Courriels supprimés après 6 mois : {deleted.count()}.",
    ]
    if not dry_run:
        wiped.update(to="", subject="", **Outgoing.WITHOUT_BODY)
        deleted.delete()
    return sentences
