"""Files in and out on screen: template, upload, preview, progress, bad rows, undo; the list of people as a workbook."""

from collections.abc import Callable

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db import transaction
from django.db.models import Count, Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from lms.audit.actions import record
from lms.audit.verbs import Verb
from lms.exchange.actions import discard_import, earlier, plan_import, start_import, undo_until
from lms.exchange.downloads import attachment
from lms.exchange.forms import UploadForm
from lms.exchange.models import ImportBatch, ImportState, Verdict
from lms.exchange.reading import Unreadable
from lms.exchange.reasons import sentence
from lms.exchange.rendering import bad_rows, people_workbook, template
from lms.exchange.undoing import start_undo
from lms.people.gates import must
from lms.people.listing import Wanted, people_wanted
from lms.people.models import Post
from lms.people.person_views import units_for
from lms.people.states import Act
from lms.web.requests import SignedInRequest


def _batch(request: SignedInRequest, pk: int) -> ImportBatch:
    must(request, Act.IMPORT_PEOPLE)
    return get_object_or_404(ImportBatch.objects.select_related("job", "by"), pk=pk, by=request.user.pk)


@login_required
def imports(request: SignedInRequest) -> HttpResponse:
    """One's own imports, and sending a new file."""
    must(request, Act.IMPORT_PEOPLE)
    form = UploadForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        sent = form.cleaned_data["file"]
        content = sent.read()
        before = earlier(content, by=request.user)
        try:
            batch = plan_import(sent.name, content, by=request.user, at=timezone.now())
        except Unreadable as bad:
            form.add_error("file", sentence(bad.reason))
        else:
            if before is not None and before.state == ImportState.PLANNED:  # units and people may have changed since: look anew
                discard_import(before, by=request.user, at=timezone.now())
                messages.info(request, _("This very file was sent before; the preview was made anew."))
            elif before is not None:
                messages.warning(request, _("This very file was imported before; rows that are already so are skipped."))
            return redirect("import", pk=batch.pk)
    rows = ImportBatch.objects.filter(by=request.user.pk).annotate(
        good=Count("rows", filter=~Q(rows__verdict=Verdict.REFUSE)), bad=Count("rows", filter=Q(rows__verdict=Verdict.REFUSE))
    )
    page = Paginator(rows.order_by("-pk"), 20).get_page(request.GET.get("page"))
    return render(request, "lms/exchange/imports.html", {"form": form, "page": page}, status=400 if form.errors else 200)


@login_required
@require_GET
def import_template(request: SignedInRequest) -> HttpResponse:
    must(request, Act.IMPORT_PEOPLE)
    return attachment(template(units_for(request, Act.IMPORT_PEOPLE), Post.objects.all()), "人员名册模板.xlsx")


@login_required
@require_GET
def import_page(request: SignedInRequest, pk: int) -> HttpResponse:
    """The plan before, the progress while, the outcome after."""
    batch = _batch(request, pk)
    tally = dict.fromkeys(Verdict.values, 0) | dict(batch.rows.order_by().values_list("verdict").annotate(n=Count("pk")))
    verdict = request.GET.get("verdict", "")
    rows = batch.rows.filter(verdict=verdict) if verdict in Verdict.values else batch.rows.all()
    until = undo_until(batch)
    doing = batch.job is not None and batch.job.unfinished
    context = {
        "batch": batch, "page": Paginator(rows, 50).get_page(request.GET.get("page")), "verdict": verdict, "doing": doing, "until": until,
        "tally": [(value, label, tally[value]) for value, label in Verdict.choices], "refused": tally[Verdict.REFUSE.value],
        "waiting": batch.rows.filter(verdict__in=[Verdict.CREATE, Verdict.CHANGE], effect__isnull=True).count(),
        "may_start": batch.state in {ImportState.PLANNED, ImportState.RUNNING, ImportState.DONE} and not doing and not batch.forgotten_at,
        "may_undo": batch.state == ImportState.DONE and until is not None and timezone.now() <= until and not doing,
        "kept": batch.rows.exclude(kept="").count(),
    }  # fmt: skip
    return render(request, "lms/exchange/import.html", context)


def _then(request: SignedInRequest, pk: int, verb: Callable[..., object], done: str) -> HttpResponse:
    batch = _batch(request, pk)
    try:
        verb(batch, by=request.user, at=timezone.now())
        messages.success(request, done)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    return redirect("import", pk=pk)


@login_required
@require_POST
def import_start(request: SignedInRequest, pk: int) -> HttpResponse:
    return _then(request, pk, start_import, _("The import runs in the background; you may leave this page."))


@login_required
@require_POST
def import_undo(request: SignedInRequest, pk: int) -> HttpResponse:
    return _then(request, pk, start_undo, _("The import is being undone."))


@login_required
@require_POST
def import_discard(request: SignedInRequest, pk: int) -> HttpResponse:
    return _then(request, pk, discard_import, _("The preview was discarded; nothing was changed."))


@login_required
@require_GET
def import_errors(request: SignedInRequest, pk: int) -> HttpResponse:
    return attachment(bad_rows(_batch(request, pk)), f"有误行-{pk}.xlsx")


@login_required
@require_GET
@transaction.atomic
def people_export(request: SignedInRequest) -> HttpResponse:
    """Exactly what the list shows with these filters, all pages; the trail notes who took it and by which filters."""
    day = must(request, Act.SEE_PEOPLE)
    rows = list(people_wanted(Wanted.of(request.GET), by=request.user, day=day))
    content = people_workbook(rows)
    filters = {name: value for name, value in request.GET.items() if name in {"unit", "post", "tier", "state"} and value}
    record(Verb.LIST_EXPORTED, "list:people", by=request.user, at=timezone.now(), detail={"rows": len(rows), **filters})
    return attachment(content, f"人员名单-{day}.xlsx")
