"""Rows of the rules' tests that are made of events, where no dialogue in memory leads."""

from smtplab.client.events import Ended, StageChanged
from smtplab.client.outcome import Outcome, Verdict
from smtplab.client.steps import Stage, StageStatus
from smtplab.protocol.events import (
    AuthExchanged,
    CommandSent,
    ContentSent,
    IrregularitySeen,
    ReplyReceived,
)
from smtplab.protocol.irregularities import Irregularity
from smtplab.protocol.replies import ReplyParser
from smtplab.protocol.sasl import Part, SaslMessage
from smtplab.protocol.verbs import Verb
from smtplab.tls.events import AlertSeen, ChainChecked, TlsFailed, TlsUp
from smtplab.tls.problems import ChainProblem
from smtplab.wire.events import Closed, ConnectFailed, Ending, Opened


def reply(text: bytes, verb: Verb | None) -> ReplyReceived:
    return ReplyReceived(ReplyParser().receive_data(text)[0], verb)


def failed(port: int = 587, reason: str = "connection refused", address: str = "192.0.2.1"):
    return ConnectFailed("fake.test", port, address, reason)


OPENED = Opened("fake.test", 25, "192.0.2.2", 0.01)
UP = TlsUp("TLS 1.3", "TLS_AES_256_GCM_SHA384", 256, "fake.test")
DELIVERED = Ended(Outcome(Verdict.DELIVERED, Stage.CONTENT, "taken"))


def chain(code: str, severity: str = "error", *, binding: bool = True) -> ChainChecked:
    problem = ChainProblem(code, 0, f"the problem is {code}", severity)
    return ChainChecked("fake.test", (b"",), (problem,), binding)


def alert(number: int, level: int = 2) -> AlertSeen:
    return AlertSeen(False, level, number, False)


def current(stage: Stage) -> StageChanged:
    return StageChanged(stage, StageStatus.CURRENT)


def sent(line: bytes, verb: Verb) -> CommandSent:
    return CommandSent(verb, line + b"\r\n")


def ehlo(*keywords: bytes) -> ReplyReceived:
    return reply(b"250-x\r\n" + b"".join(b"250-" + k + b"\r\n" for k in keywords) + b"250 HELP\r\n",
                 Verb.EHLO)  # fmt: skip


def login_as(user: bytes) -> AuthExchanged:
    return AuthExchanged(SaslMessage("PLAIN", True, user, (Part("user", user),)))


BEFORE = (ehlo(b"SIZE 1000", b"AUTH PLAIN", b"DSN"), UP)
MAIL = sent(b"MAIL FROM:<alice@fake.test>", Verb.MAIL)
LAST = sent(b"BDAT 9 LAST", Verb.BDAT_LAST)
SLOW_TLS = Ended(Outcome(Verdict.FAILED, Stage.TLS, "The TLS handshake was not done within 60 s."))

CERTIFICATES = {
    "certificate-expired": "expired",
    "certificate-not-yet-valid": "not-yet-valid",
    "certificate-name-mismatch": "name-mismatch",
    "certificate-cn-only": "cn-only",
    "certificate-untrusted": "unknown-issuer",
    "certificate-bad-signature": "bad-signature",
    "certificate-not-a-ca": "path-length",
    "certificate-name-constraint": "name-constraint",
    "certificate-purpose": "purpose",
    "certificate-critical-extension": "critical-extension",
    "certificate-weak-key": "weak-key",
    "certificate-weak-signature": "weak-signature",
    "certificate-unreadable": "empty-chain",
    "certificate-no-key-identifiers": "no-key-identifiers",
    "certificate-wrong-order": "wrong-order",
    "certificate-unused": "unused-certificate",
}
"""Rule -> a problem under which it fires. The next rule's problem is its near-miss."""

STARTTLS_AND = sent(b"STARTTLS\r\nEHLO x", Verb.STARTTLS)
QUIT = sent(b"QUIT", Verb.QUIT)

