from django.apps import AppConfig


class BoardConfig(AppConfig):
    """An app without models: the worker must know how the board's report is drawn."""

    name = "cafe.board"
    verbose_name = "Conseil"

    def ready(self):
        from cafe import pdf
        from cafe.board import report

        pdf.register(report.KIND, report.report)
