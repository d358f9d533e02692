"""What the frame of every page needs to know."""

from typing import Any

from django.http import HttpRequest
from django.utils import timezone

from lms.notices.models import Notice
from lms.web.navigation import navigation


def frame(request: HttpRequest) -> dict[str, Any]:
    """Language, text size and theme chosen by the reader, their navigation, and unread notices (one query, lazily)."""
    person = getattr(request, "user", None)
    signed_in = person is not None and person.is_authenticated
    return {
        "today": timezone.localdate(),
        "text_size": request.COOKIES.get("size", "") if request.COOKIES.get("size") in {"l", "xl"} else "",
        "theme": request.COOKIES.get("theme", "") if request.COOKIES.get("theme") in {"light", "dark"} else "",
        "navigation": lambda: navigation(request),
        "unread": (lambda: Notice.objects.filter(person=person, read_at=None).count()) if signed_in else 0,
    }
