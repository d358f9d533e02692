"""Rules of the house that a linter does not know."""

import re

from django.apps import apps
from django.conf import settings

from lms.audit.guards import guarded_models

APPS = ("lms", "content", "courses", "exams")
CODE = sorted(p for app in APPS for p in (settings.BASE_DIR / app).rglob("*.py") if "migrations" not in p.parts)


def test_no_file_grows_beyond_one_job() -> None:
    long = {str(p.relative_to(settings.BASE_DIR)): n for p in CODE if (n := len(p.read_text(encoding="utf-8").splitlines())) > 300}
    assert long == {}


def test_ledgers_are_guarded() -> None:
    ledgers = {
        "AuditRow", "HoursEntry", "QuestionVersion", "Attempt", "AnswerRecord", "HandIn", "TimeGrant", "GradeRun", "Result", "Release",
        "Certificate", "CertificateEvent", "VersionStep", "ExposureCount", "Exposure", "Counted", "AssessmentRecord", "ExportBatch", "ExportRow",
        "Appointment", "Policy",
    }  # fmt: skip
    assert ledgers <= {model.__name__ for model in guarded_models()}


def test_guards_are_lifted_for_the_demo_county_alone() -> None:
    callers = [str(p.relative_to(settings.BASE_DIR)) for p in CODE if "lifted()" in p.read_text(encoding="utf-8") and p.name != "guards.py"]
    assert [c for c in callers if not c.startswith("exams/demo/")] == []


def test_no_general_drawer() -> None:
    assert [str(p) for p in CODE if p.stem in {"utils", "helpers", "common", "services", "misc"}] == []


def test_resources_and_forms_name_their_fields() -> None:
    found = [str(p) for p in CODE if re.search(r"fields\s*=\s*[\"']__all__", p.read_text(encoding="utf-8"))]
    assert found == []


def test_every_model_is_reached_through_its_index() -> None:
    import importlib

    for app in APPS:
        index = importlib.import_module(f"{app}.models")
        ours = {m.__name__ for m in apps.get_app_config(app).get_models() if m.__module__.startswith(app)}
        assert ours == set(index.__all__)
