"""Base64 taken apart: three octets to four characters, aligned, with the meaning of each octet."""

import base64
from collections.abc import Sequence
from typing import NamedTuple

from smtplab.protocol.sasl import Part


class Quad(NamedTuple):
    """Four characters of base64 and the up to three octets that they carry.

    `owners` has for each octet the index of its part. A quad is secret when any octet of it is:
    its characters would give that octet away.
    """

    base64: str
    octets: bytes
    owners: tuple[int, ...]
    secret: bool


def quads(parts: Sequence[Part]) -> tuple[Quad, ...]:
    """The quads of a message made of these parts."""
    data = b"".join(part.data for part in parts)
    owners = [index for index, part in enumerate(parts) for _ in part.data]
    found: list[Quad] = []
    for start in range(0, len(data), 3):
        octets = data[start : start + 3]
        mine = tuple(owners[start : start + 3])
        secret = any(parts[index].secret for index in mine)
        found.append(Quad(base64.b64encode(octets).decode("ascii"), octets, mine, secret))
    return tuple(found)
