"""The product's own settings, but tables made from the models at once, static files by plain names, and two floor addresses."""

from lms.settings import *  # noqa: F403


class _Unmigrated:
    def __contains__(self, app: str) -> bool:
        return True

    def __getitem__(self, app: str) -> None:
        return None


MIGRATION_MODULES = _Unmigrated()
STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}  # noqa: F405
ROOT_URLCONF = "tests.bench.addresses"
