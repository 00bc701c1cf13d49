"""A tape, read: commands, replies and contents of one connection, and which waited for which.

The reading is lenient, since either side may be wrong, and it is our own: were it the server's
parser, it would make the server's mistakes.
"""

import re

from smtplab.grading.dialogue import GREETING, Command, Content, Dialogue, Reply, Response, Turn
from smtplab.server.tape import Layer, Piece, Side, Tape

KEPT = 4096
"""Octets of a line that are kept; what is longer is no SMTP any more."""

_ENDS = {
    "strict": re.compile(rb"(\r\n)\.\r\n"),
    "lf": re.compile(rb"(\r?\n)\.\r?\n"),
    "any": re.compile(rb"(\r\n|\r|\n)\.(?:\r\n|\r|\n)"),
}
"""What the server of a scenario takes for the end of a message."""

_RECORD = re.compile(rb"[\x14-\x17](\x03|\Z)")
"""How a record of TLS begins, and no command does (RFC 8446 §5.1)."""

_PARTING = re.compile(rb"(?i:RSET\r\n)?(?i:QUIT\r\n)?")
"""How a client leaves a transaction that it takes for failed."""

_CODE = re.compile(rb"([0-9]{3})([ \t-]?)")


def read_tape(number: int, tape: Tape, end_of_data: str = "strict") -> Dialogue:
    """Reads a tape; `end_of_data` is what the server took for the end of a message."""
    reader = _Reader(number, end_of_data)
    for piece in tape.pieces:
        reader.take(piece)
    return reader.finish()


