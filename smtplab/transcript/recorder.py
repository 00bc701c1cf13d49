"""The recorder: takes events, hides secrets, stamps time, appends. Only it reads the clock."""

import time
from collections.abc import Callable
from datetime import UTC, datetime

from smtplab.client.events import Decision, Ended, ReplyForged, StageChanged
from smtplab.client.steps import Stage, StageStatus
from smtplab.protocol.events import (
    CommandSent,
    ContentSent,
    IrregularitySeen,
    ProtocolEvent,
    ReplyReceived,
)
from smtplab.tls.events import AlertSeen, ChainChecked, HandshakeMessage, KeyLine, TlsUp
from smtplab.transcript.entries import Entry, Event, Transcript
from smtplab.transcript.redaction import Redactor
from smtplab.wire.events import Closed, Segment


def wall_clock() -> datetime:
    """The time of day, for the dates of certificates and messages."""
    return datetime.now(UTC)  # noqa: TID251  # here, and nowhere else


HIDDEN = ProtocolEvent | TlsUp | ChainChecked | Decision | ReplyForged
"""What happens inside the encryption, while there is one."""

FOLLOWED = frozenset({TlsUp, HandshakeMessage, Closed, KeyLine})
"""Events that encryption is read off, or that may not be kept."""

PLAIN = frozenset({CommandSent, ReplyReceived, ContentSent, IrregularitySeen, Ended})
"""Events that are nothing but kept, outside TLS and where no secret is known."""


class Recorder:
    """The sink of a session: one entry for each event, in order.

    `keep_keys` stores the TLS key lines, with which anybody can decrypt the recorded session.
    `keep_secrets` remembers the events as they were, in memory only, so that a screen can show
    them when the user asks; they never reach the transcript or a file. `reveal` hides nothing.
    """

    def __init__(
        self,
        transcript: Transcript,
        redactor: Redactor,
        *,
        keep_keys: bool = False,
        keep_secrets: bool = False,
        reveal: bool = False,
        on_entry: Callable[[Entry], None] | None = None,
        clock: Callable[[], int] = time.monotonic_ns,
    ) -> None:
        self.transcript = transcript
        self._entries = transcript.entries
        self._redactor = redactor
        self._plain = PLAIN if redactor.knows_none else frozenset[type]()
        self._keep_keys = keep_keys
        self._reveal = reveal
        self._originals: dict[int, Event] | None = {} if keep_secrets else None
        self._on_entry = on_entry
        self._clock = clock
        self._started = clock()
        self._stage = Stage.CONNECT.value
        self._encrypted = False

    def __call__(self, event: Event) -> None:
        """Records one event."""
        stored, hidden = event, False
        # Two kinds make up most of a record, and only a note can hold a secret.
        if isinstance(event, Segment):
            hidden = event.data is not None
        elif isinstance(event, StageChanged):
            stored = self._passed(event)
        elif (
            self._encrypted
            or type(event) not in self._plain
            or (isinstance(event, CommandSent) and event.secrets)
        ):
            kept = self._look_at(event)
            if kept is None:
                return
            stored, hidden = kept
        entries = self._entries
        entry = Entry(len(entries) + 1, self._clock() - self._started, self._stage, hidden, stored)
        entries.append(entry)
        if stored is not event and self._originals is not None:
            self._originals[entry.number] = event
        if self._on_entry is not None:
            self._on_entry(entry)

    def _look_at(self, event: Event) -> tuple[Event, bool] | None:
        """The event as it may be kept, and whether it was hidden from others; None: not at all."""
        if type(event) in FOLLOWED:
            if isinstance(event, KeyLine) and not self._keep_keys:
                return None
            self._follow(event)
        return self._covered(event), self._is_hidden(event)

    def _passed(self, event: StageChanged) -> Event:
        if event.status is StageStatus.CURRENT:
            self._stage = event.stage._value_  # as `value`, without its detour
        return self._covered(event) if event.note else event

    def _covered(self, event: Event) -> Event:
        return event if self._reveal else self._redactor.redact(event)

    def original(self, entry: Entry) -> Event:
        """The event with its secrets, where they were kept; otherwise as it is stored."""
        return (self._originals or {}).get(entry.number, entry.event)

    def _follow(self, event: Event) -> None:
        """Encryption is read off the events themselves."""
        if isinstance(event, TlsUp):
            self._encrypted = True
        elif isinstance(event, HandshakeMessage):
            # The certificate is judged inside the handshake, most of which TLS 1.3 hides.
            self._encrypted = self._encrypted or event.encrypted
        elif isinstance(event, Closed):
            self._encrypted = False

    def _is_hidden(self, event: Event) -> bool:
        if isinstance(event, HandshakeMessage | AlertSeen):
            return event.encrypted
        return self._encrypted and isinstance(event, HIDDEN)
