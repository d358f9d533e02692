"""Answer files: opened only with the sitting's key, judged by the counter of the machine, never dropped, taken in once."""

import base64
import json
from datetime import timedelta

import pytest
from django.conf import settings
from hypothesis import given
from hypothesis import strategies as st

from exams.attempts import actions
from exams.attempts.answers import BadAnswers
from exams.attempts.bundles import BadFile, envelope, key_of_sitting, opened, seal_of_sitting
from exams.attempts.closing import close_overdue
from exams.attempts.models import AnswerRecord, Attempt
from exams.attempts.pausing import pause, resume
from exams.attempts.reading import answers_of
from exams.attempts.taking_in import plan, read, seal_of, take_in
from exams.attempts.turning import go_on
from exams.attempts.watched import AnswerFile
from exams.marking.actions import mark_due, release
from exams.marking.models import Result
from exams.papers.drawing import Paper
from lms.audit.models import AuditRow
from lms.audit.verbs import Verb
from tests.factories.bundles import content_of, file_of, seal
from tests.factories.exams import right_items

MINUTE = timedelta(minutes=1)
MS = 60_000


def start(exam) -> Attempt:
    attempt = actions.start(exam.candidate, key="start-key-1", by=exam.learner, at=exam.at)
    actions.save(attempt.pk, epoch=1, seq=1, items=[item(attempt)], by=exam.learner, at=exam.at + MINUTE)
    return attempt


def item(attempt, n=1, which=0) -> dict[str, object]:
    return {"n": n, "v": [Paper.from_json(attempt.paper).slots[n].options[which]], "f": 0}


def fresh(attempt) -> Attempt:
    return Attempt.objects.with_state().select_related("candidate__sitting__unit").get(pk=attempt.pk)


def take(exam, attempt, content, minutes=70):
    return take_in(attempt.pk, content, by=exam.county.invigilator, at=exam.at + minutes * MINUTE)


def counts(found) -> dict[str, int]:
    return {what: n for what in ("same", "new", "late", "unread") if (n := found.count(what))}


def standing(attempt) -> dict[int, tuple[str, ...]]:
    return {n: answer.values for n, answer in answers_of([attempt])[attempt.pk].items()}


def test_a_file_goes_into_an_open_attempt(exam) -> None:
    attempt = start(exam)
    found = take(exam, attempt, file_of(attempt, [(1, [item(attempt)], 0), (2, right_items(attempt), 5 * MS)], anchor=1), minutes=20)
    assert counts(found) == {"same": 1, "new": 1}
    assert len(standing(attempt)) == 10
    assert list(AnswerRecord.objects.order_by("pk").values_list("epoch", "seq", "late")) == [(1, 1, False), (1, 2, False)]
    line = AuditRow.objects.get(verb=Verb.ANSWER_FILE_TAKEN_IN)
    assert (line.detail["new"], line.detail["same"], line.detail["sealed"]) == (1, 1, True)


@pytest.mark.fault(18, by="an answer file after the end")
def test_a_file_after_the_end_counts_what_was_written_in_time_and_is_marked_again(exam) -> None:
    attempt = start(exam)
    close_overdue(at=exam.at + 61 * MINUTE)
    mark_due(at=exam.at + 62 * MINUTE)
    old = fresh(attempt).hand_in
    # The anchor is the save at minute 1; the paper ends at minute 60.
    content = file_of(attempt, [(2, right_items(attempt), 58 * MS), (3, [item(attempt, which=1)], 59 * MS + 1)], anchor=1)
    assert counts(take(exam, attempt, content)) == {"new": 1, "late": 1}
    new = fresh(attempt).hand_in
    assert (old.answered, new.answered, new.at, new.how) == (1, 10, old.at, "deadline")
    mark_due(at=exam.at + 72 * MINUTE)
    release(exam.sitting, by=exam.county.centre, at=exam.at + 73 * MINUTE)
    assert [r.score for r in Result.objects.released()] == [20]
    assert [r.seq for r in attempt.answers.evidence()] == [3]
    assert AnswerFile.objects.get().end == old


def test_the_same_file_twice_gives_the_same_rows(exam) -> None:
    attempt = start(exam)
    content = file_of(attempt, [(2, [item(attempt, 2)], MS), (1, [item(attempt, which=1)], 0)], anchor=1)
    first = take(exam, attempt, content, minutes=20)
    rows = list(AnswerRecord.objects.order_by("pk").values_list("pk", "seq", "digest"))
    again = take(exam, attempt, content, minutes=21)
    assert counts(first) == {"new": 2}  # another content at the place of save 1 is kept at the next free one
    assert (again.known is not None, list(AnswerRecord.objects.order_by("pk").values_list("pk", "seq", "digest"))) == (True, rows)
    other = file_of(attempt, [(2, [item(attempt, 2)], MS), (1, [item(attempt, which=1)], 0)], anchor=1)  # sealed again: other bytes, same words
    assert counts(take(exam, attempt, other, minutes=22)) == {"same": 2}
    assert AnswerRecord.objects.count() == len(rows) == 3


