"""Long lists: the attendance of 300 people on a host's phone, and the export of 5,000 registrations."""

import csv
import statistics
import time
from datetime import timedelta
from io import BytesIO, StringIO

ROLL, EXPORT = "presences", "export"
FIELDS = [
    "state", "number", "first_name", "last_name", "email", "phone", "profession", "commune", "cpts_member", "remarks",
    "created_at", "confirmed_at", "offer_ends_at", "cancelled_at", "cancel_reason", "to_reconfirm",
]  # fmt: skip


def seed_tables(scale):
    """Two sessions that began an hour ago, so that no agenda shows them, with their people."""
    from django.utils import timezone

    from activities.models import Activity, Place, Session

    activity, place = Activity.objects.get(), Place.objects.get()
    for slug, people in ((ROLL, scale.roll), (EXPORT, scale.rows)):
        session = Session.objects.create(
            activity=activity, place=place, slug=slug, state=Session.State.PUBLISHED, capacity=1000,
            starts_at=timezone.now() - timedelta(hours=1),
        )  # fmt: skip
        seed_people(session, people, timezone.now())


def seed_people(session, count, now):
    import uuid

    from activities.models import Registration

    Registration.objects.bulk_create(
        Registration(
            session=session, number=n, state="confirmed", confirmed_at=now, person_key=uuid.uuid4(), phone="0612345678",
            email=f"{session.slug}-{n}@bench.example", first_name="Amélie", last_name=f"Lefèvre-{n}",
            profession="infirmier", commune="Villeneuve", cpts_member=n % 2 == 0, remarks="Je viendrai à vélo, merci.",
        )
        for n in range(1, count + 1)
    )  # fmt: skip


def signed_in_as_coordination():
    """Return a client of Django and its cookie, for somebody who sees every list."""
    from django.conf import settings
    from django.contrib.auth.models import Group
    from django.test import Client

    from members.enums import Role
    from members.models import User

    user = User.objects.create_user("coordination@bench.example", first_name="Camille", last_name="Martin")
    user.groups.add(Group.objects.get_or_create(name=Role.COORDINATION)[0])
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client, f"{settings.SESSION_COOKIE_NAME}={client.cookies[settings.SESSION_COOKIE_NAME].value}"


# --- Export: the whole view, without the socket, in turn with the library alone -------------------------------------


def measure_exports(client, scale):
    """Return {"csv" or "xlsx": {"rows", "seconds", "floor", "kib"}}, medians of a few rounds."""
    return {extension: export_figures(client, extension, scale) for extension in FLOORS}


def export_figures(client, extension, scale):
    path = f"/coordination/seances/{EXPORT}/inscriptions.{extension}"
    floor, ours, size = [], [], 0
    for _ in range(scale.rounds):
        floor.append(spent(FLOORS[extension])[0])
        seconds, answer = spent(lambda: client.get(path, HTTP_HOST="localhost"))
        if answer.status_code != 200:
            raise SystemExit(f"{path}: {answer.status_code}")
        ours.append(seconds)
        size = len(answer.content)
    figures = {"seconds": statistics.median(ours), "floor": statistics.median(floor)}
    return {name: round(value, 3) for name, value in figures.items()} | {"rows": scale.rows, "kib": size // 1024}


def spent(action):
    begun = time.perf_counter()
    result = action()
    return time.perf_counter() - begun, result


def bare_rows():
    from activities.models import Registration

    return Registration.objects.filter(session__slug=EXPORT).order_by("number").values_list(*FIELDS)


def bare_csv():
    """csv.writer over the same rows, as the database gives them."""
    text = StringIO()
    csv.writer(text, delimiter=";").writerows(bare_rows())
    return text.getvalue().encode()


def bare_xlsx():
    """Openpyxl's write-only book over the same rows; it refuses moments with a time zone, so that they lose it."""
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    sheet = book.create_sheet()
    for row in bare_rows():
        sheet.append([cell.replace(tzinfo=None) if hasattr(cell, "tzinfo") else cell for cell in row])
    content = BytesIO()
    book.save(content)
    return content.getvalue()


FLOORS = {"csv": bare_csv, "xlsx": bare_xlsx}


# --- Attendance -----------------------------------------------------------------------------------------------------


def measure_roll(server, cookie, scale):
    """Return requests per second of the attendance page and of the bare page, both signed in, in turn."""
    headers, clients = {"Cookie": cookie}, min(8, max(scale.clients))
    paths = {"bare": "/plancher/", "attendance": f"/equipe/seances/{ROLL}/presence/"}
    totals = {name: [0, 0.0] for name in paths}
    for path in paths.values():
        server.load(paths=[path], headers=headers, clients=2, seconds=0.3)
    for _ in range(scale.rounds):
        for name, path in paths.items():
            result = server.load(paths=[path], headers=headers, clients=clients, seconds=scale.seconds)
            totals[name][0] += result["count"]
            totals[name][1] += result["seconds"]
    figures = {name: round(count / seconds, 1) for name, (count, seconds) in totals.items()}
    return figures | {"people": scale.roll}
