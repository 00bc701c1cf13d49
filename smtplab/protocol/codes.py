"""What reply codes mean, and a reply taken apart for people.

A whole code's text comes first; the digits' own meanings help where a code is not known. Programs
go by the first digit and leave the rest to people (RFC 5321 §4.2.1).
"""

from collections.abc import Iterator
from typing import NamedTuple

from smtplab.protocol.anatomy import Token
from smtplab.protocol.replies import EnhancedStatus, Reply


class Meaning(NamedTuple):
    """What a code says, in words, and where it is defined."""

    text: str
    clause: str


FIRST_DIGITS: dict[int, str] = {
    2: "done: you may go on",
    3: "so far so good: the server waits for more from you",
    4: "failed for now: keep it and try again later",
    5: "failed for good: the same request will fail again",
}
"""First digit -> what to do (RFC 5321 §4.2.1)."""

SECOND_DIGITS: dict[int, str] = {
    0: "about the syntax of what you sent",
    1: "information that you asked for",
    2: "about the connection",
    3: "about logging in",
    5: "about the mail system",
}
"""Second digit -> what it is about (RFC 5321 §4.2.1; 3 is RFC 4954's use of a free digit)."""

CODES: dict[int, Meaning] = {
    211: Meaning("status of the server, or help", "RFC 5321 §4.2.3"),
    214: Meaning("help, in words", "RFC 5321 §4.2.3"),
    220: Meaning("ready: a greeting, or the go-ahead for TLS", "RFC 5321 §3.1, RFC 3207 §4"),
    221: Meaning("good-bye: the server closes the connection", "RFC 5321 §4.1.1.10"),
    235: Meaning("you are logged in", "RFC 4954 §6"),
    250: Meaning("done as asked", "RFC 5321 §4.2.3"),
    251: Meaning("not a mailbox here, but it will be forwarded", "RFC 5321 §3.4"),
    252: Meaning("neither yes nor no, but mail would be tried", "RFC 5321 §3.5.3"),
    253: Meaning("waiting messages will now be sent (ETRN)", "RFC 1985 §5.3"),
    334: Meaning("go on with the login: the text is a challenge in base64", "RFC 4954 §4"),
    354: Meaning("send the message now; a dot on a line of its own ends it", "RFC 5321 §4.1.1.4"),
    421: Meaning("the server is closing the connection; come back later", "RFC 5321 §3.8"),
    432: Meaning("log in once with PLAIN, so that the server can renew your password's record",
                 "RFC 4954 §6"),
    450: Meaning("the mailbox cannot take mail for now: busy, or you have to wait your turn",
                 "RFC 5321 §4.2.3"),
    451: Meaning("an error at the server's side, or a policy that makes you wait",
                 "RFC 5321 §4.2.3"),
    452: Meaning("no room for now, or enough recipients for one message", "RFC 5321 §4.5.3.1.10"),
    454: Meaning("TLS or logging in does not work for now", "RFC 3207 §4, RFC 4954 §6"),
    455: Meaning("a parameter of MAIL or RCPT cannot be honoured for now", "RFC 5321 §4.1.1.11"),
    458: Meaning("the queue for that host cannot be started (ETRN)", "RFC 1985 §5.3"),
    459: Meaning("you may not start the queue for that host (ETRN)", "RFC 1985 §5.3"),
    500: Meaning("the command is not known, or the line is too long", "RFC 5321 §4.2.4"),
    501: Meaning("the command is known, but not what stands behind it", "RFC 5321 §4.2.3"),
    502: Meaning("the command is known, but this server does not do it", "RFC 5321 §4.2.4"),
    503: Meaning("not now: the commands come in the wrong order", "RFC 5321 §4.1.4"),
    504: Meaning("this parameter or login mechanism is not known here", "RFC 5321 §4.2.3"),
    521: Meaning("this host never takes mail", "RFC 7504 §3"),
    530: Meaning("first log in, or first use TLS", "RFC 4954 §6, RFC 3207 §4"),
    534: Meaning("this way of logging in is too weak for this account", "RFC 4954 §6"),
    535: Meaning("the login was refused: user name, password or a policy", "RFC 4954 §6"),
    538: Meaning("this way of logging in needs TLS first", "RFC 2554 §6"),
    550: Meaning("refused: no such mailbox, or a policy against it", "RFC 5321 §4.2.3"),
    551: Meaning("not a mailbox here; the text may name the right place", "RFC 5321 §3.4"),
    552: Meaning("too large, or the mailbox is full", "RFC 5321 §4.2.3"),
    553: Meaning("this address is not allowed, as written or for you", "RFC 5321 §4.2.3"),
    554: Meaning("the transaction failed; as a greeting: no service for you", "RFC 5321 §3.1"),
    555: Meaning("a parameter of MAIL or RCPT is not known here", "RFC 5321 §4.1.1.11"),
    556: Meaning("that domain never takes mail", "RFC 7504 §4"),
}  # fmt: skip
"""Code -> what it says."""

