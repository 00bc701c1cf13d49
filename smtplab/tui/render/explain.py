"""What comes next in words, and a line of the Wire taken apart."""

from collections.abc import Sequence
from dataclasses import dataclass

from textual.content import Content

from smtplab.client.outcome import Outcome, Verdict
from smtplab.diagnosis.findings import Finding
from smtplab.protocol import extensions
from smtplab.protocol.anatomy import Token, anatomy
from smtplab.protocol.codes import explain_reply
from smtplab.protocol.events import AuthExchanged, CommandSent, IrregularitySeen, ReplyReceived
from smtplab.protocol.guide import Guide
from smtplab.protocol.replies import Reply
from smtplab.protocol.verbs import Verb
from smtplab.tls import alerts
from smtplab.tls.events import AlertSeen, HandshakeMessage
from smtplab.tls.handshake import MESSAGES, message_name
from smtplab.transcript.entries import Entry, Event
from smtplab.transcript.wording import role_of, word
from smtplab.tui.render.findings import finding
from smtplab.tui.render.text import content, hanging, shortened, stack

INDENT = 9
"""Cells of the words What, Expect, Then, Watch and what follows them."""

TEXT_SHOWN = 400
"""Characters of a reply's text that are shown above its anatomy."""


def guide(told: Guide, width: int) -> list[Content]:
    """A stage in words."""
    name, _, rest = told.title.partition(" — ")
    lines = hanging(
        content((name, "title")),
        content(rest, (f"   {told.clause}", "dim")),
        width,
        len(name) + 2,
    )
    rows = (
        ("What", "dim", told.what),
        ("Expect", "dim", told.expect),
        ("Then", "dim", told.then),
        ("Watch", "warning", told.watch),
    )
    for label, role, text in rows:
        lines += hanging(content((label, role)), content(text), width, INDENT)
    return lines


# A reply.


def reply(answer: Reply, width: int) -> list[Content]:
    """A reply digit by digit, as a tree under its code."""
    tokens = {token.kind: token for token in explain_reply(answer)}
    if "first-digit" not in tokens:
        token = next(iter(tokens.values()))
        return _tokens((token,), width)
    role = role_of(answer)
    first_line = shortened(answer.first_line, TEXT_SHOWN)
    lines = hanging(
        content((" " + " ".join(f"{answer.code:03}"), role)),
        content(_without_enhanced(first_line, tokens), "  ", _lines_note(answer)),
        width,
        INDENT,
    )
    lines += _branches(tokens, role, width)
    enhanced = tokens.get("enhanced")
    if enhanced is not None:
        lines += hanging(
            content((f" {enhanced.text}", role)), content(enhanced.note), width, INDENT
        )
    return lines


def _without_enhanced(text: str, tokens: dict[str, Token]) -> str:
    enhanced = tokens.get("enhanced")
    return text.removeprefix(enhanced.text).lstrip() if enhanced is not None else text


def _lines_note(answer: Reply) -> tuple[str, str]:
    more = len(answer.lines) - 1
    plural = "" if more == 1 else "s"
    return (f"and {more} more line{plural}" if more else "", "dim")


def _branches(tokens: dict[str, Token], role: str, width: int) -> list[Content]:
    """The whole code, then the second digit, then the first: the tree reads from right to left."""
    found = [tokens["code"]]
    if "second-digit" in tokens:
        found += [tokens["second-digit"]]
    found.append(tokens["first-digit"])
    stems = {"code": " │ │ └─ ", "second-digit": " │ └─── ", "first-digit": " └───── "}
    below = {"code": " │ │    ", "second-digit": " │      ", "first-digit": "        "}
    lines: list[Content] = []
    for token in found:
        body = content((token.text, "strong"), f" {token.note}")
        rows = hanging(content((stems[token.kind], role)), body, width, len(stems[token.kind]))
        lines.append(rows[0])
        lines += [content((below[token.kind], role)) + row.rstrip()[8:] for row in rows[1:]]
    return lines


# Other lines.


