"""One HTML file that needs nothing else: no script, no picture, light and dark."""

import html
from collections.abc import Iterable, Iterator

from smtplab.client.outcome import Verdict
from smtplab.diagnosis.findings import Finding
from smtplab.export.html_style import STYLE
from smtplab.export.report import Report, StageRow, milliseconds, report_of
from smtplab.transcript.arrows import MARKS, is_grave
from smtplab.transcript.entries import Entry, Transcript
from smtplab.transcript.escaping import escape
from smtplab.transcript.wording import Line, word

POLICY = "default-src 'none'; style-src 'unsafe-inline'"
"""Content Security Policy: even if something got in, the browser would load and run nothing."""


def export(transcript: Transcript) -> bytes:
    """The page in UTF-8."""
    return "\n".join(_page(transcript, report_of(transcript))).encode() + b"\n"


def _page(transcript: Transcript, report: Report) -> Iterator[str]:
    title = f"SMTP session with {escape(transcript.target) or 'a server'}"
    yield "<!doctype html>"
    yield '<html lang="en"><head><meta charset="utf-8">'
    yield f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">'
    yield '<meta name="viewport" content="width=device-width, initial-scale=1">'
    yield '<meta name="color-scheme" content="light dark">'
    yield f"<title>{text(title)}</title><style>{STYLE}</style></head><body>"
    yield f"<header><h1>{text(title)}</h1>"
    yield f'<p class="outcome {_tone(report)}"><strong>{text(report.verdict)}</strong>'
    yield f" {text(report.reason)}</p></header><main>"
    yield from _findings(report.findings)
    yield from _stages(report.stages)
    yield from _facts(report.facts)
    yield from _dialogue(transcript, report.findings)
    yield "</main></body></html>"


TONES: dict[Verdict, str] = {
    Verdict.DELIVERED: "good",
    Verdict.PARTLY_DELIVERED: "later",
    Verdict.DEFERRED: "later",
    Verdict.IN_DOUBT: "later",
    Verdict.STOPPED: "dim",
}
"""Classes of the style sheet; all other outcomes are bad."""


def _tone(report: Report) -> str:
    if report.outcome is None:
        return "dim"
    return TONES.get(report.outcome.verdict, "bad")


def text(words: str) -> str:
    """Words as HTML; quotes too, so that it holds inside attributes."""
    return html.escape(words)


def _findings(findings: Iterable[Finding]) -> Iterator[str]:
    shown = [line for finding in findings for line in _finding(finding)]
    if shown:
        yield "<section><h2>Findings</h2>"
        yield from shown
        yield "</section>"


def _finding(finding: Finding) -> Iterator[str]:
    severity = finding.severity.value
    cited = ", ".join(f'<a href="#e{number}">{number}</a>' for number in finding.evidence)
    yield f'<article class="{severity}">'
    yield f"<h3><b>{severity}</b> <code>{text(finding.rule)}</code></h3>"
    yield f"<p>{text(escape(finding.cause))}</p>"
    yield f"<p><b>What to do:</b> {text(escape(finding.change))}</p>"
    yield f'<p class="dim">{text(finding.clause)}; evidence: entry {cited}</p></article>'


def _stages(stages: Iterable[StageRow]) -> Iterator[str]:
    rows = list(stages)
    longest = max((row.seconds for row in rows), default=0.0) or 1.0
    yield "<section><h2>Stages</h2><table><thead><tr><th>stage</th><th>status</th>"
    yield '<th class="number">time</th><th></th><th>last reply</th></tr></thead><tbody>'
    for row in rows:
        share = round(100 * max(0.0, row.seconds) / longest)
        status = row.status.value
        yield f'<tr><td>{text(row.label)}</td><td class="{status}">{status}</td>'
        yield f'<td class="number">{milliseconds(row.seconds)}</td>'
        yield f'<td><div class="bar"><i style="width:{share}%"></i></div></td>'
        yield f"<td><code>{text(row.said)}</code></td></tr>"
    yield "</tbody></table></section>"


def _facts(facts: Iterable[tuple[str, str]]) -> Iterator[str]:
    yield "<section><h2>Facts</h2><dl>"
    for name, value in facts:
        yield f"<dt>{text(name)}</dt><dd>{text(value)}</dd>"
    yield "</dl></section>"


def _dialogue(transcript: Transcript, findings: Iterable[Finding]) -> Iterator[str]:
    cited = {number for finding in findings for number in finding.evidence}
    yield "<section><h2>Dialogue</h2>"
    yield '<p class="dim"><code>-&gt;</code> we sent, <code>&lt;-</code> the server sent; with a'
    yield "<code>~</code> inside TLS. The numbers are those of the record's entries.</p>"
    yield '<div class="dialogue"><table><tbody>'
    for entry in transcript:
        lines = word(entry)
        if lines or entry.number in cited:
            yield from _entry(entry, lines, entry.number in cited)
    yield "</tbody></table></div></section>"


def _entry(entry: Entry, lines: Iterable[Line], cited: bool) -> Iterator[str]:
    classes = " ".join(name for name, on in (("cited", cited), ("tls", entry.encrypted)) if on)
    yield f'<tr id="e{entry.number}" class="{classes}"><td class="number">{entry.number}</td>'
    yield f'<td class="number">{entry.nanoseconds / 1e6:.1f} ms</td><td><pre>'
    yield "\n".join(_line(line, entry.encrypted) for line in lines) + "</pre></td></tr>"


def _line(line: Line, encrypted: bool) -> str:
    mark = "!! " if is_grave(line) else MARKS[line.side, encrypted]
    runs = "".join(f'<span class="{role}">{text(words)}</span>' for words, role in line.spans)
    return f'<span class="dim">{text(mark)}</span>{runs}'
