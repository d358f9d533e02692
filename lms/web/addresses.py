"""Where does a request come from? Plain values in, plain values out."""

from collections.abc import Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

Network = IPv4Network | IPv6Network
Address = IPv4Address | IPv6Address


def plain(text: str) -> Address | None:
    """Read an address; an IPv4 address written as IPv6 is what it is. None for what is none."""
    try:
        found = ip_address(text.strip())
    except ValueError:
        return None
    return getattr(found, "ipv4_mapped", None) or found


def client(remote: str, forwarded: str, trusted: Sequence[Network]) -> str:
    """Return the client's address: the connection's own, or, if that is a trusted proxy, the last in ``forwarded`` that is not one.

    What stands further left was sent by the client itself and is not believed. An entry that is no address ends the search: "".
    """
    here = plain(remote)
    for piece in reversed([piece for piece in forwarded.split(",") if piece.strip()]):
        if here is None or not any(here.version == network.version and here in network for network in trusted):
            break
        here = plain(piece)
    return str(here) if here else ""
