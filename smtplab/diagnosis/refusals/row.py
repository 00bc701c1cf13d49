"""A row of the tables: the signs of a refusal, why it happens, and what to do."""

import re
from functools import cache
from typing import NamedTuple

from smtplab.protocol.replies import EnhancedStatus, Reply, parse_enhanced, readable
from smtplab.protocol.verbs import Verb

LOGIN = frozenset({Verb.AUTH, Verb.AUTH_RESPONSE})
ENVELOPE = frozenset({Verb.MAIL, Verb.RCPT})
MESSAGE = frozenset({Verb.DATA, Verb.CONTENT, Verb.BDAT, Verb.BDAT_LAST})
MAIL = ENVELOPE | MESSAGE
HELLO = frozenset({Verb.EHLO, Verb.HELO, Verb.LHLO})
ANY: frozenset[Verb] = frozenset()


class Refusal(NamedTuple):
    """One reason for a refusal.

    `signs` is a pattern over what `said` makes of a reply, such as "550 5.7.1 relaying denied" or
    "550 - relaying denied"; case does not matter. `verbs` are the commands that it may answer,
    all when empty.
    """

    rule: str
    verbs: frozenset[Verb]
    signs: str
    about: str
    cause: str
    change: str
    clause: str


TAIL = re.compile(r"\(#([245]\.\d{1,3}\.\d{1,3})\)")
"""How qmail writes an enhanced status code: behind the text."""

KEPT = 400
"""Characters of a reply's text that are looked at."""


def said(reply: Reply) -> str:
    """A reply on one line: code, enhanced status code or "-", and the text of all its lines."""
    texts: list[str] = []
    for line in reply.lines:
        status = parse_enhanced(line.lstrip())
        texts.append(readable(line).strip().removeprefix(str(status)) if status else readable(line))
    text = " ".join(" ".join(texts).split())
    status = status_of(reply)
    return f"{reply.code} {status or '-'} {text}"[:KEPT]


def status_of(reply: Reply) -> EnhancedStatus | None:
    """The enhanced status code, also where it stands behind the text."""
    if reply.enhanced is not None:
        return reply.enhanced
    tail = TAIL.search(reply.text)
    return parse_enhanced(tail[1].encode()) if tail else None


@cache
def _compiled(signs: str) -> re.Pattern[str]:
    return re.compile(signs, re.IGNORECASE)


def fits(signs: str, words: str) -> bool:
    """Whether the signs are there."""
    return _compiled(signs).search(words) is not None


def first_fitting(table: tuple[Refusal, ...], verb: Verb | None, words: str) -> Refusal | None:
    """The first row for that command whose signs are there."""
    for row in table:
        if (not row.verbs or verb in row.verbs) and fits(row.signs, words):
            return row
    return None
