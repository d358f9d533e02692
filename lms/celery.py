"""Celery wakes workers up; what is to be done stands in the outbox (`lms.jobs`)."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lms.settings")

app = Celery("chizheng")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks(["lms"])
app.conf.beat_schedule = {"tick": {"task": "lms.tasks.tick", "schedule": 10.0}}
