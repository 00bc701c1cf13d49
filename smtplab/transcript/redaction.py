"""Hides secrets in events before anything is stored: length and shape stay, the octets go."""

import base64
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from smtplab.client.events import Decision, Ended, ReplyForged, StageChanged
from smtplab.client.outcome import Outcome
from smtplab.protocol.events import (
    AuthExchanged,
    CommandSent,
    IrregularitySeen,
    ReplyReceived,
    Span,
)
from smtplab.protocol.irregularities import Irregularity
from smtplab.protocol.replies import Reply
from smtplab.protocol.sasl import Derivation, Part
from smtplab.transcript.entries import Event
from smtplab.values import replace

MASK = b"*"

SHORTEST = 4
"""A shorter secret is not searched for in free text: it would blot out half of every reply."""


def mask_spans(data: bytes, spans: Iterable[Span]) -> bytes:
    """The octets with every span covered."""
    covered = bytearray(data)
    for start, end in spans:
        covered[start:end] = MASK * (min(end, len(data)) - start)
    return bytes(covered)


def traces(secret: bytes) -> tuple[bytes, ...]:
    """What gives a secret away in a text: itself, and its base64 at each of three alignments."""
    found = [secret]
    for shift in range(3):
        encoded = base64.b64encode(b"\0" * shift + secret)
        start, end = -(-shift * 8 // 6), (shift + len(secret)) * 8 // 6
        found.append(encoded[start:end])
    return tuple(found)


def _octets(text: str) -> bytes:
    return text.encode("utf-8", "surrogateescape")


class Redactor:
    """Knows this session's secrets, and which events can carry them."""

    def __init__(self, secrets: Iterable[str | bytes] = ()) -> None:
        self._traces: list[bytes] = []
        for secret in secrets:
            octets = secret if isinstance(secret, bytes) else _octets(secret)
            if len(octets) >= SHORTEST:
                self._traces.extend(traces(octets))
        self.knows_none = not self._traces
        """No secret is known: only what is marked as one has to be covered."""
        self.covering = COVERED if self._traces else MARKED
        """What may have to be covered, by the kind of event."""

    def redact(self, event: Event) -> Event:
        """The event as it may be stored."""
        covering = self.covering.get(type(event))
        return covering(self, event) if covering is not None else event

    def cover(self, data: bytes) -> bytes:
        """The octets with every known secret covered."""
        for trace in self._traces:
            data = data.replace(trace, MASK * len(trace))
        return data

    def cover_text(self, text: str) -> str:
        """The text with every known secret covered."""
        for trace in self._traces:
            text = text.replace(trace.decode("utf-8", "replace"), MASK.decode() * len(trace))
        return text

    def cover_reply(self, reply: Reply) -> Reply:
        """The reply with every known secret covered: some servers repeat what they were sent."""
        raw = self.cover(reply.raw)
        if raw is reply.raw or raw == reply.raw:
            return reply
        lines = tuple(self.cover(line) for line in reply.lines)
        odd = tuple(self.cover_irregularity(one) for one in reply.irregularities)
        return replace(reply, raw=raw, lines=lines, irregularities=odd)

    def cover_irregularity(self, irregularity: Irregularity) -> Irregularity:
        """The same without secrets in its detail."""
        return replace(irregularity, detail=self.cover_text(irregularity.detail))

    def cover_outcome(self, outcome: Outcome) -> Outcome:
        """The outcome without secrets: it quotes the server, which may repeat what it was told."""
        recipients = tuple(
            replace(one, reply=self.cover_reply(one.reply)) if one.reply is not None else one
            for one in outcome.recipients
        )
        reply = self.cover_reply(outcome.reply) if outcome.reply is not None else None
        reason = self.cover_text(outcome.reason)
        return replace(outcome, reason=reason, reply=reply, recipients=recipients)


def _command(redactor: Redactor, event: CommandSent) -> Event:
    raw = mask_spans(event.raw, event.secrets) if event.secrets else event.raw
    raw = redactor.cover(raw)
    return event if raw is event.raw else replace(event, raw=raw)


def _reply(redactor: Redactor, event: ReplyReceived) -> Event:
    reply = redactor.cover_reply(event.reply)
    return event if reply is event.reply else replace(event, reply=reply)


def _irregularity(redactor: Redactor, event: IrregularitySeen) -> Event:
    return replace(event, irregularity=redactor.cover_irregularity(event.irregularity))


def _stage(redactor: Redactor, event: StageChanged) -> Event:
    return replace(event, note=redactor.cover_text(event.note)) if event.note else event


def _ended(redactor: Redactor, event: Ended) -> Event:
    return Ended(redactor.cover_outcome(event.outcome))


def _decision(redactor: Redactor, event: Decision) -> Event:
    return replace(event, note=redactor.cover_text(event.note))


def _auth(redactor: Redactor, event: AuthExchanged) -> Event:
    message = event.message
    parts = tuple(_cover_part(redactor, part) for part in message.parts)
    data = b"".join(part.data for part in parts) if parts else redactor.cover(message.data)
    derivations = _cover_derivations(redactor, message.derivations)
    return replace(event, message=replace(message, data=data, parts=parts, derivations=derivations))


def _cover_part(redactor: Redactor, part: Part) -> Part:
    covered = MASK * len(part.data) if part.secret else redactor.cover(part.data)
    return replace(part, data=covered)


def _cover_derivations(
    redactor: Redactor, derivations: Sequence[Derivation]
) -> tuple[Derivation, ...]:
    """A key is hidden whole; elsewhere a server may have put in what it was told."""
    hidden = MASK.decode() * 8
    return tuple(
        replace(d, value=hidden if d.secret else redactor.cover_text(d.value)) for d in derivations
    )


COVERED: dict[type, Callable[[Redactor, Any], Event]] = {
    CommandSent: _command,
    ReplyReceived: _reply,
    IrregularitySeen: _irregularity,
    AuthExchanged: _auth,
    Decision: _decision,
    StageChanged: _stage,
    Ended: _ended,
    ReplyForged: _reply,
}
"""The events that can carry a secret. The message itself is the user's own and stays as it is."""

MARKED: dict[type, Callable[[Redactor, Any], Event]] = {
    CommandSent: _command,
    AuthExchanged: _auth,
}
"""Those that say themselves where a secret is: they are looked at even when none is known."""
