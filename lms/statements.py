"""Statements compiled once. Django builds a queryset and its SQL anew for every use, which on exam day costs more than the database does.

A `Ready` builds and compiles its queryset at the first use and only fills in values afterwards. It is for the few statements that every
candidate's every request asks; everything else stays a plain queryset.
"""

from collections.abc import Callable
from typing import Any, Generic, TypeVar

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.models import BigIntegerField, Expression, Field, Model, QuerySet

Row = TypeVar("Row")
LARGEST = BigIntegerField.MAX_BIGINT
NUMBER = BigIntegerField()  # of primary keys and what points to them
Compiled = tuple[Any, Any, str, tuple[Any, ...]]  # queryset, compiler, SQL, values with `Blank` among them


class Blank(Expression):
    """A value that is known only when the statement runs; stands in a filter where the value would."""

    def __init__(self, name: str, field: "Field[Any, Any]") -> None:
        super().__init__(output_field=field)
        self.name, self.field_of = name, field

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, Any]:
        return "%s", [self]


class Ready(Generic[Row]):
    """``Ready(lambda pk: Attempt.objects.filter(pk=pk), pk=BigIntegerField())``: the queryset with a place for each named value.

    Rows, annotations and related objects are those of the queryset. Lists of values (``__in``) and slices by a value have no place in it.
    """

    def __init__(self, make: Callable[..., "QuerySet[Any, Row]"], **fields: "Field[Any, Any]") -> None:
        self._make, self._fields = make, fields
        self._compiled: Compiled | None = None

    def _compile(self) -> Compiled:
        queryset = self._make(**{name: Blank(name, field) for name, field in self._fields.items()})
        compiler = queryset.query.get_compiler(using=DEFAULT_DB_ALIAS)
        sql, params = compiler.as_sql()
        compiler.connection = None  # a connection belongs to one thread; each run brings its own
        return queryset, compiler, sql, tuple(params)

    def all(self, **values: Any) -> list[Row]:
        """Every row. A number that no column holds finds nothing."""
        if any(isinstance(value, int) and abs(value) > LARGEST for value in values.values()):
            return []
        if self._compiled is None:
            self._compiled = self._compile()
        made, compiled, sql, params = self._compiled
        queryset, query, compiler = _twin(made), _twin(made.query), _twin(compiled)
        connection = compiler.connection = connections[DEFAULT_DB_ALIAS]
        filled = tuple(p.field_of.get_db_prep_value(_plain(values[p.name]), connection) if isinstance(p, Blank) else p for p in params)
        compiler.as_sql = lambda *_args, **_more: (sql, filled)
        query.get_compiler = lambda *_args, **_more: compiler
        queryset._query = query
        return list(queryset)

    def first(self, **values: Any) -> Row | None:
        """The first row, or None. The statement should find one at most."""
        return next(iter(self.all(**values)), None)


def _plain(value: Any) -> Any:
    return value.pk if isinstance(value, Model) else value


def _twin(thing: Any) -> Any:
    """The same object once more, sharing what is in it: cheaper than a clone, and nothing of it is changed."""
    twin = object.__new__(type(thing))
    twin.__dict__.update(thing.__dict__)
    return twin