FIRES = [
    ("injection-obeyed", [STARTTLS_AND, UP, reply(b"250 x\r\n", None)], "obeys"),
    ("injection-obeyed", [STARTTLS_AND, UP, QUIT, reply(b"250 x\r\n", Verb.QUIT)], "obeys"),
    ("host-unknown", [failed(address="", reason="no address is known")], "no address"),
    ("no-connection", [failed(), failed()], "refused"),
    ("port-blocked", [failed(25, "no answer within 60 s")], "silence"),
    ("address-skipped", [failed(25, "no route to host"), OPENED], "192.0.2.1"),
    ("no-close-notify", [OPENED, UP, DELIVERED, Closed(Ending.CUT)], "close_notify"),
    ("ehlo-changed", [*BEFORE, ehlo(b"SIZE 10", b"AUTH PLAIN")], "DSN is gone"),
    ("auth-gone-inside-tls", [*BEFORE, ehlo(b"SIZE 1000", b"DSN")], "wrong way round"),
    ("tls-version", [alert(70), TlsFailed("tlsv1 alert protocol version")], "version"),
    ("tls-version", [TlsFailed("unsupported protocol")], "version"),
    ("tls-client-certificate", [alert(116), TlsFailed("x")], "certificate of the client"),
    ("tls-client-certificate", [UP, alert(116)], "certificate of the client"),
    ("tls-server-name", [alert(112), TlsFailed("x")], "SNI"),
    ("tls-weak-key", [TlsFailed("dh key too small")], "too weak"),
    ("tls-cipher", [alert(40), TlsFailed("sslv3 alert handshake failure")], "cipher"),
    ("tls-server-fault", [alert(80), TlsFailed("x")], "fault of its own"),
    ("tls-closed", [TlsFailed("the peer closed the connection during the handshake")], "ended"),
    ("tls-failed", [alert(50), TlsFailed("tlsv1 alert decode error")], "could not be read"),
    ("tls-silence", [SLOW_TLS], "not done"),
    ("not-tls", [reply(b"220 go\r\n", Verb.STARTTLS), TlsFailed("x", 0, b"500 what?")],
     "said 220 to STARTTLS"),
    ("connection-lost", [OPENED, TlsFailed("x"), Closed(Ending.FIN), OPENED, Closed(Ending.RESET)],
     "reset"),
    ("tls-old", [TlsUp("TLS 1.1", "ECDHE-RSA-AES256-SHA", 256, "x")], "TLS 1.1"),
    ("tls-no-forward-secrecy", [TlsUp("TLS 1.2", "AES256-GCM-SHA384", 256, "x")], "recorded"),
    *((rule, [chain(code)], code) for rule, code in CERTIFICATES.items()),
    ("certificate-not-checked", [chain("expired", binding=False)], "without the check"),
    ("cut-off", [IrregularitySeen(Irregularity("cut-off"))], "middle of a reply"),
    ("starttls-inside-tls", [IrregularitySeen(Irregularity("starttls-inside-tls"))], "inside TLS"),
    ("path-badly-written", [sent(b"MAIL FROM: <a@b.test>", Verb.MAIL)], "colon"),
    ("path-badly-written", [sent(b"rcpt to:a@b.test", Verb.RCPT)], "brackets"),
    ("sender-is-not-user", [login_as(b"bob@fake.test"), MAIL, reply(b"553 no\r\n", Verb.MAIL)],
     "bob@fake.test"),
    ("content-early-dot", [ContentSent(b".\r\nmore\r\n.\r\n")], "after 0 octets"),
    ("content-early-dot", [ContentSent(b"x\r\n.\r\nmore\r\n.\r\n")], "after 3 octets"),
    ("slow-connect", [Opened("fake.test", 25, "192.0.2.2", 3.0)], "3.0 s"),
    ("slow-greeting", [current(Stage.GREETING), 20, reply(b"220 x\r\n", Verb.GREETING)], "20.0 s"),
    ("slow-handshake", [current(Stage.TLS), 4, UP], "handshake"),
    ("slow-reply", [MAIL, 11, reply(b"250 x\r\n", Verb.MAIL)], "the reply to MAIL"),
    ("slow-message", [ContentSent(b".\r\n"), 61, reply(b"250 x\r\n", Verb.CONTENT)], "61.0 s"),
    ("slow-message", [LAST, 61, reply(b"250 x\r\n", Verb.BDAT_LAST)], "last piece"),
    ("message-too-large", [reply(b"552 5.3.4 too big\r\n", Verb.BDAT)], "a piece of the message"),
    ("lmtp-unknown", [reply(b"500 5.5.1 Command not recognized\r\n", Verb.LHLO)], "no LMTP"),
    ("ehlo-refused", [reply(b"550 5.7.1 no\r\n", Verb.LHLO)], "LHLO"),
    ("slow-throughout", [MAIL, 2, reply(b"250 x\r\n", Verb.MAIL)] * 4, "4 replies"),
]  # fmt: skip

OTHER = [*list(CERTIFICATES.values())[1:], "expired"]