class _Reader:
    def __init__(self, number: int, end_of_data: str) -> None:
        self.dialogue = Dialogue(number)
        self._end = _ENDS[end_of_data]
        self._encrypted = False
        self._queue: list[Command | Content] = [_awaited_greeting()]
        """What waits for a reply."""
        self._client, self._server = b"", b""
        self._reply_lines: list[bytes] = []
        self._content: Content | None = None
        self._chunk_left = 0
        self._wants_response = False
        self._offered: frozenset[str] | None = None
        self._sender, self._recipients = "", list[str]()
        self._stray = 0
        self._early = (0, "")
        """Octets that were held until a reply told what they are, and the verb of that reply."""

    def take(self, piece: Piece) -> None:
        """The next octets of one side."""
        octets = piece.data
        if piece.side is Side.CLIENT and octets:
            self.dialogue.said_anything = True
        if piece.layer is Layer.CIPHER:
            return
        if piece.layer is Layer.TLS and not self._encrypted:
            self._tls_is_up()
        if piece.side is Side.SERVER:
            self._server += octets
            self._read_server()
        else:
            self._settle_bare_cr()
            self._client += octets
            self._read_client()

    def finish(self) -> Dialogue:
        """What is left over at the end, and the whole."""
        self._read_client(at_end=True)
        self._settle_parting()
        self.dialogue.unfinished_reply = b"".join(self._reply_lines) + self._server
        self.dialogue.encrypted = self._encrypted
        self.dialogue.offered = self._offered or frozenset()
        return self.dialogue

    def _settle_parting(self) -> None:
        """RSET and QUIT that crossed the 354 on their way are no beginning of a message."""
        content = self._content
        if content is None or not content.early or not _PARTING.fullmatch(content.raw):
            return
        lines = [bytes(line) for line in content.raw.split(b"\r\n")[:-1]]
        said: list[Turn] = [
            Command(line, b"\r\n", content.encrypted, ("DATA",), offered=self._offered)
            for line in lines
        ]
        at = self.dialogue.turns.index(content)
        self.dialogue.turns[at : at + 1] = said

    def _tls_is_up(self) -> None:
        self._encrypted = True
        self._client = self._server = b""
        self._reply_lines.clear()
        # In implicit TLS the greeting is still to come.
        self._queue = [_awaited_greeting()] if not self.dialogue.replies else []
        self._offered = None
        self._sender, self._recipients = "", []

    # The server's side.

    def _read_server(self) -> None:
        while (end := self._server.find(b"\n")) >= 0:
            line, self._server = self._server[: end + 1], self._server[end + 1 :]
            self._reply_line(line)

    def _settle_bare_cr(self) -> None:
        """A client that goes on after a bare CR took it for the end of a line: so do we."""
        if b"\r" in self._server:
            self._reply_line(self._server)
            self._server = b""

    def _reply_line(self, line: bytes) -> None:
        code = _CODE.match(line)
        if code is None:
            # It is no reply, but it may well spoil one.
            self._reply_lines.append(line)
            return
        self._reply_lines.append(line)
        if code[2] != b"-":
            self._reply(int(code[1]))

    def _reply(self, code: int) -> None:
        lines, self._reply_lines = self._reply_lines, []
        asked = self._queue.pop(0) if self._queue else None
        to = asked if isinstance(asked, Command) else None
        reply = Reply(code, b"".join(lines), _is_regular(lines), to, self._encrypted)
        self.dialogue.turns.append(reply)
        self._early = (len(self._client), _name(asked) if asked is not None else "")
        if asked is None and self._content is not None:
            # It was refused before it had ended.
            self._content.reply = self._content.reply or reply
        elif asked is None:
            self._stray += 1
        elif isinstance(asked, Content):
            asked.reply = reply
            self._sender, self._recipients = "", []
        else:
            asked.reply = reply
            self._follow(asked, reply)
        if self._client:
            self._read_client()

    def _follow(self, command: Command, reply: Reply) -> None:
        """What a reply changes."""
        code, verb = reply.code or 0, command.verb
        good = 200 <= code < 300
        if verb == "DATA" and code == 354:
            # The line end behind DATA counts as one in front of the content (RFC 5321 §4.1.1.4).
            self._content = self._new_content()
            self._content.early = bool(self._client)
        elif verb == "AUTH" and code == 334:
            self._wants_response = True
            self._queue.insert(0, command)
        elif verb == "EHLO" and good:
            self._offered = _offer(reply.raw)
        elif verb == "MAIL" and good:
            self._sender = _path(command.argument)
        elif verb == "RCPT" and good:
            self._recipients.append(_path(command.argument))
        if verb in ("EHLO", "HELO", "RSET") and good:
            self._sender, self._recipients = "", []

    def _new_content(self, *, chunked: bool = False) -> Content:
        content = Content(
            bytearray(), self._encrypted, self._sender, tuple(self._recipients), chunked=chunked
        )
        self.dialogue.turns.append(content)
        return content

    # The client's side.

    def _read_client(self, *, at_end: bool = False) -> None:
        while self._client:
            if self._chunk_left:
                self._take_chunk()
            elif self._content is not None:
                if not self._take_content(self._content):
                    return
            elif (self._is_undecided() and not at_end) or not self._take_line(at_end=at_end):
                return

    def _is_undecided(self) -> bool:
        """Whether the reply to DATA or AUTH decides what the next octets are."""
        last = self._queue[-1] if self._queue else None
        return (
            isinstance(last, Command)
            and last.verb in ("DATA", "AUTH")
            and not (self._wants_response)
        )

    def _take_line(self, *, at_end: bool) -> bool:
        if _RECORD.match(self._client):
            return self._drop_record()
        end = self._client.find(b"\n")
        if end < 0 and not at_end:
            return False
        raw = self._client[: end + 1] if end >= 0 else self._client
        self._client = self._client[len(raw) :]
        line = raw.removesuffix(b"\n").removesuffix(b"\r")
        held, name = self._early
        self._early = (max(0, held - len(raw)), name)
        if self._wants_response:
            self._wants_response = False
            self.dialogue.turns.append(Response(line, self._encrypted))
            return True
        self._command(line, raw[len(line) :], (name,) if held and name else ())
        return True

    def _drop_record(self) -> bool:
        """A record of TLS that the server read as clear text, since it never shook hands."""
        length = 5 + int.from_bytes(self._client[3:5], "big")
        if len(self._client) < max(5, length):
            return False
        self._client = self._client[length:]
        return True

    def _command(self, line: bytes, ended: bytes, held_for: tuple[str, ...]) -> None:
        command = Command(line[:KEPT], ended, self._encrypted)
        command.awaited = (*held_for, *(_name(asked) for asked in self._queue))
        self.dialogue.greeted_early |= GREETING in command.awaited
        command.may_pipeline = self._offered is not None and "PIPELINING" in self._offered
        command.offered = self._offered
        command.stray_replies = self._stray
        self.dialogue.turns.append(command)
        if command.verb == "BDAT" and (size := _chunk_size(command.argument)) is not None:
            self._chunk_left = size
            content = self._open_chunks() or self._new_content(chunked=True)
            content.ended = "LAST" in command.argument.upper().split()
            self._queue.append(content if content.ended else command)
            return
        self._queue.append(command)

    def _open_chunks(self) -> Content | None:
        contents = self.dialogue.contents
        last = contents[-1] if contents else None
        return last if last is not None and last.chunked and not last.ended else None

    def _take_chunk(self) -> None:
        piece = self._client[: self._chunk_left]
        self._client = self._client[len(piece) :]
        self._chunk_left -= len(piece)
        self.dialogue.contents[-1].raw += piece

    def _take_content(self, content: Content) -> bool:
        """Takes what belongs to the content; False while its end is still to come."""
        searched = max(0, len(content.raw) - 4)
        content.raw += self._client
        self._client = b""
        end = self._end.search(content.raw, searched)
        if content.raw.startswith(b".\r\n"):
            cut, stop = 0, 3
        elif end is None:
            return False
        else:
            cut, stop = end.end(1), end.end()
        self._client = bytes(content.raw[stop:])
        del content.raw[cut:]
        content.ended = True
        self._content = None
        if content.reply is None:  # else it was refused before it had ended
            self._queue.append(content)
        return True


def _awaited_greeting() -> Command:
    """What the greeting answers, though nobody sent it."""
    return Command(GREETING.encode(), b"", encrypted=False)


def _name(asked: Command | Content) -> str:
    return asked.verb if isinstance(asked, Command) else "content"


def _is_regular(lines: list[bytes]) -> bool:
    codes = {line[:3] for line in lines}
    shaped = all(_CODE.match(line) and line.endswith(b"\r\n") for line in lines)
    separated = all(line[3:4] in (b" ", b"-", b"\r") for line in lines)
    one_class = lines[0][:1] in (b"2", b"3", b"4", b"5")
    return len(codes) == 1 and shaped and separated and one_class


def _offer(raw: bytes) -> frozenset[str]:
    """The keywords of an EHLO reply, and `AUTH X` for each mechanism X."""
    found: set[str] = set()
    for line in raw.splitlines()[1:]:
        words = line[4:].decode("latin-1").upper().replace("AUTH=", "AUTH ").split()
        if words:
            found.add(words[0])
            found.update(f"AUTH {word}" for word in words[1:] if words[0] == "AUTH")
    return frozenset(found)


def _path(argument: str) -> str:
    found = re.search(r"<([^<>]*)>", argument)
    return found[1] if found else argument.partition(":")[2].strip().split(" ")[0]


def _chunk_size(argument: str) -> int | None:
    word = argument.split(" ")[0]
    return int(word) if word.isascii() and word.isdigit() and len(word) < 10 else None
