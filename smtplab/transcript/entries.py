"""The record: an ordered list of entries, each one event of a layer below."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import TypeVar, overload

from smtplab.client.events import ClientEvent
from smtplab.protocol.events import ProtocolEvent
from smtplab.tls.events import TlsEvent
from smtplab.values import field, mutable, value
from smtplab.wire.events import WireEvent

Event = ClientEvent | ProtocolEvent | TlsEvent | WireEvent

E = TypeVar("E")


@value
class Entry:
    """One thing that happened.

    `number` counts from 1 and is the evidence that findings cite. `nanoseconds` run from the start
    of the session. `stage` is the rung of the session that it belongs to (a value of `Stage`).
    `encrypted` says that a listener on the network could not have read it.
    """

    number: int
    nanoseconds: int
    stage: str
    encrypted: bool
    event: Event


@mutable
class Transcript(Sequence[Entry]):
    """All entries of one session, in order. Every face reads it; only the recorder writes it.

    `started` is the time of day from which the nanoseconds of the entries run, where it is known.
    """

    target: str = ""
    entries: list[Entry] = field(default_factory=list)
    started: datetime | None = None

    def __len__(self) -> int:
        return len(self.entries)

    @overload
    def __getitem__(self, index: int) -> Entry: ...
    @overload
    def __getitem__(self, index: slice) -> list[Entry]: ...
    def __getitem__(self, index: int | slice) -> Entry | list[Entry]:
        return self.entries[index]

    def of(self, kind: type[E]) -> Iterator[tuple[Entry, E]]:
        """The entries whose event is of that kind, each with the event at its type."""
        for entry in self.entries:
            if isinstance(entry.event, kind):
                yield entry, entry.event
