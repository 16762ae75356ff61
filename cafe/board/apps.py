from django.apps import AppConfig


class BoardConfig(AppConfig):
    """The board: what it reads, the report, and what the coordination writes in it."""

    name = "cafe.board"
    verbose_name = "Conseil"

    def ready(self):
        from cafe import pdf
        from cafe.board import keeping, monthly, report
        from members import personal_data

        pdf.register(report.KIND, report.report, stepped=True)
        pdf.register(keeping.KIND, keeping.keep, stepped=True, listed="board_kept")
        personal_data.register("chiffres du mois par courriel", export=monthly.export, erase=monthly.erase)
