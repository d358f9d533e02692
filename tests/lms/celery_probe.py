"""The product's Celery application, plus one job kind for tests."""

import os
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")

import django

django.setup()

from lms.celery import app  # noqa: E402
from lms.jobs.handlers import Work, handles  # noqa: E402


@handles("probe")
def probe(work: Work) -> dict[str, Any]:
    steps = work.arguments["steps"]
    for step in range(steps):
        work.progress(step + 1, steps)
    return {"steps": steps, "tries": work.job.tries}


__all__ = ["app"]
