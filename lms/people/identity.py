"""Identity numbers: their rules (GB 11643-1999), their encryption, their mask. No Django here."""

import base64
import hashlib
import hmac
import re
import secrets
from datetime import date

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
CHECK_CHARACTERS = "10X98765432"
SUITE = "a1"  # AES-256-GCM; stored before each value so that another suite can follow


class BadIdentityNumber(ValueError):
    """The text is not an identity number; ``reason`` is one of length, characters, date, checksum."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def check_character(first_seventeen: str) -> str:
    """Return the 18th character that GB 11643 demands for seventeen digits."""
    return CHECK_CHARACTERS[sum(int(d) * w for d, w in zip(first_seventeen, WEIGHTS, strict=True)) % 11]


def normal(text: str) -> str:
    """Return the number in its one written form: half-width, no spaces, capital X. Raises BadIdentityNumber."""
    plain = re.sub(r"[\s\-]", "", text.translate(str.maketrans("０１２３４５６７８９Ｘｘ", "0123456789XX"))).upper()
    if len(plain) != 18:
        raise BadIdentityNumber("length")
    if not re.fullmatch(r"[0-9]{17}[0-9X]", plain):
        raise BadIdentityNumber("characters")
    try:
        born = date(int(plain[6:10]), int(plain[10:12]), int(plain[12:14]))
    except ValueError:
        raise BadIdentityNumber("date") from None
    if born.year < 1900:
        raise BadIdentityNumber("date")
    if check_character(plain[:17]) != plain[17]:
        raise BadIdentityNumber("checksum")
    return plain


def masked(number: str) -> str:
    """Return the form shown on screens: 362325********1234. Nothing stays nothing."""
    return number[:6] + "*" * 8 + number[-4:] if number else ""


def _key(master: str, purpose: str) -> bytes:
    return hashlib.sha256(f"{purpose}:{master}".encode()).digest()


def digest(number: str, master: str) -> str:
    """Return the keyed hash (HMAC-SHA-256, hex) under which a number is looked up."""
    return hmac.new(_key(master, "lookup"), number.encode(), hashlib.sha256).hexdigest()


def sealed(number: str, master: str, owner: str) -> str:
    """Encrypt for one owner (a row's stable key): moved to another row the value no longer opens."""
    nonce = secrets.token_bytes(12)
    return SUITE + base64.b64encode(nonce + AESGCM(_key(master, "seal")).encrypt(nonce, number.encode(), owner.encode())).decode()


def opened(value: str, master: str, owner: str) -> str:
    """Decrypt; raises cryptography.exceptions.InvalidTag for a wrong key, owner or byte, ValueError for an unknown suite."""
    if not value.startswith(SUITE):
        raise ValueError("This value was sealed by a suite that is not known here.")
    raw = base64.b64decode(value[len(SUITE) :])
    return AESGCM(_key(master, "seal")).decrypt(raw[:12], raw[12:], owner.encode()).decode()
