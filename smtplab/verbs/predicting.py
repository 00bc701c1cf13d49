"""Predict mode: which reply comes next? A guess before each command, and a score."""

from dataclasses import dataclass

from smtplab.client.steps import Step
from smtplab.protocol.replies import Reply
from smtplab.protocol.verbs import Verb

SILENT: frozenset[Verb | None] = frozenset({None, Verb.TLS})
"""Steps that no reply follows."""

DIGITS: dict[str, str] = {"2": "done", "3": "go on", "4": "not now", "5": "no"}
"""The first digit of a code, and what it says in a word or two (RFC 5321 §4.2.1)."""


@dataclass(slots=True)
class Predictions:
    """The guesses of a session. A guess is a digit, or a whole code for who wants to be exact."""

    on: bool = False
    right: int = 0
    total: int = 0
    guess: str = ""
    verdict: str = ""
    """How the last guess turned out, in words."""

    def asks(self, step: Step | None) -> bool:
        """Whether the user should guess before this step."""
        return self.on and not self.guess and step is not None and step.verb not in SILENT

    def take(self, text: str) -> bool:
        """Takes a guess; False when the text is none."""
        text = text.strip()
        if not (text.isdigit() and len(text) in (1, 3) and text[0] in DIGITS):
            return False
        self.guess = text
        return True

    def judge(self, reply: Reply | None) -> None:
        """Compares the guess with the reply that came; None: there was none."""
        guess, self.guess, self.verdict = self.guess, "", ""
        if not guess:
            return
        code = "" if reply is None or reply.code is None else f"{reply.code:03}"
        hit = bool(code) and code.startswith(guess)
        self.total += 1
        self.right += hit
        word = "right" if hit else "no"
        self.verdict = f"{guess}: {word}, {code or 'nothing'} came. {self.score}."

    @property
    def score(self) -> str:
        """So many of so many."""
        return f"{self.right} of {self.total} right"
