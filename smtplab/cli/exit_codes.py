"""Every exit code, in one table: what a script may rely on.

The codes of a failed stage are those of swaks, the codes of bad input those of sysexits.h.
"""

from smtplab.client.outcome import Outcome, Verdict
from smtplab.client.steps import Stage

OK = 0
NOT_KEPT = 1
USAGE = 64
BAD_DATA = 65
NO_INPUT = 66
CANNOT_CREATE = 73
DEFERRED = 75
NOT_PERMITTED = 77
INTERRUPTED = 130

MEANINGS: dict[int, str] = {
    OK: "delivered; or the command did what it was asked, such as to stop after a stage",
    NOT_KEPT: "grade: a requirement was not kept (with a baseline: one that is not known)",
    10: "delivered to some of the recipients",
    11: "in doubt: lost after the final dot, the message may or may not be queued",
    12: "stopped by the user, or nothing was sent",
    2: "no connection",
    21: "ended at the greeting",
    22: "ended at EHLO",
    23: "ended at MAIL FROM",
    24: "ended at RCPT TO: no recipient was accepted",
    25: "ended at DATA",
    26: "ended at the message",
    27: "ended at QUIT",
    28: "ended at AUTH",
    29: "ended at STARTTLS or in the TLS handshake",
    32: "ended at the EHLO after TLS",
    33: "ended at XCLIENT",
    USAGE: "the command line is wrong",
    BAD_DATA: "a file that was given is broken",
    NO_INPUT: "a file, a scenario or a word that was named is not known",
    CANNOT_CREATE: "a file or a listener could not be made",
    DEFERRED: "deferred by a 4xx reply, at whatever stage: try again later",
    NOT_PERMITTED: "refused for safety: needs an explicit option",
    INTERRUPTED: "interrupted by Ctrl-C; send and grade: by SIGTERM as well",
}
"""Exit code -> what it says. The documentation prints this table."""

OF_VERDICT: dict[Verdict, int] = {
    Verdict.DELIVERED: OK,
    Verdict.PARTLY_DELIVERED: 10,
    Verdict.IN_DOUBT: 11,
    Verdict.STOPPED: 12,
    Verdict.DEFERRED: DEFERRED,
}

OF_STAGE: dict[Stage, int] = {
    Stage.CONNECT: 2,
    Stage.GREETING: 21,
    Stage.EHLO: 22,
    Stage.STARTTLS: 29,
    Stage.TLS: 29,
    Stage.EHLO_TLS: 32,
    Stage.XCLIENT: 33,
    Stage.AUTH: 28,
    Stage.MAIL: 23,
    Stage.RCPT: 24,
    Stage.DATA: 25,
    Stage.CONTENT: 26,
    Stage.QUIT: 27,
}
"""For sessions that were rejected, refused or failed: where."""


def of_outcome(outcome: Outcome) -> int:
    """The exit code of a session."""
    if outcome.intended:
        return OK
    return OF_VERDICT.get(outcome.verdict, OF_STAGE[outcome.stage])