@pytest.mark.fault(18, 11, by="the file and the line, both")
def test_a_file_and_a_line_that_comes_back_give_the_same_rows(exam) -> None:
    attempt = start(exam)
    take(exam, attempt, file_of(attempt, [(2, [item(attempt, 2)], MS)], anchor=1), minutes=20)
    actions.save(attempt.pk, epoch=1, seq=2, items=[item(attempt, 2)], by=exam.learner, at=exam.at + 21 * MINUTE)
    assert AnswerRecord.objects.count() == 2


def test_what_came_late_by_the_line_is_rescued_by_a_file_that_shows_its_time(exam) -> None:
    attempt = start(exam)
    actions.save(attempt.pk, epoch=1, seq=2, items=right_items(attempt), by=exam.learner, at=exam.at + 65 * MINUTE)
    assert fresh(attempt).hand_in.answered == 1
    assert counts(take(exam, attempt, file_of(attempt, [(2, right_items(attempt), 30 * MS)], anchor=1))) == {"new": 1}
    assert fresh(attempt).hand_in.answered == 10
    assert not attempt.answers.evidence().exists()


@pytest.mark.fault(18, by="a file after the grace")
def test_after_the_grace_everything_is_kept_and_nothing_counts_by_itself(exam) -> None:
    attempt = start(exam)
    content = file_of(attempt, [(2, [item(attempt, 2)], MS)], anchor=1)
    assert counts(plan(fresh(attempt), *read(content, exam.sitting.pk), at=exam.at + 90 * MINUTE)) == {"new": 1}
    found = take(exam, attempt, content, minutes=91)
    assert (counts(found), found.why_late) == ({"late": 1}, "grace")
    assert list(standing(attempt)) == [1]


def test_a_file_without_a_seal_is_evidence_for_two_people(exam) -> None:
    attempt = start(exam)
    found = take(exam, attempt, file_of(attempt, [(2, [item(attempt, 2)], MS)], anchor=1, sealed=False), minutes=20)
    assert (counts(found), found.sealed, found.why_late) == ({"late": 1}, False, "plain")
    assert AnswerFile.objects.get().sealed is False


def test_a_released_result_is_not_changed_by_a_file(exam) -> None:
    attempt = start(exam)
    actions.hand_in(attempt.pk, by=exam.learner, at=exam.at + 30 * MINUTE)
    mark_due(at=exam.at + 31 * MINUTE)
    release(exam.sitting, by=exam.county.centre, at=exam.at + 32 * MINUTE)
    found = take(exam, attempt, file_of(attempt, [(2, [item(attempt, 2)], MS)], anchor=1), minutes=33)
    assert (counts(found), found.why_late) == ({"late": 1}, "released")


@pytest.mark.parametrize(
    ("case", "journal", "anchor", "expected"),
    [
        ("no anchor: from the epoch's beginning", [(2, 59 * MS), (3, 60 * MS + 1)], 0, {"new": 1, "late": 1}),
        ("an anchor nobody knows", [(2, MS)], 7, {"late": 1}),
        ("a later save that says it is older", [(2, 5 * MS), (3, 4 * MS), (4, 6 * MS)], 1, {"new": 2, "late": 1}),
        ("before the anchor", [(2, -30_000)], 1, {"new": 1}),
    ],
)
@pytest.mark.fault(18, 21, by="journals with wrong wall clocks")
def test_entries_are_judged_by_the_counter_from_the_anchor(exam, case, journal, anchor, expected) -> None:
    attempt = start(exam)
    content = file_of(attempt, [(seq, [item(attempt, 2, which=seq % 2)], ms) for seq, ms in journal], anchor=anchor)
    assert (case, counts(take(exam, attempt, content, minutes=61))) == (case, expected)


def test_what_was_written_during_a_pause_does_not_count_by_itself(exam) -> None:
    attempt = start(exam)
    pause([attempt.pk], reason="火警", key="k", by=exam.county.invigilator, at=exam.at + 10 * MINUTE)
    resume([attempt.pk], by=exam.county.invigilator, at=exam.at + 20 * MINUTE)
    journal = [(seq, [item(attempt, n)], (minute - 1) * MS) for seq, n, minute in ((2, 2, 9), (3, 3, 15), (4, 4, 21))]
    assert [r.what for r in take(exam, attempt, file_of(attempt, journal, anchor=1), minutes=30).rows] == ["new", "late", "new"]


def test_entries_that_are_not_of_this_paper_are_counted_and_the_file_is_kept(exam) -> None:
    attempt = start(exam)
    found = take(exam, attempt, file_of(attempt, [(2, [{"n": 99, "v": [], "f": 0}], MS), (3, [item(attempt, 3)], MS)], anchor=1), minutes=20)
    assert counts(found) == {"new": 1, "unread": 1}
    assert json.loads(AnswerFile.objects.get().content)["v"] == 1


