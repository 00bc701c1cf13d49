"""From what somebody typed or pasted to its explanations."""

from smtplab.explanations.blobs import decode, explain_blob
from smtplab.explanations.explanation import Explanation, Row
from smtplab.explanations.lines import explain_command, explain_reply_text, parse_reply
from smtplab.explanations.pasted import Part, parts_of
from smtplab.explanations.troubles import explain_saying, explain_trouble
from smtplab.explanations.words import explain_word
from smtplab.protocol.replies import ReplyClass
from smtplab.protocol.verbs import PSEUDO, Verb, verb_of
from smtplab.values import replace

MOST = 200
"""Explanations of one pasted text; the rest is left out."""

CONTEXT = 1 << 13
"""Characters of a text that may tell whose server it is: greeting and EHLO stand at the top."""

MOST_IN_SHORT = 3
"""Refusals that the last word on a pasted text tells of."""

SHORT = 4
"""Explanations from which on a text needs a last word."""

REFUSED = (ReplyClass.TRANSIENT, ReplyClass.PERMANENT)
CHALLENGE = 334


def explain(text: str, *, reveal: bool = False) -> tuple[Explanation, ...]:
    """All that is known of a text; nothing when it is not understood.

    Passwords and tokens inside of base64 are covered unless `reveal` says otherwise. Of a text of
    several parts what went well is told in few words, and at the end what did not.
    """
    parts = parts_of(text)
    if len(parts) == 1:
        return _one(parts[0], reveal=reveal, context=text) or explain_saying(parts[0].text)
    reading = Reading(text, reveal=reveal)
    for part in parts:
        reading.take(part)
        if len(reading.found) >= MOST:
            break
    in_short = reading.in_short() if len(reading.found) >= SHORT else ()
    return (*reading.found[: MOST - len(in_short)], *in_short)


class Reading:
    """A pasted text, part by part: which command a reply answers, and what a login was asked."""

    def __init__(self, text: str, *, reveal: bool) -> None:
        self.found: list[Explanation] = []
        self._text = text[:CONTEXT]
        self._reveal = reveal
        self._sent: Verb | None = Verb.GREETING
        self._asked = ""
        self._refusals: dict[str, Explanation] = {}
        self._seen: set[tuple[Part, Verb | None, str]] = set()

    def take(self, part: Part) -> None:
        """Explains the next part."""
        reply = parse_reply(part.text)
        verb = part.verb or (self._sent if reply is not None else None)
        explained = self._explained(part, verb)
        self._asked = ""
        if reply is None:
            command = verb_of(part.text.encode("utf-8", "surrogateescape"))
            self._sent = command if command is not Verb.UNKNOWN else self._sent
        elif reply.code == CHALLENGE:
            self._asked = _question(part.text)
            self._sent = Verb.AUTH
        elif reply.reply_class in REFUSED and explained:
            self._remember(verb, explained[0])
        commands = [one for one in explained if one.kind == "command" and not one.pieces]
        self.found += [o for o in map(_brief, commands or explained) if o not in self.found]

    def _explained(self, part: Part, verb: Verb | None) -> tuple[Explanation, ...]:
        """What there is to say, once: logs say the same over and over."""
        key = (part, verb, self._asked)
        if key in self._seen:
            return ()
        self._seen.add(key)
        return _one(
            part._replace(verb=verb),
            reveal=self._reveal,
            context=part.line or self._text,
            asked=self._asked,
        )

    def _remember(self, verb: Verb | None, refusal: Explanation) -> None:
        rows = dict(refusal.rows)
        reason = rows.get("reason", refusal.title)
        at = f" at {verb.value}" if verb is not None and verb not in PSEUDO else ""
        title = f"refused{at}: {refusal.subject}"
        change = (Row("change", rows["change"]),) if "change" in rows else ()
        told = Explanation("summary", "in short", title, (Row("reason", reason), *change))
        self._refusals.setdefault(reason, told)

    def in_short(self) -> tuple[Explanation, ...]:
        """What went wrong, once for each reason."""
        return tuple(self._refusals.values())[:MOST_IN_SHORT]


def _question(text: str) -> str:
    """What a 334 asks for, in small letters."""
    octets = decode(text.partition(" ")[2].strip())
    return octets.decode("latin-1").strip("\0 :").lower() if octets is not None else ""


def _brief(one: Explanation) -> Explanation:
    """What is enough to say of a part among many."""
    if one.kind == "reply" and one.subject[:1] in "23":
        return replace(one, pieces=())
    if one.kind in ("command", "extension") and not one.pieces:
        return replace(one, rows=one.rows[:1])
    return one


def _one(part: Part, *, reveal: bool, context: str, asked: str = "") -> tuple[Explanation, ...]:
    """One word, one line, or one reply of several lines."""
    text = part.text
    words = text.split()
    if len(words) == 1 and "\n" not in text:
        known = explain_word(text.strip("<>.,;:")) if not asked else ()
        if known:
            return known
        blob = explain_blob(text, reveal=reveal, asked=asked)
        if blob is not None:
            return (blob,)
    if parse_reply(text) is not None:
        return explain_reply_text(text, reveal=reveal, verb=part.verb, context=context)
    command = explain_command(text, reveal=reveal)
    if command:
        return command
    # Two words such as "AUTH PLAIN" or "RCPT TO" that make no whole command.
    known = explain_word("_".join(words)) or explain_word("-".join(words))
    known = known or (explain_word(words[0]) if len(words) == 2 else ())
    return known or explain_trouble(text)
