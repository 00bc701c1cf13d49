"""Every format that a record can be exported to. `FORMATS` is the whole list."""

from collections.abc import Callable

from smtplab.export import html, json, markdown, openssl, pcapng, python, swaks, text
from smtplab.transcript.entries import Transcript
from smtplab.values import value


@value
class Format:
    """One format: its name, what it is for, how its files are called, and who writes it.

    `carries_keys` says that the TLS keys of the record, where it has any, are written as well;
    `is_text`, that a terminal can show it.
    """

    name: str
    summary: str
    suffix: str
    export: Callable[[Transcript], bytes]
    carries_keys: bool = False
    is_text: bool = True


FORMATS: tuple[Format, ...] = (
    Format("text", "the dialogue and the findings, as `send` prints them", ".txt", text.export),
    Format("json", "one JSON value, for programs", ".json", json.export),
    Format("markdown", "to paste into a bug report", ".md", markdown.export),
    Format("html", "one file for a browser, without scripts", ".html", html.export),
    Format(
        "pcapng",
        "a capture for Wireshark; decrypted, if recorded --with-keys",
        ".pcapng",
        pcapng.export,
        carries_keys=True,
        is_text=False,
    ),
    Format("swaks", "the same session as a swaks command", ".sh", swaks.export),
    Format("openssl", "as a dialogue through openssl s_client", ".sh", openssl.export),
    Format("python", "as a program on smtplib", ".py", python.export),
)


class UnknownFormat(LookupError):
    """No format has that name; the text says which there are."""


def formats() -> tuple[Format, ...]:
    """All formats, in the order in which they are offered."""
    return FORMATS


def find(name: str) -> Format:
    """The format of that name; UnknownFormat when there is none."""
    found = next((one for one in FORMATS if one.name == name), None)
    if found is None:
        known = ", ".join(one.name for one in FORMATS)
        raise UnknownFormat(f"no format is called {name!r}; there are {known}")
    return found


def render(transcript: Transcript, name: str) -> bytes:
    """The session in that format; UnknownFormat when there is none. Nothing else is raised."""
    return find(name).export(transcript)
