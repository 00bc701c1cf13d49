"""What is doubtful about a line before it is sent. Doubts are sentences: `!` in front sends it all
the same, because what a server makes of a wrong line is worth knowing."""

from smtplab.protocol.addresses import check_path
from smtplab.protocol.states import State, is_legal
from smtplab.protocol.verbs import Verb, verb_of

LINE_LIMIT = 512
"""Octets of a command line with its CR LF (RFC 5321 §4.5.3.1.4)."""

AUTH_LINE_LIMIT = 12_288
"""Octets of a line of an AUTH exchange (RFC 4954 §4)."""

NEEDS: dict[Verb, str] = {
    Verb.EHLO: "it opens the session, and the server has to greet first",
    Verb.HELO: "it opens the session, and the server has to greet first",
    Verb.STARTTLS: "EHLO has to come first, and no transaction may be open",
    Verb.AUTH: "EHLO has to come first, and no transaction may be open",
    Verb.MAIL: "EHLO has to come first, and no other transaction may be open",
    Verb.RCPT: "MAIL FROM has to come first",
    Verb.DATA: "a RCPT TO has to be accepted first",
    Verb.LHLO: "it opens the session, and the server has to greet first",
    Verb.BDAT: "a RCPT TO has to be accepted first",
    Verb.BDAT_LAST: "a RCPT TO has to be accepted first",
    Verb.XCLIENT: "EHLO has to come first, and no transaction may be open",
    Verb.RSET: "it is for a session that EHLO has opened",
}
"""Verb -> what it needs, for lines that come out of order."""

ANYWAY = "Put ! in front to send it all the same."


def doubt(line: bytes, state: State, *, encrypted: bool, offers_smtputf8: bool = False) -> str:
    """The gravest doubt about a line without its CR LF; empty when there is none."""
    verb = verb_of(line)
    if state in (State.DATA, State.AUTHENTICATING):
        return ""
    found = (
        _order(verb, state)
        or _secrets(line, verb, encrypted=encrypted)
        or _length(line, verb)
        or _path(line, verb, offers_smtputf8=offers_smtputf8)
    )
    return f"{found} {ANYWAY}" if found else ""


def _order(verb: Verb, state: State) -> str:
    if verb is Verb.UNKNOWN:
        return "SMTP has no such command (a server would say 500)."
    if is_legal(state, verb):
        return ""
    need = NEEDS.get(verb, "its turn has not come")
    return f"{verb.value}: {need} (a server would say 503)."


def _secrets(line: bytes, verb: Verb, *, encrypted: bool) -> str:
    shows = verb is Verb.AUTH and len(line.split()) > 2 and not encrypted
    return "Everybody on the way could read this login." if shows else ""


def _length(line: bytes, verb: Verb) -> str:
    limit = AUTH_LINE_LIMIT if verb is Verb.AUTH else LINE_LIMIT
    if len(line) + 2 <= limit:
        return ""
    return f"The line has {len(line) + 2} octets; {limit} is the limit (RFC 5321 §4.5.3.1.4)."


def _path(line: bytes, verb: Verb, *, offers_smtputf8: bool) -> str:
    if verb not in (Verb.MAIL, Verb.RCPT):
        return ""
    text = line.decode("utf-8", "surrogateescape")
    _, _, path = text.partition("<")
    path, closed, _ = path.rpartition(">")
    if not closed:
        return f"{verb.value}: the address stands in angle brackets (RFC 5321 §4.1.2)."
    doubts = [d for d in check_path(path) if not (offers_smtputf8 and "SMTPUTF8" in d)]
    return doubts[0] if doubts else ""
