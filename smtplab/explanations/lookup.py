"""From what somebody typed or pasted to its explanations."""

from smtplab.explanations.blobs import explain_blob
from smtplab.explanations.explanation import Explanation
from smtplab.explanations.lines import explain_command, explain_reply_text, parse_reply, parts_of
from smtplab.explanations.words import explain_word

MOST = 200
"""Explanations of one pasted text; the rest is left out."""


def explain(text: str, *, reveal: bool = False) -> tuple[Explanation, ...]:
    """All that is known of a text; nothing when it is not understood.

    Passwords and tokens inside of base64 are covered unless `reveal` says otherwise.
    """
    parts = parts_of(text)
    if len(parts) == 1:
        return _one(parts[0], reveal=reveal)
    found: list[Explanation] = []
    for part in parts:
        explained = _one(part, reveal=reveal)
        found += [one for one in explained if one not in found]
        if len(found) >= MOST:
            break
    return tuple(found[:MOST])


def _one(text: str, *, reveal: bool) -> tuple[Explanation, ...]:
    """One word, one line, or one reply of several lines."""
    words = text.split()
    if len(words) == 1 and "\n" not in text:
        known = explain_word(text.strip("<>.,;:"))
        if known:
            return known
        blob = explain_blob(text, reveal=reveal)
        if blob is not None:
            return (blob,)
    if parse_reply(text) is not None:
        return explain_reply_text(text, reveal=reveal)
    command = explain_command(text, reveal=reveal)
    if command:
        return command
    # Two words such as "AUTH PLAIN" or "RCPT TO" that make no whole command.
    known = explain_word("_".join(words)) or explain_word("-".join(words))
    return known or (explain_word(words[0]) if len(words) == 2 else ())
