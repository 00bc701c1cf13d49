"""The arguments of MAIL and RCPT: a path and parameters, by the grammar of RFC 5321 §4.1.2.

The honest server is strict here. A path without its angle brackets, a parameter that was not
offered: a server that let them pass would call clients right that others will turn away.
"""

import functools
import re
from collections.abc import Callable
from dataclasses import dataclass

from smtplab.values import value

_ATOM = r"[^\s<>()\[\]\\,;:@\".\x00-\x1f\x7f]+"
_QUOTED = r'"(?:[^"\\\x00-\x1f\x7f]|\\[\x20-\x7e])*"'
_LOCAL = rf"(?:{_ATOM}(?:\.{_ATOM})*|{_QUOTED})"
_LABEL = r"[^\W_](?:[\w-]*\w)?"
_DOMAIN = rf"(?:{_LABEL}(?:\.{_LABEL})*\.?|\[[0-9A-Za-z:.-]+\])"
_ROUTE = rf"(?:@{_DOMAIN}(?:,@{_DOMAIN})*:)?"
_PATH = re.compile(rf"<{_ROUTE}(?P<mailbox>{_LOCAL}@{_DOMAIN}|)>(?P<rest>.*)", re.DOTALL)
_POSTMASTER = re.compile(r"<(?P<mailbox>postmaster)>(?P<rest>.*)", re.IGNORECASE | re.DOTALL)

LONGEST_PATH = 256
"""Octets of a path with its brackets (RFC 5321 §4.5.3.1.3)."""

FORMS = {"MAIL": "FROM:", "RCPT": "TO:"}
BAD_PATH = {"MAIL": "5.1.7", "RCPT": "5.1.3"}
"""The enhanced status code of a path that is none (RFC 3463 §3.2)."""

_XTEXT = r"(?:[!-*,-<>-~]|\+[0-9A-F]{2})*"


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter that we know: behind which keyword it is offered, and the form of its value."""

    keyword: str
    value: str

    def takes(self, value: str) -> bool:
        """Whether the value, with its `=`, has the right form."""
        return re.fullmatch(self.value, value, re.IGNORECASE) is not None


PARAMETERS: dict[str, dict[str, Parameter]] = {
    "MAIL": {
        "SIZE": Parameter("SIZE", r"=[0-9]{1,20}"),  # RFC 1870 §4
        "BODY": Parameter("8BITMIME", r"=(?:7BIT|8BITMIME)"),  # RFC 6152 §2
        "SMTPUTF8": Parameter("SMTPUTF8", r""),  # RFC 6531 §3.4
        "AUTH": Parameter("AUTH", rf"=(?:<>|{_XTEXT})"),  # RFC 4954 §5
        "RET": Parameter("DSN", r"=(?:FULL|HDRS)"),  # RFC 3461 §4.3
        "ENVID": Parameter("DSN", rf"=(?=.{{1,100}}$){_XTEXT}"),  # RFC 3461 §4.4
    },
    "RCPT": {
        "NOTIFY": Parameter(
            "DSN", r"=(?:NEVER|(?:SUCCESS|FAILURE|DELAY)(?:,(?:SUCCESS|FAILURE|DELAY)){0,2})"
        ),  # RFC 3461 §4.1
        "ORCPT": Parameter("DSN", rf"=(?=.{{1,500}}$)[0-9A-Za-z.-]+;{_XTEXT}"),  # §4.2
    },
}
FOR_AIOSMTPD = ("SIZE", "BODY", "SMTPUTF8")
"""The parameters that the brain knows as well, and has to be told."""


@value
class PathRead:
    """What an argument says; with `refusal` when it cannot be taken."""

    parameters: tuple[str, ...] = ()
    refusal: str = ""
    spaced: bool = False
    """Whether there was a space behind the colon, where none may be (RFC 5321 §4.1.1.2)."""

    for_brain: str = ""
    """The argument as aiosmtpd knows it."""


def read_path(verb: str, argument: str, offers: Callable[[str], bool]) -> PathRead:
    """Reads the argument of MAIL or RCPT; `offers` says whether a keyword is offered."""
    read = _read(verb, argument)
    if not read.parameters:
        return read
    refusal = _refused(verb, read.parameters, offers)
    return PathRead(read.parameters, refusal, read.spaced, read.for_brain)


@functools.lru_cache(256)
def _read(verb: str, argument: str) -> PathRead:
    """All but whether its parameters are taken; most clients say the same again and again."""
    form = FORMS[verb]
    if argument[: len(form)].upper() != form:
        return PathRead(refusal=f"501 5.5.4 Syntax: {verb} {form}<address>")
    path = argument[len(form) :].lstrip(" ")
    found = _PATH.fullmatch(path) or (_POSTMASTER.fullmatch(path) if verb == "RCPT" else None)
    no_null = verb == "RCPT" and found is not None and not found["mailbox"]
    if found is None or no_null or len(path) - len(found["rest"]) > LONGEST_PATH:
        return PathRead(refusal=f"501 {BAD_PATH[verb]} This is no path: <local-part@domain>")
    if found["rest"][:1].strip():
        return PathRead(refusal="501 5.5.4 A space belongs behind the path")
    given = tuple(found["rest"].split())
    spaced = argument[len(form) :][:1] == " "
    known = [text for text in given if text.split("=")[0].upper() in FOR_AIOSMTPD]
    for_brain = " ".join([f"{form}<{found['mailbox']}>", *known])
    return PathRead(given, spaced=spaced, for_brain=for_brain)


def _refused(verb: str, given: tuple[str, ...], offers: Callable[[str], bool]) -> str:
    seen: set[str] = set()
    for text in given:
        name = text.partition("=")[0].upper()
        known = PARAMETERS[verb].get(name)
        if known is None or not offers(known.keyword):
            return f"555 5.5.4 {verb} parameters not recognized or not implemented"
        if name in seen or not known.takes(text[len(name) :]):
            return f"501 5.5.4 The value of {name} is not right, or given twice"
        seen.add(name)
    return ""
