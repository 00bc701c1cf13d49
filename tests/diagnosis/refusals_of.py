"""Rows of the rules' tests about refusals: a reply that has this reason, and one that is near."""

from smtplab.client.settings import Security
from tests.fakes import CREDENTIALS

LOGIN = {"credentials": CREDENTIALS, "auth_in_clear": True, "mechanism": "PLAIN"}
STARTTLS = {"security": Security.STARTTLS}
OFFERED = {"EHLO": b"250-x\r\n250 STARTTLS\r\n"}

NO_RECIPIENT = (
    b"503 5.0.0 Need RCPT (recipient)",
    b"503 RCPT required first",
    b"503 Valid RCPT command must precede DATA",
    b"503 Error: need RCPT command",
)
"""As Sendmail, Haraka, Exim and smtp-server have it."""

ANSWERS: list[tuple[str, str, bytes, bytes]] = [
    # rule, the command, a reply with this reason, a reply that comes near and has another
    ("application-password", "AUTH", b"534 5.7.9 Application-specific password required.",
     b"535 5.7.8 Wrong password for this application"),
    ("basic-login-disabled", "AUTH", b"535 5.7.139 Authentication unsuccessful, "
     b"SmtpClientAuthentication is disabled for the Tenant.",
     b"535 5.7.139 Authentication unsuccessful, the user credentials were incorrect."),
    ("browser-login-needed", "AUTH", b"534 5.7.14 Please log in via your web browser",
     b"534 5.7.9 too weak"),
    ("too-many-logins", "AUTH", b"454 4.7.0 Too many login attempts, please try again later.",
     b"454 4.7.0 Temporary authentication failure"),
    ("account-disabled", "AUTH", b"535 5.7.13 Account disabled", b"535 5.7.8 Account not found"),
    ("address-not-authorised", "AUTH", b"525 5.7.1 Unauthorized IP address",
     b"535 5.7.1 Unauthorized"),
    ("auth-needs-tls", "AUTH", b"538 5.7.11 Encryption required for requested mechanism",
     b"535 5.7.8 no"),
    ("password-transition", "AUTH", b"432 4.7.12 A password transition is needed",
     b"454 4.7.0 no"),
    ("auth-mechanism-refused", "AUTH", b"504 5.5.4 Unrecognized authentication type",
     b"501 5.5.4 Syntax error"),
    ("auth-too-weak", "AUTH", b"534 5.7.9 Please use another way", b"535 5.7.8 no"),
    ("auth-out-of-order", "AUTH", b"503 5.5.1 Already authenticated", b"535 5.7.8 no"),
    ("auth-not-understood", "AUTH", b"501 5.5.2 cannot decode", b"535 5.7.8 no"),
    ("auth-unknown-command", "AUTH", b"502 5.5.1 Unknown command", b"500 5.5.1 Unknown command"),
    ("auth-temporary", "AUTH", b"454 4.7.0 later", b"421 4.3.2 closing"),
    ("auth-refused", "AUTH", b"535 5.7.8 wrong", b"454 4.7.0 wrong"),
    ("auth-required", "MAIL", b"530 5.7.0 Authentication required",
     b"530 5.7.0 Must issue a STARTTLS command first"),
    ("tls-required", "MAIL", b"530 5.7.0 Must issue a STARTTLS command first",
     b"530 5.7.0 Authentication required"),
    ("ehlo-name-refused", "EHLO", b"501 5.5.4 HELO/EHLO argument is invalid.",
     b"550 5.7.1 go away"),
    ("ehlo-name-refused", "RCPT", b"504 5.5.2 <localhost>: Helo command rejected: need "
     b"fully-qualified hostname", b"504 5.5.2 <bob>: Recipient address rejected"),
    ("early-talker", "EHLO", b"554 5.5.0 Error: SMTP protocol synchronization",
     b"554 5.5.0 Error: no"),
    ("too-busy", "greeting", b"450 4.3.2 busy", b"554 5.3.2 busy"),
    ("greeting-refused", "greeting", b"554 5.7.1 No service for you", b"450 4.7.1 not now"),
    ("ehlo-temporary", "EHLO", b"451 4.7.1 not now", b"550 5.7.1 never"),
    ("ehlo-refused", "EHLO", b"550 5.7.1 never", b"451 4.7.1 not now"),
    ("greylisted", "RCPT", b"451 4.7.1 Greylisted, try again in 60 seconds",
     b"451 4.3.0 local error"),
    ("relay-denied", "RCPT", b"554 5.7.1 <x@y.test>: Relay access denied",
     b"554 5.7.1 <x@relay.test>: Access denied"),
    ("blocklisted", "RCPT", b"554 5.7.1 Service unavailable; blocked using zen.spamhaus.org",
     b"554 5.7.1 Service unavailable; blocked"),
    ("no-reverse-dns", "MAIL", b"550 5.7.25 The IP address has no PTR record",
     b"550 5.7.1 The IP address is not liked"),
    ("dmarc-refused", "content", b"550 5.7.1 Unauthenticated email from x.test is not accepted due "
     b"to domain's DMARC policy", b"550 5.7.1 due to the domain's policy"),
    ("dkim-refused", "content", b"550 5.7.20 No passing DKIM signature found",
     b"550 5.7.23 SPF failed"),
    ("spf-refused", "content", b"550 5.7.23 SPF validation failed",
     b"550 5.7.20 No passing DKIM signature found"),
    ("sender-unauthenticated", "content", b"550 5.7.26 fails to pass authentication checks (SPF or "
     b"DKIM)", b"550 5.7.23 SPF failed"),
    ("sender-mismatch", "MAIL", b"553 5.7.1 <a@b.test>: Sender address rejected: not owned by user",
     b"553 5.7.1 <a@b.test>: Sender address rejected: no reason"),
    ("sender-unverified", "MAIL", b"550 The x.test domain is not verified.",
     b"550 The x.test domain is not liked."),
    ("sending-quota", "content", b"550 5.4.5 Daily sending limit exceeded",
     b"550 5.4.4 Unroutable"),
    ("too-many-connections", "greeting", b"421 4.7.0 too many connections from 192.0.2.1",
     b"421 4.7.0 closing the connection"),
    ("rate-limited", "MAIL", b"450 4.7.28 unusual rate of mail", b"450 4.7.1 not now"),
    ("too-many-errors", "RCPT", b"421 4.7.0 Error: too many errors", b"421 4.7.0 Error"),
    ("idle-too-long", "MAIL", b"421 4.4.2 Error: timeout exceeded", b"421 4.3.2 closing"),
    ("virus-found", "content", b"554 5.7.1 Virus found", b"554 5.7.1 no"),
    ("attachment-refused", "content", b"552 5.7.0 its content presents a potential security issue",
     b"552 5.7.0 no"),
    ("spam-refused", "content", b"554 5.7.1 Message rejected as spam", b"554 5.7.1 no"),
    ("too-many-recipients", "RCPT", b"452 4.5.3 Error: too many recipients",
     b"452 4.3.1 Insufficient storage"),
    ("message-too-large", "MAIL", b"552 5.3.4 Message size exceeds fixed limit",
     b"552 5.2.2 Mailbox full"),
    ("mailbox-full", "RCPT", b"552 5.2.2 user is over quota", b"552 5.3.4 too big"),
    ("server-full", "content", b"452 4.3.1 disk full", b"452 4.2.2 mailbox full"),
    ("recipient-disabled", "RCPT", b"550 5.2.1 The account that you tried to reach is disabled.",
     b"450 4.2.1 mailbox busy"),
    ("recipient-domain", "RCPT", b"556 5.1.10 Domain does not accept mail",
     b"550 5.1.1 user unknown"),
    ("recipient-moved", "RCPT", b"551 5.1.6 User not local; please try <x@y.test>",
     b"550 5.1.1 User not local"),
    ("recipient-unknown", "RCPT", b"550 5.1.1 <x>: user unknown", b"550 5.2.2 <x>: over quota"),
    ("address-unwritable", "MAIL", b"553 5.1.7 The sender address <> is not a valid RFC 5321 "
     b"address.", b"553 5.1.8 no such domain"),
    ("sender-domain", "MAIL", b"450 4.1.8 <a@b>: Sender address rejected: Domain not found",
     b"450 4.1.7 bad"),
    ("smtputf8-refused", "MAIL", b"553 5.6.7 Must declare SMTPUTF8", b"553 5.6.1 no"),
    ("bare-line-end-refused", "content", b"550 5.5.2 Error: bare <LF> received",
     b"550 5.5.2 Error: syntax"),
    ("content-line-refused", "content", b"500 Line too long (see RFC5321 4.5.3.1.6)",
     b"500 Line not understood"),
    ("header-refused", "content", b"550 5.7.1 Messages missing a valid Message-ID: header",
     b"550 5.7.1 Messages missing"),
    ("mail-loop", "content", b"554 5.4.6 too many hops", b"554 5.4.4 no"),
    ("no-route", "RCPT", b"550 Unrouteable address", b"550 no"),
    ("parameter-refused", "MAIL", b"555 5.5.4 Unsupported option: FOO=1", b"550 5.5.4 no"),
    ("out-of-order", "MAIL", b"503 5.5.1 Error: nested MAIL command", b"550 5.5.1 no"),
    ("command-unknown", "MAIL", b"500 5.5.2 Error: command not recognized", b"550 5.5.1 no"),
    ("no-valid-recipients", "DATA", b"554 5.5.1 Error: no valid recipients",
     b"554 5.5.1 Error: no"),
    *(("no-valid-recipients", "DATA", words, b"503 5.5.1 bad sequence") for words in NO_RECIPIENT),
    ("service-closing", "RCPT", b"421 4.3.2 bye for now", b"450 4.3.2 bye for now"),
    ("temporary-refusal", "RCPT", b"450 4.2.1 mailbox busy", b"451 greylisted"),
    ("refused", "MAIL", b"550 5.7.1 not you", b"450 later"),
]  # fmt: skip


