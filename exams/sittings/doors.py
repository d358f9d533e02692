"""May this browser come in from there? Network ranges and Safe Exam Browser. Plain values in and out; the rule: `docs/algorithms/doors.md`."""

import hashlib
import hmac
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network

KEY = re.compile(r"[0-9a-f]{64}")
CONFIG_KEY, REQUEST_HASH = "X-SafeExamBrowser-ConfigKeyHash", "X-SafeExamBrowser-RequestHash"
Network = IPv4Network | IPv6Network


class BadLine(ValueError):
    """A line that is no network range, or no key; the message is the line."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Knock:
    """What a request says of itself: the address it comes from, the absolute addresses it may have been asked under, the two headers."""

    address: str
    urls: tuple[str, ...] = ()
    config_key_hash: str = ""
    request_hash: str = ""


def lines(text: str) -> list[str]:
    """Split what was typed: one on each line, or separated by commas or spaces."""
    return [piece for piece in re.split(r"[\s,，;；、]+", text) if piece]


def networks_in(text: str) -> list[Network]:
    """Read network ranges like ``10.20.3.0/24`` or single addresses. Raises BadLine; host bits are an error, for they are a slip."""
    found = []
    for line in lines(text):
        try:
            found.append(ip_network(line))
        except ValueError:
            raise BadLine(line) from None
    return found


def keys_in(text: str) -> list[str]:
    """Read keys of 64 hexadecimal digits, in capitals or not. Raises BadLine."""
    found = []
    for line in lines(text):
        if not KEY.fullmatch(line.lower()):
            raise BadLine(line)
        found.append(line.lower())
    return found


def inside(address: str, networks: Iterable[Network]) -> bool:
    """Answer whether an address lies in one of the ranges; an IPv4 address written as IPv6 counts as what it is."""
    try:
        here = ip_address(address)
    except ValueError:
        return False
    here = getattr(here, "ipv4_mapped", None) or here
    return any(here.version == network.version and here in network for network in networks)


def proven(header: str, urls: Iterable[str], keys: Sequence[str]) -> bool:
    """Answer whether a header is the hash of one of the addresses and one of the keys: SHA-256 over address and key, small hexadecimal digits."""
    made = [hashlib.sha256((url.split("#")[0] + key).encode()).hexdigest() for url in urls for key in keys]
    return any(hmac.compare_digest(header.encode(), one.encode()) for one in made)


def turned_away(knock: Knock, networks: Sequence[Network], keys: Sequence[str]) -> list[str]:
    """Return why not: ``network``, ``browser_missing`` (no header), ``browser_wrong`` (a header that no key explains). Empty: come in."""
    reasons = [] if not networks or inside(knock.address, networks) else ["network"]
    if keys:
        headers = [header for header in (knock.config_key_hash, knock.request_hash) if header]
        if not headers:
            reasons.append("browser_missing")
        elif not any(proven(header, knock.urls, keys) for header in headers):
            reasons.append("browser_wrong")
    return reasons
