"""The way of a wording from draft to use. No Django here; the rules: `docs/algorithms/bank-workflow.md`."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

DRAFT, WAITING, REVIEWED, LIVE, DROPPED = "draft", "waiting", "reviewed", "live", "dropped"
SUBMIT, WITHDRAW, APPROVE, RETURN, TAKE_BACK, PUBLISH, RECALL, DROP = (
    "submit", "withdraw", "approve", "return", "take_back", "publish", "recall", "drop",
)  # fmt: skip
RETIRE, RESTORE = "retire", "restore"
MOVES: Mapping[tuple[str, str], str] = {
    (DRAFT, SUBMIT): WAITING,
    (WAITING, WITHDRAW): DRAFT,
    (WAITING, APPROVE): REVIEWED,
    (WAITING, RETURN): DRAFT,
    (REVIEWED, TAKE_BACK): WAITING,
    (REVIEWED, PUBLISH): LIVE,
    (LIVE, RECALL): REVIEWED,
    (DRAFT, DROP): DROPPED,
    (WAITING, DROP): DROPPED,
    (REVIEWED, DROP): DROPPED,
}
STEPS = tuple(dict.fromkeys(step for _, step in MOVES))
LEADS_TO: Mapping[str, str] = {step: to for (_, step), to in MOVES.items()}  # every step has one end, so the last row tells the state
UNDO: Mapping[str, str] = {
    SUBMIT: WITHDRAW, WITHDRAW: SUBMIT, APPROVE: TAKE_BACK, TAKE_BACK: APPROVE, PUBLISH: RECALL, RECALL: PUBLISH, RETIRE: RESTORE, RESTORE: RETIRE,
}  # fmt: skip
NOT_IN = {SUBMIT: "not_draft", WITHDRAW: "not_waiting", APPROVE: "not_waiting", RETURN: "not_waiting"}
NOT_IN |= {TAKE_BACK: "not_reviewed", PUBLISH: "not_reviewed", RECALL: "not_put_live", DROP: "no_draft"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """Where a question stands. ``draft`` is the state of its draft, '' if it has none; ``in_force`` whether it has a current wording.

    ``authors`` wrote a version since the current one; ``approved_by`` gave the draft's last approval; ``last`` is the last step of the current
    wording, '' if none.
    """

    draft: str = ""
    in_force: bool = False
    retired: bool = False
    authors: frozenset[int] = frozenset()
    approved_by: int | None = None
    last: str = ""


@dataclass(slots=True, kw_only=True)
class Outcome:
    """What a step over many questions did: the keys it changed, and why each other one was passed over, by reason."""

    done: list[int] = field(default_factory=list)
    skipped: Counter[str] = field(default_factory=Counter)


def state_after(steps: Iterable[str]) -> str:
    """Return the state these steps leave a draft in. Raises ValueError for a step that was not open."""
    state = DRAFT
    for step in steps:
        if (state, step) not in MOVES:
            raise ValueError(f"{step!r} from {state!r}")
        state = MOVES[state, step]
    return state


def why_not(step: str, case: Case, person: int) -> str:
    """Return why ``person`` can't take ``step`` now, as one word; '' when they can."""
    if step == RETIRE:
        return "retired_already" if case.retired else ""
    if step == RESTORE:
        return "" if case.retired else "not_retired"
    if step == RECALL:
        return "not_put_live" if case.last != PUBLISH or case.retired else "newer_draft" if case.draft else ""
    if not case.draft:
        return "no_draft"
    if (case.draft, step) not in MOVES:
        return NOT_IN[step]
    if step in {APPROVE, RETURN} and person in case.authors:
        return "own_work"
    if step == TAKE_BACK and person != case.approved_by:
        return "not_your_approval"
    if step == DROP and not case.in_force:
        return "nothing_else"
    return ""
