"""Rules on the server's certificates: one for each problem of a chain."""

from collections.abc import Callable, Iterator
from typing import NamedTuple

from smtplab.diagnosis.evidence import Evidence
from smtplab.diagnosis.findings import Hit, Rule, Severity
from smtplab.protocol.verbs import Verb
from smtplab.tls.certificates import read_certificate
from smtplab.tls.chain_names import matches
from smtplab.tls.events import ChainChecked
from smtplab.tls.problems import ChainProblem

AGAIN = "The server's owner has to have the certificate issued again without this fault."
TIDY = "The server's owner should tidy the file of certificates; most clients cope."


class Kind(NamedTuple):
    """One problem, or several, under one rule."""

    rule: str
    codes: tuple[str, ...]
    about: str
    change: str
    clause: str
    severity: Severity = Severity.ERROR


KINDS: tuple[Kind, ...] = (
    Kind("certificate-expired", ("expired",), "a certificate is out of date",
         "The server's owner has to renew the certificate, or to reload the server after renewal.",
         "RFC 5280 §4.1.2.5"),
    Kind("certificate-not-yet-valid", ("not-yet-valid",), "a certificate is not valid yet",
         "Check the clock of this machine; otherwise the certificate was made with a wrong date.",
         "RFC 5280 §4.1.2.5"),
    Kind("certificate-name-mismatch", ("name-mismatch", "ip-as-dns"),
         "the certificate is for other names than the one dialled",
         "Dial a name that stands in the certificate, or have it issued again with this name.",
         "RFC 9525 §6"),
    Kind("certificate-cn-only", ("cn-only",), "the name stands in the CN alone",
         "The server's owner has to have it issued again with the name as a subjectAltName.",
         "RFC 9525 §2"),
    Kind("certificate-untrusted", ("self-signed", "untrusted-root", "unknown-issuer"),
         "no trusted authority stands behind the certificate",
         "The server may have forgotten to send the intermediate certificate. Otherwise have it "
         "signed by an authority that clients trust, or give this one with --ca-file if you know "
         "that it is the right one.", "RFC 5280 §6"),
    Kind("certificate-bad-signature", ("bad-signature",), "a signature of the chain is wrong",
         "The server sends the certificate of another authority of the same name: its owner has to "
         "put the right one into the file.", "RFC 5280 §6.1.3"),
    Kind("certificate-not-a-ca", ("not-a-ca", "key-usage", "path-length"),
         "one that is no authority, or not for that many levels, has signed another",
         "The server's owner has to get a certificate from a real authority.", "RFC 5280 §4.2.1.9"),
    Kind("certificate-name-constraint", ("name-constraint",),
         "an authority signed for a name that it may not sign for",
         "The server's owner has to ask another authority, or for another name.",
         "RFC 5280 §4.2.1.10"),
    Kind("certificate-purpose", ("purpose",), "the certificate is not meant for servers",
         "The server's owner has to have it issued for TLS servers (extended key usage "
         "serverAuth).",
         "RFC 5280 §4.2.1.12"),
    Kind("certificate-critical-extension", ("critical-extension",),
         "an extension that nobody knows is marked critical", AGAIN, "RFC 5280 §4.2"),
    Kind("certificate-weak-key", ("weak-key",), "the key can be broken",
         "The server's owner has to make a new key: RSA of 2048 bits, or an elliptic curve.",
         "RFC 9325 §4.5"),
    Kind("certificate-weak-signature", ("weak-signature",), "the signature can be forged", AGAIN,
         "RFC 9155 §1"),
    Kind("certificate-unreadable", ("unreadable", "empty-chain"),
         "the server's certificate cannot be read, or is missing",
         "The server's owner has to look at the file of certificates.", "RFC 8446 §4.4.2"),
    Kind("certificate-no-key-identifiers", ("no-key-identifiers",),
         "the certificate does not say which key of its authority signed it", AGAIN,
         "RFC 5280 §4.2.1.1", Severity.WARNING),
    Kind("certificate-wrong-order", ("wrong-order",), "the chain is sent in the wrong order", TIDY,
         "RFC 5246 §7.4.2", Severity.WARNING),
    Kind("certificate-unused", ("unused-certificate",), "a certificate is sent for nothing", TIDY,
         "RFC 8446 §4.4.2", Severity.WARNING),
)  # fmt: skip
"""Rule -> the problems of a chain that it reports; a test holds them to what the check can say."""


def _find(kind: Kind) -> Callable[[Evidence], Iterator[Hit]]:
    def find(evidence: Evidence) -> Iterator[Hit]:
        for entry, event in evidence.of(ChainChecked):
            found = [p for p in event.problems if p.code in kind.codes]
            if found:
                yield _hit(evidence, entry.number, event, found)

    return find


def _hit(evidence: Evidence, number: int, event: ChainChecked, found: list[ChainProblem]) -> Hit:
    grave = any(problem.severity == "error" for problem in found)
    cause = "; ".join(problem.text for problem in found)
    severity = Severity.ERROR if grave else Severity.WARNING
    better = _better_name(evidence, event) if found[0].code == "name-mismatch" else ""
    change = (
        f"Dial {better}: so the server calls itself, and its certificate says so." if better else ""
    )
    return Hit(f"{cause[:1].upper()}{cause[1:]}.", (number,), change, severity=severity)


def _better_name(evidence: Evidence, event: ChainChecked) -> str:
    """The name of greeting or EHLO, if the certificate is for that one."""
    leaf = read_certificate(event.chain[0]) if event.chain else None
    for answer in evidence.answers_to(Verb.GREETING, Verb.EHLO):
        name = answer.reply.first_line.partition(" ")[0]
        if leaf is not None and "." in name and any(matches(n, name) for n in leaf.names):
            return name
    return ""


def unchecked(evidence: Evidence) -> Iterator[Hit]:
    """The user chose to go on with a certificate that would have been refused."""
    for entry, event in evidence.of(ChainChecked):
        if not event.binding and any(p.severity == "error" for p in event.problems):
            cause = (
                "You went on without the check: whoever answers could have made this certificate."
            )
            yield Hit(cause, (entry.number,))


RULES: tuple[Rule, ...] = (
    *(
        Rule(kind.rule, kind.severity, kind.about, kind.change, kind.clause, _find(kind))
        for kind in KINDS
    ),
    Rule("certificate-not-checked", Severity.INFO, "a bad certificate was let pass on request",
         "Leave --no-verify out as soon as the certificate is mended; better, trust this one "
         "authority with --ca-file.", "RFC 9325 §6.1", unchecked),
)  # fmt: skip
"""One for each kind of problem."""
