"""Addresses of a session's list of registrations, of its questions, and of the answer after it has moved."""

from django.urls import path

from activities.views import lists, questions, registration

SESSION = "coordination/seances/<slug:slug>/"
QUESTION = f"{SESSION}questions/<int:pk>/"

urlpatterns = [
    path("inscription/<str:token>/je-viens/", registration.registration_reconfirm, name="registration_reconfirm"),
    path(f"{SESSION}inscriptions/", lists.RegistrationsView.as_view(), name="manage_registrations"),
    path(f"{SESSION}inscriptions/deplacer/", lists.MoveView.as_view(), name="manage_registrations_move"),
    path(f"{SESSION}inscriptions/ecrire/", lists.WordView.as_view(), name="manage_registrations_word"),
    path(
        f"{SESSION}inscriptions/<int:pk>/reconfirmer/",
        lists.registration_reconfirmed,
        name="manage_registration_reconfirmed",
    ),
    path(f"{SESSION}questions/", questions.QuestionsView.as_view(), name="manage_questions"),
    path(QUESTION, questions.QuestionEditView.as_view(), name="manage_question_edit"),
    path(f"{QUESTION}deplacer/", questions.question_shift, name="manage_question_shift"),
    path(f"{QUESTION}supprimer/", questions.QuestionDeleteView.as_view(), name="manage_question_delete"),
]