def wishes_of(verb: str) -> dict[str, object]:
    return LOGIN if verb == "AUTH" else {}


FIRES = [
    *(
        (rule, wishes_of(verb), {verb: yes + b"\r\n"}, yes[:3].decode())
        for rule, verb, yes, _ in ANSWERS
    ),
    ("starttls-refused", STARTTLS, {**OFFERED, "STARTTLS": b"454 no\r\n"}, "454"),
    ("refused", {}, {"DATA": b"554 5.5.1 no\r\n"}, "before it was sent"),
    ("refused", {}, {"MAIL": b"550 5.7.1 not you\r\n"}, "the sender"),
    ("temporary-refusal", {}, {"RCPT": b"450 4.2.1 mailbox busy\r\n"}, "a recipient"),
    ("temporary-refusal", {}, {"content": b"451 4.3.0 local error\r\n"}, "the message"),
    ("greylisted", {}, {"RCPT": b"451 4.7.1 Greylisted, try again in 60 seconds\r\n"}, "come back"),
]  # fmt: skip

QUIET = [
    *((rule, wishes_of(verb), {verb: no + b"\r\n"}) for rule, verb, _, no in ANSWERS),
    ("starttls-refused", {}, {}),
    ("greylisted", {}, {"MAIL": b"551 greylisted for ever\r\n"}),
    ("relay-denied", {}, {"content": b"553 Relaying disallowed as a@b.test\r\n"}),
    ("auth-refused", LOGIN, {}),
]
