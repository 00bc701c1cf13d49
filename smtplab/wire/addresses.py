"""Names to addresses, and why there are none; and why an attempt to connect came to nothing."""

import ipaddress
import socket
from collections.abc import Sequence
from typing import Any

from smtplab.values import value


@value
class Address:
    """One place to try: the family, and the arguments of `connect`."""

    family: socket.AddressFamily
    sockaddr: tuple[str, int] | tuple[str, int, int, int]

    @property
    def text(self) -> str:
        """The numeric address for people."""
        return str(self.sockaddr[0])


@value
class Way:
    """How to get there: over which version of IP (4, 6; 0 is either), and from which own end."""

    version: int = 0
    source: tuple[str, int] | None = None
    """An address and port of this machine; port 0: any."""


ANY_WAY = Way()

FAMILIES = {4: socket.AF_INET, 6: socket.AF_INET6, 0: socket.AF_UNSPEC}

Found = Sequence[tuple[Any, ...]]
"""What `getaddrinfo` gives."""


def numeric(host: str, port: int, way: Way = ANY_WAY) -> Found:
    """An address that is a number already; empty when it is none. Never blocks."""
    try:
        return _ask(host, port, way, socket.AI_NUMERICHOST)
    except (OSError, UnicodeError):
        return []


def _ask(host: str, port: int, way: Way, flags: int = 0) -> Found:
    kind, family = socket.SOCK_STREAM, FAMILIES[way.version]
    # As octets: for a string Python loads its tables for names that are not ASCII.
    name = host.encode("ascii") if host.isascii() else host
    return socket.getaddrinfo(name, port, type=kind, family=family, flags=flags)


def look_up(host: str, port: int, way: Way = ANY_WAY) -> list[Address] | str:
    """All addresses of a name in the resolver's order, or why there is none. Blocks."""
    try:
        return addresses_in(_ask(host, port, way))
    except (OSError, UnicodeError) as error:
        return _why_unknown(host, error, way)


def addresses_in(found: Found) -> list[Address]:
    """Those that can be connected to."""
    return [
        Address(family, sockaddr)
        for family, _, _, _, sockaddr in found
        if family in (socket.AF_INET, socket.AF_INET6)
    ]


def _why_unknown(host: str, error: Exception, way: Way) -> str:
    kind = f"IPv{way.version} address" if way.version else "address"
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return f"no {kind} is known for the name {host!r}"
    if way.version:
        return f"{host} is no {kind}"
    return f"{host} is no address that this machine can use ({error})"


def why_failed(error: OSError) -> str:
    """Why an attempt to connect came to nothing, in words."""
    if isinstance(error, ConnectionRefusedError):
        return "connection refused: nothing listens on that port"
    return error.strerror or str(error)
