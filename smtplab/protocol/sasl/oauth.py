"""XOAUTH2 and OAUTHBEARER: an access token in place of the password."""

from smtplab.protocol.replies import readable
from smtplab.protocol.sasl.messages import (
    COMMA,
    NOWHERE,
    SOH,
    Answers,
    Channel,
    Credentials,
    Derivation,
    Part,
    message,
    octets,
)

MOST_SHOWN = 12
"""Members of an error that are shown; a server's JSON may have any number."""


def xoauth2(credentials: Credentials, channel: Channel = NOWHERE) -> Answers:
    """Google's: user, token, two octets 01. The error in a 334 is answered by an empty line."""
    yield message(
        "XOAUTH2",
        Part("user", b"user=" + octets(credentials.username)),
        SOH,
        *_bearer(credentials),
        SOH,
        SOH,
    )
    yield message("XOAUTH2")
    return None


def oauthbearer(credentials: Credentials, channel: Channel = NOWHERE) -> Answers:
    """RFC 7628 §3.1: as XOAUTH2, with host and port; the error is answered by the octet 01."""
    name = octets(credentials.username).replace(b"=", b"=3D").replace(b",", b"=2C")
    yield message(
        "OAUTHBEARER",
        Part("binding", b"n", note="it is not bound to TLS"),
        COMMA,
        Part("user", b"a=" + name),
        COMMA,
        SOH,
        Part("host", b"host=" + octets(channel.host)),
        SOH,
        Part("port", f"port={channel.port}".encode()),
        SOH,
        *_bearer(credentials),
        SOH,
        SOH,
    )
    yield message("OAUTHBEARER", SOH)
    return None


def _bearer(credentials: Credentials) -> tuple[Part, Part]:
    token = Part("token", octets(credentials.token), secret=True)
    return Part("scheme", b"auth=Bearer ", note="who holds the token is let in"), token


def read_error(data: bytes) -> dict[str, str]:
    """The error that a server explains in JSON (RFC 7628 §3.2.2); empty when it is none."""
    import json

    try:
        value = json.loads(data)
    except (ValueError, RecursionError):
        return {}
    if not isinstance(value, dict):
        return {}
    members = list(value.items())[:MOST_SHOWN]
    return {readable(octets(k)[:60]): readable(octets(str(v))[:200]) for k, v in members}


def explained(data: bytes) -> tuple[Derivation, ...]:
    """The members of an error, one by one."""
    return tuple(
        Derivation(name, MEANINGS.get(name, "of the error that the server sent"), value)
        for name, value in read_error(data).items()
    )


MEANINGS: dict[str, str] = {
    "status": "what is wrong with the token",
    "schemes": "the kinds of token that it takes",
    "scope": "what the token would have to be good for",
    "openid-configuration": "where to get one",
}
