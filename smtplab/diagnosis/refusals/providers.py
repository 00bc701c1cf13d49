"""What providers and servers mean by their refusals: `providers.toml`, read when needed."""

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

import msgspec

from smtplab.diagnosis.refusals.row import fits, said, status_of
from smtplab.protocol.replies import Reply

ANY_WORDS = "."
"""The text of a row for which it does not matter how the provider words it."""


class ProviderRefusal(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One refusal as that provider words it. `alone`: the text is enough to know it by."""

    code: int
    text: str
    rule: str
    cause: str
    source: str
    enhanced: str = ""
    change: str = ""
    alone: bool = False


class Provider(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Who refuses, and the signs by which it is known."""

    id: str
    name: str
    signs: str
    refusals: tuple[ProviderRefusal, ...]


class _Table(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    providers: tuple[Provider, ...]


class Known(NamedTuple):
    """A refusal that the table has, and whose it is."""

    provider: Provider
    refusal: ProviderRefusal


@cache
def providers() -> tuple[Provider, ...]:
    """The whole table."""
    file = Path(__file__).with_name("providers.toml")
    return msgspec.toml.decode(file.read_bytes(), type=_Table).providers


def known_refusal(reply: Reply, context: str = "") -> Known | None:
    """The row that fits a refusal best.

    `context` is what else is known of the server: its host, greeting and EHLO reply. A provider
    that is recognised by it, or by the reply, goes before a text that stands for itself.
    """
    words = said(reply)
    found = list(_fitting(reply, words))
    for one in found:
        if fits(one.provider.signs, f"{context} {words}"):
            return one
    return next((one for one in found if one.refusal.alone), None)


def candidates(reply: Reply) -> tuple[Known, ...]:
    """Every row that would fit, whoever the server is."""
    return tuple(_fitting(reply, said(reply)))


def _fitting(reply: Reply, words: str) -> Iterator[Known]:
    status = str(status_of(reply) or "")
    for provider in providers():
        for refusal in provider.refusals:
            same_code = refusal.code == reply.code
            same_status = not refusal.enhanced or re.fullmatch(refusal.enhanced, status)
            if same_code and same_status and fits(refusal.text, words):
                yield Known(provider, refusal)
