from django.apps import AppConfig


class EvaluationConfig(AppConfig):
    name = "evaluation"
    verbose_name = "Évaluation"

    def ready(self):
        """Hand the portal what it gathers from every app."""
        from cafe import pdf, todo
        from evaluation import todo_sending
        from evaluation.services import personal, reports
        from members import personal_data

        pdf.register(reports.KIND, reports.report)
        todo.register(todo_sending.lines)
        personal_data.register("invitations à répondre", export=personal.export, erase=personal.erase)
