"""A file in answer to a request."""

from urllib.parse import quote

from django.http import HttpResponse

from lms.exchange.sheets import CSV_TYPE, XLSX_TYPE

TYPES = {"xlsx": XLSX_TYPE, "csv": CSV_TYPE, "pdf": "application/pdf"}


def attachment(content: bytes, name: str) -> HttpResponse:
    """Return a file to save under ``name``, which ends in .xlsx, .csv or .pdf. A Chinese name has a plain one beside it for old browsers."""
    ending = name.rpartition(".")[2]
    shown = f'filename="{name}"' if name.isascii() else f"filename=\"export.{ending}\"; filename*=UTF-8''{quote(name)}"
    return HttpResponse(content, content_type=TYPES[ending], headers={"Content-Disposition": f"attachment; {shown}"})
