"""A 334's text decoded, and what is odd about it."""

import base64
import binascii
import re
from collections.abc import Callable

from smtplab.protocol.replies import readable
from smtplab.protocol.sasl.messages import Derivation, Part, SaslMessage
from smtplab.protocol.sasl.oauth import explained
from smtplab.protocol.sasl.scram import server_parts

_BASE64 = re.compile(rb"[A-Za-z0-9+/]*={0,2}")


def read_challenge(mechanism: str, text: bytes) -> tuple[SaslMessage, str | None]:
    """The message in a 334, and what is odd about it.

    Some servers write words instead of base64 ("334 Go ahead"); then the challenge is empty, which
    is all that PLAIN and LOGIN need.
    """
    stripped = text.strip()
    if not stripped:
        return SaslMessage(mechanism, False, b""), None
    try:
        if not _BASE64.fullmatch(stripped):
            raise binascii.Error
        data = base64.b64decode(stripped, validate=True)
    except binascii.Error:
        problem = f"the challenge is no base64: {readable(stripped[:60])!r}"
        return SaslMessage(mechanism, False, b""), problem
    parts = _parts(mechanism, data)
    return SaslMessage(mechanism, False, data, parts, _derivations(mechanism, data)), None


def _parts(mechanism: str, data: bytes) -> tuple[Part, ...]:
    if mechanism.startswith("SCRAM-"):
        return server_parts(data)
    return (Part(CHALLENGE_LABELS.get(mechanism, "challenge"), data),)


def _derivations(mechanism: str, data: bytes) -> tuple[Derivation, ...]:
    explain = EXPLAINED.get(mechanism)
    return explain(data) if explain is not None else ()


CHALLENGE_LABELS: dict[str, str] = {
    "LOGIN": "prompt",
    "PLAIN": "prompt",
    "CRAM-MD5": "challenge",
    "XOAUTH2": "error",
    "OAUTHBEARER": "error",
}

EXPLAINED: dict[str, Callable[[bytes], tuple[Derivation, ...]]] = {
    "XOAUTH2": explained,
    "OAUTHBEARER": explained,
}
"""Mechanisms whose challenges hold more than one can see."""
