"""A saved session in the place of a runner: everything can be read, nothing can be done."""

from smtplab.client.events import Ended, StageChanged
from smtplab.client.outcome import Outcome, Verdict
from smtplab.client.progress import Progress
from smtplab.client.runner import Runner
from smtplab.client.settings import Envelope, Security, SessionSettings
from smtplab.client.steps import Stage
from smtplab.protocol.client import ClientProtocol
from smtplab.protocol.events import CommandSent, ContentSent, ReplyReceived
from smtplab.protocol.message_data import from_wire
from smtplab.protocol.states import State
from smtplab.protocol.verbs import Verb
from smtplab.tls.events import ChainChecked, HandshakeMessage, TlsUp
from smtplab.transcript.entries import Transcript
from smtplab.wire.events import Opened


class Playback(Runner):
    """A runner that has run: what is known at the end of the session that a record tells of.

    Nothing is planned, so nothing can be done; a record that was cut off counts as stopped.
    """

    def __init__(self, transcript: Transcript) -> None:
        self.planned = None
        self._settings = settings_of(transcript)
        self._protocol = protocol_of(transcript)
        self._progress = progress_of(transcript)
        stage = self.stage
        cut = Outcome(Verdict.STOPPED, stage, "The record stops here.", self._progress.last_reply)
        self._progress.outcome = self.ended = self._progress.outcome or cut

    @property
    def settings(self) -> SessionSettings:
        """What the wishes must have been."""
        return self._settings

    @property
    def progress(self) -> Progress:
        """What became of each stage."""
        return self._progress

    @property
    def protocol(self) -> ClientProtocol:
        """SMTP as it stood at the end."""
        return self._protocol

    @property
    def waiting(self) -> None:
        """Nothing is waited for."""

    @property
    def forged(self) -> None:
        """No reply is going to be forged."""

    @property
    def stage(self) -> Stage:
        """The stage that the record ends at."""
        reached = list(self._progress.stages)
        return reached[-1] if reached else Stage.CONNECT


def progress_of(transcript: Transcript) -> Progress:
    """What became of each stage, and how it ended."""
    progress = Progress({}, connected=True, closed=True)
    for entry in transcript:
        event = entry.event
        if isinstance(event, StageChanged):
            progress.stages[event.stage] = event.status
        elif isinstance(event, ReplyReceived):
            progress.last_reply = event.reply
        elif isinstance(event, Ended):
            progress.outcome = event.outcome
    return progress


def protocol_of(transcript: Transcript) -> ClientProtocol:
    """SMTP as it stood: the record is read once more, both sides of it."""
    protocol = ClientProtocol()
    for entry in transcript:
        event = entry.event
        if isinstance(event, CommandSent):
            protocol.send_raw(event.raw)
        elif isinstance(event, ContentSent):
            protocol.send_content(event.raw)
        elif isinstance(event, ReplyReceived):
            protocol.receive_data(event.reply.raw)
        elif isinstance(event, TlsUp) and protocol.state is State.STARTTLS:
            protocol.start_tls()
            protocol.tls_up()
        protocol.events_received()
        protocol.data_to_send()
    return protocol


def settings_of(transcript: Transcript) -> SessionSettings:
    """The wishes that such a session must have had, as far as a screen shows them."""
    opened = next((event for _, event in transcript.of(Opened)), None)
    checked = next((event for _, event in transcript.of(ChainChecked)), None)
    contents = [event.raw for _, event in transcript.of(ContentSent)]
    sender, recipients = _envelope_of(transcript)
    return SessionSettings(
        host=opened.address if opened else transcript.target,
        port=opened.port if opened else 0,
        security=_security_of(transcript),
        envelope=Envelope(sender, recipients),
        content=from_wire(contents[-1]) if contents else b"",
        server_name=checked.name if checked else "",
    )


def _envelope_of(transcript: Transcript) -> tuple[str, tuple[str, ...]]:
    sender = ""
    recipients: list[str] = []
    for _, event in transcript.of(CommandSent):
        if event.verb is Verb.MAIL:
            sender, recipients = _path_in(event.raw), []
        elif event.verb is Verb.RCPT:
            recipients.append(_path_in(event.raw))
    return sender, tuple(recipients)


def _path_in(line: bytes) -> str:
    return line.partition(b"<")[2].partition(b">")[0].decode("utf-8", "backslashreplace")


def _security_of(transcript: Transcript) -> Security:
    if any(event.verb is Verb.STARTTLS for _, event in transcript.of(CommandSent)):
        return Security.STARTTLS
    return Security.IMPLICIT if any(transcript.of(HandshakeMessage)) else Security.PLAIN
