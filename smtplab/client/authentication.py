"""One AUTH exchange of a session: the mechanism's generator and the lines that it becomes."""

import base64
from collections.abc import Generator

from smtplab.protocol import sasl
from smtplab.protocol.events import Span
from smtplab.protocol.sasl import Credentials, Mechanism, SaslMessage

LINE_LIMIT = 512
"""An initial response goes onto the AUTH line only when the whole line fits (RFC 4954 §4)."""

CANCEL = b"*"


def secret_spans(message: SaslMessage, offset: int = 0) -> tuple[Span, ...]:
    """Where the base64 of a message gives secrets away: whole groups of four characters."""
    spans: list[Span] = []
    at = 0
    for part in message.parts:
        end = at + len(part.data)
        if part.secret and part.data:
            spans.append((offset + at // 3 * 4, offset + -(-end // 3) * 4))
        at = end
    return tuple(spans)


class AuthExchange:
    """The client's side of one exchange, from the AUTH command to the server's verdict."""

    def __init__(self, mechanism: Mechanism, credentials: Credentials) -> None:
        self.mechanism = mechanism
        self._answers: Generator[SaslMessage | None, bytes, None] = mechanism.start(credentials)
        self.initial: SaslMessage | None = next(self._answers)
        self.answer: SaslMessage | None = None
        """The answer to the last challenge, waiting to be sent."""
        self.cancelled = False

    def command(self) -> tuple[bytes, tuple[Span, ...]]:
        """The AUTH line and where its secrets are; too long an initial response waits for 334."""
        line = b"AUTH " + self.mechanism.name.encode("ascii")
        if self.initial is None:
            return line, ()
        encoded = base64.b64encode(self.initial.data) or b"="
        if len(line) + len(encoded) + 3 > LINE_LIMIT:
            return line, ()
        return line + b" " + encoded, secret_spans(self.initial, len(line) + 1)

    def sent(self, line: bytes) -> SaslMessage | None:
        """The message that an AUTH line carried, for the record."""
        carried = self.initial if len(line.split()) > 2 else None
        if carried is not None:
            self.initial = None
        return carried

    def challenge(self, text: bytes) -> tuple[SaslMessage, str | None]:
        """Takes a 334's text: what it says, and what is odd about it. The answer becomes ready."""
        message, problem = sasl.read_challenge(self.mechanism.name, text)
        if self.initial is not None:
            self.answer, self.initial = self.initial, None
            return message, problem
        try:
            self.answer = self._answers.send(message.data)
        except StopIteration:
            self.answer = None
            problem = problem or "the mechanism has nothing more to say, yet the server asks"
        return message, problem

    def response(self) -> tuple[bytes, tuple[Span, ...]]:
        """The line that answers the challenge; `*` cancels (RFC 4954 §4)."""
        if self.answer is None or self.cancelled:
            return CANCEL, ()
        return base64.b64encode(self.answer.data), secret_spans(self.answer)
