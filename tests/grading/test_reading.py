"""Tapes, read: which reply answers which command, what is early, where a message ends."""

import pytest

from smtplab.grading.dialogue import Content, Dialogue, Response
from smtplab.grading.reading import read_tape
from smtplab.server.tape import Budget, Layer, Side, Tape

EHLO = "250-lab.test\r\n250-PIPELINING\r\n250 AUTH PLAIN LOGIN\r\n"


def tape(*said: tuple[str, str], layer: Layer = Layer.PLAIN) -> Tape:
    made = Tape(Budget(1 << 20))
    extend(made, *said, layer=layer)
    return made


def extend(made: Tape, *said: tuple[str, str], layer: Layer = Layer.PLAIN) -> None:
    for side, text in said:
        made.add(Side.CLIENT if side == "C" else Side.SERVER, layer, text.encode("latin-1"))


def read(*said: tuple[str, str], mode: str = "strict") -> Dialogue:
    return read_tape(1, tape(*said), mode)


def early(dialogue: Dialogue) -> list[str]:
    return [c.verb for c in dialogue.commands() if c.is_early]


def test_each_command_has_its_reply():
    found = read(("S", "220 hi\r\n"), ("C", "EHLO me\r\n"), ("S", EHLO), ("C", "QUIT\r\n"),
                 ("S", "221 bye\r\n"))  # fmt: skip
    assert [(c.verb, c.reply.code if c.reply else None) for c in found.commands()] == [
        ("EHLO", 250), ("QUIT", 221),
    ]  # fmt: skip
    assert early(found) == []
    offered = {"PIPELINING", "AUTH", "AUTH PLAIN", "AUTH LOGIN"}
    assert found.commands("QUIT")[0].offered == found.offered == offered


EARLY = [
    ("before the greeting", [("C", "EHLO me\r\n"), ("S", "220 hi\r\n")], ["EHLO"]),
    ("inside a greeting that comes in pieces",
     [("S", "2"), ("C", "EHLO me\r\n"), ("S", "20 hi\r\n")], ["EHLO"]),
    ("after the first line of a greeting of two",
     [("S", "220-hi\r\n"), ("C", "EHLO me\r\n"), ("S", "220 hi\r\n")], ["EHLO"]),
    ("two commands without PIPELINING",
     [("S", "220 hi\r\n"), ("C", "HELO me\r\nMAIL FROM:<>\r\n"), ("S", "250 a\r\n250 b\r\n")],
     ["MAIL"]),
    ("pipelining where it is offered",
     [("S", "220 hi\r\n"), ("C", "EHLO me\r\n"), ("S", EHLO),
      ("C", "MAIL FROM:<a@b>\r\nRCPT TO:<c@d>\r\nDATA\r\n"), ("S", "250 a\r\n250 b\r\n354 c\r\n")],
     []),
    ("behind DATA, pipelining or not",
     [("S", "220 hi\r\n"), ("C", "EHLO me\r\n"), ("S", EHLO),
      ("C", "DATA\r\nRSET\r\n"), ("S", "503 a\r\n250 b\r\n")], ["RSET"]),
    ("a bare CR that the client takes for an end", [("S", "220 hi\r"), ("C", "EHLO me\r\n")], []),
    ("a bare LF is an end", [("S", "220 hi\n"), ("C", "EHLO me\r\n")], []),
]  # fmt: skip


@pytest.mark.parametrize(("said", "wanted"), [c[1:] for c in EARLY], ids=[c[0] for c in EARLY])
def test_talking_too_early_is_seen(said, wanted):
    assert early(read(*said)) == wanted


TO_DATA = (
    ("S", "220 hi\r\n"), ("C", "HELO me\r\n"), ("S", "250 a\r\n"), ("C", "MAIL FROM:<a@b>\r\n"),
    ("S", "250 b\r\n"), ("C", "RCPT TO:<c@d>\r\n"), ("S", "250 c\r\n"), ("C", "DATA\r\n"),
)  # fmt: skip


def content(dialogue: Dialogue) -> Content:
    (only,) = dialogue.contents
    return only


def test_a_message_is_read_up_to_its_dot():
    found = read(*TO_DATA, ("S", "354 go\r\n"), ("C", "a\r\n..b\r\n"), ("C", ".\r"),
                 ("C", "\nQUIT\r\n"), ("S", "250 ok\r\n221 bye\r\n"))  # fmt: skip
    message = content(found)
    assert (bytes(message.raw), message.ended, message.accepted) == (b"a\r\n..b\r\n", True, True)
    assert (message.sender, message.recipients) == ("a@b", ("c@d",))
    assert not message.early
    assert [c.verb for c in found.commands()][-1] == "QUIT"


@pytest.mark.parametrize(
    ("reply", "accepted"),
    [("250 ok\r\n", True), ("550 no\r\n", False), ("", False), ("250ok\r\n", None),
     ("250-ok\r\n550 no\r\n", None), ("250\r\n", True), ("250 ok\n", None)],
)  # fmt: skip
def test_whether_it_is_accepted(reply, accepted):
    said = [*TO_DATA, ("S", "354 go\r\n"), ("C", "a\r\n.\r\n"), ("S", reply)]
    assert content(read(*said)).accepted is accepted


