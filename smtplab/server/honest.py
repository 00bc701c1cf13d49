"""What the honest server says, and what it keeps in mind: no octets, no waiting, no faults."""

import asyncio
import base64
import binascii
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from smtplab.scenarios.model import Server
from smtplab.server.brain import ASKED, Brain
from smtplab.server.conditions import path_in
from smtplab.server.content import ContentReader
from smtplab.server.envelope import read_path
from smtplab.server.inbox import Inbox, Mail
from smtplab.server.sasl import BY_NAME, Exchange, SaslSyntaxError
from smtplab.server.turns import STAGES, Turn

MOST_RECIPIENTS = 1000

BEFORE_TLS = frozenset({"NOOP", "EHLO", "HELO", "STARTTLS", "QUIT"})
"""What a server that wants TLS answers before it (RFC 3207 §4)."""

KNOWN_BUT_UNDONE = frozenset({"EXPN", "TURN", "ETRN", "SEND", "SOML", "SAML", "BDAT"})

ENHANCED: dict[tuple[str, int], str] = {
    ("MAIL", 250): "2.1.0", ("RCPT", 250): "2.1.5",
}  # fmt: skip
ENHANCED_BY_CODE = {
    214: "2.0.0", 221: "2.0.0", 235: "2.7.0", 250: "2.0.0", 252: "2.0.0",
    500: "5.5.2", 501: "5.5.4", 502: "5.5.1", 503: "5.5.1", 552: "5.3.4", 553: "5.1.3",
    555: "5.5.4",
}  # fmt: skip
"""The enhanced status codes (RFC 3463) of replies that have none yet."""

_ENHANCED = re.compile(r"\d{3} [245]\.\d{1,3}\.\d{1,3}( |$)")
_CONTROL = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")


@dataclass(frozen=True, slots=True)
class Manner:
    """How the server of a lab behaves: its settings, base, users, and whether there is AUTH."""

    server: Server
    base: str
    auth: bool

    @property
    def auth_needs_tls(self) -> bool:
        """On a plain base there is no TLS to wait for."""
        return self.server.auth.needs_tls and self.base != "plain"


