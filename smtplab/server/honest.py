"""What the honest server says, and what it keeps in mind: no octets, no waiting, no faults."""

import re
from collections.abc import Callable
from typing import Any

from smtplab.server.brain import ASKED, MOST_RECIPIENTS
from smtplab.server.conditions import path_in
from smtplab.server.content import Chunks, Content
from smtplab.server.enhanced import enhanced, plain
from smtplab.server.envelope import read_path
from smtplab.server.inbox import Inbox, Mail
from smtplab.server.login import Login
from smtplab.server.manner import Manner
from smtplab.server.sasl import Accounts
from smtplab.server.turns import Turn, chunk_in

ACCEPTED = "250 2.0.0 Message accepted"
GO_ON = "354 End data with <CR><LF>.<CR><LF>"

BEFORE_TLS = frozenset({"NOOP", "EHLO", "HELO", "LHLO", "STARTTLS", "QUIT"})
"""What a server that wants TLS answers before it (RFC 3207 §4)."""

KNOWN_BUT_UNDONE = frozenset({"EXPN", "TURN", "ETRN", "SEND", "SOML", "SAML"})

SYNTAX = {
    "HELO": "HELO name", "EHLO": "EHLO name", "LHLO": "LHLO name", "STARTTLS": "STARTTLS",
    "AUTH": "AUTH mechanism [initial-response]", "MAIL": "MAIL FROM:<reverse-path> [parameters]",
    "RCPT": "RCPT TO:<forward-path> [parameters]", "DATA": "DATA", "BDAT": "BDAT octets [LAST]",
    "RSET": "RSET", "NOOP": "NOOP [anything]", "VRFY": "VRFY address", "HELP": "HELP [command]",
    "QUIT": "QUIT",
}  # fmt: skip

