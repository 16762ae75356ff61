"""A backup of the database as an administrator makes it, and its restoration: SQLite's own copy, or COPY on PostgreSQL.

Only what is in the database is in it: the SHRED keys lie elsewhere, and are never backed up with it.
"""

import sqlite3

from django.apps import apps
from django.db import connection, transaction


def tables():
    return [
        model._meta.db_table for model in apps.get_app_config("listening_cell").get_models(include_auto_created=True)
    ]


def make_backup(folder):
    """Write a backup of the whole database to this folder."""
    if connection.vendor == "sqlite":
        connection.ensure_connection()
        copy = sqlite3.connect(folder / "backup.sqlite3")
        connection.connection.backup(copy)
        copy.close()
        return
    for table in tables():
        with connection.cursor() as cursor, (folder / f"{table}.copy").open("w") as copy:
            cursor.copy_expert(f'COPY "{table}" TO STDOUT', copy)


@transaction.atomic
def restore_backup(folder):
    """Make the cell's tables what they were when the backup was written."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET CONSTRAINTS ALL DEFERRED")
        for table in tables():
            cursor.execute(f'DELETE FROM "{table}"')
        for table in tables():
            fill(cursor, table, folder)


def fill(cursor, table, folder):
    if connection.vendor == "postgresql":
        with (folder / f"{table}.copy").open() as copy:
            cursor.copy_expert(f'COPY "{table}" FROM STDIN', copy)
        return
    backup = sqlite3.connect(folder / "backup.sqlite3")
    rows = backup.execute(f'SELECT * FROM "{table}"').fetchall()
    backup.close()
    for row in rows:
        cursor.execute(f'INSERT INTO "{table}" VALUES ({", ".join(["%s"] * len(row))})', row)
