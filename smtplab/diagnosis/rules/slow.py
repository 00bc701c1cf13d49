"""Rules on time: a stage that took longer than it should."""

from collections.abc import Callable, Iterator

from smtplab.client.events import StageChanged
from smtplab.diagnosis.evidence import Evidence
from smtplab.diagnosis.findings import Hit, Rule, Severity
from smtplab.protocol.events import CommandSent, ContentSent, ReplyReceived
from smtplab.protocol.verbs import Verb
from smtplab.tls.events import TlsUp
from smtplab.wire.events import Opened

LIMITS: dict[str, float] = {
    "slow-connect": 2.0,
    "slow-greeting": 5.0,
    "slow-handshake": 3.0,
    "slow-reply": 10.0,
    "slow-message": 60.0,
}
"""Rule -> seconds that are still thought good; the standard allows minutes (RFC 5321 §4.5.3.2)."""

Wait = tuple[str, int, float, str]
"""The rule that would report it, the entry that ended it, seconds, and what was awaited."""


def _waits(evidence: Evidence) -> list[Wait]:
    """How long each thing took, from when it was asked for."""
    found: list[Wait] = []
    asked = 0
    for entry in evidence.transcript:
        event = entry.event
        if isinstance(event, CommandSent | ContentSent | StageChanged):
            asked = entry.nanoseconds
        seconds = (entry.nanoseconds - asked) / 1e9
        if isinstance(event, Opened):
            found.append(("slow-connect", entry.number, event.seconds, "the connection"))
        elif isinstance(event, TlsUp):
            found.append(("slow-handshake", entry.number, seconds, "the TLS handshake"))
        elif isinstance(event, ReplyReceived) and event.verb is not None:
            rule, what = SPECIAL.get(event.verb, ("slow-reply", f"the reply to {event.verb.value}"))
            found.append((rule, entry.number, seconds, what))
            asked = entry.nanoseconds
    return found


SPECIAL: dict[Verb, tuple[str, str]] = {
    Verb.GREETING: ("slow-greeting", "the greeting"),
    Verb.CONTENT: ("slow-message", "the reply to the final dot"),
    Verb.BDAT_LAST: ("slow-message", "the reply to the last piece"),
}


def _find(rule: str) -> Callable[[Evidence], Iterator[Hit]]:
    def find(evidence: Evidence) -> Iterator[Hit]:
        slow = [
            wait
            for wait in evidence.once("waits", _waits)
            if wait[0] == rule and wait[2] > LIMITS[rule]
        ]
        if slow:
            _, _, seconds, what = max(slow, key=lambda wait: wait[2])
            cause = f"It took {seconds:.1f} s until {what} was there."
            yield Hit(cause, tuple(wait[1] for wait in slow))

    return find


def stalled(evidence: Evidence) -> Iterator[Hit]:
    """The whole session took its time, though no single stage did."""
    waited = [w for w in evidence.once("waits", _waits) if w[2] > STEADY]
    if len(waited) >= MANY and all(w[2] <= LIMITS[w[0]] for w in waited):
        cause = (
            f"{len(waited)} replies took more than {STEADY:g} s each: the server is slow to all."
        )
        yield Hit(cause, tuple(w[1] for w in waited))


STEADY, MANY = 1.0, 4

LOOKUPS = (
    "Servers look clients up in DNS and in blocklists first: see that your address has a PTR "
    "record that answers quickly. Some wait on purpose."
)

RULES: tuple[Rule, ...] = (
    Rule("slow-connect", Severity.INFO, f"connecting takes more than {LIMITS['slow-connect']:g} s",
         "See which address was dialled: a dead one before it, or a packet lost and sent again "
         "after a second, is the usual cause.", "RFC 9293 §3.8.1", _find("slow-connect")),
    Rule("slow-greeting", Severity.INFO,
         f"the greeting takes more than {LIMITS['slow-greeting']:g} s", LOOKUPS,
         "RFC 5321 §4.5.3.2.1", _find("slow-greeting")),
    Rule("slow-handshake", Severity.INFO,
         f"the handshake takes more than {LIMITS['slow-handshake']:g} s",
         "Long chains, large keys or a server short of randomness or of processors.",
         "RFC 8446 §2", _find("slow-handshake")),
    Rule("slow-reply", Severity.INFO, f"a reply takes more than {LIMITS['slow-reply']:g} s",
         "Never wait less than five minutes in a program: the server may look something up, or "
         "slow you down on purpose.", "RFC 5321 §4.5.3.2", _find("slow-reply")),
    Rule("slow-message", Severity.INFO,
         f"the final dot is answered after more than {LIMITS['slow-message']:g} s",
         "Wait ten minutes for this reply: who gives up earlier sends duplicates.",
         "RFC 5321 §4.5.3.2.6", _find("slow-message")),
    Rule("slow-throughout", Severity.INFO, f"{MANY} replies and more take over {STEADY:g} s each",
         "A server that slows clients down (a tarpit) does that; so does one that is overloaded.",
         "RFC 5321 §4.5.3.2", stalled),
)  # fmt: skip
"""How long each stage may take before it is worth a word."""
