"""The inbox and the announcements."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from lms.notices.actions import mark_read, publish
from lms.notices.forms import AnnouncementForm
from lms.notices.models import Announcement, Notice
from lms.people.gates import must
from lms.people.person_views import form_page, take_errors, units_for
from lms.people.scope import may
from lms.people.states import Act
from lms.web.requests import SignedInRequest


@login_required
@require_GET
def notices(request: SignedInRequest) -> HttpResponse:
    rows = Notice.objects.filter(person=request.user.pk)
    if "unread" in request.GET:
        rows = rows.filter(read_at=None)
    page = Paginator(rows, 20).get_page(request.GET.get("page"))
    return render(request, "lms/notices/notices.html", {"page": page, "only_unread": "unread" in request.GET})


@login_required
@require_POST
def notice_read(request: SignedInRequest, pk: int) -> HttpResponse:
    """Mark one notice as read and go where it points."""
    row = get_object_or_404(Notice, pk=pk, person=request.user.pk)
    mark_read(request.user, at=timezone.now(), pk=pk)
    safe = row.link and url_has_allowed_host_and_scheme(row.link, allowed_hosts=None)
    return redirect(row.link if safe and "go" in request.POST else reverse("notices"))


@login_required
@require_POST
def notices_read(request: SignedInRequest) -> HttpResponse:
    mark_read(request.user, at=timezone.now())
    messages.success(request, _("All notices are marked as read."))
    return redirect("notices")


@login_required
@require_GET
def announcements(request: SignedInRequest) -> HttpResponse:
    page = Paginator(Announcement.objects.select_related("issued_by"), 20).get_page(request.GET.get("page"))
    may_publish = may(request.user, Act.PUBLISH_NOTICE, timezone.localdate())
    return render(request, "lms/notices/announcements.html", {"page": page, "may_publish": may_publish})


@login_required
@require_GET
def announcement(request: SignedInRequest, pk: int) -> HttpResponse:
    return render(request, "lms/notices/announcement.html", {"row": get_object_or_404(Announcement.objects.select_related("issued_by"), pk=pk)})


@login_required
def announcement_publish(request: SignedInRequest) -> HttpResponse:
    day = must(request, Act.PUBLISH_NOTICE)
    form = AnnouncementForm(request.POST or None, units=units_for(request, Act.PUBLISH_NOTICE), initial={"issued_on": day})
    if request.method == "POST" and form.is_valid():
        try:
            row = publish(**form.cleaned_data, by=request.user, at=timezone.now())
            messages.success(request, _("The announcement is published."))
            return redirect("announcement", pk=row.pk)
        except ValidationError as error:
            take_errors(form, error)
    return form_page(request, form, title=_("Publish an announcement"), submit=_("Publish"), back=reverse("announcements"))
