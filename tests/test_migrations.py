"""Migrations as written make the database that the models describe."""

from io import StringIO

import pytest
from django.core.management import call_command
from django.db import connection

from lms.audit.guards import guarded_models


@pytest.mark.django_db
def test_migrations_are_complete_and_guards_are_laid() -> None:
    call_command("makemigrations", check=True, dry_run=True, stdout=StringIO())
    query = "SELECT count(*) FROM sqlite_master WHERE type = 'trigger' AND name LIKE 'guard_%'"
    if connection.vendor == "postgresql":
        query = "SELECT count(DISTINCT trigger_name) FROM information_schema.triggers WHERE trigger_name LIKE 'guard_%'"
    with connection.cursor() as cursor:
        cursor.execute(query)
        laid = cursor.fetchone()[0]
    assert laid == len(guarded_models()) * (2 if connection.vendor == "sqlite" else 1)
