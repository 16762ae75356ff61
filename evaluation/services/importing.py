"""Importing answers gathered elsewhere (a Google Form, most often): looked at first, then all of it or nothing.

The file waits for a day as a Document of one person alone, without the columns that say who answered: those are never
written. What is made is a closed questionnaire whose results obey the same thresholds as any other.
"""

from dataclasses import dataclass
from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from activities.services.import_files import read_table
from cafe import drafts
from cafe.errors import Refusal
from evaluation.catalogue import SATISFACTION
from evaluation.enums import ResponseSource, SurveyState
from evaluation.models import Answer, Question, Response, Survey
from evaluation.models.surveys import PUBLISHED_FROM
from evaluation.services.import_columns import Use, guess, is_personal, read_column
from evaluation.values import OTHER

KIND = "survey_import"
TITLE_LENGTH = Question._meta.get_field("text").max_length
NOBODY = "Ce tableau n’a aucune réponse à importer."
ONLY_NAMES = "Ce tableau ne dit que qui a répondu, et rien d’autre : il n’y a pas de question à importer."
BATCH = 2000


@dataclass(frozen=True)
class Imported:
    """What an import made: the questionnaire, and how many people's answers."""

    survey: Survey
    responses: int


# --- The file that waits --------------------------------------------------------------------------


def drafts_of(user):
    return drafts.drafts_of(user, KIND)


def start_import(*, upload, user):
    """Read an uploaded table and keep it as this person's draft, in place of an earlier one. Raises Refusal.

    Columns that say who answered are dropped here, before anything is written.
    """
    headers, rows = read_table(upload)
    rows = [row + [""] * (len(headers) - len(row)) for row in rows if any(row)]
    if not rows:
        raise Refusal(NOBODY)
    columns = [[row[index] for row in rows] for index in range(len(headers))]
    personal = {index for index, title in enumerate(headers) if is_personal(title, columns[index])}
    kept = [index for index in range(len(headers)) if index not in personal and any(columns[index])]
    if not kept:
        raise Refusal(ONLY_NAMES)
    params = {
        "count": len(rows),
        "titles": [headers[index][:TITLE_LENGTH] for index in kept],
        "dropped": [headers[index] or f"Colonne {index + 1}" for index in sorted(personal)],
        "cells": [columns[index] for index in kept],
        "uses": [str(guess(headers[index], columns[index])) for index in kept],
    }
    return drafts.keep_draft(kind=KIND, upload=upload, params=params, user=user)


def choose_uses(*, draft, uses):
    """Keep what each column is to become, in their order."""
    draft.params["uses"] = [str(use) for use in uses]
    draft.save(update_fields=["params"])


def discard(*, key, user):
    drafts.discard(kind=KIND, key=key, user=user)


def columns_of(draft):
    """Return the Columns of a draft as they would be imported."""
    params = draft.params
    columns = zip(params["titles"], params["uses"], params["cells"], strict=True)
    return [read_column(index, title, use, cells) for index, (title, use, cells) in enumerate(columns)]


def problem_of(columns):
    """Return what stands in the way of importing these columns, as a French sentence, or None."""
    if bad := next((column for column in columns if column.problem), None):
        return f"« {bad.title} » : {bad.problem}"
    if sum(column.use == Use.DAY for column in columns) > 1:
        return "Une seule colonne peut dire la date de la réponse."
    if not any(is_question(column) for column in columns):
        return "Gardez au moins une colonne comme question."
    return None


def is_question(column):
    return column.use not in (Use.NOTHING, Use.DAY)


# --- Importing ------------------------------------------------------------------------------------


@transaction.atomic
def import_answers(*, key, by, values, session=None, day=None, satisfaction=None):
    """Make a closed questionnaire and its responses from the draft, and forget the draft. Raises Refusal.

    values: title and kind of the questionnaire. session: the one session that all answers speak of, if any. day: of
    the answers whose line gives none. satisfaction: index of the column that is the mark of the activity. Nothing is
    dated later than yesterday: results leave out the day under way.
    """
    draft = drafts.hold_draft(kind=KIND, key=key, user=by)
    columns = columns_of(draft)
    if problem := problem_of(columns):
        raise Refusal(problem)
    days = days_of(columns, draft.params["count"], day)
    survey = Survey.objects.create(
        **values, state=SurveyState.CLOSED, publish_from=PUBLISHED_FROM, opened_on=min(days), closed_on=max(days)
    )
    questions = make_questions(survey, columns, satisfaction)
    responses = store(survey, questions, days, session)
    if not responses:
        raise Refusal(NOBODY)
    draft.delete()
    return Imported(survey, responses)


def days_of(columns, count, day):
    """Return the day of each line: its own, otherwise the one that was given, and yesterday at the latest."""
    latest = timezone.localdate() - timedelta(days=1)
    told = next((column.values for column in columns if column.use == Use.DAY), [None] * count)
    return [min(own or day or latest, latest) for own in told]


def make_questions(survey, columns, satisfaction):
    """Return [(question, column)] in the order of the sheet."""
    made = []
    for position, column in enumerate(filter(is_question, columns), start=1):
        is_mark = column.index == satisfaction and column.use == Use.SCALE
        options = [{"key": f"o{rank}", "label": label} for rank, label in enumerate(column.options, start=1)]
        question = Question.objects.create(
            survey=survey, position=position, kind=column.use, text=column.title[:TITLE_LENGTH], options=options,
            with_other=column.has_other, national_key=SATISFACTION if is_mark else "",
        )  # fmt: skip
        made.append((question, column))
    return made


def store(survey, questions, days, session):
    """Write a response for each line that answers something; return how many. Ids tell no order."""
    responses, answers = [], []
    for line, day in enumerate(days):
        response = Response(survey=survey, session=session, day=day, source=ResponseSource.IMPORT)
        given = [one for question, column in questions for one in answers_of(response, question, column.values[line])]
        if given:
            responses.append(response)
            answers += given
    Response.objects.bulk_create(responses, batch_size=BATCH)
    Answer.objects.bulk_create(answers, batch_size=BATCH)
    return len(responses)


def answers_of(response, question, said):
    """Return the unsaved answers of one cell: a text, numbers, or (rank, label) of each choice."""
    if isinstance(said, str):
        return [Answer(response=response, question=question, text=said)] if said else []
    found = {}
    for one in said:
        rank, label = one if isinstance(one, tuple) else (one, "")
        # Several rare choices of one person are one « autre ».
        found.setdefault(rank, []).append(label if rank == OTHER else "")
    return [
        Answer(response=response, question=question, value=rank, text=", ".join(filter(None, labels)))
        for rank, labels in found.items()
    ]
