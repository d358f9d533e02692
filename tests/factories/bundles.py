"""Answer files, written the way a candidate's browser writes them."""

import base64
import json
import secrets
from collections.abc import Mapping, Sequence
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.conf import settings

from exams.attempts.bundles import seal_of_sitting
from exams.attempts.models import Attempt


def seal(content: Mapping[str, Any], public: str) -> bytes:
    """Seal a content for the sitting with this public key: ephemeral ECDH on P-256, HKDF-SHA256, AES-256-GCM."""
    own = ec.generate_private_key(ec.SECP256R1())
    shared = own.exchange(ec.ECDH(), ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), base64.b64decode(public)))
    key = HKDF(algorithm=hashes.SHA256(), length=32, salt=b"", info=b"chizheng answer file 1").derive(shared)
    nonce = secrets.token_bytes(12)
    text = AESGCM(key).encrypt(nonce, json.dumps(content, ensure_ascii=False).encode(), f"{content['attempt']}:{content['epoch']}".encode())
    raw = own.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint) + nonce + text
    return json.dumps({"v": 1, "attempt": content["attempt"], "epoch": content["epoch"], "sealed": base64.b64encode(raw).decode()}).encode()


def content_of(attempt: Attempt, journal: Sequence[tuple[int, list[dict[str, object]], int]], anchor: int = 0, epoch: int = 1) -> dict[str, Any]:
    """The content of a file: ``journal`` as (number, items, milliseconds from the anchor)."""
    return {
        "user": attempt.candidate.person_id, "attempt": attempt.pk, "epoch": epoch, "anchor": {"s": anchor, "ms": 0},
        "journal": [{"s": seq, "i": items, "ms": ms} for seq, items, ms in journal],
    }  # fmt: skip


def file_of(attempt: Attempt, journal: Sequence[tuple[int, list[dict[str, object]], int]], *, sealed: bool = True, **more: Any) -> bytes:
    content = content_of(attempt, journal, **more)
    if sealed:
        return seal(content, seal_of_sitting(settings.IDENTITY_KEY, attempt.candidate.sitting_id))
    return json.dumps({"v": 1, "attempt": attempt.pk, "epoch": content["epoch"], "plain": content}).encode()
