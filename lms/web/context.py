"""What the frame of every page needs to know."""

from typing import Any

from django.http import HttpRequest
from django.utils import timezone

from lms.notices.models import Notice
from lms.web.navigation import navigation


def frame(request: HttpRequest) -> dict[str, Any]:
    """Language, text size and theme chosen by the reader, their navigation, and unread notices (one query, lazily)."""
    person = getattr(request, "user", None)
    narrow = getattr(request, "ticket", None) is not None  # came in by an entry ticket: nothing but this exam opens, so nothing else is offered
    signed_in = person is not None and person.is_authenticated and not narrow
    return {
        "today": timezone.localdate(),
        "text_size": request.COOKIES.get("size", "") if request.COOKIES.get("size") in {"l", "xl"} else "",
        "theme": request.COOKIES.get("theme", "") if request.COOKIES.get("theme") in {"light", "dark"} else "",
        "narrow": narrow,
        "navigation": (lambda: navigation(request)) if signed_in else [],
        "unread": (lambda: Notice.objects.filter(person=person, read_at=None).count()) if signed_in else 0,
    }
