from django.apps import AppConfig


class ResourcesConfig(AppConfig):
    name = "resources"
    verbose_name = "Annuaire des ressources"

    def ready(self):
        """Hand the portal what it gathers from every app: documents, lines to do, personal data."""
