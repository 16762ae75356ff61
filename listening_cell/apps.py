from django.apps import AppConfig


class ListeningCellConfig(AppConfig):
    name = "listening_cell"
    verbose_name = "Cellule d’écoute"

    def ready(self):
        from cafe import notices, pdf
        from listening_cell.services import cards, retention
        from listening_cell.services.notices import waiting
        from members import personal_data

        pdf.register(cards.KIND, cards.card)
        notices.register(waiting)
        personal_data.register(
            "cellule d’écoute", export=retention.export, erase=retention.erase, purge=retention.purge
        )
