from django.apps import AppConfig


class NewslettersConfig(AppConfig):
    name = "newsletters"
    verbose_name = "Lettres d’information"

    def ready(self):
        """Hand the portal what it gathers from every app."""
        from cafe import subscriptions
        from members import personal_data
        from newsletters.services import retention, subscribing

        subscriptions.register(subscribing.ask_with_registration)
        personal_data.register(
            "lettres d’information", export=retention.export, erase=retention.erase, purge=retention.purge
        )
