"""The brain: aiosmtpd's `SMTP` without a socket. A verb goes in, the honest reply lines come out.

Only this module knows aiosmtpd. What it contributes is what the verbs mean: syntax of addresses and
parameters, order of commands, SIZE, 8BITMIME, SMTPUTF8. Octets, TLS, AUTH and the message are
none of its business here.
"""

import asyncio
import collections
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from aiosmtpd.smtp import SMTP, Envelope, Session

from smtplab.server.content import Chunks

NULL_PATH = "<>"
"""How aiosmtpd names the empty reverse-path."""

ASKED = frozenset({"HELO", "EHLO", "MAIL", "RCPT", "RSET", "NOOP", "VRFY"})
"""The verbs that the brain answers."""

MOST_RECIPIENTS = 1000

_PLAIN_PATH = re.compile(r"<([A-Za-z0-9._+-]+@[A-Za-z0-9.-]+)>(?: (.*))?", re.DOTALL)


class _Handler:
    """aiosmtpd's hooks: what a hook does not say, aiosmtpd says."""

    async def handle_EHLO(
        self, server: SMTP, session: Session, envelope: Envelope, name: str, lines: list[str]
    ) -> list[str]:
        session.host_name = name
        return lines


@dataclass(slots=True)
class Given:
    """The parameters that MAIL and each RCPT came with, for one envelope."""

    envelope: Envelope
    sender: tuple[str, ...] = ()
    recipients: list[tuple[str, ...]] = field(default_factory=list)
    chunks: Chunks | None = None
    """The message so far, when it comes in chunks."""


class _Mute(SMTP):
    """An SMTP that keeps what it would send."""

    def __init__(self, hostname: str, size: int, loop: asyncio.AbstractEventLoop) -> None:
        # aiosmtpd keeps these limits in the class, where all sessions would make them grow.
        self.command_size_limits = collections.defaultdict(lambda: self.command_size_limit)
        super().__init__(
            _Handler(), data_size_limit=size, enable_SMTPUTF8=True, hostname=hostname, loop=loop
        )
        self.said: list[str] = []
        self.session: Session = Session(loop)
        self.envelope: Envelope = Envelope()

    def twin(self) -> "_Mute":
        """Another one that has not been asked anything yet."""
        twin = _Mute.__new__(_Mute)
        twin.__dict__.update(self.__dict__)
        twin.command_size_limits = collections.defaultdict(lambda: twin.command_size_limit)
        twin.session = Session(self.loop)
        twin.envelope = Envelope()
        return twin

    async def push(self, status: str | bytes) -> None:
        text = status.decode("utf-8", "replace") if isinstance(status, bytes) else status
        self.said.append(text)

    def _getaddr(self, arg: str) -> tuple[str | None, str | None]:
        """Spares the common address the parser of `email`, which takes a hundred times as long."""
        plain = _PLAIN_PATH.fullmatch(arg)
        if plain:
            return plain[1], plain[2] or ""
        found: tuple[str | None, str | None] = super()._getaddr(arg)
        return found


MOST_TAKEN = 256
"""Arguments of MAIL and RCPT that are remembered; most clients say the same again and again."""

TAKEN = "250 OK"
"""What aiosmtpd says to those that it takes."""

_Taken = dict[tuple[str, str, bool], tuple[str, bool]]
"""Verb, argument, and whether it was EHLO -> the address, and whether SMTPUTF8 was asked for."""


class Mould:
    """Makes brains alike. aiosmtpd looks through its own members for each, which takes a while."""

    def __init__(self, hostname: str, size: int) -> None:
        self._hostname = hostname
        self._size = size
        self._pattern: _Mute | None = None
        self._taken: _Taken = {}

    def brain(self) -> "Brain":
        """A new brain; in a running event loop, always the same."""
        if self._pattern is None:
            self._pattern = _Mute(self._hostname, self._size, asyncio.get_running_loop())
        return Brain(self._pattern.twin(), self._taken)


