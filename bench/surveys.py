"""The results of a questionnaire of many answers, against the bare SQL that counts them."""

import random
import statistics
import time
from datetime import date, timedelta

QUESTIONS = 20
SESSIONS = 30
SEED = 7
BATCH = 5000
COUNTS = """
    SELECT a.question_id, r.session_id, a.value, COUNT(*) FROM evaluation_answer a
    JOIN evaluation_response r ON r.id = a.response_id
    WHERE r.survey_id = %s AND a.value IS NOT NULL GROUP BY 1, 2, 3
"""
PEOPLE = """
    SELECT a.question_id, r.session_id, COUNT(DISTINCT a.response_id) FROM evaluation_answer a
    JOIN evaluation_response r ON r.id = a.response_id
    WHERE r.survey_id = %s AND a.question_id IN (SELECT id FROM evaluation_question WHERE kind = 'choices')
    AND a.value IS NOT NULL GROUP BY 1, 2
"""
RESPONSES = "SELECT session_id, COUNT(*) FROM evaluation_response WHERE survey_id = %s GROUP BY 1"


def seed_answers(responses):
    """Make a closed questionnaire of QUESTIONS questions after SESSIONS sessions; return its key."""
    from activities.models import Session
    from evaluation.models import Answer, Response, Survey

    chance = random.Random(SEED)
    sessions = list(Session.objects.order_by("pk")[:SESSIONS])
    day = date.today() - timedelta(days=2)
    survey = Survey.objects.create(
        kind="session", title="Votre avis", state="closed", opened_on=day, closed_on=day, publish_from=5
    )
    questions = [make_question(survey, rank) for rank in range(QUESTIONS)]
    rows = [Response(survey=survey, session=chance.choice(sessions), day=day) for _ in range(responses)]
    Response.objects.bulk_create(rows, batch_size=BATCH)
    answers = (Answer(response=row, question=one, value=value) for row in rows for one in questions
               for value in values_of(one, chance))  # fmt: skip
    Answer.objects.bulk_create(answers, batch_size=BATCH)
    return survey.pk


def make_question(survey, rank):
    from evaluation.models import Question

    kind = ["scale", "agreement", "yes_no", "choices", "visual"][rank % 5]
    options = [{"key": str(one), "label": f"Réponse {one}"} for one in range(6)] if kind == "choices" else []
    key = "satisfaction" if rank == 0 else ""
    return Question.objects.create(
        survey=survey, position=rank + 1, kind=kind, text=f"Question {rank + 1}", options=options, national_key=key
    )


def values_of(question, chance):
    match question.kind:
        case "scale":
            return [chance.choice([5, 6, 7, 8, 8, 9, 10])]
        case "agreement":
            return [chance.randint(1, 4)]
        case "yes_no":
            return [chance.choice([0, 1, 1, 2])]
        case "visual":
            return [chance.randint(0, 100)]
        case _:
            return chance.sample(range(1, 7), 2)


def bare_counts(survey):
    from django.db import connection

    with connection.cursor() as cursor:
        for statement in (COUNTS, PEOPLE, RESPONSES):
            cursor.execute(statement, [survey])
            cursor.fetchall()


def seconds(act, rounds):
    spent = []
    for _ in range(rounds):
        begun = time.perf_counter()
        act()
        spent.append(time.perf_counter() - begun)
    return statistics.median(spent)


def measure_results(client, scale):
    """Return seconds of the bare SQL and of the page, whole view without the socket.

    first: nothing is kept yet, so that the ledger is moved on under its lock, from answers counted again; pending: a
    few answers came that may not be told yet; again: nothing came.
    """
    from evaluation.models import Response, ResultSnapshot

    survey = seed_answers(scale.responses)
    path = f"/coordination/questionnaires/{survey}/resultats/"

    def look():
        answer = client.get(path, HTTP_HOST="localhost")
        if answer.status_code != 200:
            raise SystemExit(f"{path}: {answer.status_code}")

    def first_look():
        ResultSnapshot.objects.filter(survey=survey).delete()
        look()

    look()
    figures = {"bare": seconds(lambda: bare_counts(survey), scale.rounds), "first": seconds(first_look, scale.rounds)}
    figures["again"] = seconds(look, scale.rounds)
    Response.objects.create(survey_id=survey, day=date.today() - timedelta(days=2))
    figures["pending"] = seconds(look, scale.rounds)
    return {name: round(value, 4) for name, value in figures.items()} | {
        "responses": scale.responses,
        "questions": QUESTIONS,
    }
