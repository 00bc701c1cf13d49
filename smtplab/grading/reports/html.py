"""Results as one HTML page that needs nothing else: the matrix, and below it each case in full."""

import shlex
from collections.abc import Iterator, Sequence
from html import escape as quoted

from smtplab.grading.reports.terminal import MARKS
from smtplab.grading.results import CaseResult, RunResult
from smtplab.grading.story import Line
from smtplab.grading.verdicts import Level, Verdict
from smtplab.transcript.escaping import escape

STYLE = """
:root { color-scheme: light dark; --line: #8884; --quiet: #777; }
body { font: 15px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 76rem; padding: 0 1rem; }
h1 { font-size: 1.5rem; } h2 { font-size: 1.2rem; margin-top: 2.5rem; }
table { border-collapse: collapse; } th, td { padding: .15rem .7rem; text-align: left; }
td, th { border-bottom: 1px solid var(--line); }
th { position: sticky; top: 0; background: Canvas; }
td.n { text-align: right; font-variant-numeric: tabular-nums; }
a { color: inherit; } .case { border-top: 1px solid var(--line); padding: .5rem 0; }
p[id] { scroll-margin-top: 4rem; } summary { cursor: pointer; } summary code { font-size: 1rem; }
.b { border-radius: .3rem; color: #fff; display: inline-block; font-size: .8rem; min-width: 5.2rem;
  padding: 0 .4rem; text-align: center; text-decoration: none; }
.error { background: #b3261e; } .warning { background: #8a5a00; }
.undecided { background: #3b5b92; }
.info { background: #3f6b78; } .not_applicable { background: #666; } .pass { background: #2e6b34; }
pre { background: #8881; border-radius: .3rem; overflow-x: auto; padding: .6rem; }
.client { color: #1565c0; } .server { color: #2e7d32; } .lab { color: var(--quiet); }
@media (prefers-color-scheme: dark) { .client { color: #7ab8ff; } .server { color: #7fd187; } }
.quiet { color: var(--quiet); } ul { margin: .3rem 0; }
"""

HEAD = """<!doctype html>
<html lang="en"><head><meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>smtplab: grades</title><style>{style}</style></head><body>
<h1>How {clients} did</h1>
"""


def render(runs: Sequence[RunResult]) -> str:
    """The page. Whatever a client or a server said is quoted: nothing of it is markup."""
    clients = ", ".join(_text(run.client) for run in runs)
    parts = [HEAD.format(style=STYLE, clients=clients), *_counts(runs), *_matrix(runs)]
    for number, run in enumerate(runs):
        parts.append(f"<h2>{_text(run.client)}</h2>")
        parts.append(f"<p class=quiet><code>{_text(_command(run))}</code></p>")
        for place, case in enumerate(run.cases):
            parts += _case(case, f"c{number}-{place}")
    return "\n".join([*parts, "</body></html>\n"])


def _command(run: RunResult) -> str:
    """The command as it can be given again; a lone text is split by the grader itself."""
    return shlex.join(run.command) if len(run.command) > 1 else "".join(run.command)


def _counts(runs: Sequence[RunResult]) -> Iterator[str]:
    heads = "".join(f"<th>{MARKS[level]}</th>" for level in Level)
    yield f"<table><tr><th>client</th><th>cases</th>{heads}</tr>"
    for run in runs:
        counts = run.summary_of_cases
        cells = "".join(f"<td class=n>{counts[level.value]}</td>" for level in Level)
        name = _text(run.client)
        yield f"<tr><td>{name}</td><td class=n>{len(run.cases)}</td>{cells}</tr>"
    yield "</table>"


def _matrix(runs: Sequence[RunResult]) -> Iterator[str]:
    places = [
        {case.key: (case.level, f"c{number}-{place}") for place, case in enumerate(run.cases)}
        for number, run in enumerate(runs)
    ]
    titles = {case.key: case.title for run in runs for case in run.cases}
    heads = "".join(f"<th>{_text(run.client)}</th>" for run in runs)
    yield "<h2>Cases</h2><p class=quiet>In transcripts C is the client, S the server, * a remark,"
    yield "and + says: inside TLS. The number is that of the connection.</p>"
    yield f"<table><tr><th>case</th>{heads}<th></th></tr>"
    for key, title in titles.items():
        cells = "".join(f"<td>{_cell(found.get(key))}</td>" for found in places)
        told = _text(title)
        yield f"<tr><td><code>{_text(key)}</code></td>{cells}<td class=quiet>{told}</td></tr>"
    yield "</table>"


def _cell(found: tuple[Level, str] | None) -> str:
    if found is None:
        return ""
    level, place = found
    return f'<a class="b {level.value}" href="#{place}">{MARKS[level]}</a>'


def _case(case: CaseResult, place: str) -> Iterator[str]:
    is_open = " open" if case.level is Level.ERROR else ""
    flips = f" <span class=quiet>so in {_text(case.flips)} runs</span>" if case.flips else ""
    yield f"<details class=case{is_open}><summary>"
    yield f'<span class="b {case.level.value}">{MARKS[case.level]}</span> '
    yield f"<code>{_text(case.key)}</code> {_text(case.title)}{flips}</summary>"
    # Inside: a browser opens what holds the target of a link, and not what is the target itself.
    yield f'<p id="{place}">{_text(" ".join(case.story.split()))}</p>'
    code = "still running" if case.exit_code is None else f"exit code {case.exit_code}"
    yield (
        f"<p class=quiet>The client says: {_text(case.claim)} ({code}), after {case.seconds:.2f} s."
        f" Messages that arrived: {case.delivered}.</p>"
    )
    yield "<ul>"
    passed = [verdict for verdict in case.verdicts if verdict.level is Level.PASS]
    for verdict in case.verdicts:
        if verdict.level is not Level.PASS:
            yield _verdict(verdict)
    yield "</ul>"
    if passed:
        names = ", ".join(_text(verdict.rule) for verdict in passed)
        yield f"<p class=quiet>Kept: {names}.</p>"
    yield from _transcript(case.transcript)
    if case.output:
        lines = "\n".join(_text(line) for line in case.output.splitlines())
        yield f"<p class=quiet>What it wrote:</p><pre>{lines}</pre>"
    yield "</details>"


def _verdict(verdict: Verdict) -> str:
    clause = f" <span class=quiet>{_text(verdict.clause)}</span>" if verdict.clause else ""
    seen = f"<br>{_text(verdict.seen)}" if verdict.seen else ""
    where = f" (connection {verdict.connection})" if verdict.connection else ""
    return (
        f'<li><span class="b {verdict.level.value}">{MARKS[verdict.level]}</span>'
        f" {verdict.strength.value} <code>{_text(verdict.rule)}</code>:"
        f" {_text(verdict.requirement)}{clause}{seen}{where}</li>"
    )


def _transcript(lines: Sequence[Line]) -> Iterator[str]:
    if not lines:
        yield "<p class=quiet>There was no connection.</p>"
        return
    marks = {"client": "C", "server": "S"}
    yield "<pre>"
    for line in lines:
        lock = "+" if line.tls else " "
        mark = marks.get(line.side, "*")
        yield (
            f"<span class={'lab' if line.side not in marks else line.side}>"
            f"{line.connection} {lock} {mark}  {_text(line.text)}</span>"
        )
    yield "</pre>"


def _text(text: str) -> str:
    return quoted(escape(text))
