"""CRAM-MD5: the password stays at home, its HMAC of a challenge goes out."""

from smtplab.protocol.replies import readable
from smtplab.protocol.sasl.messages import (
    NOWHERE,
    SPACE,
    Answers,
    Channel,
    Credentials,
    Derivation,
    Part,
    message,
    octets,
)


def cram_md5(credentials: Credentials, channel: Channel = NOWHERE) -> Answers:
    """RFC 2195: the user name, a space, and HMAC-MD5 of the challenge in hex."""
    challenge = yield None
    steps = _steps(octets(credentials.password), challenge)
    digest = next(step.value for step in steps if step.name == "outer")
    yield message(
        "CRAM-MD5",
        Part("user", octets(credentials.username)),
        SPACE,
        Part("digest", digest.encode(), note="proves the password without showing it"),
        derivations=steps,
    )
    return None


_BLOCK = 64
"""Octets of a block of MD5: keys are padded to it (RFC 2104 §2)."""


def _steps(key: bytes, challenge: bytes) -> tuple[Derivation, ...]:
    """The computation of HMAC, step by step; the test holds it to `hmac`.

    MD5 is asked for as "not for security", or a Python in FIPS mode would not give it.
    """
    import hashlib  # only where it is used, or every session waits for OpenSSL

    shown = f"{len(key)} + {_BLOCK - len(key)} zero octets"
    if len(key) > _BLOCK:
        key = hashlib.md5(key, usedforsecurity=False).digest()
        shown = f"MD5 of the password, and {_BLOCK - len(key)} zero octets"
    padded = key.ljust(_BLOCK, b"\0")
    inner_pad = bytes(octet ^ 0x36 for octet in padded)
    outer_pad = bytes(octet ^ 0x5C for octet in padded)
    inner = hashlib.md5(inner_pad + challenge, usedforsecurity=False)
    outer = hashlib.md5(outer_pad + inner.digest(), usedforsecurity=False)
    return (
        Derivation("challenge", "what the server sent, base64 taken off", readable(challenge)),
        Derivation("key", f"the password padded with NUL to {_BLOCK} octets", shown),
        Derivation("inner", "MD5( key ⊕ 0x36… ‖ challenge )", inner.hexdigest()),
        Derivation("outer", "MD5( key ⊕ 0x5c… ‖ inner )", outer.hexdigest()),
        Derivation("reply", "user ‖ space ‖ outer, in base64", "the line that is sent"),
    )
