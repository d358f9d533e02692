"""Long prints are made in the background, kept privately for a day, and handed to whoever asked."""

import secrets
from datetime import timedelta
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.urls import reverse
from django.utils import timezone, translation

from exams.papers.models import Blueprint, PaperSet
from exams.papers.printing import printed, together
from exams.papers.sources import papers_of
from lms.jobs.handlers import Work, handles
from lms.jobs.models import Job

PRINT, WIPE = "papers.print", "papers.wipe_prints"
KEPT = timedelta(days=1)
FOLDER = "prints"


@handles(PRINT)
def print_papers(work: Work) -> dict[str, Any]:
    """Print the forms of a set, or a paper that a blueprint draws with a seed, into one file; a form is one step of the bar."""
    asked = work.arguments
    model = PaperSet if asked["source"] == "set" else Blueprint
    source = model.objects.get(pk=asked["pk"])
    papers, files = papers_of(source, asked["letters"], asked["seed"]), []
    with translation.override(asked["language"]):
        for done, (letter, paper) in enumerate(papers, 1):
            files.append(printed(paper, asked["what"], title=source.title, letter=letter))
            work.progress(done, len(papers))
    name = storages["private"].save(f"{FOLDER}/{work.job.pk}-{secrets.token_hex(8)}.pdf", ContentFile(together(files)))
    return {"link": reverse("paper_printed", args=[work.job.pk]), "file": name, "name": f"{asked['what']}-{asked['pk']}.pdf"}


@handles(WIPE, every=timedelta(hours=1))
def wipe_prints(work: Work) -> dict[str, Any]:
    """Delete prints that are a day old."""
    storage, wiped = storages["private"], 0
    for job in Job.objects.filter(kind=PRINT, finished_at__lt=timezone.now() - KEPT).exclude(result={}):
        if storage.exists(job.result["file"]):
            storage.delete(job.result["file"])
            wiped += 1
    return {"wiped": wiped}
