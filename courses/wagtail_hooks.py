"""What learning asks of the Wagtail admin: lessons that people have learnt are unpublished, not deleted."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from wagtail import hooks
from wagtail.models import Page

from courses.progress.models import LessonProgress


@hooks.register("before_delete_page")
def keep_what_was_learnt(request: HttpRequest, page: Page) -> HttpResponse | None:
    """Refuse to delete a page with learners' progress on it or below it: hours refer to it."""
    if LessonProgress.objects.filter(lesson__path__startswith=page.path).exists():
        messages.error(request, _("People have learnt here, and their hours refer to it. Unpublish the page instead of deleting it."))
        return redirect("wagtailadmin_explore", page.get_parent().pk)
    return None
