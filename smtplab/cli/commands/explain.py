"""`smtplab explain WHAT`: a code, a command, an extension, a login in base64, a reply, a log."""

import argparse
import sys
from typing import Any

from smtplab.cli import exit_codes, lab_words
from smtplab.cli.output import complain, say, say_json
from smtplab.explanations.explanation import Explanation
from smtplab.explanations.lookup import explain
from smtplab.explanations.text import lines_of, unknown
from smtplab.explanations.words import nearest
from smtplab.transcript.escaping import escape

MOST_READ = 1 << 20
"""Characters of stdin that are looked at."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What is asked about."""
    parser.add_argument(
        "what", metavar="WHAT", nargs="*",
        help="535, 5.7.8, EHLO, CHUNKING, a base64 blob, a reply, a command; '-' or none: stdin",
    )  # fmt: skip
    parser.add_argument("--json", action="store_true", help="one JSON object instead of text")
    parser.add_argument(
        "--reveal-secrets", action="store_true", help="show passwords and tokens inside of base64"
    )


def run(arguments: argparse.Namespace) -> int:
    """Explains; what is not known is told with the nearest words that are."""
    text = _asked(arguments.what)
    if not text.strip():
        complain("nothing to explain: give a code, a command or a reply, or pipe a text in")
        return exit_codes.USAGE
    found = explain(text, reveal=arguments.reveal_secrets)
    if not found or "-" in text:
        found += lab_words.explained(text.strip())
    near = () if found else nearest(text.strip())
    if arguments.json:
        say_json(
            {
                "what": text if arguments.reveal_secrets else _covered(text, found),
                "explanations": [as_object(one) for one in found],
                "nearest": list(near),
            }
        )
    else:
        for number, one in enumerate(found):
            if number:
                say("")
            for line in lines_of(one):
                say(line)
    if found:
        return exit_codes.OK
    complain(unknown(text))
    return exit_codes.NO_INPUT


def _asked(words: list[str]) -> str:
    if words and words != ["-"]:
        return " ".join(words)
    if sys.stdin.isatty():
        return ""
    return sys.stdin.buffer.read(MOST_READ).decode("utf-8", "surrogateescape")


def _covered(text: str, found: tuple[Explanation, ...]) -> str:
    """What was asked; a text with a login in it is named by what it was taken for."""
    pieces = [piece.role for one in found for piece in one.pieces]
    secret = "initial-response" in pieces or any(one.kind == "base64" for one in found)
    return "; ".join(one.subject for one in found) if secret else escape(text.strip())


def as_object(one: Explanation) -> dict[str, Any]:
    """An explanation under its public names."""
    return {
        "kind": one.kind,
        "subject": one.subject,
        "title": one.title,
        "clause": one.clause,
        "rows": [{"label": row.label, "text": row.text} for row in one.rows],
        "pieces": [{"text": p.text, "role": p.role, "note": p.note} for p in one.pieces],
    }