class Brain:
    """The memory of one session: who said hello, and the envelope so far."""

    def __init__(self, smtp: _Mute, taken: _Taken) -> None:
        self._smtp = smtp
        self._taken = taken
        self._given = Given(self._smtp.envelope)

    def ask(self, verb: str, argument: str) -> list[str]:
        """The honest reply, line by line, without enhanced status codes and line ends."""
        envelope, begun = self._smtp.envelope, bool(self._smtp.envelope.mail_from)
        if verb != ("RCPT" if begun else "MAIL") or not self._smtp.session.host_name:
            return self._ask(verb, argument)
        # In its place in a transaction, the same argument means the same each time.
        key = (verb, argument, self.extended)
        known = self._taken.get(key)
        if known is None:
            lines = self._ask(verb, argument)
            if lines == [TAKEN]:
                if len(self._taken) >= MOST_TAKEN:
                    self._taken.clear()
                address = envelope.rcpt_tos[-1] if begun else envelope.mail_from
                self._taken[key] = (str(address), envelope.smtp_utf8)
            return lines
        if begun:
            envelope.rcpt_tos.append(known[0])
        else:
            envelope.mail_from, envelope.smtp_utf8 = known
        return [TAKEN]

    def repeat(self, verb: str, address: str) -> bool:
        """Takes MAIL, RCPT or DATA without parameters; False when it is out of place."""
        envelope = self._smtp.envelope
        if verb == "MAIL":
            if envelope.mail_from or not self._smtp.session.host_name:
                return False
            envelope.mail_from, envelope.smtp_utf8 = address, False
            return True
        recipients = envelope.rcpt_tos
        if verb == "DATA":
            has_begun = self._given.envelope is envelope and self._given.chunks is not None
            return bool(recipients) and not has_begun
        if not envelope.mail_from or len(recipients) >= MOST_RECIPIENTS:
            return False
        recipients.append(address)
        return True

    def _ask(self, verb: str, argument: str) -> list[str]:
        method: Callable[[str], Awaitable[None]] = getattr(self._smtp, f"smtp_{verb}")
        self._smtp.said = []
        try:
            _run(method(argument))
        except Exception:
            # Addresses are read by the parser of `email`, which answers strange ones with
            # exceptions of any kind. To a client that is a mistake in its syntax.
            return [f"501 Syntax error in {verb}"]
        return self._smtp.said

    @property
    def hello(self) -> str:
        """The name given at HELO or EHLO."""
        return str(self._smtp.session.host_name or "")

    @property
    def extended(self) -> bool:
        """Whether it was EHLO."""
        return bool(self._smtp.session.extended_smtp)

    @property
    def sender(self) -> str | None:
        """The reverse-path; None outside a transaction, empty for the null path."""
        sender = self._smtp.envelope.mail_from
        return "" if sender == NULL_PATH else sender

    @property
    def recipients(self) -> tuple[str, ...]:
        """The forward-paths so far."""
        return tuple(self._smtp.envelope.rcpt_tos)

    @property
    def recipient_count(self) -> int:
        """How many there are."""
        return len(self._smtp.envelope.rcpt_tos)

    @property
    def utf8(self) -> bool:
        """Whether this transaction asked for SMTPUTF8 (RFC 6531 §3.4)."""
        return bool(self._smtp.envelope.smtp_utf8)

    def keep(self, verb: str, parameters: tuple[str, ...]) -> None:
        """Keeps the parameters of the last MAIL or RCPT, for as long as its envelope."""
        if verb == "MAIL":
            self.given.sender = parameters
        else:
            recipients = self.given.recipients
            # Those before came without, or were only assumed.
            missing = self.recipient_count - len(recipients) - 1
            recipients.extend([()] * missing)
            recipients.append(parameters)

    @property
    def parameters(self) -> tuple[tuple[str, ...], tuple[tuple[str, ...], ...]]:
        """Those of MAIL, and those of each recipient; most have none, and were not kept."""
        given, count = self._given, self.recipient_count
        if given.envelope is not self._smtp.envelope:
            return (), ((),) * count
        return given.sender, (*given.recipients, *[()] * (count - len(given.recipients)))

    @property
    def given(self) -> "Given":
        """The parameters of this transaction; aiosmtpd makes a new envelope for each."""
        if self._given.envelope is not self._smtp.envelope:
            self._given = Given(self._smtp.envelope)
        return self._given

    def assume(self, verb: str, address: str) -> None:
        """Takes MAIL or RCPT for granted, since the client was told that they were."""
        if verb == "MAIL" and self.sender is None:
            self._smtp.envelope.mail_from = address or NULL_PATH
        elif verb == "RCPT":
            self._smtp.envelope.rcpt_tos.append(address)

    def forget_transaction(self) -> None:
        """As after RSET, or after a message (RFC 5321 §4.1.1.5)."""
        self._smtp.envelope = Envelope()


def _run(work: Awaitable[None]) -> None:
    """Runs a coroutine that never waits, without an event loop."""
    steps = work.__await__()
    try:
        next(steps)
    except StopIteration:
        return
    raise RuntimeError("aiosmtpd waited for something")
