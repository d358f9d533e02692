"""Tests run without migrations; the full-text table that Wagtail lays by migration on SQLite is laid here."""

from importlib import import_module

import pytest
from django.db import connection, migrations


@pytest.fixture
def full_text(db: None) -> None:
    if connection.vendor != "sqlite":
        return
    operations = import_module("wagtail.search.migrations.0006_customise_indexentry").Migration.operations
    laid = next(operation for operation in operations if isinstance(operation, migrations.SeparateDatabaseAndState))
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE wagtailsearch_indexentry_fts")
        for operation in laid.database_operations:
            cursor.execute(operation.sql)
