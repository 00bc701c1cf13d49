"""What a peer does that the standards do not allow, or that a careful client must notice.

An irregularity is a value: it is recorded and shown, never raised, because a laboratory has to go
on where a mail program would give up.
"""

from typing import NamedTuple

from smtplab.values import value


class Kind(NamedTuple):
    """What every irregularity of one kind has in common."""

    meaning: str
    clause: str


KINDS: dict[str, Kind] = {
    "bare-lf": Kind("The line ends in LF alone; SMTP lines end in CR LF.", "RFC 5321 §2.3.8"),
    "bare-cr": Kind(
        "A CR stands inside the line; CR may only be sent before LF.", "RFC 5321 §2.3.8"
    ),
    "not-a-reply": Kind("The line does not begin with a reply code.", "RFC 5321 §4.2"),
    "code-out-of-range": Kind("The reply code is outside 200 to 559.", "RFC 5321 §4.2.1"),
    "bad-separator": Kind("The code is followed by neither space nor hyphen.", "RFC 5321 §4.2.1"),
    "codes-differ": Kind("The lines of one reply carry different codes.", "RFC 5321 §4.2.1"),
    "line-too-long": Kind("A reply line is longer than 512 octets.", "RFC 5321 §4.5.3.1.5"),
    "reply-too-long": Kind("A reply has more lines than any server needs.", "RFC 5321 §4.5.3.1.5"),
    "control-character": Kind("The text has a control character.", "RFC 5321 §4.2"),
    "eight-bit": Kind(
        "The text has an octet above 127 although SMTPUTF8 was not agreed.", "RFC 6531 §3.7.4.1"
    ),
    "cut-off": Kind("The connection ended in the middle of a reply.", "RFC 5321 §4.2"),
    "class-mismatch": Kind("Reply code and enhanced status code disagree.", "RFC 2034 §4"),
    "unexpected-code": Kind("No standard names this code for this command.", "RFC 5321 §4.3.2"),
    "unasked-reply": Kind("The server sent a reply that no command asked for.", "RFC 5321 §3.1"),
    "injected-after-starttls": Kind(
        "Bytes followed the 220 to STARTTLS in the clear; they were dropped.", "RFC 3207 §4.2"
    ),
    "odd-challenge": Kind("The text of a 334 is not what the mechanism sends.", "RFC 4954 §4"),
    "login-without-end": Kind("The server asks on in a login that was called off.", "RFC 4954 §4"),
    "starttls-inside-tls": Kind("STARTTLS is still offered inside TLS.", "RFC 3207 §4.2"),
}


@value
class Irregularity:
    """One deviation: its kind, which is a key of `KINDS`, and the particulars in words."""

    kind: str
    detail: str = ""

    @property
    def meaning(self) -> str:
        """What was wrong, in one sentence."""
        return KINDS[self.kind].meaning

    @property
    def clause(self) -> str:
        """The rule that it breaks."""
        return KINDS[self.kind].clause