ENHANCED_CLASSES: dict[int, str] = {2: "success", 4: "failed for now", 5: "failed for good"}
"""First number of an enhanced status code (RFC 3463 §2)."""

SUBJECTS: dict[int, str] = {
    0: "no subject given",
    1: "an address",
    2: "the mailbox",
    3: "the mail system",
    4: "the network or the routing",
    5: "the dialogue of commands and replies",
    6: "the message's content",
    7: "security or policy",
}
"""Second number of an enhanced status code (RFC 3463 §2)."""

ENHANCED: dict[tuple[int, int], Meaning] = {
    (0, 0): Meaning("nothing more is said", "RFC 3463 §3.1"),
    (1, 0): Meaning("something about an address", "RFC 3463 §3.2"),
    (1, 1): Meaning("there is no such mailbox", "RFC 3463 §3.2"),
    (1, 2): Meaning("the recipient's domain does not exist or takes no mail", "RFC 3463 §3.2"),
    (1, 3): Meaning("the recipient's address is not written correctly", "RFC 3463 §3.2"),
    (1, 4): Meaning("the address fits more than one mailbox", "RFC 3463 §3.2"),
    (1, 5): Meaning("the recipient is valid", "RFC 3463 §3.2"),
    (1, 6): Meaning("the mailbox has moved, and nobody knows where", "RFC 3463 §3.2"),
    (1, 7): Meaning("the sender's address is not written correctly", "RFC 3463 §3.2"),
    (1, 8): Meaning("the sender's domain does not exist or takes no mail", "RFC 3463 §3.2"),
    (1, 10): Meaning("the recipient's domain says that it takes no mail", "RFC 7505"),
    (2, 0): Meaning("something about the mailbox", "RFC 3463 §3.3"),
    (2, 1): Meaning("the mailbox is switched off", "RFC 3463 §3.3"),
    (2, 2): Meaning("the mailbox is full", "RFC 3463 §3.3"),
    (2, 3): Meaning("the message is larger than this mailbox takes", "RFC 3463 §3.3"),
    (2, 4): Meaning("the mailing list cannot be expanded", "RFC 3463 §3.3"),
    (3, 0): Meaning("something about the mail system", "RFC 3463 §3.4"),
    (3, 1): Meaning("the mail system is out of space", "RFC 3463 §3.4"),
    (3, 2): Meaning("the system takes no mail at this time", "RFC 3463 §3.4"),
    (3, 3): Meaning("the system lacks a feature that was asked for", "RFC 3463 §3.4"),
    (3, 4): Meaning("the message is larger than this system takes", "RFC 3463 §3.4"),
    (3, 5): Meaning("the system is set up wrongly", "RFC 3463 §3.4"),
    (4, 0): Meaning("something about the network", "RFC 3463 §3.5"),
    (4, 1): Meaning("the next host does not answer", "RFC 3463 §3.5"),
    (4, 2): Meaning("the connection to the next host broke", "RFC 3463 §3.5"),
    (4, 3): Meaning("a directory, such as DNS, could not be asked", "RFC 3463 §3.5"),
    (4, 4): Meaning("no way to the next host is known", "RFC 3463 §3.5"),
    (4, 5): Meaning("too much mail at once", "RFC 3463 §3.5"),
    (4, 6): Meaning("the message goes in circles", "RFC 3463 §3.5"),
    (4, 7): Meaning("the message could not be delivered in time", "RFC 3463 §3.5"),
    (5, 0): Meaning("something about the dialogue", "RFC 3463 §3.6"),
    (5, 1): Meaning("not a valid command here and now", "RFC 3463 §3.6"),
    (5, 2): Meaning("the line could not be understood", "RFC 3463 §3.6"),
    (5, 3): Meaning("too many recipients", "RFC 3463 §3.6"),
    (5, 4): Meaning("what stands behind the command is not valid", "RFC 3463 §3.6"),
    (5, 5): Meaning("the versions of the protocol do not match", "RFC 3463 §3.6"),
    (5, 6): Meaning("a line of the login is too long", "RFC 4954 §6"),
    (6, 0): Meaning("something about the content", "RFC 3463 §3.7"),
    (6, 1): Meaning("this kind of content is not supported", "RFC 3463 §3.7"),
    (6, 2): Meaning("the content would have to be converted, which is forbidden", "RFC 3463 §3.7"),
    (6, 3): Meaning("the content would have to be converted, which nobody here can do",
                    "RFC 3463 §3.7"),
    (6, 4): Meaning("converting the content lost something", "RFC 3463 §3.7"),
    (6, 5): Meaning("converting the content failed", "RFC 3463 §3.7"),
    (6, 7): Meaning("an address that is not ASCII is not allowed here", "RFC 6531 §3.5"),
    (6, 8): Meaning("the reply needs UTF-8, which you did not allow", "RFC 6531 §3.7.4.2"),
    (6, 9): Meaning("headers in UTF-8 cannot be passed on to a recipient", "RFC 6531 §4.2"),
    (7, 0): Meaning("something about security", "RFC 3463 §3.8"),
    (7, 1): Meaning("a policy forbids it: you, this sender or this message", "RFC 3463 §3.8"),
    (7, 2): Meaning("you may not write to this list", "RFC 3463 §3.8"),
    (7, 3): Meaning("more security would be needed than is possible", "RFC 3463 §3.8"),
    (7, 4): Meaning("a security feature that was asked for is missing", "RFC 3463 §3.8"),
    (7, 5): Meaning("encrypting or decrypting failed", "RFC 3463 §3.8"),
    (7, 6): Meaning("the cipher is not supported", "RFC 3463 §3.8"),
    (7, 7): Meaning("the message was changed on its way", "RFC 3463 §3.8"),
    (7, 8): Meaning("user name or password is not right", "RFC 4954 §6"),
    (7, 9): Meaning("this way of logging in is too weak", "RFC 4954 §6"),
    (7, 10): Meaning("TLS is needed first", "RFC 5248 §2.4"),
    (7, 11): Meaning("TLS is needed for this way of logging in", "RFC 4954 §6"),
    (7, 12): Meaning("log in once with PLAIN first", "RFC 4954 §6"),
    (7, 13): Meaning("the account is switched off", "RFC 5248 §2.4"),
    (7, 14): Meaning("the two systems would have to trust each other first", "RFC 5248 §2.4"),
    (7, 20): Meaning("no DKIM signature is valid", "RFC 7372 §3.1"),
    (7, 21): Meaning("no DKIM signature is acceptable", "RFC 7372 §3.1"),
    (7, 22): Meaning("no valid DKIM signature is the author's", "RFC 7372 §3.1"),
    (7, 23): Meaning("SPF says that this host may not send for the domain", "RFC 7372 §3.2"),
    (7, 24): Meaning("SPF could not be checked", "RFC 7372 §3.2"),
    (7, 25): Meaning("your address has no matching name in DNS", "RFC 7372 §3.3"),
    (7, 26): Meaning("several checks of the sender failed", "RFC 7372 §3.4"),
    (7, 27): Meaning("the sender's domain says that it takes no mail", "RFC 7505"),
    (7, 28): Meaning("too many messages like this at once", "IANA registry"),
    (7, 29): Meaning("the ARC chain of the message is not valid", "RFC 8617"),
    (7, 30): Meaning("the message demands TLS, which the way on does not have", "RFC 8689 §4.2.1"),
}  # fmt: skip
"""Subject and detail of an enhanced status code -> what it says, whatever the class."""


