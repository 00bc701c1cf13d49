"""Alerts by name, with what they mean for the one who sees them (RFC 8446 §6)."""

from typing import NamedTuple


class Alert(NamedTuple):
    """One alert of the standard."""

    name: str
    meaning: str


ALERTS: dict[int, Alert] = {
    0: Alert("close_notify", "The sender has no more to send: an orderly end."),
    10: Alert("unexpected_message", "A message came that has no place there."),
    20: Alert(
        "bad_record_mac", "A record did not decrypt: it was changed on the way, or keys differ."
    ),
    21: Alert("decryption_failed", "Like bad_record_mac; no longer sent."),
    22: Alert("record_overflow", "A record was too long."),
    40: Alert("handshake_failure", "No agreement: often no cipher or signature in common."),
    42: Alert("bad_certificate", "The certificate was broken, or not for this name."),
    43: Alert("unsupported_certificate", "The certificate is of the wrong kind or purpose."),
    44: Alert("certificate_revoked", "Its authority has revoked the certificate."),
    45: Alert("certificate_expired", "The certificate is out of date."),
    46: Alert("certificate_unknown", "The certificate was refused for another reason."),
    47: Alert("illegal_parameter", "A field was out of range or did not fit the others."),
    48: Alert("unknown_ca", "The chain leads to no authority that the sender trusts."),
    49: Alert("access_denied", "The certificate is good, but its owner is not let in."),
    50: Alert("decode_error", "A message could not be read."),
    51: Alert("decrypt_error", "A signature or a Finished did not verify."),
    70: Alert("protocol_version", "No TLS version in common."),
    71: Alert("insufficient_security", "The server wants stronger ciphers than were offered."),
    80: Alert("internal_error", "The sender has a fault of its own."),
    86: Alert("inappropriate_fallback", "The client came back with a lower version for no reason."),
    90: Alert("user_canceled", "The user, or a program, called it off."),
    100: Alert("no_renegotiation", "The sender will not shake hands again."),
    109: Alert("missing_extension", "An extension that must be there is not."),
    110: Alert("unsupported_extension", "An extension was answered that nobody had asked for."),
    112: Alert("unrecognized_name", "The server has no certificate for the name in SNI."),
    113: Alert("bad_certificate_status_response", "The stapled OCSP answer was no good."),
    115: Alert("unknown_psk_identity", "The shared key that was named is not known."),
    116: Alert("certificate_required", "The server wants a client certificate, and none came."),
    120: Alert("no_application_protocol", "No application protocol (ALPN) in common."),
}


def describe(level: int, description: int) -> str:
    """The alert's name; a number for one that the standard does not have."""
    alert = ALERTS.get(description)
    return alert.name if alert is not None else f"alert {description} (unknown)"


def meaning(description: int) -> str:
    """One sentence on the alert; empty for an unknown one."""
    alert = ALERTS.get(description)
    return alert.meaning if alert is not None else ""
