"""Triggers that make a table append-only in the database itself, whoever writes to it.

A model says ``append_only = True`` (no row changes, none goes) or ``append_only = ("field", …)`` (rows stay and only the
named fields may change). The triggers are laid after every migrate, on SQLite and on PostgreSQL.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from django.apps import apps
from django.db import connection, models, transaction


def guarded_models() -> list[type[models.Model]]:
    """Return every model whose rows the database refuses to change, wholly or but for the fields it names."""
    return [model for model in apps.get_models() if getattr(model, "append_only", False)]


def _frozen_columns(model: type[models.Model]) -> list[str]:
    free = model.append_only if isinstance(model.append_only, tuple) else ()  # type: ignore[attr-defined]
    return [field.column for field in model._meta.local_concrete_fields if field.name not in free and field.column]


def lay(model: type[models.Model]) -> None:
    """Put the guard on one table; laying it twice is the same as once."""
    table, quote = model._meta.db_table, connection.ops.quote_name
    columns = _frozen_columns(model)
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            changed = " OR ".join(f"OLD.{quote(c)} IS NOT NEW.{quote(c)}" for c in columns)
            for name, event, when in (("u", "UPDATE", f"WHEN {changed}"), ("d", "DELETE", "")):
                cursor.execute(f"DROP TRIGGER IF EXISTS {quote(f'guard_{name}_{table}')}")
                cursor.execute(
                    f"CREATE TRIGGER {quote(f'guard_{name}_{table}')} BEFORE {event} ON {quote(table)} {when} "
                    f"BEGIN SELECT RAISE(ABORT, 'append-only: {table}'); END"
                )
        else:
            changed = " OR ".join(f"OLD.{quote(c)} IS DISTINCT FROM NEW.{quote(c)}" for c in columns)
            cursor.execute(
                f"CREATE OR REPLACE FUNCTION {quote(f'guard_{table}')}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
                f"IF current_setting('chizheng.guards', true) = 'lifted' THEN RETURN COALESCE(NEW, OLD); END IF; "
                f"IF TG_OP = 'DELETE' THEN RAISE EXCEPTION 'append-only: {table}'; END IF; "
                f"IF {changed} THEN RAISE EXCEPTION 'append-only: {table}'; END IF; RETURN NEW; END $$"
            )
            cursor.execute(f"DROP TRIGGER IF EXISTS {quote(f'guard_{table}')} ON {quote(table)}")
            cursor.execute(
                f"CREATE TRIGGER {quote(f'guard_{table}')} BEFORE UPDATE OR DELETE ON {quote(table)} "
                f"FOR EACH ROW EXECUTE FUNCTION {quote(f'guard_{table}')}()"
            )


def lay_all(**kwargs: object) -> None:
    """Guard every model that asks for it; runs after each migrate."""
    present = set(connection.introspection.table_names())
    for model in guarded_models():
        if model._meta.db_table in present:
            lay(model)


@contextmanager
def lifted() -> Iterator[None]:
    """Let the demo county be cleared. Nothing else may use this; a test keeps the list of callers."""
    with transaction.atomic():
        if connection.vendor == "sqlite":
            with connection.cursor() as cursor:
                for model in guarded_models():
                    for name in ("u", "d"):
                        cursor.execute(f"DROP TRIGGER IF EXISTS {connection.ops.quote_name(f'guard_{name}_{model._meta.db_table}')}")
            yield
            lay_all()
        else:
            with connection.cursor() as cursor:
                cursor.execute("SET LOCAL chizheng.guards = 'lifted'")
            yield
