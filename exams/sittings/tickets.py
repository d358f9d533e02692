"""Numbers and codes of entry tickets. Plain values in, plain values out; the rule: `docs/algorithms/tickets.md`."""

import hashlib
import hmac
import re
import secrets
import unicodedata
from datetime import datetime, timedelta

ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"  # without 0 1 I L O, which are read for one another
LENGTH = 10  # 31 to the 10th: 49.5 bits
BEFORE = timedelta(minutes=60)  # people are let in while machines are still being started
AFTERMATH = timedelta(hours=12)  # how long after the close a paper may still be handed in, and its receipt shown
AFTER_RECEIPT = 600  # seconds in which a browser may still send what it kept
WINDOW = timedelta(minutes=15)  # in which refused tries are counted
TRIES = 5  # of one number from one address: a person mistypes twice or three times
TRIES_OF_NUMBER = 25  # of one number from everywhere: nobody is locked out by one neighbour alone
TRIES_OF_ADDRESS = 100  # from one address: a whole exam room may stand behind it


def new_code() -> str:
    """Return a fresh code as it is printed: ``K7PM4-X2QHD``."""
    drawn = "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))
    return f"{drawn[:5]}-{drawn[5:]}"


def plain_code(text: str) -> str:
    """Return a typed code as it is hashed: capitals and digits alone, full width folded."""
    return re.sub(r"[^0-9A-Z]", "", unicodedata.normalize("NFKC", text).upper())


def plain_number(text: str) -> str:
    """Return a typed candidate number as it is kept: ``20261205-0007``, also when typed without the dash or in full width."""
    tight = re.sub(r"[^0-9A-Za-z]", "", unicodedata.normalize("NFKC", text))
    return f"{tight[:8]}-{tight[8:]}" if len(tight) > 8 and tight.isdecimal() else tight


def digest(number: str, code: str, key: str) -> str:
    """Return the keyed hash under which a ticket is kept and looked up. The number is in it: a code alone opens nothing."""
    return hmac.new(key.encode(), f"ticket\0{plain_number(number)}\0{plain_code(code)}".encode(), hashlib.sha256).hexdigest()


def typed_digest(number: str, key: str) -> str:
    """Return the keyed hash under which tries of a number are counted."""
    return hmac.new(key.encode(), f"tried\0{plain_number(number)[:40]}".encode(), hashlib.sha256).hexdigest()


def too_many(*, both: int, number: int, address: int) -> bool:
    """Answer whether these refused tries of the last `WINDOW` close the door: of this number here, of this number, of this address."""
    return both >= TRIES or number >= TRIES_OF_NUMBER or address >= TRIES_OF_ADDRESS


def may_enter(at: datetime, opens_at: datetime, closes_at: datetime) -> str:
    """Return "" when a ticket opens the door at ``at``, else ``early`` or ``late``."""
    if at < opens_at - BEFORE:
        return "early"
    return "" if at < closes_at else "late"
