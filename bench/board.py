"""The board's figures at the size of a whole region: its pages against the bare SQL that counts the same.

Five years before today are filled with sessions, by INSERT … SELECT. Nothing else of the bench reads them.
"""

import json
import statistics
import subprocess
import sys
import time
from contextlib import contextmanager
from datetime import date, timedelta

from bench.scale import Scale

YEARS = 5
ACTIVITIES = 40
QUESTIONS = 4
BATCH = 5000
SMALL = Scale(people=1000, held=20, registrations=2000, answers=800)

# Prime steps: nobody comes twice to one session, and a number of answer or response tells no order.
REGISTRATIONS = """
    INSERT INTO activities_registration (session_id, number, state, link_key, person_key, email, first_name, last_name,
        profession, commune, cpts_member, gender, phone, remarks, created_at, confirmed_at, cancel_reason, to_reconfirm,
        walk_in)
    WITH RECURSIVE seat(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM seat WHERE n < {each} - 1),
    held AS (
        SELECT id, starts_at, sequence AS rank, {people} / 5 + sequence * ({people} - {people} / 5) / {sessions} AS pool
        FROM activities_session WHERE slug LIKE '{name}-%'
    ),
    came AS (SELECT id, starts_at, n, rank * {each} + n AS serial, (rank * 7919 + n * 10007) % pool AS who
             FROM held CROSS JOIN seat)
    SELECT c.id, c.n + 1, 'confirmed', '{name}-' || c.serial, p.key, p.email, 'Camille', 'Martin',
        CASE (c.who + CASE WHEN c.serial % 33 = 0 THEN 1 ELSE 0 END) % 8
            WHEN 0 THEN 'medecin-generaliste' WHEN 1 THEN 'pharmacien' WHEN 2 THEN 'sage-femme'
            WHEN 3 THEN 'kinesitherapeute' WHEN 4 THEN 'psychologue' ELSE 'infirmier' END,
        CASE c.who % 4 WHEN 0 THEN '' WHEN 1 THEN 'Villeneuve' WHEN 2 THEN 'Port-Sauvel' ELSE 'Ailleurs' END,
        CASE WHEN c.who % 7 = 0 THEN NULL ELSE c.who % 2 = 0 END,
        CASE WHEN c.who % 10 = 0 THEN '' WHEN c.who % 5 = 1 THEN 'homme' ELSE 'femme' END,
        '', '', c.starts_at, c.starts_at, '', {no}, {no}
    FROM came c JOIN activities_person p ON p.email = '{name}-' || c.who || '@bench.example'
"""
ATTENDANCES = """
    INSERT INTO activities_attendance (registration_id, session_id, presence, certificate_code, marked_at)
    SELECT id, session_id, CASE WHEN number % 20 < 17 THEN 'present' ELSE 'absent' END, 'T' || id, created_at
    FROM activities_registration WHERE link_key LIKE '{name}-%'
"""
RESPONSES = """
    INSERT INTO evaluation_response (id, survey_id, session_id, day, wave, source)
    WITH RECURSIVE seat(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM seat WHERE n < {answering})
    SELECT (s.sequence * {answering} + n) * CAST(1000003 AS BIGINT) + {survey}, {survey}, s.id, {day}, 0, 'web'
    FROM activities_session s CROSS JOIN seat WHERE s.slug LIKE '{name}-%'
"""
ANSWERS = """
    INSERT INTO evaluation_answer (id, response_id, question_id, value, text, comment)
    SELECT r.id * {questions} + q.position, r.id, q.id, 6 + (r.id / 1000003 * q.position) % 5, '', {no}
    FROM evaluation_response r JOIN evaluation_question q ON q.survey_id = r.survey_id WHERE r.survey_id = {survey}
"""

