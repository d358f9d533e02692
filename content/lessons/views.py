"""Searching what is taught."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from content.lessons.outline import outline
from content.lessons.searching import search


@login_required
@require_GET
def search_page(request: HttpRequest) -> HttpResponse:
    """What was found, or where to look instead."""
    query = request.GET.get("q", "").strip()[:100]
    hits = search(query)
    return render(request, "content/lessons/search.html", {"query": query, "hits": hits, "tiers": [] if hits else outline()})
