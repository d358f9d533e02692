"""Migrations that run while attempts are under way only add: the program of yesterday goes on saving beside them."""

from importlib import import_module
from typing import Any

import pytest
from django.db import migrations
from django.db.migrations.loader import MigrationLoader

FIRST = {"lms": "0001_ground_floor", "exams": "0001_proof"}
ADDING = (
    migrations.CreateModel, migrations.AddField, migrations.AddIndex, migrations.AddConstraint, migrations.AlterModelOptions, migrations.RunPython,
    migrations.AlterModelManagers, migrations.AlterField, migrations.RemoveConstraint, migrations.RemoveIndex, migrations.AlterUniqueTogether,
)  # fmt: skip


def later_operations() -> list[tuple[str, Any, Any]]:
    """Every operation of our migrations after the first of each app, with the state before it."""
    loader = MigrationLoader(None, ignore_no_migrations=True)
    found = []
    for app in ("lms", "content", "courses", "exams"):
        names = sorted(name for label, name in loader.disk_migrations if label == app)
        for name in names[1:]:
            state = loader.project_state([key for key in loader.disk_migrations[app, name].dependencies if key in loader.disk_migrations])
            for operation in import_module(f"{app}.migrations.{name}").Migration.operations:
                before = state.clone()
                operation.state_forwards(app, state)
                found.append((f"{app}.{name}: {operation.describe()}", operation, (app, before, state)))
    return found


@pytest.mark.fault(41, by="every operation of every migration after the first, read", model="the operations, not the minutes they take")
def test_migrations_after_the_first_only_add() -> None:
    wrong = []
    for name, operation, (app, before, after) in later_operations():
        if not isinstance(operation, ADDING):
            wrong.append(name)
        if isinstance(operation, migrations.AddField):
            field, made = operation.field, ("createmodel", operation.model_name) in {
                (type(o).__name__.lower(), getattr(o, "name_lower", "")) for _n, o, _s in later_operations()
            }  # fmt: skip
            if not (field.null or field.has_default() or field.many_to_many or made):
                wrong.append(f"{name}: rows that are there have no value for it")
        if isinstance(operation, migrations.AlterField):
            old = before.models[app, operation.model_name_lower].fields[operation.name]
            new = after.models[app, operation.model_name_lower].fields[operation.name]
            narrower = (
                (old.null and not new.null) or (old.max_length or 0) > (new.max_length or 0) or old.get_internal_type() != new.get_internal_type()
            )
            if narrower:
                wrong.append(f"{name}: narrower than it was")
    assert wrong == []