QUIET = [
    ("injection-obeyed", [STARTTLS_AND, UP, QUIT, reply(b"221 x\r\n", Verb.QUIT)]),
    ("injection-obeyed", [STARTTLS_AND, UP, QUIT, reply(b"500 x\r\n", Verb.QUIT)]),
    ("injection-obeyed", [STARTTLS_AND, UP, reply(b"421 x\r\n", None)]),
    ("injection-obeyed", [STARTTLS_AND, reply(b"250 x\r\n", None)]),
    ("injection-obeyed", [sent(b"STARTTLS", Verb.STARTTLS), UP, reply(b"250 x\r\n", None)]),
    ("host-unknown", [failed()]),
    ("lmtp-unknown", [reply(b"550 5.7.1 no\r\n", Verb.LHLO)]),
    ("lmtp-unknown", [reply(b"500 5.5.1 what?\r\n", Verb.EHLO)]),
    ("no-connection", [failed(25, "no answer within 60 s")]),
    ("no-connection", [failed(), OPENED]),
    ("port-blocked", [failed(587, "no answer within 60 s")]),
    ("address-skipped", [OPENED, failed()]),
    ("no-close-notify", [OPENED, UP, DELIVERED, Closed(Ending.LOCAL)]),
    ("ehlo-changed", [ehlo(b"SIZE 1000", b"STARTTLS"), UP, ehlo(b"SIZE 1000", b"AUTH PLAIN")]),
    ("auth-gone-inside-tls", [*BEFORE, ehlo(b"AUTH LOGIN")]),
    ("tls-version", [TlsFailed("no shared cipher")]),
    ("tls-version", [TlsFailed("certificate verify failed: unsupported protocol", 18)]),
    ("tls-client-certificate", [alert(42), TlsFailed("x")]),
    ("tls-server-name", [alert(112, level=1), TlsFailed("x")]),
    ("tls-weak-key", [TlsFailed("unknown group")]),
    ("tls-cipher", [alert(80), TlsFailed("x")]),
    ("tls-server-fault", [alert(40), TlsFailed("x")]),
    ("tls-closed", [TlsFailed("wrong version number", 0, b"220 hello")]),
    ("tls-failed", [alert(80), TlsFailed("tlsv1 alert internal error")]),
    ("connection-lost", [OPENED, TlsFailed("x"), Closed(Ending.CUT)]),
    ("tls-silence", [Ended(Outcome(Verdict.FAILED, Stage.MAIL, "not done within the limit"))]),
    ("tls-old", [TlsUp("TLS 1.2", "ECDHE-RSA-AES256-GCM-SHA384", 256, "x")]),
    ("tls-no-forward-secrecy", [TlsUp("TLS 1.2", "ECDHE-RSA-AES256-GCM-SHA384", 256, "x")]),
    *((rule, [chain(code)]) for rule, code in zip(CERTIFICATES, OTHER, strict=True)),
    ("certificate-not-checked", [chain("wrong-order", "warning", binding=False)]),
    ("certificate-not-checked", [chain("expired")]),
    ("cut-off", [IrregularitySeen(Irregularity("bare-lf"))]),
    ("starttls-inside-tls", [*BEFORE, ehlo(b"AUTH PLAIN")]),
    ("path-badly-written", [sent(b"MAIL FROM:<>", Verb.MAIL)]),
    ("sender-is-not-user", [login_as(b"ALICE@fake.test"), MAIL, reply(b"553 x\r\n", Verb.MAIL)]),
    ("sender-is-not-user", [login_as(b"bob"), MAIL, reply(b"553 x\r\n", Verb.MAIL)]),
    *(("sender-is-not-user", [login_as(b"bob@fake.test"), MAIL, reply(no + b"\r\n", Verb.MAIL)])
      for no in (b"552 5.3.4 message too big", b"555 5.5.4 parameter", b"503 5.5.1 nested MAIL")),
    ("content-early-dot", [ContentSent(b"pieces without a dot")]),
    ("content-early-dot", [ContentSent(b".\r\n")]),
    ("content-early-dot", [sent(b"BDAT 9", Verb.BDAT), ContentSent(b"\r\n.\r\nmore")]),
    ("content-lone-line-end", [sent(b"bdat 2", Verb.BDAT), ContentSent(b"x\r")]),
    ("slow-connect", [OPENED]),
    ("slow-greeting", [20, current(Stage.GREETING), reply(b"220 x\r\n", Verb.GREETING)]),
    ("slow-handshake", [4, current(Stage.TLS), UP]),
    ("slow-reply", [MAIL, 9, reply(b"250 x\r\n", Verb.MAIL)]),
    ("slow-message", [ContentSent(b".\r\n"), 59, reply(b"250 x\r\n", Verb.CONTENT)]),
    ("slow-throughout", [MAIL, 2, reply(b"250 x\r\n", Verb.MAIL)] * 3),
]  # fmt: skip
