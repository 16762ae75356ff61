from django.apps import AppConfig


class EvaluationConfig(AppConfig):
    name = "evaluation"
    verbose_name = "Évaluation"

    def ready(self):
        """Hand the portal what it gathers from every app."""
        from cafe import feedback, pdf, todo
        from evaluation import todo_answers, todo_building, todo_sending
        from evaluation.services import personal, reports, survey_posters
        from members import personal_data

        pdf.register(reports.KIND, reports.report)
        pdf.register(survey_posters.KIND, survey_posters.survey_poster)
        feedback.register(feedback.LISTENING_CELL, survey_posters.cell_address)
        todo.register(todo_building.lines)
        todo.register(todo_sending.lines)
        todo.register(todo_answers.lines)
        personal_data.register("invitations à répondre", export=personal.export, erase=personal.erase)
