"""Answer files: how one is opened and how its entries are judged. The rule: `docs/algorithms/answer-file.md`. Plain values in, plain values out."""

import base64
import binascii
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from hashlib import sha256

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

MOST_BYTES = 1024 * 1024  # a quarter of an hour and all that was not acknowledged, essays included, is a tenth of that
MOST_ENTRIES = 5000
MOST_SEQ = 2**31 - 1
LONGEST_MS = 7 * 24 * 3600 * 1000
INFO = b"chizheng answer file 1"
POINT, NONCE = 65, 12
CURVE = ec.SECP256R1()
ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551  # of the group of P-256 (FIPS 186-4, D.1.2.3)


class BadFile(ValueError):
    """The file is not an answer file that can be read here; ``reason`` is one of size, form, version, seal, content."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True, kw_only=True)
class Envelope:
    """The outside of a file, not opened yet: whose it says it is, and the sealed or the plain content."""

    attempt: int
    epoch: int
    sealed: bytes | None
    plain: object
    digest: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One save of the page: its number, its items as they came, and milliseconds from the anchor to the newest change in it."""

    seq: int
    items: object
    ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Bundle:
    """What a file holds. ``anchor`` is the number of the last save the server acknowledged (0: none), ``anchor_ms`` its place on the counter."""

    user: int
    attempt: int
    epoch: int
    entries: tuple[Entry, ...]
    anchor: int
    anchor_ms: int


@lru_cache(maxsize=256)
def key_of_sitting(master: str, sitting: int) -> ec.EllipticCurvePrivateKey:
    """The private key of a sitting, derived from the installation's master key: the same on every machine, and nowhere stored."""
    drawn = HKDF(algorithm=hashes.SHA256(), length=48, salt=b"", info=f"answer file of sitting {sitting}".encode()).derive(master.encode())
    return ec.derive_private_key(int.from_bytes(drawn, "big") % (ORDER - 1) + 1, CURVE)


@lru_cache(maxsize=256)
def seal_of_sitting(master: str, sitting: int) -> str:
    """The public key that stands in the paper: the raw point in base64."""
    public = key_of_sitting(master, sitting).public_key()
    return base64.b64encode(public.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)).decode()


def _file_key(secret: bytes) -> AESGCM:
    return AESGCM(HKDF(algorithm=hashes.SHA256(), length=32, salt=b"", info=INFO).derive(secret))


def envelope(content: bytes) -> Envelope:
    """Read the outside of a file. Raises BadFile: size, form, version."""
    if len(content) > MOST_BYTES:
        raise BadFile("size")
    try:
        whole = json.loads(content.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        raise BadFile("form") from None
    if not isinstance(whole, dict):
        raise BadFile("form")
    if whole.get("v") != 1:
        raise BadFile("version")
    sealed = whole.get("sealed")
    try:
        raw = base64.b64decode(sealed, validate=True) if isinstance(sealed, str) else None
    except (ValueError, binascii.Error):
        raise BadFile("seal") from None
    if raw is None and "plain" not in whole:
        raise BadFile("form")
    return Envelope(
        attempt=_whole(whole.get("attempt")), epoch=_whole(whole.get("epoch")), sealed=raw, plain=whole.get("plain"),
        digest=sha256(content).hexdigest(),
    )  # fmt: skip


def opened(outside: Envelope, key: ec.EllipticCurvePrivateKey) -> Bundle:
    """Open a file with the key of its sitting, or read a plain one. Raises BadFile: seal, content."""
    if outside.sealed is None:
        return _bundle(outside.plain, outside)
    try:
        point = ec.EllipticCurvePublicKey.from_encoded_point(CURVE, outside.sealed[:POINT])
        nonce, rest = outside.sealed[POINT : POINT + NONCE], outside.sealed[POINT + NONCE :]
        text = _file_key(key.exchange(ec.ECDH(), point)).decrypt(nonce, rest, f"{outside.attempt}:{outside.epoch}".encode())
    except (ValueError, InvalidTag):
        raise BadFile("seal") from None
    try:
        return _bundle(json.loads(text), outside)
    except (ValueError, RecursionError) as error:
        raise error if isinstance(error, BadFile) else BadFile("content") from None


def _whole(value: object, least: int = 1, most: int = MOST_SEQ) -> int:
    if type(value) is not int or not least <= value <= most:
        raise BadFile("content")
    return value


def _milliseconds(value: object) -> int:
    if type(value) not in {int, float} or not -LONGEST_MS <= value <= LONGEST_MS:  # type: ignore[operator]
        raise BadFile("content")
    return int(value)  # type: ignore[call-overload, no-any-return]


def _bundle(content: object, outside: Envelope) -> Bundle:
    """Check a content against its outside. Raises BadFile: content."""
    if not isinstance(content, dict) or (content.get("attempt"), content.get("epoch")) != (outside.attempt, outside.epoch):
        raise BadFile("content")
    journal, anchor = content.get("journal"), content.get("anchor")
    if not isinstance(journal, list) or len(journal) > MOST_ENTRIES or not isinstance(anchor, dict):
        raise BadFile("content")
    entries = []
    for entry in journal:
        if not isinstance(entry, dict):
            raise BadFile("content")
        entries.append(Entry(seq=_whole(entry.get("s")), items=entry.get("i"), ms=_milliseconds(entry.get("ms"))))
    if len({entry.seq for entry in entries}) != len(entries):
        raise BadFile("content")
    return Bundle(
        user=_whole(content.get("user")), attempt=outside.attempt, epoch=outside.epoch, entries=tuple(sorted(entries, key=lambda e: e.seq)),
        anchor=_whole(anchor.get("s"), least=0), anchor_ms=_milliseconds(anchor.get("ms", 0)),
    )  # fmt: skip


def in_time(bundle: Bundle, anchored_at: datetime | None, limit: datetime, stops: Iterable[tuple[datetime, datetime]] = ()) -> dict[int, bool]:
    """For each entry, by number: whether it was written by ``limit`` and outside every stop, counted from the server's instant of the anchor.

    Without that instant nothing is in time. A later save with an earlier offset contradicts itself and is not in time either.
    """
    judged, newest, paused = {}, -LONGEST_MS - 1, tuple(stops)
    for entry in bundle.entries:
        written = None if anchored_at is None or entry.ms < newest else anchored_at + timedelta(milliseconds=entry.ms - bundle.anchor_ms)
        judged[entry.seq] = written is not None and written <= limit and not any(began < written < over for began, over in paused)
        newest = max(newest, entry.ms)
    return judged
