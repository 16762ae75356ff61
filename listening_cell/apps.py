from django.apps import AppConfig


class ListeningCellConfig(AppConfig):
    name = "listening_cell"
    verbose_name = "Cellule d’écoute"