def _tokens(tokens: Sequence[Token], width: int) -> list[Content]:
    widest = max((len(token.text) for token in tokens), default=0)
    indent = min(widest, width // 2) + 3
    lines: list[Content] = []
    for token in tokens:
        label = content(" ", (shortened(token.text, indent - 2), "client"))
        lines += hanging(label, content(token.note), width, indent)
    return lines


def _command(event: CommandSent, width: int) -> list[Content]:
    if event.verb is Verb.AUTH_RESPONSE:
        text = "a line of the login, in base64: the AUTH pane takes it apart (2)"
        return hanging(content(" "), content(text), width, 1)
    return _tokens(anatomy(event.raw), width)


def _handshake(event: HandshakeMessage, width: int) -> list[Content]:
    known = MESSAGES.get(event.data[0]) if event.data else None
    sentence = known.sentence if known is not None else "Not known here."
    seen = (
        "Encrypted: whoever listens sees only its length."
        if event.encrypted
        else "In the clear: whoever listens can read it."
    )
    tokens = (
        Token(message_name(event.data), "message", sentence),
        Token(f"{len(event.data)} bytes", "length", f"{seen} The TLS pane shows each of them (3)."),
    )
    return _tokens(tokens, width)


def _alert(event: AlertSeen, width: int) -> list[Content]:
    name = alerts.describe(event.level, event.description)
    return _tokens((Token(name, "alert", alerts.meaning(event.description)),), width)


def _offer(event: Event, text: str, width: int) -> list[Content]:
    """The extension that a line of an EHLO reply offers, and what its parameters say."""
    if not isinstance(event, ReplyReceived) or event.verb is not Verb.EHLO:
        return []
    keyword, _, value = text[4:].replace("=", " ", 1).partition(" ")
    known = extensions.MEANINGS.get(keyword.upper())
    if known is None:
        return []
    meaning, clause = known
    tokens = [Token(keyword, "keyword", f"{meaning} ({clause})")]
    if value:
        tokens.append(Token(value, "value", VALUES.get(keyword.upper(), "what it says of it")))
    return [*_tokens(tokens, width), content()]


VALUES: dict[str, str] = {
    "SIZE": "octets that a message may have; 0 or nothing: no limit is told",
    "AUTH": "ways to log in, in the server's order, which means nothing",
}
"""Keyword -> what stands behind it."""


def _irregularity(event: IrregularitySeen, width: int) -> list[Content]:
    odd = event.irregularity
    detail = f" {odd.detail}" if odd.detail else ""
    return _tokens((Token(odd.kind, "kind", f"{odd.meaning}{detail} ({odd.clause})"),), width)


def _auth(event: AuthExchanged, width: int) -> list[Content]:
    tokens = [
        Token(part.label, "part", part.note or "hidden" if part.secret else part.note or "as shown")
        for part in event.message.parts
    ]
    return _tokens(tokens, width)


def line(entry: Entry, event: Event, width: int) -> list[Content]:
    """One entry of the Wire taken apart; its plain words where there is nothing to take apart."""
    if isinstance(event, ReplyReceived):
        return reply(event.reply, width)
    if isinstance(event, CommandSent):
        return _command(event, width)
    if isinstance(event, HandshakeMessage):
        return _handshake(event, width)
    if isinstance(event, AlertSeen):
        return _alert(event, width)
    if isinstance(event, IrregularitySeen):
        return _irregularity(event, width)
    if isinstance(event, AuthExchanged):
        return _auth(event, width)
    rows: list[Content] = []
    for worded in word(entry):
        rows += hanging(content(" "), content(worded.text), width, 1)
    return rows


# The whole pane.


@dataclass(frozen=True, slots=True)
class Told:
    """What the pane is made of."""

    guide: Guide | None = None
    last: Reply | None = None
    selected: tuple[Entry, Event] | None = None
    text: str = ""
    """The very line that is selected, where the entry has several."""
    outcome: Outcome | None = None
    findings: tuple[Finding, ...] = ()
    """What explains why the session stops here, or stopped."""


def explain(told: Told, width: int) -> Content:
    """The selected line; or how it all ended; or the next step and the reply before it."""
    if told.selected is not None:
        entry, event = told.selected
        head = content(("The selected line", "title"), (f"  entry {entry.number}", "dim"))
        lines = [head, *_offer(event, told.text, width), *line(entry, event, width), content()]
    elif told.outcome is not None:
        where = f"ended at {told.outcome.stage.value}"
        lines = [*ended(told.outcome, where, width, explained=True), *_found(told.findings, width)]
        return stack([*lines, *_reply_before(told.outcome.reply, width)])
    else:
        lines = _found(told.findings, width)
    lines += guide(told.guide, width) if told.guide is not None else []
    return stack([*lines, *([] if told.selected else _reply_before(told.last, width))])


def _found(findings: Sequence[Finding], width: int) -> list[Content]:
    return [row for each in findings for row in (finding(each, width), content())]


def _reply_before(answer: Reply | None, width: int) -> list[Content]:
    if answer is None:
        return []
    return [content(), content(("The reply before this", "title")), *reply(answer, width)]


MEANINGS: dict[Verdict, str] = {
    Verdict.DELIVERED: "The server has the message now, and answers for it.",
    Verdict.PARTLY_DELIVERED: "Some recipients will get it. Send it again to the others only.",
    Verdict.DEFERRED: "Nothing is lost: the same again, later, may work.",
    Verdict.REJECTED: "The same again will not help: something has to change first.",
    Verdict.REFUSED: "It was we who stopped, because going on would not have been safe.",
    Verdict.IN_DOUBT: "Nobody on this side can know. To send it again may make a duplicate.",
    Verdict.FAILED: "The session broke before the server could say yes or no.",
    Verdict.STOPPED: "Nothing was decided.",
}
"""What each outcome means for the one who sent."""


def ended(outcome: Outcome, beside: str, width: int, *, explained: bool = False) -> list[Content]:
    """How it ended, with a word beside the verdict: why, what that means if asked, for whom."""
    verdict = outcome.verdict.words
    role = "code2" if outcome.verdict is Verdict.DELIVERED else "code4"
    lines = [content((verdict.upper(), role), (f"  {beside}", "dim"))]
    lines += hanging(content(("Why", "dim")), content(outcome.reason), width, INDENT)
    if explained:
        meaning = content(MEANINGS[outcome.verdict])
        lines += hanging(content(("Means", "dim")), meaning, width, INDENT)
    for result in outcome.recipients:
        said = result.verdict.words
        lines += hanging(
            content(("To", "dim")), content(f"<{result.recipient}> {said}"), width, INDENT
        )
    return lines
