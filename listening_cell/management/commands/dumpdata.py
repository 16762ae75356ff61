from django.core.management.commands import dumpdata

from listening_cell.apps import ListeningCellConfig


class Command(dumpdata.Command):
    """Django's own, without the listening cell: a file of its rows would outlive the cases that were forgotten.

    Even where the cell is named: a backup of the database is made by the database's own tools, as docs/ says.
    """

    def handle(self, *app_labels, **options):
        options["exclude"] = [*options["exclude"], ListeningCellConfig.name]
        return super().handle(*app_labels, **options)