# What the page tells of a period, as one would ask it of the database: COUNT(DISTINCT) for people, one statement each.
CAME = """
    FROM activities_attendance a JOIN activities_session s ON s.id = a.session_id
    JOIN activities_registration r ON r.id = a.registration_id JOIN activities_activity t ON t.id = s.activity_id
    WHERE a.presence = 'present' AND s.state = 'held' AND s.starts_at >= %s AND s.starts_at < %s
"""
SESSIONS = """
    SELECT COUNT(*), SUM(capacity) FROM activities_session WHERE state = 'held' AND starts_at >= %s AND starts_at < %s
"""
TOTALS = """
    SELECT COUNT(*), COUNT(DISTINCT r.person_key), COUNT(DISTINCT CASE WHEN r.gender = 'femme' THEN r.person_key END),
        COUNT(DISTINCT CASE WHEN r.gender <> '' THEN r.person_key END),
        COUNT(DISTINCT CASE WHEN r.cpts_member THEN r.person_key END),
        COUNT(DISTINCT CASE WHEN r.cpts_member IS NOT NULL THEN r.person_key END),
        COUNT(CASE WHEN r.gender = 'femme' THEN 1 END), COUNT(CASE WHEN r.cpts_member THEN 1 END)
"""
NEWCOMERS = """
    SELECT COUNT(*) FROM (
        SELECT MIN(s.starts_at) AS first FROM activities_attendance a JOIN activities_session s ON s.id = a.session_id
        JOIN activities_registration r ON r.id = a.registration_id
        WHERE a.presence = 'present' AND s.state = 'held' GROUP BY r.person_key
    ) person WHERE first >= %s AND first < %s
"""
MARKS = """
    SELECT p.session_id, COUNT(*), SUM(n.value) FROM evaluation_answer n
    JOIN evaluation_response p ON p.id = n.response_id JOIN activities_session s ON s.id = p.session_id
    JOIN evaluation_question q ON q.id = n.question_id AND q.national_key = 'satisfaction'
    WHERE s.starts_at >= %s AND s.starts_at < %s GROUP BY p.session_id
"""
MONTH = {
    "sqlite": "strftime('%%Y-%%m', s.starts_at)",
    "postgresql": "to_char(s.starts_at AT TIME ZONE 'Europe/Paris', 'YYYY-MM')",
}
SEASON = {
    "sqlite": "strftime('%%Y', s.starts_at, '-8 months')",
    "postgresql": "to_char(s.starts_at AT TIME ZONE 'Europe/Paris' - INTERVAL '8 months', 'YYYY')",
}
CLASSES = ["r.profession", "r.commune", "r.gender", "r.cpts_member", "t.title", "month", "season"]


def seed(scale, name):
    """Make held sessions, and people who registered, came and answered. name: in the addresses of all that is made."""
    from django.db import connection
    from django.utils import timezone

    from activities.models import Person

    Person.objects.bulk_create(
        (Person(email=f"{name}-{n}@bench.example") for n in range(scale.people)), batch_size=BATCH
    )
    sessions = make_sessions(scale.held, timezone.now() - timedelta(days=20), name)
    survey = make_survey(sessions)
    answering = scale.answers // QUESTIONS // scale.held
    values = {
        "name": name,
        "each": scale.registrations // scale.held,
        "people": scale.people,
        "sessions": scale.held,
        "answering": answering,
        "questions": QUESTIONS,
        "survey": survey.pk,
        "day": f"'{survey.opened_on}'",
        "no": "FALSE",
    }
    with connection.cursor() as cursor:
        for statement in (REGISTRATIONS, ATTENDANCES, RESPONSES, ANSWERS):
            cursor.execute(statement.format(**values))
        cursor.execute("ANALYZE")


def make_sessions(count, last, name):
    """Return sessions marked as held, evenly over the years; sequence: their rank, which the statements read."""
    from activities.models import Activity, Place, Session

    titles = [f"Atelier {n + 1}, {name}" for n in range(ACTIVITIES)]
    activities = Activity.objects.bulk_create(Activity(title=title, summary="Une heure.") for title in titles)
    place = Place.objects.create(name=f"Salle, {name}", address="2 rue des Tilleuls", commune="Villeneuve")
    step = timedelta(days=365 * YEARS) / count
    return Session.objects.bulk_create(
        Session(
            activity=activities[n % ACTIVITIES], place=place, slug=f"{name}-{n}", sequence=n, capacity=200,
            state=Session.State.HELD, starts_at=last - (count - 1 - n) * step, published_at=last, held_at=last,
        )
        for n in range(count)
    )  # fmt: skip


def make_survey(sessions):
    """Return the questionnaire that was sent after each of them, the last sendings not closed yet."""
    from evaluation.models import Question, Sending, Survey

    day = sessions[0].starts_at.date()
    survey = Survey.objects.create(kind="session", title="Votre avis", state="open", opened_on=day)
    Question.objects.bulk_create(
        Question(
            survey=survey, position=n + 1, kind="scale", text=f"Note {n + 1}", national_key="satisfaction" * (not n)
        )
        for n in range(QUESTIONS)
    )
    Sending.objects.bulk_create(
        Sending(
            survey=survey, session=one, starts_on=one.starts_at.date(), invited=100,
            closed_on=one.starts_at.date() + timedelta(days=15) if rank < len(sessions) - 10 else None,
        )
        for rank, one in enumerate(sessions)
    )  # fmt: skip
    return survey


# --- Measures ---------------------------------------------------------------------------------------------------------


