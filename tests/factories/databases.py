"""Empty databases of the kind the suite runs on, for tests that bring their own processes."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings
from django.db import connection


@contextmanager
def empty_database(folder: Path, name: str) -> Iterator[str]:
    """The URL of an empty database: a file in ``folder`` on SQLite, a database of this process on the server on PostgreSQL."""
    if connection.vendor == "sqlite":
        yield f"sqlite:///{folder / f'{name}.sqlite3'}"
        return
    import psycopg

    server, name = settings.DATABASES["default"], f"{name}_{os.getpid()}"
    given = {"host": server["HOST"], "port": server["PORT"] or 5432, "user": server["USER"], "password": server["PASSWORD"] or None}
    secret = f":{server['PASSWORD']}" if server["PASSWORD"] else ""
    with psycopg.connect(dbname="postgres", autocommit=True, **given) as admin:
        admin.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        admin.execute(f"CREATE DATABASE {name}")
        yield f"postgres://{server['USER']}{secret}@{given['host']}:{given['port']}/{name}"
        admin.execute(f"DROP DATABASE {name} WITH (FORCE)")
