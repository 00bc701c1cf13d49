"""Channel binding: a value that both ends of one TLS connection know, and nobody in between."""

import hashlib

from smtplab.tls.certificates import parse


def end_point(der: bytes) -> bytes:
    """`tls-server-end-point`: the certificate's hash, to bind a login to a channel (RFC 5929 §4.1).

    The hash is that of the certificate's signature, and SHA-256 in place of MD5 and SHA-1. Empty
    when the certificate cannot be read, or its signature (Ed25519) has no hash of its own.
    """
    from cryptography.exceptions import UnsupportedAlgorithm

    parsed = parse(der)
    try:
        algorithm = parsed.signature_hash_algorithm if parsed is not None else None
    except (ValueError, UnsupportedAlgorithm):
        return b""
    if algorithm is None:
        return b""
    name = "sha256" if algorithm.name in ("md5", "sha1") else algorithm.name
    return hashlib.new(name, der).digest()
