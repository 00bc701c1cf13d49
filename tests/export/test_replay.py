"""What of a session can be done again."""

import pytest

from smtplab.client.settings import Security
from smtplab.export.replay import Login, Turn, last_connection, path_of, replay_of
from smtplab.protocol.events import AuthExchanged, CommandSent, ReplyReceived
from smtplab.protocol.replies import Reply
from smtplab.protocol.sasl import Part, SaslMessage
from smtplab.protocol.verbs import Verb
from smtplab.tls.events import HandshakeMessage
from smtplab.transcript.entries import Event
from smtplab.wire.events import ConnectFailed, Opened, Segment
from tests.export.records import inside_tls, of_events, played, recorded
from tests.fakes import CREDENTIALS, settings

OPENED = Opened("mail.test", 2525, "192.0.2.7", 0.0)
OK = ReplyReceived(Reply(250, (b"ok",), b"250 ok\r\n"), Verb.NOOP)


def sent(line: bytes, verb: Verb = Verb.NOOP) -> CommandSent:
    return CommandSent(verb, line)


def test_where_and_how():
    replay = replay_of(inside_tls())
    assert (replay.host, replay.port, replay.security) == ("192.0.2.7", 2525, Security.STARTTLS)
    assert (replay.server_name, replay.verified, replay.ehlo_name) == (
        "mail.test",
        True,
        "client.test",
    )
    assert replay.login == Login("PLAIN", "alice", initial=True)
    assert [turn.has_tls_behind for turn in replay.turns].index(True) == 1
    assert replay.content is not None
    assert replay.content.endswith(b".\r\n")


@pytest.mark.parametrize(
    ("base", "security"),
    [
        ("plain", Security.PLAIN),
        ("starttls", Security.STARTTLS),
        ("implicit", Security.IMPLICIT),
    ],
)
async def test_tls_is_told_by_what_happened(base, security):
    assert replay_of(await recorded("scenario:honest", base=base)).security is security


async def test_a_login_that_needs_more_than_one_message():
    wishes = settings(credentials=CREDENTIALS, mechanism="LOGIN", auth_in_clear=True)
    transcript = await played(wishes, AUTH=b"334 VXNlcm5hbWU6\r\n")
    assert replay_of(transcript).login == Login("LOGIN", "alice", initial=False)


@pytest.mark.parametrize(
    ("mechanism", "part", "name", "secret"),
    [
        ("PLAIN", Part("user", b"a=b"), "a=b", "SMTPLAB_PASSWORD"),
        ("SCRAM-SHA-256", Part("user", b"n=a=3Db=2Cc"), "a=b,c", "SMTPLAB_PASSWORD"),
        ("XOAUTH2", Part("user", b"user=a"), "a", "SMTPLAB_TOKEN"),
        ("OAUTHBEARER", Part("user", b"a=a=2Cb"), "a,b", "SMTPLAB_TOKEN"),
        ("EXTERNAL", Part("authzid", b""), "", None),
        ("ANONYMOUS", Part("trace", b"me"), "me", None),
        ("LOGIN", Part("prompt", b"x"), None, "SMTPLAB_PASSWORD"),
    ],
)
def test_each_mechanism_has_the_name_somewhere(mechanism, part, name, secret):
    exchanged = AuthExchanged(SaslMessage(mechanism, True, part.data, (part,)))
    line = sent(f"AUTH {mechanism} ****\r\n".encode(), Verb.AUTH)
    replay = replay_of(of_events([OPENED, exchanged, line]))
    assert replay.login == Login(mechanism, name, initial=True)
    assert replay.secret == secret


@pytest.mark.parametrize(
    ("data", "shown"),
    [
        (b"\x0b\0\0\4\0\0\0\0", False),
        (b"\x0b\0\0\3\0\0\0", False),
        (b"\x0b\0\0\7\0\0\3abc", True),
    ],
)
def test_a_certificate_of_ours_is_seen(data, shown):
    message = HandshakeMessage(from_client=True, data=data, encrypted=True)
    theirs = HandshakeMessage(from_client=False, data=b"\x0b" + b"x" * 20, encrypted=True)
    read = Segment(from_client=True, size=1, data=b"\x16")
    assert replay_of(of_events([OPENED, read, theirs, message])).shows_certificate is shown


def test_a_login_by_hand_has_no_known_name():
    line = sent(b"auth plain AAAA\r\n", Verb.AUTH)
    assert replay_of(of_events([OPENED, line])).login == Login("PLAIN", None, initial=True)
    assert replay_of(of_events([OPENED, sent(b"AUTH\r\n", Verb.AUTH)])).login == Login(
        "", None, initial=False
    )


def test_only_the_last_connection_counts():
    transcript = of_events([OPENED, sent(b"one\r\n"), OPENED, sent(b"two\r\n")])
    assert [turn.raw for turn in replay_of(transcript).turns] == [b"two\r\n"]
    assert last_connection(of_events([])) == []


def test_replies_are_counted_by_turn():
    events: list[Event] = [OPENED, sent(b"a\r\n"), sent(b"b\r\n"), OK, OK, sent(b"c\r\n")]
    assert [turn.replies for turn in replay_of(of_events(events)).turns] == [0, 2, 1]


def test_without_a_connection_there_is_the_address_that_was_tried():
    failed = ConnectFailed("mail.test", 25, "192.0.2.7", "refused")
    replay = replay_of(of_events([failed]))
    assert (replay.host, replay.port, replay.turns) == ("mail.test", 25, ())
    assert replay_of(of_events([])).host == ""


def test_pieces_of_a_message_are_one_message():
    data, one = CommandSent(Verb.DATA, b"DATA\r\n"), CommandSent(Verb.CONTENT, b"x\r\n")
    dot = CommandSent(Verb.CONTENT, b".\r\n")
    assert replay_of(of_events([OPENED, data, OK, one, dot, OK])).content == b"x\r\n.\r\n"
    assert replay_of(of_events([OPENED, data, OK])).content is None


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (b"MAIL FROM:<a@b>\r\n", ("a@b", "")),
        (b"mail from: <> BODY=8BITMIME SIZE=1\r\n", ("", "BODY=8BITMIME SIZE=1")),
        (b'RCPT TO:<"a>b \\" c"@d> NOTIFY=NEVER\r\n', ('"a>b \\" c"@d', "NOTIFY=NEVER")),
        (b"RCPT TO:a@b\r\n", None),
        (b"RCPT TO:<a@b\r\n", None),
        (b"RCPT TO:<a@b>", None),
        (b"RCPT TO:<\xffa@b>\r\n", None),
    ],
)
def test_paths(line, expected):
    assert path_of(Turn(Verb.RCPT, line, 1)) == expected


def test_a_line_is_one_line_of_ascii():
    lines = [b"NOOP\r\n", b"NOOP\n", b"NOOP", b"a\r\nb\r\n", b"\x1b\r\n", b"\r\n", "ü\r\n".encode()]
    assert [Turn(Verb.NOOP, raw, 1).line for raw in lines] == ["NOOP", *[None] * 6]


def test_the_introduction_is_safe_to_show():
    transcript = inside_tls()
    transcript.target = "x\n\x1b[2J"
    introduction = replay_of(transcript).introduction
    assert all(line.isprintable() for line in introduction)
    assert "x\\x0a\\x1b[2J" in introduction[0]


def test_what_was_sent_without_a_connection_is_no_session():
    assert replay_of(of_events([sent(b"QUIT\r\n", Verb.QUIT)])).turns == ()