def bare_counts(period):
    """Ask the database for the numbers of a period and of the one before it, and do nothing with them."""
    from django.db import connection

    kinds = {"month": MONTH[connection.vendor], "season": SEASON[connection.vendor]}
    by_class = [
        f"SELECT {kinds.get(one, one)}, COUNT(*), COUNT(DISTINCT r.person_key) {CAME} GROUP BY 1" for one in CLASSES
    ]
    both = [SESSIONS, TOTALS + CAME, NEWCOMERS]
    asked = [(one, period) for one in [*both, *by_class, MARKS]] + [(one, period.before) for one in [*both, MARKS]]
    with connection.cursor() as cursor:
        for statement, months in asked:
            cursor.execute(statement, [moment_of(months.start), moment_of(months.end)])
            cursor.fetchall()


def moment_of(value):
    from django.db import connection

    return connection.ops.adapt_datetimefield_value(value)


@contextmanager
def live_sessions(number):
    """Let a portal count each time up to this many sessions."""
    from cafe.board import summaries

    usual, summaries.LIVE_SESSIONS = summaries.LIVE_SESSIONS, number
    try:
        yield
    finally:
        summaries.LIVE_SESSIONS = usual


def spent(act):
    begun = time.perf_counter()
    act()
    return time.perf_counter() - begun


def in_turn(acts, rounds):
    """Return {name: median seconds} of acts done in turn, so that what else the machine does weighs on all alike."""
    found = {name: [] for name in acts}
    for _ in range(rounds):
        for name, act in acts.items():
            found[name].append(spent(act))
    return {name: round(statistics.median(all_of_it), 4) for name, all_of_it in found.items()}


def measure_board(client, scale):
    """Return seconds of the pages, whole views without the socket, and of the bare SQL; statements before and after.

    live: everything counted; kept: read from summaries, as a portal of that size does; marks: what the results' engine
    takes of live. seeding: of the figures' rows.
    """
    from django.utils import timezone

    from evaluation.figures import session_marks
    from evaluation.forms.period import latest_months

    seed(SMALL, "peu")
    before = count_statements(client)
    figures = {"seeding": round(spent(lambda: seed(scale, "tenue")), 1), "first_marks": round(spent(session_marks), 2)}
    figures |= measure_pages(client, latest_months(timezone.localdate()), scale.rounds)
    figures["statements"] = [before, count_statements(client)]
    figures["sizes"] = [scale.people, scale.held, scale.registrations, scale.answers]
    return figures | measure_report()


def count_statements(client):
    from bench.measure import statements

    return statements(client, "get", "/coordination/")[0]


def measure_pages(client, period, rounds):
    from evaluation.figures import session_marks

    acts = {"bare": lambda: bare_counts(period), "live": lambda: look(client, "/conseil/"), "marks": session_marks}
    with live_sessions(10**9):
        look(client, "/conseil/")
        figures = in_turn(acts, rounds)
        figures["live_seasons"] = round(spent(lambda: look(client, "/conseil/saisons/")), 3)
    with live_sessions(0):
        figures["refresh"] = round(spent(refresh), 1)
        pages = {"kept": "/conseil/", "kept_seasons": "/conseil/saisons/", "coordination": "/coordination/"}
        for page in pages.values():
            look(client, page)
        return figures | in_turn(
            {name: lambda page=page: look(client, page) for name, page in pages.items()}, 5 * rounds
        )


def refresh():
    from cafe.board import summaries

    summaries.refresh()


def look(client, path):
    answer = client.get(path, HTTP_HOST="localhost")
    if answer.status_code != 200:
        raise SystemExit(f"{path}: {answer.status_code}")


def measure_report():
    """Return what main prints: in a process of its own, since WeasyPrint must not be loaded where pages are."""
    child = subprocess.run([sys.executable, "-m", "bench.board"], stdout=subprocess.PIPE, text=True, check=True)
    return json.loads(child.stdout)


def main():
    """Print {"report": seconds, "weasyprint": seconds on the same HTML, "pages": n} of the last finished season."""
    from io import BytesIO

    from pypdf import PdfReader

    from activities.seasons import Season, season_of
    from cafe import pdf
    from cafe.board import report, summaries

    period = summaries.whole(Season(season_of(date.today()).year - 1))
    params = report.months_of(period)
    with live_sessions(0):
        refresh()
        html = report.report(**params)
        pdf.drawn(html)
        acts = {"report": lambda: pdf.render(report.KIND, params), "weasyprint": lambda: pdf.drawn(html)}
        figures = in_turn(acts, 3)
        figures["pages"] = len(PdfReader(BytesIO(pdf.drawn(html))).pages)
    print(json.dumps(figures))


if __name__ == "__main__":
    import django

    django.setup()
    main()
