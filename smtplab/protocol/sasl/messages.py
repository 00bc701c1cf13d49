"""What an exchange is made of: messages and their parts, credentials, and the channel below."""

import base64
from collections.abc import Generator

from smtplab.values import field, value


@value
class Part:
    """A run of octets with one meaning; `secret` ones must not be shown or stored."""

    label: str
    data: bytes
    secret: bool = False
    note: str = ""


@value
class Derivation:
    """One step of a computation: its name, the formula, what came out."""

    name: str
    formula: str
    value: str
    secret: bool = False


@value
class SaslMessage:
    """One message of an exchange, before base64; `parts` together are exactly `data`."""

    mechanism: str
    from_client: bool
    data: bytes
    parts: tuple[Part, ...] = ()
    derivations: tuple[Derivation, ...] = ()

    @property
    def base64(self) -> str:
        """The message as it goes over the wire (RFC 4954 §4)."""
        return base64.b64encode(self.data).decode("ascii")


@value
class Credentials:
    """Who logs in, with a password or an access token (RFC 6749 §1.4), or both.

    `authzid` names somebody else to act for (RFC 4422 §3.4.1).
    """

    username: str
    password: str = field(default="", repr=False)
    authzid: str = ""
    token: str = field(default="", repr=False)


@value
class Channel:
    """What an exchange has to know of the connection that it takes place on.

    `binding` is the `tls-server-end-point` of the TLS below (RFC 5929 §4.1); empty where there is
    none. `binding_offered` says whether the server lists a mechanism that would use it. `nonce` is
    for mechanisms that need a value never used before; printable, without a comma.
    """

    host: str = ""
    port: int = 0
    binding: bytes = field(default=b"", repr=False)
    binding_offered: bool = False
    nonce: str = ""


NOWHERE = Channel()
"""For mechanisms that do not ask where they are."""

Answers = Generator[SaslMessage | None, bytes, str | None]
"""The first `next` gives the initial response, or None when the server speaks first; then each
challenge is sent in, without its base64, and the answer comes out. A generator that ends with
words gives up on the server, and says why."""

NUL = Part("NUL", b"\0", note="separates the fields")
SPACE = Part("space", b" ", note="separates the fields")
COMMA = Part("comma", b",", note="separates the fields")
SOH = Part("SOH", b"\x01", note="the octet 01, which ends a field")

SEPARATORS = frozenset({NUL.label, SPACE.label, COMMA.label, SOH.label})
"""Labels of the parts that carry no meaning of their own."""


def message(mechanism: str, *parts: Part, derivations: tuple[Derivation, ...] = ()) -> SaslMessage:
    """A message of the client."""
    data = b"".join(part.data for part in parts)
    return SaslMessage(mechanism, True, data, parts, derivations)


def octets(text: str) -> bytes:
    """UTF-8; octets that were none when they came from the command line go out as they came."""
    return text.encode("utf-8", "surrogateescape")
