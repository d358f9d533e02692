"""The full-text table that Wagtail lays by migration on SQLite; tests run without migrations and lay it here."""

from importlib import import_module

from django.db import connection, migrations


def lay_full_text() -> None:
    """Put Wagtail's own full-text table in place of the plain one made from the model, in which nothing can be searched."""
    operations = import_module("wagtail.search.migrations.0006_customise_indexentry").Migration.operations
    laid = next(operation for operation in operations if isinstance(operation, migrations.SeparateDatabaseAndState))
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE wagtailsearch_indexentry_fts")
        for operation in laid.database_operations:
            cursor.execute(operation.sql)
