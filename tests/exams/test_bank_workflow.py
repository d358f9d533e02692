"""The way of a wording, without a database: every state with every step, and what no order of steps can bring about."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exams.bank.tagging import MOST, tag_of, tags_of
from exams.bank.workflow import DRAFT, DROPPED, LEADS_TO, LIVE, MOVES, REVIEWED, STEPS, UNDO, WAITING, Case, state_after, why_not

AUTHOR, OTHER, THIRD = 1, 2, 3
TABLE = {
    # step:      draft        waiting         reviewed        live (nothing newer)
    "submit": ("", "not_draft", "not_draft", "no_draft"),
    "withdraw": ("not_waiting", "", "not_waiting", "no_draft"),
    "approve": ("not_waiting", "", "not_waiting", "no_draft"),
    "return": ("not_waiting", "", "not_waiting", "no_draft"),
    "take_back": ("not_reviewed", "not_reviewed", "", "no_draft"),
    "publish": ("not_reviewed", "not_reviewed", "", "no_draft"),
    "recall": ("newer_draft", "newer_draft", "newer_draft", ""),
    "drop": ("", "", "", "no_draft"),
    "retire": ("", "", "", ""),
    "restore": ("not_retired", "not_retired", "not_retired", "not_retired"),
}
STANDING = {state: Case(draft=state, in_force=True, authors=frozenset({AUTHOR}), approved_by=OTHER, last="publish") for state in (DRAFT, WAITING)}
STANDING[REVIEWED] = Case(draft=REVIEWED, in_force=True, authors=frozenset({AUTHOR}), approved_by=OTHER, last="publish")
STANDING[LIVE] = Case(in_force=True, last="publish")


@pytest.mark.parametrize("step", TABLE)
def test_another_person_may_take_exactly_the_steps_of_the_table(step: str) -> None:
    assert tuple(why_not(step, case, OTHER) for case in STANDING.values()) == TABLE[step]


@pytest.mark.parametrize(
    ("step", "case", "person", "reason"),
    [
        ("approve", STANDING[WAITING], AUTHOR, "own_work"),
        ("return", STANDING[WAITING], AUTHOR, "own_work"),
        ("approve", Case(draft=WAITING, authors=frozenset({AUTHOR, OTHER})), OTHER, "own_work"),
        ("withdraw", STANDING[WAITING], AUTHOR, ""),
        ("publish", STANDING[REVIEWED], AUTHOR, ""),
        ("take_back", STANDING[REVIEWED], THIRD, "not_your_approval"),
        ("drop", Case(draft=DRAFT), OTHER, "nothing_else"),
        ("recall", Case(in_force=True), OTHER, "not_put_live"),
        ("recall", Case(in_force=True, last="publish", retired=True), OTHER, "not_put_live"),
        ("retire", Case(in_force=True, retired=True), OTHER, "retired_already"),
        ("restore", Case(in_force=True, retired=True), OTHER, ""),
        ("publish", Case(draft=REVIEWED, in_force=True, retired=True), OTHER, ""),
    ],
)
def test_who_may_take_a_step(step: str, case: Case, person: int, reason: str) -> None:
    assert why_not(step, case, person) == reason


def test_the_last_step_alone_tells_the_state() -> None:
    for step in STEPS:
        assert {to for (_, taken), to in MOVES.items() if taken == step} == {LEADS_TO[step]}


def test_every_undo_leads_back() -> None:
    for step, back in UNDO.items():
        assert UNDO[back] == step
        for (before, taken), after in MOVES.items():
            if taken == step:
                assert MOVES[after, back] == before


@given(st.lists(st.sampled_from(STEPS), max_size=12))
def test_no_order_of_steps_makes_a_wording_live_without_a_standing_approval(steps: list[str]) -> None:
    state, taken = DRAFT, []
    for step in steps:
        if (state, step) in MOVES:
            state = MOVES[state, step]
            taken.append(step)
    assert state_after(taken) == state == (LEADS_TO[taken[-1]] if taken else DRAFT)
    if state in {REVIEWED, LIVE}:
        voids = [i for i, step in enumerate(taken) if step in {"submit", "withdraw", "return", "take_back"}]
        assert max(i for i, step in enumerate(taken) if step == "approve") > max(voids)


@pytest.mark.parametrize("steps", [["approve"], ["submit", "publish"], ["submit", "approve", "return"], ["drop", "submit"]])
def test_a_step_that_is_not_open_is_an_error(steps: list[str]) -> None:
    with pytest.raises(ValueError, match="from"):
        state_after(steps)


def test_a_dropped_draft_goes_nowhere() -> None:
    assert [step for state, step in MOVES if state == DROPPED] == []


@pytest.mark.parametrize(
    ("typed", "tags"),
    [
        ("", []), ("  ，、 ", []), ("2026版", ["2026版"]), ("ＩＰ地址，口令 安全;口令  安全", ["IP地址", "口令 安全"]),
        ("#重点、#难题", ["重点", "难题"]), ("甲\u0000乙", ["甲 乙"]), ("一" * 20, ["一" * 20]),
    ],
)  # fmt: skip
def test_a_typed_line_becomes_tags(typed: str, tags: list[str]) -> None:
    assert tags_of(typed) == tags


def test_too_long_a_tag_is_named_and_too_many_are_refused() -> None:
    with pytest.raises(ValueError, match="一{21}"):
        tags_of("甲，" + "一" * 21)
    with pytest.raises(ValueError, match="^$"):
        tags_of("，".join(f"标{n}" for n in range(MOST + 1)))


@given(st.text(max_size=30))
def test_a_tag_written_again_is_the_same_tag(text: str) -> None:
    assert tag_of(tag_of(text)) == tag_of(text)
