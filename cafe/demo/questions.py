"""Two questions on the form of the training to come, and what people answered."""

from django.utils import timezone

from activities.enums import QuestionKind, RegistrationState, SessionState
from activities.models import Answer, Question, Session
from cafe.demo.catalogue import OFFERS
from cafe.demo.people import invented

FROM_WHERE = ["Un collègue", "La lettre de la CPTS", "Une affiche en salle de pause", "Une séance précédente"]
TRAINED = ["Oui", "Non", "Non", ""]


def load_questions():
    """Ask them once: where a question was ever asked, nothing is added."""
    coming = Session.objects.filter(state=SessionState.PUBLISHED, starts_at__gt=timezone.now())
    session = coming.filter(activity__title=OFFERS["veilleur"].title).first()
    if session is None or Question.objects.exists():
        return
    origin, trained = Question.objects.bulk_create(
        [
            Question(
                session=session, position=0, kind=QuestionKind.CHOICE, choices="\n".join(FROM_WHERE),
                text="Comment avez-vous connu cette soirée\u00a0?",
            ),
            Question(
                session=session, position=1, kind=QuestionKind.YES_NO,
                text="Avez-vous déjà suivi une formation de ce genre\u00a0?",
            ),
        ]
    )  # fmt: skip
    random = invented(9).random
    people = session.registrations.filter(state=RegistrationState.CONFIRMED).order_by("number")
    given = [
        Answer(registration=person, question=question, value=random.choice(values))
        for person in people
        for question, values in ((origin, FROM_WHERE), (trained, TRAINED))
    ]
    Answer.objects.bulk_create(answer for answer in given if answer.value)
