"""Whole lines: a reply, and a command."""

import re
from collections.abc import Iterator

from smtplab.diagnosis.refusals.providers import ANY_WORDS, candidates, known_refusal
from smtplab.diagnosis.refusals.row import said
from smtplab.diagnosis.refusals.table import reason_for, row_of
from smtplab.explanations.blobs import explain_blob
from smtplab.explanations.explanation import Explanation, Piece, Row
from smtplab.protocol.anatomy import anatomy
from smtplab.protocol.codes import explain_reply, meaning_of
from smtplab.protocol.extensions import MEANINGS, Capabilities
from smtplab.protocol.replies import Reply, ReplyClass, ReplyParser, readable
from smtplab.protocol.verbs import Verb, verb_of

CHALLENGE = 334

LIKELY: dict[int, Verb] = {
    432: Verb.AUTH,
    435: Verb.AUTH,
    454: Verb.AUTH,
    525: Verb.AUTH,
    534: Verb.AUTH,
    535: Verb.AUTH,
    538: Verb.AUTH,
}
"""Codes that tell by themselves which command they answer."""

TRIED = (Verb.RCPT, Verb.MAIL, Verb.CONTENT, Verb.AUTH, Verb.EHLO, Verb.GREETING)
"""A reply alone does not say what it answers: the first command under which its words say more than
its code is taken."""

GENERAL = frozenset(
    {
        "auth-refused",
        "auth-temporary",
        "command-unknown",
        "ehlo-refused",
        "ehlo-temporary",
        "greeting-refused",
        "out-of-order",
        "refused",
        "service-closing",
        "temporary-refusal",
        "too-busy",
    }
)
"""Reasons that the code alone brings about."""


def parse_reply(text: str) -> Reply | None:
    """The lines as one reply; None when they do not begin with a code."""
    lines = text.strip("\r\n").splitlines()
    if not lines or not re.match(r"[2-5]\d\d([ -]|$)", lines[0]):
        return None
    octets = b"".join(line.encode("utf-8", "surrogateescape") + b"\r\n" for line in lines)
    parser = ReplyParser()
    replies = parser.receive_data(octets)
    rest = parser.receive_eof()
    return replies[0] if replies else rest


def explain_reply_text(
    text: str, *, reveal: bool = False, verb: Verb | None = None, context: str = ""
) -> tuple[Explanation, ...]:
    """A reply: its pieces, the reason of a refusal, and a blob that it carries.

    `verb` is the command that it answers, and `context` what else is known of the server.
    """
    reply = parse_reply(text)
    if reply is None or reply.code is None:
        return ()
    meaning = meaning_of(reply.code)
    pieces = tuple(
        Piece(" ".join(t.text.split("\n")), t.kind, t.note) for t in explain_reply(reply)
    )
    rows = tuple(_offers(reply))
    if reply.reply_class in (ReplyClass.TRANSIENT, ReplyClass.PERMANENT):
        rows = tuple(_reason(reply, verb, context))
    words = said(reply).replace(f"{reply.code} - ", f"{reply.code} ", 1)
    whole = Explanation("reply", words, meaning.text, rows, pieces, meaning.clause)
    if reply.code == CHALLENGE:
        blob = explain_blob(readable(reply.lines[-1]).strip(), reveal=reveal)
        return (whole, blob) if blob is not None else (whole,)
    return (whole,)


def _offers(reply: Reply) -> Iterator[Row]:
    """The words of an EHLO reply, if that is what it looks like."""
    offers = Capabilities.parse(reply).offers
    if reply.reply_class is ReplyClass.POSITIVE and any(word in MEANINGS for word in offers):
        for word, value in offers.items():
            meaning, clause = MEANINGS.get(word, ("not in our list", ""))
            said = f"{value}: {meaning}".removeprefix(": ")
            yield Row(word, f"{said} ({clause})" if clause else said)


def _reason(reply: Reply, verb: Verb | None, context: str) -> Iterator[Row]:
    """Why a server says so, and what to do."""
    known = known_refusal(reply, context)
    if known is not None:
        provider, refusal = known
        yield Row("who", provider.name)
        yield Row("reason", f"{refusal.rule}: {refusal.cause}")
        change = refusal.change or _change_of(refusal.rule)
        yield Row("change", change)
        yield Row("source", refusal.source)
        return
    words = said(reply)
    tried = (LIKELY[reply.code],) if reply.code in LIKELY else (*filter(None, [verb]), *TRIED)
    rows = [row for verb in tried if (row := reason_for(verb, words)) is not None]
    special = [row for row in rows if row.rule not in GENERAL]
    for row in (special or rows)[:1]:
        yield Row("reason", f"{row.rule}: {row.cause}")
        yield Row("change", row.change)
        yield Row("source", row.clause)
    saying = (one for one in candidates(reply) if one.refusal.text != ANY_WORDS)
    names = dict.fromkeys(one.provider.name for one in saying)
    if names:
        yield Row("said by", ", ".join(names))


def _change_of(rule: str) -> str:
    return row_of(rule).change


def explain_command(text: str, *, reveal: bool = False) -> tuple[Explanation, ...]:
    """A command line, piece by piece, and the login that it carries."""
    octets = text.encode("utf-8", "surrogateescape")
    verb = verb_of(octets)
    tokens = anatomy(octets)
    if verb is Verb.UNKNOWN or len(tokens) < 2:
        return ()
    blob = None
    pieces: list[Piece] = []
    for token in tokens:
        shown = token.text
        if token.kind == "initial-response" and shown != "=":
            blob = explain_blob(shown, reveal=reveal)
            shown = shown if reveal else "•" * min(len(shown), 12)
        pieces.append(Piece(shown, token.kind, token.note))
    subject = " ".join(piece.text for piece in pieces if piece.role != "space")
    whole = Explanation("command", subject, pieces[0].note, (), tuple(pieces))
    return (whole, blob) if blob is not None else (whole,)
