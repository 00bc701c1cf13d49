"""The faults: what a rule of a scenario can do, one function for each action."""

import asyncio
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Protocol

from smtplab.durations import seconds_of
from smtplab.scenarios.model import Action, Handshake, Rule
from smtplab.server.honest import Honest
from smtplab.server.replies import Reply
from smtplab.server.shaping import WHOLE, Shape, code_of
from smtplab.server.turns import Turn
from smtplab.server.wire import Gone, Wire

HANG_CAP = 300.0
"""Seconds that a hang lasts at most, before the time scale: a lab must come to an end."""

RAW_KEPT = 1 << 16
"""Characters of what was sent raw in which a reply is looked for."""

FILLER = b"0123456789abcdef" * 4096


class Session(Protocol):
    """What faults need of a session."""

    wire: Wire
    honest: Honest
    time_scale: float

    async def honestly(self, turn: Turn, shape: Shape = WHOLE, *, loud: bool = True) -> int | None:
        """Does the honest thing; the code said, or None when nothing was."""

    async def say(self, lines: list[str], shape: Shape = WHOLE) -> int | None:
        """Sends a reply; gives its code."""

    async def shake_hands(self, wanted: Handshake) -> None:
        """Does a TLS handshake. Raises Gone when it fails."""

    def said(self, lines: list[str]) -> Reply:
        """Writes down what is being said."""

    def note(self, text: str) -> None:
        """Writes a remark down."""


@dataclass(slots=True)
class Play:
    """One rule being played at one turn."""

    session: Session
    turn: Turn
    shape: Shape = WHOLE
    code: int | None = None
    """The last reply code said; the session follows it."""
    advanced: bool = False
    raw: str = ""
    """What was sent raw, as far as a reply may begin in it."""

    @property
    def wire(self) -> Wire:
        """The connection."""
        return self.session.wire

    def follow(self, code: int | None) -> None:
        """What was said moves the state on, if it is a 2xx or 3xx (and only once)."""
        self.code = code
        # A 3xx behind the message asks for more; it has not been taken.
        most = 300 if self.turn.stage == "eom" else 400
        if code is None or not 200 <= code < most or self.advanced:
            return
        self.advanced = True
        if self.turn.stage not in ("connect", "tls", "idle"):
            self.session.honest.advance(self.turn)

    def follow_raw(self) -> None:
        """The same for what was sent raw, if nothing else was said."""
        if self.code is None and self.raw:
            self.follow(_reply_code(self.raw))

    def scaled(self, duration: str) -> float:
        """A duration in real seconds."""
        return seconds_of(duration) * self.session.time_scale


ENDS = ("close", "hang")
"""Actions behind which there is nothing more; what was said before has its effect first."""


async def play(session: Session, rule: Rule, turn: Turn) -> int | None:
    """Does what a rule says; the last code said. Raises Gone when the connection ended."""
    playing = Play(session, turn)
    for action in rule.do:
        if action.name in ENDS:
            playing.follow_raw()
        await FAULTS[action.name](playing, action)
    playing.follow_raw()
    return playing.code


def _reply_code(raw: str) -> int | None:
    """The code of the first whole reply in what was sent raw."""
    found = _REPLY_END.search(raw)
    return int(found[1]) if found else None


_REPLY_END = re.compile(r"^([2-5][0-9]{2})(?:[ \r][^\n]*)?\n", re.MULTILINE)


async def reply(playing: Play, action: Action) -> None:
    """Says something else; 2xx and 3xx move the state on as if it had been meant."""
    given = action.value
    lines = _LINE_END.split(given.rstrip("\r\n")) if isinstance(given, str) else list(given)
    playing.follow(code_of(lines[-1]) if lines else None)
    await playing.session.say(lines, playing.shape)


_LINE_END = re.compile(r"\r?\n")


async def honest(playing: Play, action: Action) -> None:
    """The honest thing, with or without its reply."""
    loud = action.value == "loud"
    playing.advanced = True
    code = await playing.session.honestly(playing.turn, playing.shape, loud=loud)
    playing.code = code if loud else playing.code


async def send(playing: Play, action: Action) -> None:
    """Raw octets: up to U+00FF a character is an octet, so that any octet can be written."""
    text = str(action.value)
    raw = text.encode("latin-1") if max(map(ord, text), default=0) < 256 else text.encode()
    playing.raw = (playing.raw + text)[-RAW_KEPT:]
    playing.session.said(_LINE_END.split(text.removesuffix("\n").removesuffix("\r")))
    await playing.wire.send(raw, playing.shape, playing.session.time_scale)


async def fill(playing: Play, action: Action) -> None:
    """So many octets that mean nothing."""
    left = int(action.value)
    while left > 0:
        block = FILLER[: min(left, len(FILLER))]
        await playing.wire.send(block, playing.shape, playing.session.time_scale)
        left -= len(block)


async def wait(playing: Play, action: Action) -> None:
    """Lets time pass."""
    await asyncio.sleep(playing.scaled(str(action.value)))


async def read(playing: Play, action: Action) -> None:
    """Waits until so many unread octets of the client are here."""
    await playing.wire.wait_for_octets(int(action.value))


async def shape(playing: Play, action: Action) -> None:
    """How what follows in this rule is written."""
    playing.shape = action.value


async def hang(playing: Play, action: Action) -> None:
    """Says nothing any more."""
    cap = HANG_CAP * playing.session.time_scale
    await playing.wire.hang(cap, deaf=action.value == "deaf")
    raise Gone(f"hung, {action.value}")


async def close(playing: Play, action: Action) -> None:
    """Ends the connection."""
    wire = playing.wire
    if action.value == "rst":
        await wire.reset()
    elif action.value == "half":
        await wire.half(HANG_CAP * playing.session.time_scale)
    else:
        await wire.finish(notify=action.value != "cut")
    raise Gone(f"closed, {action.value}")


async def tls(playing: Play, action: Action) -> None:
    """Shakes hands now."""
    await playing.session.shake_hands(action.handshake)
    playing.advanced = True


async def note(playing: Play, action: Action) -> None:
    """A remark for the log."""
    playing.session.note(str(action.value))


FAULTS: dict[str, Callable[[Play, Action], Awaitable[None]]] = {
    "reply": reply,
    "pass": honest,
    "send": send,
    "fill": fill,
    "wait": wait,
    "read": read,
    "shape": shape,
    "hang": hang,
    "close": close,
    "tls": tls,
    "note": note,
}
"""Each key of an action."""
