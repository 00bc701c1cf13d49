"""The PROXY header: what a load balancer says before anything else, in its two versions."""

import ipaddress
import struct

SIGNATURE = b"\r\n\r\n\0\r\nQUIT\n"
"""What version 2 begins with (PROXY protocol §2.2)."""

PROXIED, LOCAL = 0x21, 0x20
"""Version 2 with the command PROXY, and with LOCAL: the proxy speaks for itself."""

STREAMS = {4: 0x11, 6: 0x21}
"""TCP over each version of IP."""

Endpoint = tuple[str, int]
"""An IP address and a port."""


class ProxyHeaderError(ValueError):
    """Ends that no header can name; the message says why."""


def proxy_header(version: int, source: Endpoint | None, destination: Endpoint | None) -> bytes:
    """The header for these two ends; without them the proxy says that it speaks for itself.

    Raises ProxyHeaderError when an address is none, or the two are of different kinds.
    """
    if source is None or destination is None:
        return b"PROXY UNKNOWN\r\n" if version == 1 else _version_2(LOCAL, 0, b"")
    ends = [_address(text) for text, _ in (source, destination)]
    if ends[0].version != ends[1].version:
        raise ProxyHeaderError("the two ends of a PROXY header are both IPv4 or both IPv6")
    if version == 1:
        kind = f"TCP{ends[0].version}"
        return f"PROXY {kind} {ends[0]} {ends[1]} {source[1]} {destination[1]}\r\n".encode("ascii")
    addresses = ends[0].packed + ends[1].packed + struct.pack("!HH", source[1], destination[1])
    return _version_2(PROXIED, STREAMS[ends[0].version], addresses)


def _version_2(command: int, family: int, addresses: bytes) -> bytes:
    return SIGNATURE + struct.pack("!BBH", command, family, len(addresses)) + addresses


def _address(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address:
    try:
        return ipaddress.ip_address(text)
    except ValueError:
        raise ProxyHeaderError(f"{text!r} is no IP address") from None
