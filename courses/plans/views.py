"""The learning path and its topics."""

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from content.lessons.models import LessonPage
from courses.plans.rendering import learning_of
from courses.progress.rendering import contents


@login_required
@require_GET
def learn(request: HttpRequest) -> HttpResponse:
    """All three lanes; the person's own stand out."""
    return render(request, "courses/plans/learn.html", {"learning": learning_of(request)})


@login_required
@require_GET
def topic(request: HttpRequest, key: str) -> HttpResponse:
    """What one can do afterwards, the lessons with their minutes, and the laws they rest on."""
    found = learning_of(request)
    stops = [stop for lane in found.lanes for stop in lane.stops if stop.topic.key == key] if found else []
    if found is None or not stops:
        raise Http404
    stop = stops[0]
    pages = list(LessonPage.objects.live().filter(pk__in=[lesson.pk for lesson in stop.topic.lessons]).order_by("path"))
    laws = {block.value["source"]: None for page in pages for block in page.body if block.block_type == "law"}
    checks = {page.pk: [number for number, block in enumerate(page.body) if block.block_type == "self_check"] for page in pages}
    rows = [{**row, "checks": checks.get(row["lesson"].pk, [])} for row in contents(stop.topic, found.where)]
    return render(request, "courses/plans/topic.html", {"stop": stop, "topic": stop.topic, "contents": rows, "laws": list(laws)})
