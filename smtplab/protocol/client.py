"""The client's side of SMTP without I/O: octets in, octets out, events.

What was sent and not yet answered stands in `expecting`, oldest first. A reply that nothing is
outstanding for is reported as such and never paired with a command sent later: pairing it is how
injected replies come to be believed.
"""

from collections import deque

from smtplab.protocol.events import (
    CommandSent,
    ContentSent,
    IrregularitySeen,
    ProtocolEvent,
    ReplyReceived,
    Span,
)
from smtplab.protocol.extensions import Capabilities
from smtplab.protocol.irregularities import Irregularity
from smtplab.protocol.replies import Reply, ReplyClass, ReplyParser, readable
from smtplab.protocol.states import SERVICE_CLOSING, State, is_expected, next_state
from smtplab.protocol.verbs import Verb, verb_of

CRLF = b"\r\n"

FINAL_DOT = b"\r\n.\r\n"
"""What ends a message (RFC 5321 §4.1.1.4); its first CR LF may be that of the DATA line."""

CHUNKS = (Verb.BDAT, Verb.BDAT_LAST)
"""Lines with octets behind them that are no lines."""

HELLOS = (Verb.EHLO, Verb.HELO, Verb.LHLO)

OVERLAP = len(FINAL_DOT) - 1
"""Octets of the final dot that may have gone out before the rest of it."""

SHOWN = 60
"""Octets that are quoted of what nobody asked for."""

UNASKED_KEPT = 1000
"""Replies that nobody asked for, of one connection; later ones are dropped, or memory would go."""

BEGINNING = 64
"""Octets kept of a line without an end: enough to tell its verb."""


