from django.apps import AppConfig


class NewslettersConfig(AppConfig):
    name = "newsletters"
    verbose_name = "Lettres d’information"

    def ready(self):
        """Hand the portal what it gathers from every app."""
        from cafe import outbox, subscriptions, todo
        from members import personal_data
        from newsletters import todo_bounces, todo_sending
        from newsletters.models import LetterDelivery
        from newsletters.services import press, retention, subscribing

        outbox.register(LetterDelivery, outbox.Way(fit=press.fit, prepare=press.prepare))
        subscriptions.register(subscribing.ask_with_registration)
        todo.register(todo_sending.lines)
        todo.register(todo_bounces.lines)
        personal_data.register(
            "lettres d’information", export=retention.export, erase=retention.erase, purge=retention.purge
        )