def meaning_of(code: int) -> Meaning:
    """What a reply code says; for an unknown one, what its digits say."""
    known = CODES.get(code)
    if known is not None:
        return known
    first = FIRST_DIGITS.get(code // 100)
    if first is None:
        return Meaning("SMTP has no such code", "RFC 5321 §4.2.1")
    return Meaning(f"not in our list; go by the first digit: {first}", "RFC 5321 §4.2.1")


def meaning_of_enhanced(status: EnhancedStatus) -> Meaning:
    """What an enhanced status code says; for an unknown one, what it is about."""
    known = ENHANCED.get((status.subject, status.detail))
    if known is not None:
        return known
    about = SUBJECTS.get(status.subject, "a subject of the server's own")
    klass = ENHANCED_CLASSES.get(status.klass, "a class that SMTP does not have")
    return Meaning(f"{klass}, about {about}; the detail is not in our list", "RFC 3463 §2")


def explain_reply(reply: Reply) -> tuple[Token, ...]:
    """The pieces of a reply: digits, whole code, enhanced status code, text."""
    return tuple(_pieces(reply))


def _pieces(reply: Reply) -> Iterator[Token]:
    if reply.code is None:
        yield Token(reply.first_line, "text", "no reply code in front: this is not SMTP")
        return
    yield from _code(reply.code)
    status = reply.enhanced
    if status is not None:
        meaning = meaning_of_enhanced(status)
        yield Token(str(status), "enhanced", f"{meaning.text} ({meaning.clause})")
    if len(reply.lines) > 1:
        note = f"more lines follow; this reply has {len(reply.lines)}"
        yield Token("-", "separator", note)
    if any(reply.lines):
        yield Token(reply.text, "text", _text_note(reply))


def _code(code: int) -> Iterator[Token]:
    digits = f"{code:03}"
    first = FIRST_DIGITS.get(code // 100, "no code of SMTP begins with this digit")
    yield Token(digits[0], "first-digit", first)
    if code // 100 in FIRST_DIGITS:
        second = SECOND_DIGITS.get(code // 10 % 10, "about something that SMTP does not define")
        yield Token(digits[1], "second-digit", second)
    meaning = meaning_of(code)
    yield Token(digits, "code", f"{meaning.text} ({meaning.clause})")


CHALLENGE = 334


def _text_note(reply: Reply) -> str:
    if reply.code == CHALLENGE:
        return "a challenge, in base64"
    return "written for people: a program must not decide by it"