class Honest:
    """One session of the honest server: a turn goes in, the lines of the reply come out."""

    def __init__(
        self,
        manner: Manner,
        inbox: Inbox,
        number: int,
        accepted: Callable[[Mail], None],
        note: Callable[[str], None],
    ) -> None:
        self.manner = manner
        self.encrypted = False
        self.authenticated = False
        self.user: str | None = None
        self.in_service = True
        """False after a 5xx greeting: then only QUIT is served (RFC 5321 §3.1)."""
        self.brain = self._new_brain()
        self._inbox = inbox
        self._number = number
        self._accepted = accepted
        self._note = note
        self._own: list[str] = []
        """The keywords of the honest offer, from EHLO on."""
        self._exchange: Exchange | None = None

    def _new_brain(self) -> Brain:
        server = self.manner.server
        return Brain(server.host, server.size, asyncio.get_running_loop())

    def tls_is_up(self) -> None:
        """Everything that was said in the clear is forgotten (RFC 3207 §4.2)."""
        self.encrypted = True
        self.authenticated, self.user = False, None
        self.brain = self._new_brain()

    def greeting(self) -> list[str]:
        """The first line."""
        return [f"220 {self.manner.server.host} ESMTP smtplab"]

    def answer(self, turn: Turn) -> list[str]:
        """The reply to a turn; the state moves on with it."""
        if turn.refusal:
            self._exchange = None
            return [turn.refusal]
        if turn.stage == "greeting":
            return self.greeting()
        if turn.stage == "auth-step":
            return self._auth_step(turn.response)
        if turn.stage == "eom":
            return self._message(turn.content)
        refusal = self._refusal(turn)
        if refusal:
            return [refusal]
        own = OWN.get(turn.verb)
        lines = own(self, turn.argument) if own else self._ask(turn.verb, turn.argument)
        return lines if turn.verb in ("EHLO", "HELO") else [_enhance(turn.verb, x) for x in lines]

    def advance(self, turn: Turn) -> None:
        """The client is told that it worked: so it did, whatever the honest answer would be."""
        lines = self.answer(turn)
        if not lines or lines[0][:1] in ("2", "3"):
            return
        if turn.verb in ("MAIL", "RCPT"):
            self.brain.assume(turn.verb, path_in(turn.argument))

    def settle(self, turn: Turn, code: int | None) -> None:
        """Follows what was said, where that differs from what would have been."""
        if turn.stage == "greeting":
            self.in_service = code is None or code < 400
        elif turn.stage in ("auth", "auth-step") and code != 334:
            self._exchange = None
            self.authenticated = self.authenticated or code == 235
        elif turn.stage == "eom":
            self.brain.forget_transaction()

    # Before a verb is looked at.

    def _refusal(self, turn: Turn) -> str:
        if not self.in_service and turn.verb != "QUIT":
            return "503 5.5.1 There is no service here, only QUIT"
        if _CONTROL.search(turn.argument):
            return "500 5.5.2 Control characters are not allowed in a command"
        policy = self.manner.server
        if policy.tls.required and not self.encrypted and turn.verb not in BEFORE_TLS:
            return "530 5.7.0 Must issue a STARTTLS command first"
        if turn.verb in ("MAIL", "RCPT") and not turn.argument.isascii():
            asked = turn.argument.upper().split()
            if not (self.brain.utf8 if turn.verb == "RCPT" else "SMTPUTF8" in asked):
                return "553 5.6.7 An address outside ASCII needs SMTPUTF8"
        wants_login = policy.auth.required and self.manner.auth and not self.authenticated
        if turn.verb == "MAIL" and wants_login:
            return "530 5.7.0 Authentication required"
        if turn.verb == "RCPT" and len(self.brain.recipients) >= MOST_RECIPIENTS:
            return "452 4.5.3 Too many recipients"
        return ""

    def _ask(self, verb: str, argument: str) -> list[str]:
        if verb in ASKED:
            return self.brain.ask(verb, argument)
        if verb in KNOWN_BUT_UNDONE:
            return ["502 5.5.1 Command not implemented"]
        return ["500 5.5.1 Command not recognized"]

    # EHLO.

    def _edited(self, keywords: list[str]) -> list[str]:
        server = self.manner.server
        keywords = list(keywords)
        if self.manner.base == "starttls" and not self.encrypted:
            keywords.append("STARTTLS")
        if self.manner.auth and (self.encrypted or not self.manner.auth_needs_tls):
            keywords.append(" ".join(("AUTH", *server.auth.mechs)))
        edits = server.ehlo_tls if self.encrypted and server.ehlo_tls else server.ehlo
        if edits and edits[0][:1] not in ("+", "-"):
            return list(edits)
        for edit in edits:
            word = _word(edit[1:])
            keywords = [keyword for keyword in keywords if _word(keyword) != word]
            if edit.startswith("+"):
                keywords.append(edit[1:])
        return keywords

    def _offered(self, word: str) -> list[str] | None:
        """What is offered behind a keyword; None when it is not offered."""
        for keyword in self._edited(self._own):
            if _word(keyword) == word:
                return keyword.upper().split()[1:]
        return None

    def _ehlo(self, argument: str) -> list[str]:
        try:
            known = self.brain.keywords(argument)
        except ValueError as error:
            return [str(error)]
        words = [word for word in known if word != "HELP"]
        self._own = ["PIPELINING", *words, "ENHANCEDSTATUSCODES", "HELP"]
        offer = self._edited(self._own)
        lines = [self.manner.server.host, *offer]
        return [f"250-{line}" for line in lines[:-1]] + [f"250 {lines[-1]}"]

    # MAIL and RCPT.

    def _mail(self, argument: str) -> list[str]:
        return self._path("MAIL", argument)

    def _rcpt(self, argument: str) -> list[str]:
        return self._path("RCPT", argument)

    def _path(self, verb: str, argument: str) -> list[str]:
        read = read_path(verb, argument, self._takes)
        if read.refusal:
            return [read.refusal]
        if read.spaced:
            self._note(f"{verb} has a space behind its colon")
        lines = self.brain.ask(verb, read.for_brain(verb))
        if lines[0].startswith("250"):
            self.brain.keep(verb, read.parameters)
        return lines

    def _takes(self, keyword: str) -> bool:
        """Whether parameters that belong to a keyword are taken."""
        if keyword == "AUTH" and self.authenticated:
            return True
        return self.brain.extended and self._offered(keyword) is not None

    # STARTTLS and AUTH.

    def _starttls(self, argument: str) -> list[str]:
        if self.encrypted:
            return ["503 5.5.1 This is TLS already"]
        if self._offered("STARTTLS") is None or self.manner.base == "plain":
            return ["502 5.5.1 Command not implemented"]
        if argument:
            return ["501 5.5.4 STARTTLS has no argument"]
        return ["220 2.0.0 Ready to start TLS"]

    def _auth(self, argument: str) -> list[str]:
        words = argument.split()
        refusal = self._auth_refusal(words)
        if refusal:
            return [refusal]
        mechanism = BY_NAME[words[0].upper()]
        if len(words) == 2 and not mechanism.initial:
            return [f"501 5.7.0 {mechanism.name} has no initial response"]
        server = self.manner.server
        self._exchange = mechanism.start(server.users, server.host)
        challenge = next(self._exchange)
        if len(words) == 2:
            return self._auth_step(b"" if words[1] == "=" else words[1].encode())
        return [_challenge(challenge)]

    def _auth_refusal(self, words: list[str]) -> str:
        mechanisms = self._offered("AUTH")
        if not self.brain.extended:
            return "503 5.5.1 Send EHLO first"
        if self.authenticated or self.brain.sender is not None:
            return "503 5.5.1 Not now: logged in already, or in the middle of a transaction"
        if mechanisms is None:
            hidden = self.manner.auth and self.manner.auth_needs_tls and not self.encrypted
            return "538 5.7.11 AUTH needs TLS" if hidden else "502 5.5.1 Command not implemented"
        if not 1 <= len(words) <= 2:
            return "501 5.5.4 AUTH mechanism [initial response]"
        if words[0].upper() not in mechanisms or words[0].upper() not in BY_NAME:
            return "504 5.5.4 Unrecognized authentication type"
        return ""

    def _auth_step(self, line: bytes) -> list[str]:
        exchange, self._exchange = self._exchange, None
        if line == b"*":
            return ["501 5.7.0 Authentication cancelled"]
        if exchange is None:
            return ["535 5.7.8 Authentication credentials invalid"]
        try:
            challenge = exchange.send(base64.b64decode(line, validate=True))
        except (binascii.Error, ValueError) as error:
            what = str(error) if isinstance(error, SaslSyntaxError) else "This is no base64"
            return [f"501 5.5.2 {what}"]
        except StopIteration as end:
            return self._logged_in(end.value)
        self._exchange = exchange
        return [_challenge(challenge)]

    def _logged_in(self, user: str | None) -> list[str]:
        if user is None:
            return ["535 5.7.8 Authentication credentials invalid"]
        self.authenticated, self.user = True, user
        return ["235 2.7.0 Authentication successful"]

    # The message.

    def _data(self, argument: str) -> list[str]:
        if argument:
            return ["501 5.5.4 DATA has no argument"]
        if self.brain.sender is None:
            return ["503 5.5.1 Send MAIL first"]
        if not self.brain.recipients:
            return ["503 5.5.1 Send RCPT first"]
        return ["354 End data with <CR><LF>.<CR><LF>"]

    def _message(self, content: ContentReader | None) -> list[str]:
        if not self.brain.recipients:
            return ["554 5.5.1 No valid recipients"]
        if content is None or content.too_large:
            return ["552 5.3.4 The message is too large"]
        mail = Mail(
            self.brain.sender or "",
            self.brain.recipients,
            content.content(),
            self._number,
            self.user,
            self.encrypted,
            self.brain.given.sender,
            tuple(self.brain.given.recipients),
        )
        if not self._inbox.add(mail):
            return ["452 4.3.1 There is no room left for messages"]
        self._accepted(mail)
        return ["250 2.0.0 Message accepted"]

    def _quit(self, argument: str) -> list[str]:
        return ["501 5.5.4 QUIT has no argument"] if argument else ["221 2.0.0 Bye"]

    def _help(self, argument: str) -> list[str]:
        return [f"214 2.0.0 {' '.join(sorted(STAGES))}"]


OWN: dict[str, Callable[[Any, str], list[str]]] = {
    "EHLO": Honest._ehlo,
    "STARTTLS": Honest._starttls,
    "AUTH": Honest._auth,
    "MAIL": Honest._mail,
    "RCPT": Honest._rcpt,
    "DATA": Honest._data,
    "QUIT": Honest._quit,
    "HELP": Honest._help,
}
"""The verbs that are not left to the brain."""


def code_of(line: str) -> int | None:
    """The reply code of a line; None when it does not begin with one."""
    return int(line[:3]) if re.match(r"[0-9]{3}", line) else None


def _word(keyword: str) -> str:
    return keyword.split(" ", 1)[0].upper()


def _challenge(challenge: bytes) -> str:
    return f"334 {base64.b64encode(challenge).decode()}"


def _enhance(verb: str, line: str) -> str:
    code = code_of(line)
    if code is None or line[3:4] != " " or _ENHANCED.match(line):
        return line
    enhanced = ENHANCED.get((verb, code)) or ENHANCED_BY_CODE.get(code)
    return f"{line[:4]}{enhanced} {line[4:]}" if enhanced else line
