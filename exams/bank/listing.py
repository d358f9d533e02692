"""The bank's list: its filter in the address, what a row says, and the columns of an export."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from exams.bank.forms import FilterForm
from exams.bank.models import Question
from exams.bank.querysets import QuestionQuerySet
from exams.bank.rendering import COLUMNS, sheet_rows
from exams.bank.standing import drafted, for_review_by, state_of, with_exposure, with_steps
from exams.bank.states import Pool, State
from lms.exchange.sheets import Column
from lms.people.models import Person

ORDER = ("topic__path", "key")
OVER = (0, 10, 50, 200)  # times shown, as the filter offers them
OLD, IN_USE, ALL, MINE = "retired", "live", "all", "mine"
TONES = {State.DRAFT: "", State.WAITING: "due", State.REVIEWED: "info", State.LIVE: "pass", State.RETIRED: "late"}
MORE_COLUMNS = [
    Column(key="state", heading=_("State")),
    Column(key="in_use", heading=_("Version in use"), kind="number"),
    Column(key="pool", heading=_("Pool")),
    Column(key="tags", heading=_("Tags"), width=24, text=True),
    Column(key="shown", heading=_("Times shown"), kind="number"),
    Column(key="last_shown", heading=_("Last shown on"), kind="date"),
]
EXPORTED = [column for column in COLUMNS if column.key != "state"] + MORE_COLUMNS


def exposures() -> list[tuple[str, str | Promise]]:
    """What can be asked about how often a question was shown."""
    over: list[tuple[str, str | Promise]] = [(f"over{n}", gettext("more than %(n)d times") % {"n": n}) for n in OVER]
    return [("", _("Any number of times")), ("never", _("never")), *over]


class BankFilter(FilterForm):
    """The filter of the list: everything that can be asked of a question, its way and its use."""

    state = forms.ChoiceField(
        required=False,
        label=_("State"),
        choices=[
            ("", _("Not retired")), (MINE, _("Waiting for my review")), (State.DRAFT.value, State.DRAFT.label),
            (State.WAITING.value, State.WAITING.label), (State.REVIEWED.value, State.REVIEWED.label), (IN_USE, State.LIVE.label),
            (OLD, State.RETIRED.label), (ALL, _("All")),
        ],
    )  # fmt: skip
    pool = forms.ChoiceField(required=False, label=_("Pool"), choices=[("", _("Both pools")), *Pool.choices])
    tag = forms.CharField(required=False, label=_("Tag"), widget=forms.TextInput(attrs={"list": "tags", "size": 10}))
    exposure = forms.ChoiceField(required=False, label=_("Shown"), choices=exposures)


def filtered(values: dict[str, Any], person: Person) -> QuestionQuerySet:
    """The questions a valid filter lets through, in the order of topics, with steps and exposure."""
    rows = in_state(with_exposure(Question.objects.listed()), values.get("state", ""), person).order_by(*ORDER)
    if values.get("q"):
        rows = rows.saying(values["q"].strip())
    if values.get("tier"):
        rows = rows.of_tier(values["tier"])
    if values.get("topic"):
        rows = rows.filter(topic=values["topic"])
    if values.get("pool"):
        rows = rows.filter(pool=values["pool"])
    if values.get("tag"):
        rows = rows.tagged(values["tag"].strip())
    if values.get("exposure") == "never":
        rows = rows.filter(shown=None)  # type: ignore[misc]  # by with_exposure
    elif values.get("exposure"):
        rows = rows.filter(shown__gt=int(values["exposure"].removeprefix("over")))  # type: ignore[misc]
    asked = {name: values[name] for name in ("kind", "difficulty", "dimension") if values.get(name)}
    if values.get("made"):
        asked["from_library"] = values["made"] == "library"
    if values.get("state") == IN_USE:  # what papers draw, not what is being written over it
        return rows.filter(**{f"current__{name}": value for name, value in asked.items()})
    return rows.with_newest(**asked) if asked else rows


def in_state(rows: QuestionQuerySet, state: str, person: Person) -> QuestionQuerySet:
    """Questions in a state of the filter; a retired question's draft is found under its own state too."""
    if state == MINE:
        return for_review_by(rows, person)
    if state in {State.DRAFT, State.WAITING, State.REVIEWED}:
        return drafted(rows, state)
    rows = with_steps(rows)
    if state == IN_USE:
        return rows.live()
    return rows if state == ALL else rows.filter(retired_at__isnull=state != OLD)


def row_of(question: Question) -> dict[str, Any]:
    """What the list says of one question of `filtered`."""
    state = state_of(question)
    return {
        "question": question, "version": question.newest, "state": state, "tone": TONES[state],
        "also": question.current if question.draft_id and question.current_id and state != State.RETIRED else None,
    }  # fmt: skip


def exported(questions: Iterable[Question]) -> Iterable[list[Any]]:
    """The rows of an export, in the order of EXPORTED."""
    rows = list(questions)
    place = [column.key for column in COLUMNS].index("state")
    for question, line in zip(rows, sheet_rows(rows), strict=True):
        last: date | None = question.last_shown  # type: ignore[attr-defined]
        yield [
            *line[:place], *line[place + 1 :], str(state_of(question).label), question.current.number if question.current else "",
            question.get_pool_display(), "、".join(tag.name for tag in question.tags.all()), question.shown or 0, last or "",  # type: ignore[attr-defined]
        ]  # fmt: skip
