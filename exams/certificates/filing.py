"""Making a certificate's file and putting it where no half-written file can be found."""

import hashlib
import os
import secrets
from pathlib import Path

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import FileSystemStorage, storages
from django.urls import reverse

from exams.certificates.models import Certificate
from exams.certificates.rendering import Sheet, draw
from lms.audit.models import AuditRow
from lms.audit.verbs import Verb


def address_of(certificate: Certificate) -> str:
    """Return the full public address at which the certificate is checked: what its QR code says."""
    return settings.SITE_URL.rstrip("/") + reverse("verified", args=[certificate.code])


def sheet_of(certificate: Certificate) -> Sheet:
    """Return what is printed, from the facts frozen at issue."""
    return Sheet(
        facts=certificate.facts, number=certificate.number, code=certificate.code, valid_from=certificate.valid_from,
        valid_until=certificate.valid_until, address=address_of(certificate),
    )  # fmt: skip


def write(certificate: Certificate) -> tuple[str, str]:
    """Draw and store the file; returns ``(name, SHA-256)``. The name carries the digest, so that no file is ever overwritten by another."""
    data = draw(sheet_of(certificate))
    digest = hashlib.sha256(data).hexdigest()
    name = f"certificates/{certificate.valid_from.year}/{certificate.number}-{digest[:12]}.pdf"
    storage = storages["private"]
    if not isinstance(storage, FileSystemStorage):
        return (name if storage.exists(name) else storage.save(name, ContentFile(data))), digest
    target = Path(storage.path(name))
    target.parent.mkdir(parents=True, exist_ok=True)
    draft = target.with_name(f".{target.name}.{secrets.token_hex(4)}")
    with draft.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(target)
    folder = os.open(target.parent, os.O_RDONLY)
    try:
        os.fsync(folder)  # the name survives a power cut, not only the bytes
    finally:
        os.close(folder)
    return name, digest


def known_digests(certificate: Certificate) -> set[str]:
    """Every digest a file of this certificate ever had: a copy printed before a file was made anew is still one of ours."""
    rows = AuditRow.objects.filter(verb=Verb.CERTIFICATE_RENDERED, subject=f"certificate:{certificate.pk}").values_list("detail", flat=True)
    return {row["digest"] for row in rows} | ({certificate.file_digest} if certificate.file_digest else set())
