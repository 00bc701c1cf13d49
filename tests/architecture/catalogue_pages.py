"""The catalogue as pages for people: an index, and a page for each folder of scenarios."""

import re
from collections.abc import Iterator

from msgspec import UNSET

from smtplab.scenarios import library
from smtplab.scenarios.model import Claim, Expectation, Scenario

FOLDERS: dict[str, str] = {
    "greeting": "The first words of the server: late, wrong, or not there.",
    "ehlo": "The list of extensions, and how it can be written.",
    "starttls": "From clear text to TLS: refused, stripped, spoilt.",
    "tls": "Handshakes that fail, and versions that are missing.",
    "certificates": "Who the server says that it is, and why nobody should believe it. "
    "What other clients say to these stands in [certificates.md](../certificates.md).",
    "auth": "Logins: refused, put off, never ending.",
    "envelope": "MAIL and RCPT: senders and recipients that are refused or have to wait.",
    "data": "The message, and the moment when it is taken or not.",
    "connection": "Connections that end, hang or are not wanted.",
    "replies": "How replies are written: split, mixed, malformed, endless.",
    "providers": "What well-known providers look like, and their refusals in their own words: "
    "look-alikes, made from public records. Nothing here talks to the providers.",
    "pitfalls": "What naive clients do, and a server that shows it.",
}
"""Folder -> what it is about, in the order of a session."""

INDEX = "README"

MOST_LINES, MOST_COLUMNS = 40, 400
"""Of a scenario's script, on a page; endless replies have many lines."""


def index() -> str:
    """The page with a table of the folders."""
    names = library.ids()
    rows = [
        f"| [{folder}]({folder}.md) | {sum(n.startswith(f'{folder}/') for n in names)} | {about} |"
        for folder, about in FOLDERS.items()
    ]
    lines = [
        "# The catalogue of scenarios",
        "",
        f"{len(names)} scenarios are bundled, the honest server among them. `smtplab serve ID` "
        "plays one to any client, `smtplab scenario:ID` to smtplab itself, and `smtplab scenarios "
        "show ID` prints its file. How to write your own: [scenario-format.md]"
        "(../scenario-format.md).",
        "",
        "| folder | scenarios | what goes wrong |",
        "| --- | --- | --- |",
        *rows,
        "",
        *_section(library.find("honest")),
    ]
    return "\n".join(lines).rstrip() + "\n"


def page(folder: str) -> str:
    """The page of a folder."""
    names = [name for name in library.ids() if name.startswith(f"{folder}/")]
    lines = [f"# {folder}", "", FOLDERS[folder], "", "[All folders](README.md)", ""]
    for name in names:
        lines += _section(library.find(name))
    return "\n".join(lines).rstrip() + "\n"


def _section(scenario: Scenario) -> Iterator[str]:
    yield f"## {plain(scenario.title)}"
    yield ""
    tags = ", ".join(scenario.tags)
    yield f"`{scenario.id}` · {scenario.severity}" + (f" · {tags}" if tags else "")
    yield ""
    yield plain(" ".join(scenario.story.split()))
    yield ""
    for notice in scenario.notice:
        yield f"- {plain(' '.join(notice.split()))}"
    if scenario.notice:
        yield ""
    script = script_of(library.text_of(scenario.id))
    if script:
        yield from ("```yaml", script, "```", "")
    for expectation in scenario.expect:
        yield from _expected(expectation)
    if scenario.links:
        yield ""
        yield "See " + ", ".join(link(one) for one in scenario.links) + "."
    yield ""


def _expected(expectation: Expectation) -> Iterator[str]:
    claim, negative = expectation.must, "must"
    if claim is UNSET:
        claim, negative = expectation.must_not, "must not"
    assert isinstance(claim, Claim)
    said = ", ".join(in_words(claim)) or "find out what is wrong"
    ref = f" ({expectation.ref})" if expectation.ref else ""
    level = "" if expectation.level == "error" else f" [{expectation.level}]"
    because = plain(" ".join(expectation.because.split()))
    yield f"- A client **{negative}** {said}: {because}{ref}{level}"


def in_words(claim: Claim) -> Iterator[str]:
    """A claim in words; what only smtplab's own client has to find is left out."""
    if claim.send is not UNSET:
        where = {"plain": " in clear text", "tls": " inside TLS"}.get(str(claim.while_), "")
        yield f"send `{claim.send}`{where}"
    if claim.deliver is not UNSET:
        yield f"deliver {claim.deliver}"
    if claim.report is not UNSET:
        yield f"report {claim.report}"
    if claim.reconnect is not UNSET:
        yield f"come back after {claim.reconnect}"
    if claim.patience is not UNSET:
        yield f"wait for {claim.patience}"
    if claim.quit is not UNSET:
        yield "say QUIT" if claim.quit else "leave out QUIT"
    if claim.leak is not UNSET:
        yield "let the password be seen"


def script_of(text: str) -> str:
    """What the file says of the server and its rules, as it stands there; long ones cut short."""
    found = re.search(r"(?ms)^(?:server|rules):.*?(?=^expect:|\Z)", text)
    lines = found[0].rstrip().splitlines() if found else []
    more = [f"# and {len(lines) - MOST_LINES:,} lines more"] if len(lines) > MOST_LINES else []
    shown = (f"{x[:MOST_COLUMNS]} ..." if len(x) > MOST_COLUMNS else x for x in lines[:MOST_LINES])
    return "\n".join([*shown, *more])


def plain(text: str) -> str:
    """Text that Markdown takes for nothing else."""
    return re.sub(r"([\\`*_<>\[\]|])", r"\\\1", text)


def link(text: str) -> str:
    """A link of a scenario as one of Markdown."""
    number, _, section = text.removeprefix("RFC ").partition("#")
    if text.startswith("RFC "):
        address = f"https://www.rfc-editor.org/rfc/rfc{number}"
        if not section:
            return f"[RFC {number}]({address})"
        anchor = f"section-{section}" if section[0].isdigit() else section
        return f"[RFC {number} §{section}]({address}#{anchor})"
    if text.startswith("CVE-"):
        return f"[{text}](https://nvd.nist.gov/vuln/detail/{text})"
    return f"<{text}>"
