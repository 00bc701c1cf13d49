"""Records to export: a played one with a clock that ticks, and real ones of the bundled server."""

import itertools
from pathlib import Path
from typing import Any

from smtplab.client.settings import SessionSettings
from smtplab.protocol.events import AuthExchanged, CommandSent, ContentSent, ReplyReceived
from smtplab.protocol.replies import Reply
from smtplab.protocol.sasl import Part, SaslMessage
from smtplab.protocol.verbs import Verb, verb_of
from smtplab.tls.events import ChainChecked, HandshakeMessage, TlsUp
from smtplab.transcript.entries import Event, Transcript
from smtplab.transcript.recorder import Recorder
from smtplab.transcript.redaction import Redactor
from smtplab.wire.events import Closed, Ending, Opened, Segment
from smtplab.workbench.bench import Workbench
from smtplab.workbench.options import Options
from smtplab.workbench.target import parse_target
from tests.fakes import NOON, Session

TICK = 1_000_000
"""Nanoseconds from one event to the next."""


def of_events(events: list[Event], *secrets: str, target: str = "fake.test:25") -> Transcript:
    """Those events as a record that began at noon."""
    transcript = Transcript(target, started=NOON)
    ticks = itertools.count(0, TICK)
    recorder = Recorder(transcript, Redactor(secrets), keep_keys=True, clock=lambda: next(ticks))
    for event in events:
        recorder(event)
    return transcript


def inside_tls() -> Transcript:
    """A session with STARTTLS, a login and a message, without a single random octet."""
    message = SaslMessage("PLAIN", True, b"\0alice\0", (Part("user", b"alice"),))
    content = b"From: alice@mail.test\r\nSubject: It's $HOME\r\n\r\n..dot\r\n\x1b\xff\r\n.\r\n"
    return of_events(
        [
            Opened("192.0.2.7", 2525, "192.0.2.7", 0.001),
            Segment(from_client=False, size=12),
            _answer("220 mail.test ESMTP", Verb.GREETING),
            *_said("EHLO client.test", "250 STARTTLS"),
            *_said("STARTTLS", "220 2.0.0 go"),
            Segment(from_client=True, size=3, data=b"\x16\3\1"),
            HandshakeMessage(from_client=True, data=b"\1\0\0\0", encrypted=False),
            ChainChecked("mail.test", (), (), binding=True),
            TlsUp("TLS 1.3", "TLS_AES_256_GCM_SHA384", 256, "mail.test"),
            *_said("EHLO client.test", "250 AUTH PLAIN"),
            AuthExchanged(message),
            *_said("AUTH PLAIN AGFsaWNlAG9wZW4tc2VzYW1l", "235 2.7.0 in"),
            *_said("MAIL FROM:<alice@mail.test> SIZE=70", "250 2.1.0 ok"),
            *_said("RCPT TO:<bob@mail.test>", "250 2.1.5 ok"),
            *_said("RCPT TO:<o'hara@mail.test>", "250 2.1.5 ok"),
            *_said("NOOP", "250 2.0.0 ok"),
            *_said("DATA", "354 go"),
            ContentSent(content),
            _answer("250 2.0.0 queued", Verb.CONTENT),
            *_said("QUIT", "221 2.0.0 bye"),
            Closed(Ending.FIN),
        ],
        "open-sesame",
        target="mail.test:2525",
    )


def _said(line: str, answer: str) -> list[Event]:
    verb = verb_of(line.encode())
    return [CommandSent(verb, line.encode() + b"\r\n"), _answer(answer, verb)]


def _answer(text: str, verb: Verb) -> ReplyReceived:
    octets = text.encode()
    return ReplyReceived(Reply(int(octets[:3]), (octets[4:],), octets + b"\r\n"), verb)


async def played(wishes: SessionSettings, **answers: Any) -> Transcript:
    """A session against a scripted server; nothing in its record depends on the machine."""
    session = Session(wishes, **answers)
    await session.to_the_end()
    secrets = [wishes.credentials.password] if wishes.credentials else []
    return of_events(session.events, *secrets, target=f"{wishes.host}:{wishes.port}")


def offering(folder: Path, mechanism: str) -> str:
    """A target whose bundled server offers one mechanism, and asks for a certificate of ours."""
    file = folder / "offering.yaml"
    file.write_text(
        "title: T\nseverity: info\nstory: S.\nserver:\n"
        f"  auth: {{mechs: [{mechanism}]}}\n  tls: {{client_cert: wanted}}\n"
    )
    return f"scenario:{file}"


async def recorded(target: str, **options: Any) -> Transcript:
    """A session with the bundled server."""
    bench = Workbench(parse_target(target), Options(time_scale=0.1, **options))
    async with bench:
        while bench.outcome is None:
            await bench.step()
    return bench.transcript
