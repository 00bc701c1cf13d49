"""The test message, and what became of it: compared after MIME decoding, line by line."""

import email
import email.policy
from dataclasses import dataclass
from email.message import EmailMessage
from enum import Enum

MARK = "smtplab-test-"
"""How the first line of the text begins; the number of the run follows."""

DOT_LINES = (".", "..", ".one dot", "..two dots", "...")
"""Lines that a client has to stuff (RFC 5321 §4.5.2); the lone dot is the dangerous one."""

DATE = "Mon, 05 Jan 2026 12:00:00 +0000"


@dataclass(frozen=True, slots=True)
class Message:
    """A message of its own for each run, so that none can be taken for another."""

    token: str
    sender: str
    recipients: tuple[str, ...]

    @property
    def subject(self) -> str:
        """The subject; it holds the token."""
        return f"A test by smtplab {self.token}"

    @property
    def lines(self) -> tuple[str, ...]:
        """The text: the mark, dots at line beginnings, and words that no command begins with."""
        return (
            f"{MARK}{self.token}",
            "Whoever reads this line sees a test message.",
            *DOT_LINES,
            "",
            "The last line.",
        )

    @property
    def body_lf(self) -> bytes:
        """The text alone, lines ended by LF."""
        return "".join(f"{line}\n" for line in self.lines).encode()

    @property
    def lf(self) -> bytes:
        """The whole message, lines ended by LF, as files have it."""
        headers = {
            "Date": DATE,
            "From": self.sender,
            "To": ", ".join(self.recipients),
            "Subject": self.subject,
            "Message-ID": f"<{self.token}@smtplab.test>",
            "MIME-Version": "1.0",
            "Content-Type": "text/plain; charset=us-ascii",
            "Content-Transfer-Encoding": "7bit",
        }
        head = "".join(f"{name}: {value}\n" for name, value in headers.items())
        return head.encode() + b"\n" + self.body_lf

    @property
    def crlf(self) -> bytes:
        """The whole message, lines ended by CR LF, as SMTP has it."""
        return self.lf.replace(b"\n", b"\r\n")


class Fate(Enum):
    """What became of the text on the way."""

    INTACT = "intact"
    DOTS_LOST = "dots lost"
    DOTS_ADDED = "dots added"
    CHANGED = "changed"
    NOT_OURS = "not ours"
    """The client sends a message of its own, so that there is nothing to compare."""


@dataclass(frozen=True, slots=True)
class Difference:
    """The fate of a text, and the first line that differs."""

    fate: Fate
    sent: str = ""
    came: str = ""


def compare(message: Message, content: bytes) -> Difference:
    """Holds what arrived against what was to be sent. Blanks at line ends do not count."""
    came = _text_lines(content)
    if came is None or not any(line.startswith(MARK) for line in came):
        return Difference(Fate.NOT_OURS)
    begin = next(i for i, line in enumerate(came) if line.startswith(MARK))
    came = _stripped(came[begin:])
    sent = _stripped(list(message.lines))
    if came == sent:
        return Difference(Fate.INTACT)
    pairs = zip(_padded(sent, len(came)), _padded(came, len(sent)), strict=False)
    first_sent, first_came = next((s, c) for s, c in pairs if s != c)
    return Difference(_fate(sent, came), first_sent, first_came)


def _fate(sent: list[str], came: list[str]) -> Fate:
    if came == [line.removeprefix(".") for line in sent]:
        return Fate.DOTS_LOST
    # A client that does not stuff loses all that stands behind the lone dot as well.
    if "." in sent and came == [line.removeprefix(".") for line in sent[: sent.index(".")]]:
        return Fate.DOTS_LOST
    if came == [f".{line}" if line.startswith(".") else line for line in sent]:
        return Fate.DOTS_ADDED
    return Fate.CHANGED


def _text_lines(content: bytes) -> list[str] | None:
    """The lines of the first text part; None when it has none."""
    parsed = email.message_from_bytes(content, policy=email.policy.default)
    part = parsed.get_body(("plain", "html")) if isinstance(parsed, EmailMessage) else None
    try:
        text = part.get_content() if part is not None else None
    except (LookupError, ValueError):
        return None
    return text.splitlines() if isinstance(text, str) else None


def _stripped(lines: list[str]) -> list[str]:
    kept = [line.rstrip() for line in lines]
    while kept and not kept[-1]:
        kept.pop()
    return kept


def _padded(lines: list[str], length: int) -> list[str]:
    return lines + [""] * (length - len(lines))
