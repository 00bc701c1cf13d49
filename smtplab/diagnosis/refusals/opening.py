"""Why a session is refused before it has begun: at the greeting, at EHLO, at STARTTLS."""

from smtplab.diagnosis.refusals.row import ENVELOPE, HELLO, Refusal
from smtplab.protocol.verbs import Verb

START = frozenset({Verb.GREETING})
UPGRADE = frozenset({Verb.STARTTLS})

NAMES: tuple[Refusal, ...] = (
    Refusal("ehlo-name-refused", HELLO | ENVELOPE,
            r"fully[- ]qualified|helo command rejected|(helo|ehlo)\S* (argument|name|domain)|"
            r"bad helo|invalid (helo|domain name)|real host ?name|domain address required|"
            r"(helo|ehlo).{0,30}(invalid|rejected)",
            "the name given at EHLO is not liked",
            "the name that we gave at EHLO is not one that this server takes",
            "Give this machine's full name, one that DNS knows, with --ehlo; or its address in "
            "brackets, [192.0.2.1].", "RFC 5321 §4.1.1.1, §4.1.4"),
)  # fmt: skip

ROWS: tuple[Refusal, ...] = (
    Refusal("early-talker", START | HELLO | ENVELOPE,
            r"synchroni[sz]ation|protocol error|pregreet|improper (use of )?(command )?pipelining|"
            r"pipelining not supported|before (the )?greeting|talk(ed|ing) too (soon|early)",
            "something was sent before its time",
            "something was sent before its time: in front of the whole greeting, or commands in "
            "one packet that have to wait",
            "Wait for the last line of each reply. If smtplab did not send it, a proxy in between "
            "did.", "RFC 5321 §3.1, RFC 2920 §3.1"),
    Refusal("starttls-refused", UPGRADE, r"",
            "STARTTLS is offered, and refused",
            "it offers STARTTLS, but does not do it",
            "A 454 is a fault of the server that may pass; its log tells why: often a certificate "
            "or key that cannot be read.", "RFC 3207 §4"),
    Refusal("too-busy", START, r"^4(?!21)",
            "the server is too busy, or puts you off, at the greeting",
            "it has too much to do, or puts your address off",
            "Nothing is lost: connect again later, and with fewer connections at a time.",
            "RFC 5321 §3.8, §4.3.2"),
    Refusal("greeting-refused", START, r"^5",
            "no service for this address",
            "no service for your address, whatever you want to send",
            "The text may name a list or a page to ask. Mail from homes goes to the provider's "
            "server, port 587 or 465, not to the recipient's.", "RFC 5321 §3.1"),
    Refusal("ehlo-temporary", HELLO, r"^4(?!21)",
            "EHLO is refused for now",
            "it does not want to talk now",
            "Connect again later, and less often.", "RFC 5321 §4.2.1"),
    Refusal("lmtp-unknown", frozenset({Verb.LHLO}), r"^50[0-4]",
            "the server does not speak LMTP",
            "it speaks SMTP, and no LMTP",
            "Leave --lmtp out, or write smtp:// in place of lmtp://. Servers that keep mailboxes "
            "speak LMTP, mostly on port 24.", "RFC 2033 §4.1"),
    Refusal("ehlo-refused", HELLO, r"^5",
            "EHLO is refused",
            "it does not take the introduction",
            "Give this machine's full name with --ehlo. If that does not help, the server objects "
            "to your address.", "RFC 5321 §4.1.4"),
)  # fmt: skip
"""Read from the top; the later ones fit everything at their command."""