def test_files_of_other_people_attempts_epochs_and_sittings_are_refused(exam) -> None:
    attempt = start(exam)
    good = content_of(attempt, [(2, [item(attempt, 2)], MS)], anchor=1)
    key = seal_of(exam.sitting.pk)
    wrong = [
        (seal(good | {"user": exam.county.hr.pk}, key), "content"), (seal(good | {"attempt": attempt.pk + 1}, key), "content"),
        (seal(good | {"epoch": 2}, key), "content"), (seal(good, seal_of(exam.sitting.pk + 1)), "seal"),
        (seal(good | {"journal": [{"s": 1, "i": [], "ms": 0}] * 2}, key), "content"),
    ]  # fmt: skip
    for content, reason in wrong:
        with pytest.raises(BadFile) as refusal:
            take(exam, attempt, content, minutes=20)
        assert refusal.value.reason == reason
    assert AnswerFile.objects.count() == 0
    assert AnswerRecord.objects.count() == 1


def test_a_changed_byte_is_noticed_and_so_is_a_file_put_into_another_envelope(exam) -> None:
    attempt = start(exam)
    whole = json.loads(file_of(attempt, [(2, [item(attempt, 2)], MS)], anchor=1))
    raw = bytearray(base64.b64decode(whole["sealed"]))
    for place in (1, 64, 66, 80, len(raw) - 1):
        changed = bytearray(raw)
        changed[place] ^= 1
        with pytest.raises(BadFile):
            read(json.dumps(whole | {"sealed": base64.b64encode(changed).decode()}).encode(), exam.sitting.pk)
    with pytest.raises(BadFile):
        read(json.dumps(whole | {"epoch": 2}).encode(), exam.sitting.pk)


@given(st.binary(max_size=300) | st.text(max_size=300).map(str.encode))
@pytest.mark.fault(47, by="any bytes as an answer file (hypothesis)")
def test_no_bytes_break_the_reader(content) -> None:
    with pytest.raises(BadFile):
        envelope(content)


plain_values = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5)
json_values = plain_values | st.lists(plain_values, max_size=4)
keys = st.sampled_from(["v", "attempt", "epoch", "plain", "sealed", "user", "journal", "anchor", "s", "i", "ms"])


@given(st.dictionaries(keys, json_values | st.dictionaries(keys, json_values)))
def test_no_object_breaks_the_reader(whole) -> None:
    try:
        bundle = opened(envelope(json.dumps({"v": 1, "attempt": 1, "epoch": 1} | whole).encode()), key_of_sitting("master", 1))
    except BadFile:
        return
    assert bundle.attempt >= 1


def test_the_seal_is_the_same_on_every_machine_and_another_for_every_sitting() -> None:
    key_of_sitting.cache_clear()
    seals = {seal_of_sitting("master", 1), seal_of_sitting("master", 2), seal_of_sitting("other", 1)}
    key_of_sitting.cache_clear()
    seal_of_sitting.cache_clear()
    assert len(seals) == 3
    assert seal_of_sitting("master", 1) in seals
    assert settings.IDENTITY_KEY not in "".join(seals)


def test_a_page_that_was_left_stays_closed_whatever_moment_a_file_names(exam) -> None:
    type(exam.sitting).objects.update(navigation="questions")
    exam.candidate.sitting.refresh_from_db()
    attempt = start(exam)
    go_on(attempt.pk, page=1, epoch=1, seq=2, items=[], by=exam.learner, at=exam.at + 2 * MINUTE)
    forged = file_of(attempt, [(7, [item(attempt, which=1)], 1), (8, [item(attempt, n=2)], 3 * MS)])
    take(exam, attempt, forged, minutes=10)
    assert standing(attempt) == {1: tuple(item(attempt)["v"]), 2: tuple(item(attempt, n=2)["v"])}


def test_the_browser_before_could_write_on_the_page_that_was_open_when_it_was_left(exam) -> None:
    type(exam.sitting).objects.update(navigation="questions")
    exam.candidate.sitting.refresh_from_db()
    attempt = start(exam)
    actions.take_over(attempt.pk, device="another-machine", by=exam.learner, at=exam.at + 3 * MINUTE)
    go_on(attempt.pk, page=1, epoch=2, seq=1, items=[], by=exam.learner, at=exam.at + 4 * MINUTE)
    take(exam, attempt, file_of(attempt, [(2, [item(attempt, which=1)], MS)], anchor=1), minutes=10)
    assert standing(attempt) == {1: tuple(item(attempt, which=1)["v"])}


def test_a_number_beyond_the_last_is_no_place_for_an_entry(exam) -> None:
    attempt = start(exam)
    actions.save(attempt.pk, epoch=1, seq=2**31 - 1, items=[item(attempt)], by=exam.learner, at=exam.at + MINUTE)
    with pytest.raises(BadFile):
        take(exam, attempt, file_of(attempt, [(2**31 - 1, [item(attempt, which=1)], MS)], anchor=1), minutes=10)
    with pytest.raises(BadAnswers):
        actions.save(attempt.pk, epoch=1, seq=1, items=[item(attempt, which=1)], by=exam.learner, at=exam.at + MINUTE, renumber=True)
