"""The page of the documentation that the list of rules makes."""

from collections.abc import Iterator

from smtplab.diagnosis.engine import RULES, SECTIONS
from smtplab.diagnosis.refusals.providers import providers
from smtplab.diagnosis.refusals.table import row_of

NOTES: dict[str, str] = {
    "Refusals": "Each 4xx and 5xx has exactly one of these reasons: the first whose signs fit. A "
    "4xx makes it a warning.",
    "Time": "A long wait is no fault by the standard. It is worth a word all the same.",
}

INTRODUCTION = """\
# What the diagnosis knows

<!-- made by python -m tests.architecture.documents -->

A finding says what the record of a session shows, why that happens and what to change, with the
entries that show it and the clause or source. The rules look at the record alone, so that a saved
session can be diagnosed as well as one that runs. None has anything to say about a session in which
all went well.
"""


def page(_: str = "") -> str:
    """The whole page."""
    count = f"There are {len(RULES)} rules."
    return "\n".join([INTRODUCTION, count, "", *_sections(), *_providers()]) + "\n"


def _sections() -> Iterator[str]:
    for title, rules in SECTIONS:
        yield f"## {title}\n"
        if title in NOTES:
            yield NOTES[title] + "\n"
        yield "| rule | severity | holds when | what to change | source |"
        yield "| --- | --- | --- | --- | --- |"
        for rule in rules:
            yield _row(f"`{rule.id}`", rule.severity.value, rule.about, rule.change, rule.clause)
        yield ""


def _row(*cells: str) -> str:
    return f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |"


def _providers() -> Iterator[str]:
    """What providers and servers say, and what they mean by it."""
    known = sum(len(provider.refusals) for provider in providers())
    yield f"## What {len(providers())} providers and mail servers mean\n"
    yield (
        f"These {known} refusals are known by their words; the reason is one of those above, said "
        "with what that provider means by it. The second column is a pattern.\n"
    )
    for provider in providers():
        yield f"### {provider.name}\n"
        yield "| code | text | reason | what it means | what to change | source |"
        yield "| --- | --- | --- | --- | --- | --- |"
        for one in provider.refusals:
            code = f"{one.code} {one.enhanced}".strip().replace("\\", "")
            change = one.change or row_of(one.rule).change
            yield _row(code, f"`{one.text}`", f"`{one.rule}`", one.cause, change, one.source)
        yield ""
