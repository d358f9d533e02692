"""Settings of the house that the browser walks through: a scratch directory, tables without the history of migrations, static files as they stand."""

from tests.settings import *  # noqa: F403


class _NoHistory:
    """Tables are made from the models: applying every migration would cost more than the whole walk; `tests/test_migrations.py` applies them."""

    def __contains__(self, app: str) -> bool:
        return True

    def __getitem__(self, app: str) -> None:
        return None


MIGRATION_MODULES = _NoHistory()
WHITENOISE_USE_FINDERS = True
