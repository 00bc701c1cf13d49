"""One AUTH exchange of a session: the mechanism's generator and the lines that it becomes."""

import base64

from smtplab.client.settings import InitialResponse
from smtplab.protocol import sasl
from smtplab.protocol.events import Span
from smtplab.protocol.sasl import Channel, Credentials, Mechanism, SaslMessage
from smtplab.protocol.sasl.messages import NOWHERE

LINE_LIMIT = 512
"""An initial response goes onto the AUTH line only when the whole line fits (RFC 4954 §4)."""

CONTINUE = 334
"""The reply that asks for the next line of an exchange (RFC 4954 §4)."""

CANCEL = b"*"

EMPTY = b"="
"""An initial response of no octets; a later message of none is an empty line (RFC 4954 §4)."""


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

    def __init__(
        self,
        mechanism: Mechanism,
        credentials: Credentials,
        channel: Channel = NOWHERE,
        initial_response: InitialResponse = InitialResponse.AUTO,
    ) -> None:
        self.mechanism = mechanism
        self._wish = initial_response
        self._answers = mechanism.start(credentials, channel)
        self.initial: SaslMessage | None = next(self._answers)
        if self.initial is None and mechanism.early and self._wish is InitialResponse.ON:
            self.initial = self._answers.send(b"")
        self.answer: SaslMessage | None = None
        """The answer to the last challenge, waiting to be sent."""
        self.refusal: str | None = None
        """Why we break off: the server is not to be believed."""
        self.proven = not mechanism.mutual
        """Whether the server has proven what the mechanism asks of it."""
        self.cancelled = False
        """Whether we have called it off; a server that asks again then would do so for ever."""
        self.said = ""
        """What the server explained in its last challenge, such as the error of OAuth."""

    def command(self) -> tuple[bytes, tuple[Span, ...]]:
        """The AUTH line and where its secrets are; too long an initial response waits for 334."""
        line = b"AUTH " + self.mechanism.name.encode("ascii")
        if self.initial is None or self._wish is InitialResponse.OFF:
            return line, ()
        encoded = base64.b64encode(self.initial.data) or EMPTY
        too_long = len(line) + len(encoded) + 3 > LINE_LIMIT
        if too_long and self._wish is InitialResponse.AUTO:
            return line, ()
        return line + b" " + encoded, secret_spans(self.initial, len(line) + 1)

    def sent(self, line: bytes) -> SaslMessage | None:
        """The message that an AUTH line carried, for the record."""
        carried = self.initial if len(line.split()) > 2 else None
        if carried is not None:
            self.initial = None
        return carried

    def goes_on(self, code: int | None) -> bool:
        """Whether a reply asks for our next line; any other ends the exchange."""
        return code == CONTINUE and not self.cancelled

    def challenge(self, text: bytes) -> tuple[SaslMessage, str | None]:
        """Takes a 334's text: what it says, and what is odd about it. The answer becomes ready."""
        message, problem = sasl.read_challenge(self.mechanism.name, text)
        self.said = ", ".join(f"{d.name} {d.value}" for d in message.derivations)
        if self.initial is not None:
            self.answer, self.initial = self.initial, None
            return message, problem
        try:
            self.answer = self._answers.send(message.data)
        except StopIteration as end:
            self.answer = None
            self.refusal = end.value
            nothing_left = "the mechanism has nothing more to say, yet the server asks"
            return message, problem or self.refusal or nothing_left
        if self.mechanism.mutual and self.answer is not None and not self.answer.data:
            self.proven = True
        return message, problem

    def response(self) -> tuple[bytes, tuple[Span, ...]]:
        """The line that answers the challenge; `*` cancels (RFC 4954 §4)."""
        if self.answer is None:
            return CANCEL, ()
        return base64.b64encode(self.answer.data), secret_spans(self.answer)