_CONTROL = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")


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
        self.login = Login()
        self.encrypted = False
        self.certified = ""
        self.binding = b""
        """The user in the client's certificate."""
        self.in_service = True
        """False after a 5xx greeting: then only QUIT is served (RFC 5321 §3.1)."""
        self._inbox = inbox
        self._number = number
        self._accepted = accepted
        self._note = note
        self._begin()

    def _begin(self) -> None:
        self.brain = self.manner.mould.brain()
        self.offer = self.manner.offer(encrypted=self.encrypted)

    def tls_is_up(self, certified: str = "", binding: bytes = b"") -> None:
        """Everything that was said in the clear is forgotten (RFC 3207 §4.2)."""
        self.encrypted, self.certified, self.binding = True, certified, binding
        self.login.forget()
        self._begin()

    # Turns.

    def decides_login(self, turn: Turn) -> bool:
        """Whether a turn brings what is left to know before a login is granted or refused."""
        if turn.stage == "auth-step":
            return self.login.is_due_with(turn.response)
        may = turn.stage == "auth" and self.brain.extended and self.brain.sender is None
        return may and self.login.is_due(turn.argument, self.offer)

    def answer(self, turn: Turn) -> list[str]:
        """The reply to a turn; the state moves on with it."""
        return self.worded(turn.verb, self._lines(turn))

    def worded(self, verb: str, lines: list[str]) -> list[str]:
        """The lines with enhanced status codes, or without, as they are offered."""
        if not self.offer.coded:
            return [plain(line) for line in lines]
        if len(lines) == 1:  # nearly all
            return [enhanced(verb, lines[0])]
        return [enhanced(verb, line) for line in lines]

    def _lines(self, turn: Turn) -> list[str]:
        if turn.stage == "greeting":
            return [f"220 {self.manner.server.host} {self._protocol} smtplab"]
        if turn.refusal:
            return [turn.refusal]
        if turn.stage == "auth-step":
            return [self.login.step(turn.response)]
        if turn.stage == "eom":
            return self._message(turn)
        refusal = self._refusal(turn)
        if refusal:
            return [refusal]
        own = OWN.get(turn.verb)
        return own(self, turn.argument) if own else self._ask(turn.verb, turn.argument)

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
        elif turn.stage in ("auth", "auth-step"):
            self.login.settle(code)
        elif turn.stage == "eom":
            self.brain.forget_transaction()

    @property
    def _protocol(self) -> str:
        return "LMTP" if self.manner.lmtp else "ESMTP"

    # Before a verb is looked at.

    def _refusal(self, turn: Turn) -> str:
        if not self.in_service and turn.verb != "QUIT":
            return "503 5.5.1 There is no service here, only QUIT"
        if not turn.argument.isprintable() and _CONTROL.search(turn.argument):
            return "500 5.5.2 Control characters are not allowed in a command"
        policy = self.manner.server
        if policy.tls.required and not self.encrypted and turn.verb not in BEFORE_TLS:
            return "530 5.7.0 Must issue a STARTTLS command first"
        if turn.verb in ("MAIL", "RCPT"):
            return self._envelope_refusal(turn)
        return ""

    def _envelope_refusal(self, turn: Turn) -> str:
        if not turn.argument.isascii():
            asked = turn.argument.upper().split()
            if not (self.brain.utf8 if turn.verb == "RCPT" else "SMTPUTF8" in asked):
                return "553 5.6.7 An address outside ASCII needs SMTPUTF8"
        wants_login = self.manner.server.auth.required and self.manner.auth and not self.login.done
        if turn.verb == "MAIL" and wants_login:
            return "530 5.7.0 Authentication required"
        if turn.verb == "RCPT" and self.brain.recipient_count >= MOST_RECIPIENTS:
            return "452 4.5.3 Too many recipients"
        return ""

    def _ask(self, verb: str, argument: str) -> list[str]:
        if verb in ASKED:
            return self.brain.ask(verb, argument)
        if verb in KNOWN_BUT_UNDONE:
            return ["502 5.5.1 Command not implemented"]
        return ["500 5.5.1 Command not recognized"]

    # Hello.

    def _hello(self, argument: str) -> list[str]:
        """EHLO, or LHLO where LMTP is spoken."""
        lines = self.brain.ask("EHLO", argument)
        if not lines[0].startswith("250"):
            return lines
        server = self.manner.server
        lines = [server.hello or server.host, *self.offer.keywords]
        return [f"250-{line}" for line in lines[:-1]] + [f"250 {lines[-1]}"]

    def _ehlo(self, argument: str) -> list[str]:
        if self.manner.lmtp:
            return ["500 5.5.1 This is LMTP, which begins with LHLO"]
        return self._hello(argument)

    def _helo(self, argument: str) -> list[str]:
        return self._ehlo("") if self.manner.lmtp else self.brain.ask("HELO", argument)

    def _lhlo(self, argument: str) -> list[str]:
        return self._hello(argument) if self.manner.lmtp else self._ask("", "")

    # STARTTLS and AUTH.

    def _starttls(self, argument: str) -> list[str]:
        if self.encrypted:
            return ["503 5.5.1 This is TLS already"]
        if "STARTTLS" not in self.offer or self.manner.base == "plain":
            return ["502 5.5.1 Command not implemented"]
        if argument:
            return ["501 5.5.4 STARTTLS has no argument"]
        return ["220 2.0.0 Ready to start TLS"]

    def _auth(self, argument: str) -> list[str]:
        if not self.brain.extended:
            return ["503 5.5.1 Send EHLO first"]
        if self.login.done or self.brain.sender is not None:
            return ["503 5.5.1 Not now: logged in already, or in the middle of a transaction"]
        if "AUTH" not in self.offer:
            hidden = self.manner.auth and self.manner.auth_needs_tls and not self.encrypted
            return ["538 5.7.11 AUTH needs TLS" if hidden else "502 5.5.1 Command not implemented"]
        server = self.manner.server
        accounts = Accounts(server.users, server.host, self.certified, self.binding)
        return [self.login.begin(argument, self.offer, accounts)]

    # The envelope.

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
        lines = self.brain.ask(verb, read.for_brain)
        if read.parameters and lines[0].startswith("250"):
            self.brain.keep(verb, read.parameters)
        return lines

    def _takes(self, keyword: str) -> bool:
        """Whether parameters that belong to a keyword are taken."""
        return self.brain.extended and (
            keyword in self.offer or (keyword == "AUTH" and self.login.done)
        )

    # The message.

    def _no_message_yet(self) -> str:
        """Why no message may come; empty when it may."""
        if self.brain.sender is None:
            return "503 5.5.1 Send MAIL first"
        return "" if self.brain.recipients else "503 5.5.1 Send RCPT first"

    def _data(self, argument: str) -> list[str]:
        if argument:
            return ["501 5.5.4 DATA has no argument"]
        if self.brain.given.chunks is not None:
            return ["503 5.5.1 This message has begun with BDAT"]
        return [self._no_message_yet() or GO_ON]

    def chunk_wanted(self, turn: Turn) -> bool:
        """Whether octets follow a BDAT: it is offered, and says how many (RFC 3030 §2)."""
        return self.in_service and "CHUNKING" in self.offer and chunk_in(turn.argument) is not None

    @property
    def chunks(self) -> Chunks:
        """Where the chunks of this transaction go; they go nowhere outside of one."""
        if self._no_message_yet():
            return Chunks(0)
        if self.brain.given.chunks is None:
            self.brain.given.chunks = Chunks(self.manner.server.size)
        return self.brain.given.chunks

    def _bdat(self, argument: str) -> list[str]:
        chunk = chunk_in(argument)
        if "CHUNKING" not in self.offer:
            return ["502 5.5.1 Command not implemented"]
        if chunk is None:
            return ["501 5.5.4 Syntax: BDAT octets [LAST]"]
        refusal = self._no_message_yet()
        if not refusal and self.chunks.too_large:
            refusal = "552 5.3.4 The message is too large"
        return [refusal or f"250 2.0.0 {chunk[0]} octets received"]

    def _message(self, turn: Turn) -> list[str]:
        recipients = self.brain.recipients
        refusal = self._message_refusal(turn.verb, turn.content, recipients)
        if not self.manner.lmtp or not recipients:
            return [refusal or ACCEPTED]
        # LMTP answers for each recipient on its own (RFC 2033 §4.2).
        return [refusal or f"250 2.1.5 <{recipient}> delivered" for recipient in recipients]

    def _message_refusal(
        self, verb: str, content: Content | None, recipients: tuple[str, ...]
    ) -> str:
        if verb == "BDAT" and self._no_message_yet():
            return self._no_message_yet()
        if not recipients:
            return "554 5.5.1 No valid recipients"
        if content is None or content.too_large:
            return "552 5.3.4 The message is too large"
        return self.keep(content.content())

    def keep(self, content: bytes) -> str:
        """Puts a message into the inbox; why not, when there is no room."""
        brain = self.brain
        sender, each = brain.parameters
        mail = Mail(
            brain.sender or "",
            brain.recipients,
            content,
            self._number,
            self.login.user,
            self.encrypted,
            sender,
            each,
        )
        if not self._inbox.add(mail):
            return "452 4.3.1 There is no room left for messages"
        self._accepted(mail)
        return ""

    # The rest.

    def _vrfy(self, argument: str) -> list[str]:
        lines = self.brain.ask("VRFY", argument)
        # Which of the two it is depends on the version of Python, whose `email` reads the address.
        unread = lines[0].startswith(("502", "501 Syntax error"))
        return ["501 5.1.3 This is no address"] if unread else lines

    def _help(self, argument: str) -> list[str]:
        if not argument:
            return [f"214 2.0.0 {' '.join(sorted(SYNTAX))}"]
        syntax = SYNTAX.get(argument.upper())
        return [f"214 2.0.0 {syntax}" if syntax else "504 5.5.4 There is no help on that"]

    def _quit(self, argument: str) -> list[str]:
        return ["501 5.5.4 QUIT has no argument"] if argument else ["221 2.0.0 Bye"]


OWN: dict[str, Callable[[Any, str], list[str]]] = {
    "EHLO": Honest._ehlo,
    "HELO": Honest._helo,
    "LHLO": Honest._lhlo,
    "STARTTLS": Honest._starttls,
    "AUTH": Honest._auth,
    "MAIL": Honest._mail,
    "RCPT": Honest._rcpt,
    "DATA": Honest._data,
    "BDAT": Honest._bdat,
    "VRFY": Honest._vrfy,
    "HELP": Honest._help,
    "QUIT": Honest._quit,
}
"""The verbs that are not left to the brain alone."""
