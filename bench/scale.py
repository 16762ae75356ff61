"""How much the bench measures: WHOLE for figures that mean something, QUICK to see that everything still runs."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Scale:
    """seconds: length of one slice; racers: how many post at once; roll, rows: people to mark, lines to export.

    sheets, searches: of the directory, and how often each question is asked. responses: to one questionnaire.
    letters: readers of one newsletter. people, held, registrations, answers: what the board's figures count.
    """

    seconds: float = 1.5
    clients: tuple = (1, 8, 32)
    rounds: int = 3
    races: int = 3
    racers: int = 200
    mails: int = 300
    roll: int = 300
    rows: int = 5000
    sheets: int = 5000
    searches: int = 15
    responses: int = 10_000
    letters: int = 10_000
    people: int = 50_000
    held: int = 5000
    registrations: int = 1_000_000
    answers: int = 200_000


WHOLE = Scale()
QUICK = Scale(
    seconds=0.2,
    clients=(8,),
    rounds=1,
    races=1,
    racers=40,
    mails=30,
    rows=500,
    sheets=500,
    searches=3,
    responses=500,
    letters=500,
    people=2000,
    held=200,
    registrations=20_000,
    answers=8000,
)
