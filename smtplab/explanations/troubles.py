"""What programs say when there is no reply to show: of the network, of TLS, of certificates."""

import re
from collections.abc import Sequence
from typing import NamedTuple

from smtplab.diagnosis.refusals.table import reason_for
from smtplab.explanations.explanation import Explanation
from smtplab.explanations.lines import GENERAL, TRIED
from smtplab.explanations.pasted import answered
from smtplab.explanations.words import alert, explain_word, rule
from smtplab.protocol.verbs import Verb
from smtplab.tls.alerts import ALERTS


class Trouble(NamedTuple):
    """Words of a program, and the rule of the diagnosis that they come to."""

    signs: str
    rule: str


VERIFY: dict[int, str] = {
    2: "certificate-untrusted",
    9: "certificate-not-yet-valid",
    10: "certificate-expired",
    18: "certificate-untrusted",
    19: "certificate-untrusted",
    20: "certificate-untrusted",
    21: "certificate-untrusted",
    24: "certificate-not-a-ca",
    26: "certificate-purpose",
    47: "certificate-name-constraint",
    62: "certificate-name-mismatch",
    64: "certificate-name-mismatch",
    66: "certificate-weak-key",
    68: "certificate-weak-signature",
}
"""Number that OpenSSL gives with a failed verification -> rule."""

TROUBLES: tuple[Trouble, ...] = (
    Trouble(r"^(\+OK|\* OK|SSH-\d|HTTP/\d)", "not-smtp"),
    Trouble(r"certificate has expired|CERT_HAS_EXPIRED", "certificate-expired"),
    Trouble(r"certificate is not yet valid|CERT_NOT_YET_VALID", "certificate-not-yet-valid"),
    Trouble(
        r"unable to get (local )?issuer|self[- ]signed certificate|unable to verify the first|"
        r"SELF_SIGNED_CERT|UNABLE_TO_(VERIFY|GET)|unknown authority",
        "certificate-untrusted",
    ),
    Trouble(
        r"hostname mismatch|IP address mismatch|ALTNAME_INVALID|does not match|"
        r"no alternative certificate subject name|certificate is (not )?valid for .+, not",
        "certificate-name-mismatch",
    ),
    Trouble(
        r"Didn't find STARTTLS|STARTTLS (extension )?not (supported|offered)|"
        r"does not support (the )?STARTTLS|host did not advertise STARTTLS",
        "starttls-missing",
    ),
    Trouble(
        r"wrong[_ ]version[_ ]number|packet length too long|record layer failure|"
        r"first record does not look like a TLS handshake",
        "not-tls",
    ),
    Trouble(r"unsupported protocol|no protocols available|version too low", "tls-version"),
    Trouble(r"no shared cipher", "tls-cipher"),
    Trouble(r"could not authenticate|authentication (failed|failure|unsuccessful)", "auth-refused"),
    Trouble(r"dh key too small|ee key too small|ca md too weak", "tls-weak-key"),
    Trouble(r"connection refused|ECONNREFUSED", "no-connection"),
    Trouble(r"connect.* timed? ?out|ETIMEDOUT|connection timed out", "port-blocked"),
    Trouble(
        r"name or service not known|host or domain name not found|ENOTFOUND|no such host|"
        r"nodename nor servname|could not resolve host|temporary failure in name resolution",
        "host-unknown",
    ),
    Trouble(
        r"connection (was )?reset|ECONNRESET|connection lost|"
        r"connection unexpectedly closed|lost connection with",
        "connection-lost",
    ),
)  # fmt: skip
"""The first that fits counts."""


FIELDS = re.compile(
    r"(?:^Status:|\bdsn=)\s*([245]\.\d{1,3}\.\d{1,3})\b|^Received:.*\swith\s+([A-Z]+)\b",
    re.IGNORECASE,
)
"""Fields of a bounce, a log and a message in which one word is worth explaining."""


def _verification(text: str) -> str | None:
    found = re.search(r"verify (?:error:num=|return code: )(\d+)", text, re.IGNORECASE)
    return VERIFY.get(int(found[1])) if found is not None else None


def _rejection(text: str) -> str | None:
    """How Exim's log says that it refused something itself: without a code."""
    found = re.search(r"\brejected (?:after )?[A-Z]+[^:]*: (.+)", text)
    return _reason_in(found[1], (answered(text),)) if found is not None else None


def _reason_in(words: str, verbs: Sequence[Verb | None]) -> str | None:
    """The rule whose words these are, whatever the code may be."""
    rows = (reason_for(verb, f"{code} - {words}") for code in (550, 450) for verb in verbs)
    return next((row.rule for row in rows if row is not None and row.rule not in GENERAL), None)


def _in_words(text: str) -> str | None:
    found = (t.rule for t in TROUBLES if re.search(t.signs, text, re.IGNORECASE))
    return next(found, None)


def _alert_in(text: str) -> str | None:
    """The name of a TLS alert, by name or by number."""
    numbered = re.search(r"\balert number (\d{1,3})\b", text, re.IGNORECASE)
    if numbered is not None and int(numbered[1]) in ALERTS:
        return ALERTS[int(numbered[1])].name
    named = re.search(r"\balert[ _:]+((?:[a-z]+[ _]?)+)", text, re.IGNORECASE)
    return named[1].strip(" _") if named is not None else None


def explain_trouble(text: str) -> tuple[Explanation, ...]:
    """A line in which a program tells of its failure; nothing when it does not."""
    name = _alert_in(text)
    known = alert(name) if name is not None else None
    if known is not None:
        return (known,)
    found = _verification(text) or _rejection(text) or _in_words(text)
    known = rule(found) if found is not None else None
    if known is not None:
        return (known,)
    named = FIELDS.search(text)
    return explain_word(named[1] or named[2]) if named is not None else ()


def explain_saying(text: str) -> tuple[Explanation, ...]:
    """The words of a refusal without its code, such as "relay access denied", or a topic: "spf"."""
    found = _reason_in(text, TRIED)
    known = rule(found) if found is not None else None
    return (known,) if known is not None else ()
