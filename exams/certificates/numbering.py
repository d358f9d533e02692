"""Certificate numbers and verification codes. The rule: `docs/algorithms/validity.md`, section numbers."""

import base64
import re

PREFIX = "YX"  # 云溪; the county's own short name in every number
SERIAL_DIGITS = 6
CODE_BYTES = 16  # 128 random bits: a code cannot be guessed, whatever the rate
CODE_LENGTH = 26  # base32 characters that 16 bytes make
# What people write for a character that base32 does not have.
LOOKALIKES = str.maketrans({"0": "O", "1": "I", "8": "B"})


class SeriesExhausted(ValueError):
    """A series has given all its numbers; its width is fixed, because numbers are sorted and printed."""


def series(type_code: str, year: int) -> str:
    """Return the name of a series, ``YX-SEC-2026``: one per certificate type and year of the first valid day."""
    return f"{PREFIX}-{type_code.upper()}-{year:04d}"


def number(series_name: str, serial: int) -> str:
    """Return ``YX-SEC-2026-000418``. Raises SeriesExhausted beyond 999999 and for a serial below 1."""
    if not 1 <= serial < 10**SERIAL_DIGITS:
        raise SeriesExhausted(f"{series_name} has no number {serial}.")
    return f"{series_name}-{serial:0{SERIAL_DIGITS}d}"


def code_of(random_bytes: bytes) -> str:
    """Return 16 bytes as base32 in groups of four: 32 characters with the dashes. Raises ValueError for another length."""
    if len(random_bytes) != CODE_BYTES:
        raise ValueError("A verification code is made of 16 bytes.")
    plain = base64.b32encode(random_bytes).decode().rstrip("=")
    return grouped(plain)


def grouped(plain: str) -> str:
    """Return a code in groups of four, joined by hyphens."""
    return "-".join(plain[i : i + 4] for i in range(0, len(plain), 4))


def normal_code(text: str) -> str:
    """Return a code as stored from what someone typed or scanned (spaces, lower case, full width, look-alikes); '' if it cannot be one."""
    half = "".join(chr(ord(c) - 0xFEE0) if "！" <= c <= "～" else c for c in text)
    plain = re.sub(r"[\s\-–—]", "", half).upper().translate(LOOKALIKES)
    return grouped(plain) if re.fullmatch(rf"[A-Z2-7]{{{CODE_LENGTH}}}", plain) else ""


def normal_number(text: str) -> str:
    """Return a number as stored from what someone typed: half width, capitals, no spaces."""
    half = "".join(chr(ord(c) - 0xFEE0) if "！" <= c <= "～" else c for c in text)
    return re.sub(r"\s", "", half).replace("–", "-").replace("—", "-").upper()
