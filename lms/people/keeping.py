"""What was typed when a session ends in mid form: it travels with the sign-in page, signed, and can be sent again afterwards.

Nothing is stored on the server. Passwords and files do not travel.
"""

from collections.abc import Mapping
from datetime import timedelta

from django.core import signing
from django.http import HttpRequest, QueryDict

SALT = "lms.people.keeping"
LONGEST = timedelta(hours=1)  # a form older than that is better looked at anew
MOST = 200_000  # characters; a long lesson or a pasted list of a whole county stays below


def kept(request: HttpRequest) -> str:
    """Return what a refused POST carried, signed, with its address; "" where there is nothing to keep or too much."""
    fields = [
        (name, value)
        for name, values in request.POST.lists()
        for value in values
        if name != "csrfmiddlewaretoken" and "password" not in name
    ]  # fmt: skip
    if not fields or sum(len(name) + len(value) for name, value in fields) > MOST:
        return ""
    return signing.dumps({"path": request.get_full_path(), "fields": fields}, salt=SALT, compress=True)


def opened(posted: QueryDict | Mapping[str, str]) -> tuple[str, list[tuple[str, str]]] | None:
    """Return ``(address, fields)`` of what `kept` signed; None for nothing, something old or something else."""
    try:
        held = signing.loads(posted.get("kept") or "", salt=SALT, max_age=LONGEST)
    except signing.BadSignature:
        return None
    return str(held["path"]), [(str(name), str(value)) for name, value in held["fields"]]
