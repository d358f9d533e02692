"""The coverage board, and the page of one unit."""

from dataclasses import dataclass
from datetime import date
from typing import Any, cast

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db import transaction
from django.forms import ChoiceField
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from exams.compliance import charts
from exams.compliance.actions import remind
from exams.compliance.coverage import Board, Records, below
from exams.compliance.forms import BoardForm
from exams.compliance.gaps import Line, Standing, month_ends, tally
from exams.compliance.rows import Row, narrowed, rows_of, sheet
from lms.audit.actions import record
from lms.audit.verbs import Verb
from lms.exchange.downloads import attachment
from lms.people.models import Unit
from lms.people.scope import may, reach
from lms.people.states import Act
from lms.web.requests import SignedInRequest

PER_PAGE = 50
BARS = 12


@dataclass(slots=True, kw_only=True)
class Asked:
    """What the address asks for, answered: the day's board, the lines of the chosen units and posts, and the rows of the chosen state."""

    day: date
    records: Records
    board: Board
    form: BoardForm
    path: str
    lines: list[Line]
    rows: list[Row]


def _paths(request: SignedInRequest) -> list[str]:
    paths = reach(request.user, Act.SEE_COVERAGE, timezone.localdate())
    if not paths:
        raise PermissionDenied
    return paths


def _ask(request: SignedInRequest, data: Any, months: int = 1) -> Asked:
    paths, form = _paths(request), BoardForm(data)
    form.is_valid()
    chosen: dict[str, Any] = getattr(form, "cleaned_data", {})
    day = chosen.get("day") or timezone.localdate()
    records = Records(month_ends(day, months)[0], day, paths)
    board = records.on(day)
    units = {unit.code: unit for unit in board.units.values()}
    cast(ChoiceField, form.fields["unit"]).choices = [
        ("", _("All")),
        *((u.code, u.name) for u in sorted(units.values(), key=lambda u: u.path) if u.id in board.by_unit or u.path.count("/") <= 1),
    ]
    unit = units.get(data.get("unit", ""))
    path, post = (unit.path if unit else ""), chosen.get("post")
    lines = [line for line in below(board, path, board.lines) if post is None or line.post == post.pk]
    rows = narrowed(rows_of(records, board, lines), state=chosen.get("state", ""), text=chosen.get("q", ""))
    return Asked(day=day, records=records, board=board, form=form, path=path, lines=lines, rows=rows)


@login_required
@require_GET
def coverage(request: SignedInRequest) -> HttpResponse:
    """The board of one's reach on any day; ``export=xlsx`` gives exactly the rows that are shown."""
    if request.GET.get("export") == "xlsx":
        asked = _ask(request, request.GET)
        with transaction.atomic():
            record(Verb.LIST_EXPORTED, "list:coverage", by=request.user, at=timezone.now(), detail={"rows": len(asked.rows), "day": asked.day})
        return attachment(sheet(asked.rows, asked.day), f"coverage-{asked.day}.xlsx")
    asked = _ask(request, request.GET, months=12)
    board, post = asked.board, asked.form.cleaned_data.get("post")
    worst = sorted(board.by_unit.items(), key=lambda item: (item[1].met / item[1].required, -item[1].gaps, board.units[item[0]].path))
    table = [(board.units[pk], counts) for pk, counts in worst if board.units[pk].path.startswith(asked.path)]
    drawn = [(unit.name, reverse("coverage_unit", args=[unit.code]), counts.met, counts.required) for unit, counts in table[:BARS]]
    series = [(day, _share(asked, day, post)) for day in month_ends(asked.day)]
    context = {
        "asked": asked,
        "form": asked.form,
        "day": asked.day,
        "counts": tally(asked.lines),
        "reasons": _reasons(asked.lines),
        "units": len({line.unit for line in asked.lines}),
        "bars": charts.bars(drawn),
        "bars_height": 18 + charts.BAR_STEP * len(drawn),
        "table": table,
        "points": charts.points(series),
        "grid": charts.gridlines(series),
        "series": series,
        "fall": _fall(series),
        "page": Paginator(asked.rows, PER_PAGE).get_page(request.GET.get("page")),
        "lacking": _lacking(board, asked.path),
        "ruled": bool(board.staffing),
    }
    return render(request, "exams/compliance/board.html", context)


def _share(asked: Asked, day: date, post: Any) -> int | None:
    board = asked.board if day == asked.day else asked.records.on(day)
    return tally(line for line in below(board, asked.path, board.lines) if post is None or line.post == post.pk).percent


def _reasons(lines: list[Line]) -> dict[str, int]:
    found = [line.reason for line in lines if line.reason]
    return {reason: found.count(reason) for reason in set(found)}


def _fall(series: list[tuple[date, int | None]]) -> int | None:
    """Percentage points gained since the last month end; None where one of both is unknown."""
    (_before, earlier), (_now, latest) = series[-2:]
    return None if earlier is None or latest is None else latest - earlier


def _lacking(board: Board, path: str) -> list[tuple[Any, Any]]:
    """Units under a staffing rule that lack technicians or have nobody in an officer's post."""
    return [(board.units[s.unit], s) for s in board.staffing if (s.short or s.unmanned) and board.units[s.unit].path.startswith(path)]


@login_required
@require_GET
def coverage_unit(request: SignedInRequest, code: str) -> HttpResponse:
    """One page for the head of a unit: are we covered, who lapses soon, what to do."""
    paths, day = _paths(request), timezone.localdate()
    unit = get_object_or_404(Unit, code=code)
    if not may(request.user, Act.SEE_COVERAGE, day, unit):
        raise Http404
    asked = BoardForm({"day": request.GET.get("day", "")})
    day = asked.cleaned_data.get("day") or day if asked.is_valid() else day
    records = Records(day, day, [unit.path])
    board = records.on(day)
    rows = rows_of(records, board, board.lines)
    context = {
        "unit": board.units.get(unit.pk) or unit,
        "day": day,
        "counts": board.total,
        "rows": rows,
        "several": len({line.unit for line in board.lines}) > 1,
        "gaps": [row for row in rows if row.line.standing is Standing.GAP],
        "soon": [row for row in rows if row.line.standing is Standing.EXPIRING],
        "lacking": _lacking(board, unit.path),
        "own": next((s for s in board.staffing if s.unit == unit.pk), None),
        "wide": len(paths) > 0,
    }
    return render(request, "exams/compliance/unit.html", context)


@login_required
@require_POST
def coverage_remind(request: SignedInRequest) -> HttpResponse:
    """Remind the people ticked on the board, of one's own reach only."""
    asked = _ask(request, {"day": ""})
    ticked = set(request.POST.getlist("s"))
    rows = [row for row in asked.rows if row.person.staff_number in ticked]
    target = request.POST.get("next", "")
    if not url_has_allowed_host_and_scheme(target, allowed_hosts={request.get_host()}, require_https=request.is_secure()):
        target = reverse("coverage")
    if not rows:
        messages.warning(request, _("Nobody was reminded: tick at least one person."))
        return redirect(target)
    sent = remind(rows, day=asked.day, by=request.user, at=timezone.now())
    messages.success(request, _("%(n)s reminders were sent; whoever was reminded today, or lacks nothing, gets none.") % {"n": sent})
    return redirect(target)