class ClientProtocol:
    """One connection's worth of SMTP, from the greeting on."""

    def __init__(self) -> None:
        self.state = State.CONNECTED
        self.capabilities: Capabilities | None = None
        """What the last EHLO offered; None before one was accepted."""
        self.capabilities_before_tls: Capabilities | None = None
        self.authenticated = False
        self.lmtp = False
        """LHLO was accepted: each recipient gets a reply of its own to the message."""
        self.accepted = 0
        """Recipients that the server has taken in this transaction."""
        self.expecting: deque[Verb] = deque([Verb.GREETING])
        self._parser = ReplyParser()
        self._events: list[ProtocolEvent] = []
        self._outgoing: list[bytes] = []
        self._unanswered = b""
        """The end of what was sent and has not yet made a whole line, or a whole message."""
        self._dropped = 0
        """Octets that came in the clear between the 220 to STARTTLS and the handshake."""
        self._first_dropped = b""
        self._unasked = 0
        """How many replies no command asked for."""
        self._chunk_left = 0
        """Octets that a BDAT has announced and that were not sent yet."""

    # Sending.

    def send_command(
        self, line: bytes, *, verb: Verb | None = None, secrets: tuple[Span, ...] = ()
    ) -> None:
        """Sends a line with its CR LF; any line, legal or not."""
        self._send(verb or verb_of(line), line + CRLF, secrets)

    def send_raw(self, octets: bytes) -> None:
        """Sends octets as they are; each line that they end is one command.

        What has no line end yet waits for the octets that are sent next, as it does at the server.
        """
        verb = Verb.AUTH_RESPONSE if self.state is State.AUTHENTICATING else verb_of(octets)
        self._send(verb, octets)

    def send_preamble(self, octets: bytes) -> None:
        """Sends what comes before SMTP, such as a PROXY header: no reply is due."""
        self._events.append(CommandSent(Verb.PROXY, octets))
        self._outgoing.append(octets)

    def send_chunk(self, line: bytes, octets: bytes) -> None:
        """Sends a BDAT line and the octets that it counts."""
        self.send_command(line)
        self._chunk_left -= min(self._chunk_left, len(octets))
        self._events.append(ContentSent(octets))
        self._outgoing.append(octets)

    def send_content(self, wire: bytes, *, whole: bool = False) -> None:
        """Sends a message in its wire form. Only its final dot makes a server answer.

        `whole`: that dot stands at its end and nowhere else, so it need not be searched for.
        """
        if self._in_content and not (whole and self._unanswered.endswith(CRLF)):
            self._read_along(wire, Verb.CONTENT)
        else:
            self._unanswered = b""
            self._expect_verdict(Verb.CONTENT)
        self._events.append(ContentSent(wire))
        self._outgoing.append(wire)

    def _send(self, verb: Verb, octets: bytes, secrets: tuple[Span, ...] = ()) -> None:
        if self._in_content:
            verb = Verb.CONTENT
        self._read_along(octets, verb)
        self._events.append(CommandSent(verb, octets, secrets))
        self._outgoing.append(octets)

    @property
    def _in_content(self) -> bool:
        """Whether the server takes what is sent for lines of a message: from 354 to the dot."""
        return self.state is State.DATA and Verb.CONTENT not in self.expecting

    def _read_along(self, octets: bytes, verb: Verb) -> None:
        """Works out which replies these octets ask for, reading them as a server does.

        `verb` is that of the first line, unless octets sent before are the beginning of it.
        """
        if self._in_content:
            end = _end_of_message(self._unanswered, octets)
            if end is None:
                self._unanswered = (self._unanswered + octets[-OVERLAP:])[-OVERLAP:]
                return
            self._expect_verdict(Verb.CONTENT)
            self._unanswered = b""
            octets = octets[end:]
            verb = verb_of(octets)
        begun = bool(self._unanswered or self._chunk_left)
        if not begun and verb not in CHUNKS and octets.find(b"\n") + 1 == len(octets) > 0:
            self.expecting.append(verb)  # one whole line, as nearly always
            return
        octets = self._unanswered + self._behind_chunk(octets)
        while b"\n" in octets:
            line, _, octets = octets.partition(b"\n")
            this = verb_of(line) if begun else verb
            begun = True
            self._expect_verdict(this)
            if this in CHUNKS:
                self._chunk_left = _announced(line)
                octets = self._behind_chunk(octets)
        self._unanswered = octets[:BEGINNING]

    def _expect_verdict(self, verb: Verb) -> None:
        """One reply more is due; in LMTP one a recipient to the whole message (RFC 2033 §4.2)."""
        self.expecting.append(verb)
        if self.lmtp and verb in (Verb.CONTENT, Verb.BDAT_LAST):
            self.expecting.extend([verb] * (self.accepted - 1))

    def _behind_chunk(self, octets: bytes) -> bytes:
        """What is no part of a piece of the message."""
        inside = min(self._chunk_left, len(octets))
        self._chunk_left -= inside
        return octets[inside:]

    def data_to_send(self) -> bytes:
        """What has to go out now; each octet is given once."""
        outgoing = self._outgoing
        data = outgoing[0] if len(outgoing) == 1 else b"".join(outgoing)
        self._outgoing = []
        return data

    # Receiving.

    def receive_data(self, data: bytes) -> None:
        """Takes what arrived; `events_received` tells what it was."""
        if self._awaits_handshake:
            self._drop(data)
            return
        replies = self._parser.receive_data(data)
        for index, reply in enumerate(replies):
            self._take(reply)
            if self._awaits_handshake:
                rest = b"".join(later.raw for later in replies[index + 1 :]) + self._parser.pending
                self._parser = ReplyParser()
                self._drop(rest)
                return

    @property
    def _awaits_handshake(self) -> bool:
        """220 to STARTTLS was read: whatever comes in the clear from here on is not believed."""
        return self.state is State.STARTTLS

    @property
    def is_idle(self) -> bool:
        """Whether a message can begin, and neither side owes the other anything."""
        owed = self.expecting or self._unanswered or self._parser.pending
        return self.state is State.READY and not owed

    def receive_eof(self) -> None:
        """The connection ended: an unfinished reply is reported, and answers nothing.

        `expecting` stays as it is: it tells what will never be answered.
        """
        self._report_dropped()
        reply = self._parser.receive_eof()
        self.state = State.CLOSED
        if reply is not None:
            self._events.append(ReplyReceived(reply, None))
            self._report_oddities(reply)

    def events_received(self) -> list[ProtocolEvent]:
        """What happened since the last call, in order, sent lines included."""
        events, self._events = self._events, []
        return events

    def _take(self, reply: Reply) -> None:
        if not self.expecting:
            self._take_unasked(reply)
            return
        verb, code = self.expecting.popleft(), reply.code
        self._events.append(ReplyReceived(reply, verb))
        self._report_oddities(reply)
        if code is not None and not is_expected(verb, code):
            self._odd("unexpected-code", f"{code} to {verb.value}")
        self._learn(verb, reply)

    def _take_unasked(self, reply: Reply) -> None:
        closing = reply.code == SERVICE_CLOSING
        self._unasked += 1
        if self._unasked > UNASKED_KEPT and not (closing and self.state is not State.CLOSED):
            if self._unasked == UNASKED_KEPT + 1:
                self._odd("unasked-reply", f"more than {UNASKED_KEPT}; no more of them are kept")
            return
        self._events.append(ReplyReceived(reply, None))
        self._report_oddities(reply)
        if closing:
            self.state = State.CLOSED
        else:
            self._odd("unasked-reply", readable(reply.raw[:SHOWN].rstrip(CRLF)))

    def _learn(self, verb: Verb, reply: Reply) -> None:
        reply_class = reply.reply_class
        self.state = next_state(self.state, verb, reply_class, reply.code)
        if reply_class is ReplyClass.POSITIVE:
            self._learn_from_yes(verb, reply)
        elif verb is Verb.DATA and self.state is State.DATA:
            self._unanswered = CRLF

    def _learn_from_yes(self, verb: Verb, reply: Reply) -> None:
        if verb is Verb.RCPT:
            self.accepted += 1
        elif verb in (Verb.MAIL, Verb.RSET):
            self.accepted = 0
        elif verb in HELLOS:
            self.accepted = 0
            self.lmtp = verb is Verb.LHLO
            self.capabilities = Capabilities.parse(reply)
            self._parser.allow_utf8 = self.capabilities.has("SMTPUTF8")
            if self.capabilities_before_tls is not None and self.capabilities.has("STARTTLS"):
                self._odd("starttls-inside-tls", "")
        elif verb in (Verb.AUTH, Verb.AUTH_RESPONSE):
            self.authenticated = True
        elif verb is Verb.XCLIENT:
            self.capabilities = None

    def _report_oddities(self, reply: Reply) -> None:
        for irregularity in reply.irregularities:
            self._events.append(IrregularitySeen(irregularity))
        raw = reply.raw
        if len(reply.lines) == 1 and raw[:1] == raw[4:5] and raw[5:6] == b".":
            return  # what looks like an enhanced code has the right class
        enhanced = reply.enhanced
        if enhanced is not None and reply.code is not None and enhanced.klass != reply.code // 100:
            self._odd("class-mismatch", f"{reply.code} with {enhanced}")

    def _odd(self, kind: str, detail: str) -> None:
        self._events.append(IrregularitySeen(Irregularity(kind, detail)))

    # TLS.

    def start_tls(self) -> None:
        """The handshake begins; what the parser still holds came in the clear and is dropped.

        Commands sent behind STARTTLS are not expected to be answered: a server that obeys them
        inside TLS has been talked into it by somebody in between (RFC 3207 §4.2).
        """
        self._drop(self._parser.pending)
        self._report_dropped()
        self._parser = ReplyParser()
        self.expecting.clear()
        self._unanswered = b""
        self.state = State.STARTTLS

    def tls_up(self) -> None:
        """TLS stands: the session begins anew, all that was learned is void (RFC 3207 §4.2)."""
        self.capabilities_before_tls = self.capabilities or Capabilities()
        self.capabilities = None
        self.authenticated = False
        self.state = State.GREETED

    def _drop(self, data: bytes) -> None:
        self._dropped += len(data)
        self._first_dropped = (self._first_dropped + data[:SHOWN])[:SHOWN]

    def _report_dropped(self) -> None:
        """Once for all of it, however it was cut on the way."""
        if self._dropped:
            what = f"{self._dropped} octets: {readable(self._first_dropped)}"
            self._odd("injected-after-starttls", what)
        self._dropped, self._first_dropped = 0, b""


def _end_of_message(before: bytes, octets: bytes) -> int | None:
    """Where the message ends in these octets, which may be many: they are not copied."""
    seam = before + octets[:OVERLAP]
    at = seam.find(FINAL_DOT)
    if at >= 0:
        return at + len(FINAL_DOT) - len(before)
    at = octets.find(FINAL_DOT)
    return at + len(FINAL_DOT) if at >= 0 else None


def _announced(line: bytes) -> int:
    """The octets that a BDAT line says will follow; 0 when it does not say."""
    words = line.split()
    number = words[1] if len(words) > 1 else b""
    return int(number) if number.isdigit() and len(number) < 19 else 0