def test_the_mode_decides_where_it_ends():
    said = [*TO_DATA, ("S", "354 go\r\n"), ("C", "a\n.\nb\r\n.\r\n"), ("S", "250 ok\r\n")]
    assert bytes(content(read(*said)).raw) == b"a\n.\nb\r\n"
    assert bytes(content(read(*said, mode="lf")).raw) == b"a\n"


def test_content_before_the_354_is_early_content():
    found = read(*TO_DATA, ("C", "a\r\n"), ("S", "354 go\r\n"), ("C", ".\r\n"), ("S", "250 k\r\n"))
    assert content(found).early
    assert bytes(content(found).raw) == b"a\r\n"


def test_a_quit_that_crossed_the_354_is_no_content():
    crossed = (*TO_DATA, ("C", "quit\r\n"), ("S", "354 go\r\n"))
    found = read(*crossed)
    assert found.contents == []
    assert (found.commands()[-1].verb, early(found)) == ("QUIT", ["QUIT"])
    both = read(*crossed[:-2], ("C", "RSET\r\n"), ("S", "354 go\r\n"), ("C", "QUIT\r\n"))
    assert [c.verb for c in both.commands()][-3:] == ["DATA", "RSET", "QUIT"]
    assert bytes(content(read(*crossed, ("C", "a\r\n"))).raw) == b"quit\r\na\r\n"


def test_without_a_354_the_lines_are_commands():
    found = read(*TO_DATA, ("S", "250 ok\r\n"), ("C", "Subject: x\r\n.\r\n"))
    assert found.contents == []
    assert [c.line for c in found.commands()][-2:] == [b"Subject: x", b"."]


def test_a_refusal_in_the_middle_of_a_message_belongs_to_it():
    found = read(*TO_DATA, ("S", "354 go\r\n"), ("C", "a\r\n"), ("S", "552 too much\r\n"),
                 ("C", "MAIL me\r\n"))  # fmt: skip
    assert content(found).reply is not None
    assert content(found).accepted is False
    assert found.commands("MAIL")[0].argument == "FROM:<a@b>"


def test_lines_of_an_auth_exchange_are_no_commands():
    found = read(("S", "220 hi\r\n"), ("C", "EHLO me\r\n"), ("S", EHLO), ("C", "AUTH LOGIN\r\n"),
                 ("S", "334 VXNlcg==\r\n"), ("C", "YWxpY2U=\r\n"), ("S", "535 no\r\n"),
                 ("C", "QUIT\r\n"))  # fmt: skip
    assert [c.verb for c in found.commands()] == ["EHLO", "AUTH", "QUIT"]
    assert sum(isinstance(turn, Response) for turn in found.turns) == 1
    reply = found.commands("AUTH")[0].reply
    assert reply is not None
    assert reply.code == 535


def test_after_tls_all_begins_anew():
    made = tape(("S", "220 hi\r\n"), ("C", "EHLO me\r\n"), ("S", EHLO), ("C", "STARTTLS\r\n"),
                ("S", "220 go\r\n250 injected\r\n"))  # fmt: skip
    extend(made, ("C", "EHLO me\r\n"), ("S", "250 lab\r\n"), ("C", "QUIT\r\n"), layer=Layer.TLS)
    found = read_tape(1, made)
    assert found.encrypted
    assert [c.encrypted for c in found.commands()] == [False, False, True, True]
    assert found.commands("QUIT")[0].offered == frozenset()
    assert found.commands("QUIT")[0].stray_replies == 1
    assert early(found) == []


def test_chunks_are_content():
    found = read(("S", "220 hi\r\n"), ("C", "EHLO me\r\n"), ("S", "250-x\r\n250 CHUNKING\r\n"),
                 ("C", "BDAT 5\r\nQUIT\n"), ("S", "250 ok\r\n"), ("C", "BDAT 2 LAST\r\nxy"),
                 ("S", "250 ok\r\n"))  # fmt: skip
    assert bytes(content(found).raw) == b"QUIT\nxy"
    assert content(found).accepted is True


HELLO = "\x16\x03\x01\x00\x04\n\r\nx"


@pytest.mark.parametrize(
    ("octets", "verbs"),
    [(HELLO, []), (HELLO + "QUIT\r\n", ["QUIT"]), (HELLO[:7], []), (HELLO[:1], []),
     (HELLO + "\x15\x03\x03\x00\x02\n\n" + "NOOP\r\n", ["NOOP"])],
)  # fmt: skip
def test_a_handshake_that_the_server_does_not_take_part_in_is_no_command(octets, verbs):
    found = read(("S", "220 hi\r\n"), ("C", "EHLO me\r\n"), ("S", EHLO), ("C", "STARTTLS\r\n"),
                 ("S", "220 go\r\n"), ("C", octets))  # fmt: skip
    assert [c.verb for c in found.commands()][2:] == verbs
