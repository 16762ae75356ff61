from django.apps import AppConfig


class ResourcesConfig(AppConfig):
    name = "resources"
    verbose_name = "Annuaire des ressources"

    def ready(self):
        """Hand the portal what it gathers from every app: documents, lines to do, personal data."""
        from cafe import pdf
        from cafe.todo import register
        from members import personal_data
        from resources import todo, todo_reports
        from resources.services import booklet, exporting, importing, retention

        register(todo.lines)
        register(todo_reports.lines)
        pdf.register(booklet.KIND, booklet.booklet)
        pdf.register(exporting.KIND, exporting.table_document)
        pdf.register(importing.KIND, importing.preview)
        pdf.register(importing.REPORT_KIND, importing.report)
        personal_data.register("annuaire", export=retention.export, erase=retention.erase, purge=retention.purge)
