from django.apps import AppConfig


class ListeningCellConfig(AppConfig):
    name = "listening_cell"
    verbose_name = "Cellule d’écoute"

    def ready(self):
        from cafe import pdf
        from listening_cell.services import cards

        pdf.register(cards.KIND, cards.card)
