"""Cache, broker and database go away and come back. An exam needs the database alone."""

import json
import socket
import time
from typing import Any

import pytest
from django.core.cache import cache
from django.db import OperationalError, connection
from django.test import Client
from django.urls import reverse

from exams.attempts import actions
from exams.attempts.models import AnswerRecord, HandIn
from lms.jobs.actions import run_due
from lms.jobs.models import Job
from lms.web.cache import SpareCache
from tests.factories.exams import right_items


@pytest.fixture
def nobody() -> str:
    """An address at which nothing listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return f"redis://127.0.0.1:{probe.getsockname()[1]}/0"


def post(browser: Client, attempt: Any, seq: int, items: Any = None) -> tuple[int, dict[str, Any]]:
    body = {"e": 1, "s": seq, "i": (items or right_items(attempt))[:seq]}
    answer = browser.post(reverse("paper_save", args=[attempt.pk]), json.dumps(body), content_type="application/json")
    return answer.status_code, json.loads(answer.content)


@pytest.mark.fault(8, by="the cache's address answers nothing")
def test_exam_goes_on_without_a_cache(exam, clock, enter, nobody, monkeypatch) -> None:
    browser = enter()
    spare = SpareCache(nobody, {})
    monkeypatch.setattr("exams.papers.stock.cache", spare)
    monkeypatch.setattr("exams.certificates.throttle.cache", spare)
    attempt = actions.start(exam.candidate, key="start-key-1", by=exam.learner, at=exam.at)
    assert post(browser, attempt, 3)[0] == 200
    actions.hand_in(attempt.pk, by=exam.learner, at=exam.at)
    assert browser.get(reverse("receipt", args=[attempt.pk])).status_code == 200
    asks = [Client().post(reverse("verify"), {"code": "ABCD"}).status_code for _ in range(40)]
    assert (asks[0], asks[-1]) == (404, 429)  # the limit of the public page holds in the memory of the process
    assert AnswerRecord.objects.count() == 1


@pytest.mark.fault(8, by="the cache goes away between two calls, and comes back")
def test_cache_that_is_gone_is_left_alone_for_a_while_and_then_asked_again(nobody, monkeypatch) -> None:
    spare = SpareCache(nobody, {})
    spare.set("a", 1)
    assert (spare.get("a"), spare.incr("a"), spare.add("a", 5), spare.has_key("a")) == (1, 2, False, True)
    with pytest.raises(ValueError):
        spare.incr("never-set")
    assert spare.get_or_set("b", lambda: "made") == "made"
    assert (spare.touch("a"), spare.delete("a"), spare.get("a", "gone")) == (True, True, "gone")
    asked = []
    monkeypatch.setattr(spare._redis, "get", lambda *a, **k: asked.append(a) or "back")
    assert (spare.get("b"), asked) == ("made", [])
    spare._again_at = 0.0
    assert spare.get("b") == "back"
    spare.clear()


@pytest.mark.fault(9, by="the broker's address answers nothing")
def test_papers_are_handed_in_without_a_broker(exam, settings, nobody, django_capture_on_commit_callbacks, caplog) -> None:
    from lms.celery import app

    attempt = actions.start(exam.candidate, key="start-key-1", by=exam.learner, at=exam.at)
    settings.EMBEDDED_WORKER, kept = False, app.conf.broker_url
    app.conf.broker_url = nobody
    app.set_current()
    try:
        began = time.perf_counter()
        with django_capture_on_commit_callbacks(execute=True):
            end = actions.hand_in(attempt.pk, by=exam.learner, at=exam.at)
        assert time.perf_counter() - began < 10
    finally:
        app.conf.broker_url = kept
        app.pool.force_close_all()
    assert HandIn.objects.get().receipt == end.receipt
    assert "The broker could not be reached" in caplog.text
    assert Job.objects.exists()
    run_due()
    assert attempt.results.count() == 1


@pytest.mark.fault(7, 6, by="every statement fails as when the database is away, then it is back", model="the error of a lost connection")
def test_save_without_a_database_is_503_and_the_same_save_lands_later(attempt, enter) -> None:
    browser, items = enter(), right_items(attempt)

    def away(execute: Any, sql: Any, params: Any, many: Any, context: Any) -> Any:
        raise OperationalError("server closed the connection unexpectedly")

    with connection.execute_wrapper(away):
        assert post(browser, attempt, 3, items) == (503, {"error": "away"})
        page = browser.get(reverse("paper", args=[attempt.pk]), headers={"accept": "text/html"})
        assert (page.status_code, page["Retry-After"], "还在本机浏览器里" in page.content.decode()) == (503, "5", True)
        ready = Client().get("/ready/")
        assert (ready.status_code, ready.json()["refusals"]) == (503, ["database"])
        assert Client().get("/live/").status_code == 200
    assert post(browser, attempt, 3)[0] == 200
    assert browser.get("/ready/").status_code == 200
    cache.clear()
