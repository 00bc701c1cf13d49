"""When a rule applies: what is known at a moment of a session, held against its conditions."""

import hashlib
import re
from collections import OrderedDict, deque
from collections.abc import Callable
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase

from msgspec import UNSET

from smtplab.durations import seconds_of
from smtplab.scenarios.model import Rule, When, in_range
from smtplab.server.content import Content
from smtplab.server.message_faults import MESSAGE_FAULTS

REMEMBERED = 10_000
"""Combinations of client, sender and recipient, and moments of a stage, that a lab keeps."""


@dataclass(frozen=True, slots=True)
class Moment:
    """What is known when a stage is reached. `now` in seconds of the event loop's clock."""

    stage: str
    nth: int
    conn: int
    now: float
    argument: str = ""
    hello: str = ""
    client: str = ""
    sender: str = ""
    recipients: tuple[str, ...] = ()
    tls: bool = False
    auth: bool = False
    size: int = 0
    content: Content | None = None
    early: bool = False
    """Whether octets of the client wait to be read."""
    login: int = 0
    """The how-manieth login is decided now; 0: none is."""


class Memory:
    """What a lab remembers across connections."""

    def __init__(self) -> None:
        self._first: OrderedDict[bytes, float] = OrderedDict()
        self._times: dict[str, deque[float]] = {}

    def see(self, moment: Moment) -> None:
        """Takes a moment into account; once for each, before its rules are tried."""
        for stage in (moment.stage, "login") if moment.login else (moment.stage,):
            self._times.setdefault(stage, deque(maxlen=REMEMBERED)).append(moment.now)
        self._first.setdefault(_combination(moment), moment.now)
        if len(self._first) > REMEMBERED:
            self._first.popitem(last=False)

    def age(self, moment: Moment) -> float:
        """Seconds since this client, sender and recipient were first seen together."""
        return moment.now - self._first.get(_combination(moment), moment.now)

    def count(self, moment: Moment, span: float) -> int:
        """How often this stage came in the last so many seconds, this time included."""
        times = self._times.get(moment.stage, ())
        return sum(1 for time in times if time > moment.now - span)


def _combination(moment: Moment) -> bytes:
    """A digest, since a thousand recipients with long names would be much to remember."""
    parts = (moment.client, moment.sender, *moment.recipients)
    text = "\0".join(part.lower() for part in parts)
    return hashlib.blake2b(text.encode("utf-8", "surrogateescape"), digest_size=16).digest()


def glob(pattern: str, text: str) -> bool:
    """`*` and `?`, with upper and lower case alike."""
    return fnmatchcase(text.lower(), pattern.lower())


@dataclass(frozen=True, slots=True)
class _Case:
    """A moment, the lab's memory, and its time scale: what a condition looks at."""

    moment: Moment
    memory: Memory
    scale: float

    def is_younger(self, duration: str) -> bool:
        return self.memory.age(self.moment) < seconds_of(duration) * self.scale

    def has(self, fault: str) -> bool:
        content = self.moment.content
        if content is None or content.too_large or self.moment.stage != "eom":
            return False
        return MESSAGE_FAULTS[fault](content.content())

    def is_more_than(self, rate: str) -> bool:
        count, _, span = rate.partition("/")
        each = span if span[:1].isdigit() else f"1{span}"  # 5/m: in each minute
        return self.memory.count(self.moment, seconds_of(each) * self.scale) > int(count)


CONDITIONS: dict[str, Callable[["_Case", "When"], bool]] = {
    "nth": lambda case, when: in_range(case.moment.nth, when.nth or 0),
    "conn": lambda case, when: in_range(case.moment.conn, when.conn or 0),
    "arg": lambda case, when: glob(when.arg or "", case.moment.argument),
    "from_": lambda case, when: glob(when.from_ or "", case.moment.sender),
    "to": lambda case, when: any(glob(when.to or "", r) for r in case.moment.recipients),
    "ehlo": lambda case, when: glob(when.ehlo or "", case.moment.hello),
    "tls": lambda case, when: case.moment.tls is when.tls,
    "auth": lambda case, when: case.moment.auth is when.auth,
    "younger": lambda case, when: case.is_younger(when.younger or "0s"),
    "older": lambda case, when: not case.is_younger(when.older or "0s"),
    "rate": lambda case, when: case.is_more_than(when.rate or "0/1s"),
    "size": lambda case, when: case.moment.size > (when.size or 0),
    "early": lambda case, when: case.moment.early is when.early,
    "content": lambda case, when: case.has(when.content or ""),
}
"""Each key of `when`; all that are given must hold."""


def applies(rule: Rule, moment: Moment, memory: Memory, scale: float) -> bool:
    """Whether a rule is for this moment. `*` means every stage but `idle`."""
    if rule.at == "login" and moment.login:
        moment = replace(moment, stage="login", nth=moment.login, login=0)
    if rule.at != moment.stage and (rule.at != "*" or moment.stage == "idle"):
        return False
    case = _Case(moment, memory, scale)
    given = (name for name in CONDITIONS if getattr(rule.when, name) is not UNSET)
    return all(CONDITIONS[name](case, rule.when) for name in given)


_PATH = re.compile(r"<([^<>]*)>")
_SIZE = re.compile(r"\bSIZE=(\d{1,15})(?:\s|$)", re.IGNORECASE)


def path_in(argument: str) -> str:
    """The address in the argument of MAIL or RCPT; empty when there is none."""
    found = _PATH.search(argument)
    return found[1] if found else ""


def size_in(argument: str) -> int:
    """What the SIZE parameter of MAIL announces (RFC 1870 §6), 0 without one."""
    found = _SIZE.search(argument)
    return int(found[1]) if found else 0
