from evaluation.models.answers import Answer, Coding, Heading, Invitation, Reading, Response, Sending, new_random_id
from evaluation.models.surveys import Question, ResultSnapshot, Survey

__all__ = [
    "Answer",
    "Coding",
    "Heading",
    "Invitation",
    "Question",
    "Reading",
    "Response",
    "ResultSnapshot",
    "Sending",
    "Survey",
    "new_random_id",
]
