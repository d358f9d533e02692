"""Migrations that run while attempts are under way only add: the program of yesterday goes on saving beside them."""

from importlib import import_module
from typing import Any

import pytest
from django.db import migrations
from django.db.migrations.loader import MigrationLoader

ADDING = (
    migrations.CreateModel, migrations.AddField, migrations.AddIndex, migrations.AddConstraint, migrations.AlterModelOptions, migrations.RunPython,
    migrations.AlterModelManagers, migrations.AlterField, migrations.RemoveConstraint, migrations.RemoveIndex, migrations.AlterUniqueTogether,
)  # fmt: skip
HOT = {"attempt", "attemptdevice", "answerrecord", "handin"}  # what yesterday's program goes on writing to: null or a default of the database


def later_operations() -> list[tuple[str, Any, Any]]:
    """Every operation of our migrations after the first of each app, with the field it concerns as it was and as it becomes."""
    loader = MigrationLoader(None, ignore_no_migrations=True)
    found = []
    for app in ("lms", "content", "courses", "exams"):
        names = sorted(name for label, name in loader.disk_migrations if label == app)
        for name in names[1:]:
            state = loader.project_state([key for key in loader.disk_migrations[app, name].dependencies if key in loader.disk_migrations])
            for operation in import_module(f"{app}.migrations.{name}").Migration.operations:
                model, field = getattr(operation, "model_name_lower", ""), getattr(operation, "name", "")
                old = state.models[app, model].fields.get(field) if model else None
                operation.state_forwards(app, state)
                new = state.models[app, model].fields.get(field) if model else None
                found.append((f"{app}.{name}: {operation.describe()}", operation, (app, old, new)))
    return found


@pytest.mark.fault(41, by="every operation of every migration after the first, read", model="the operations, not the minutes they take")
def test_migrations_after_the_first_only_add() -> None:
    wrong, found = [], later_operations()
    made = {(app, operation.name_lower) for _name, operation, (app, _before, _after) in found if isinstance(operation, migrations.CreateModel)}
    for name, operation, (app, old, new) in found:
        if not isinstance(operation, ADDING):
            wrong.append(name)
        if isinstance(operation, migrations.AddField) and (app, operation.model_name_lower) not in made:
            field = operation.field
            filled = field.has_default() or (field.blank and field.empty_strings_allowed)
            if not (field.null or field.has_db_default() or field.many_to_many or (filled and operation.model_name_lower not in HOT)):
                wrong.append(f"{name}: the program of yesterday gives it no value")
        if isinstance(operation, migrations.AlterField):
            shorter = (old.max_length or 0) > (new.max_length or 0)
            if (old.null and not new.null) or shorter or old.get_internal_type() != new.get_internal_type():
                wrong.append(f"{name}: narrower than it was")
    assert wrong == []
