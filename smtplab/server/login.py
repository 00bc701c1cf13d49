"""AUTH: who logs in, and with which mechanism. The exchanges themselves are in `sasl`."""

import base64
import binascii

from smtplab.server.manner import Offer
from smtplab.server.sasl import BY_NAME, Accounts, Exchange, SaslSyntaxError

WRONG = "535 5.7.8 Authentication credentials invalid"


class Login:
    """The logins of one session, up to the one that succeeds (RFC 4954 §4)."""

    def __init__(self) -> None:
        self.done = False
        self.user: str | None = None
        """Who is in; None also when a scenario only claims that somebody is."""
        self._exchange: Exchange | None = None
        self._responses = 0
        """How many the exchange still needs to hear."""

    def is_due(self, argument: str, offer: Offer) -> bool:
        """Whether an AUTH with that argument says all that there is to say at once."""
        words = argument.split()
        mechanism = BY_NAME.get(words[0].upper()) if len(words) == 2 else None
        if self.done or mechanism is None or mechanism.name not in offer.values("AUTH"):
            return False
        return mechanism.initial and mechanism.responses == 1

    def is_due_with(self, line: bytes) -> bool:
        """Whether that line of the exchange is the last that the client has to say."""
        return self._exchange is not None and self._responses == 1 and line != b"*"

    def begin(self, argument: str, offer: Offer, accounts: Accounts) -> str:
        """The reply to AUTH, once it is known that this is the moment for it."""
        words = argument.split()
        if not 1 <= len(words) <= 2:
            return "501 5.5.4 AUTH mechanism [initial response]"
        mechanism = BY_NAME.get(words[0].upper())
        if mechanism is None or mechanism.name not in offer.values("AUTH"):
            return "504 5.5.4 Unrecognized authentication type"
        if len(words) == 2 and not mechanism.initial:
            return f"501 5.7.0 {mechanism.name} has no initial response"
        self._exchange, self._responses = mechanism.start(accounts), mechanism.responses
        challenge = next(self._exchange)
        if len(words) == 2:
            return self.step(b"" if words[1] == "=" else words[1].encode())
        return _challenge(challenge)

    def step(self, line: bytes) -> str:
        """The reply to a line of the exchange."""
        exchange, self._exchange = self._exchange, None
        if line == b"*":
            return "501 5.7.0 Authentication cancelled"
        if exchange is None:
            return WRONG
        try:
            response = base64.b64decode(line, validate=True)
        except (binascii.Error, ValueError):
            return "501 5.5.2 This is no base64"
        try:
            challenge = exchange.send(response)
        except SaslSyntaxError as error:
            return f"501 5.5.2 {error}"
        except StopIteration as end:
            return self._end(end.value)
        self._exchange = exchange
        self._responses -= 1
        return _challenge(challenge)

    def settle(self, code: int | None) -> None:
        """Follows what was said, whatever the exchange has come to."""
        if code != 334:
            self._exchange = None
        self.done = self.done or code == 235

    def forget(self) -> None:
        """Nobody is in (any more)."""
        self.done, self.user, self._exchange = False, None, None

    def _end(self, user: str | None) -> str:
        if user is None:
            return WRONG
        self.done, self.user = True, user
        return "235 2.7.0 Authentication successful"


def _challenge(challenge: bytes) -> str:
    return f"334 {base64.b64encode(challenge).decode()}"
