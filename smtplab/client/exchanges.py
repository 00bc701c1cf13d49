"""The AUTH exchange under way: begun by a command, moved on by each 334, ended by all else."""

import base64
import os

from smtplab.client import reactions
from smtplab.client.authentication import CANCEL, CONTINUE
from smtplab.client.connection import Sink
from smtplab.client.login import exchange_with, mechanism_of
from smtplab.client.situation import Situation
from smtplab.client.steps import Stage
from smtplab.protocol.events import AuthExchanged, IrregularitySeen
from smtplab.protocol.irregularities import Irregularity
from smtplab.protocol.replies import Reply
from smtplab.protocol.verbs import Verb


def fresh_nonce() -> str:
    """A value that no login has used before: 18 random octets, which base64 makes printable."""
    return base64.b64encode(os.urandom(18)).decode("ascii")


def before(s: Situation, verb: Verb, line: bytes, sink: Sink) -> None:
    """A line of a login is about to go out: tells what it really says."""
    if verb is Verb.AUTH:
        _begin(s, line, sink)
    elif verb is Verb.AUTH_RESPONSE and s.exchange is not None:
        s.exchange.cancelled = line == CANCEL
        if s.exchange.answer is not None:
            sink(AuthExchanged(s.exchange.answer))


def _begin(s: Situation, line: bytes, sink: Sink) -> None:
    mechanism = mechanism_of(s, line)
    if mechanism is None or s.settings.credentials is None:
        return
    exchange = exchange_with(s, mechanism)
    s.exchange = exchange
    s.progress.nonce = fresh_nonce()
    carried = exchange.sent(line)
    if carried is not None:
        sink(AuthExchanged(carried))


def after(s: Situation, verb: Verb, reply: Reply, sink: Sink) -> None:
    """A 334 asks for the next answer; anything else ends the exchange."""
    exchange = s.exchange
    if exchange is None or verb not in (Verb.AUTH, Verb.AUTH_RESPONSE):
        return
    if not exchange.goes_on(reply.code):
        s.exchange = None
        if reply.code == CONTINUE:
            sink(IrregularitySeen(Irregularity("login-without-end")))
        return
    message, problem = exchange.challenge(reply.lines[-1])
    sink(AuthExchanged(message))
    if problem is not None:
        sink(IrregularitySeen(Irregularity("odd-challenge", problem)))
    if exchange.refusal is not None:
        reactions.refuse(s, Stage.AUTH, exchange.refusal, reply)
