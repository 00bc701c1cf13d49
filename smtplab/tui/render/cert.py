"""The server's certificates: the verdict first, then each one with all that was checked."""

from collections.abc import Sequence

from textual.content import Content

from smtplab.tls.certificates import Certificate, read_certificate
from smtplab.tls.events import ChainChecked
from smtplab.tls.problems import ChainProblem
from smtplab.tui.render.text import Part, content, hanging, stack

EMPTY = "No certificate yet: this connection is in the clear."

INDENT = 16
LABEL = 6

NAME = frozenset({"name-mismatch", "cn-only", "ip-as-dns"})
DATES = frozenset({"expired", "not-yet-valid"})
STRENGTH = frozenset({"weak-key", "weak-signature"})
TRUST = frozenset({"self-signed", "untrusted-root", "unknown-issuer", "bad-signature"})


def cert(checked: ChainChecked | None, width: int) -> Content:
    """The pane."""
    if checked is None:
        return content((EMPTY, "note"))
    lines = [*_verdict(checked, width), content()]
    chain = [read_certificate(der) for der in checked.chain]
    for index, certificate in enumerate(chain):
        mine = [p for p in checked.problems if p.index == index]
        if certificate is None:
            lines.append(content((_label(index, len(chain)), "title"), "it cannot be read"))
        else:
            lines += _certificate(checked, certificate, index, mine, width)
        lines += _signed_by(checked, chain, index, width)
    return stack(lines)


def _verdict(checked: ChainChecked, width: int) -> list[Content]:
    errors = [p for p in checked.problems if p.severity == "error"]
    warnings = [p for p in checked.problems if p.severity != "error"]
    lines: list[Content] = []
    if not errors:
        lines += hanging(
            content(("✓ GOOD", "code2")),
            content("the chain is trusted, in date, and made out to ", (checked.name, "strong")),
            width,
            8,
        )
    for problem in (*errors, *warnings):
        mark, role = ("✗", "error") if problem.severity == "error" else ("!", "warning")
        title = problem.code.replace("-", " ").upper()
        lines += hanging(
            content((f"{mark} {title}", role)), content(problem.text), width, 4 + len(title)
        )
    if errors:
        advice = (
            "A mail client must stop here: whoever answered has not shown who it is."
            if checked.binding
            else "You chose to go on all the same."
        )
        lines += hanging(content(" "), content((advice, "note")), width, 2)
    return lines


def _label(index: int, count: int) -> str:
    if index == 0:
        return "leaf  "
    return "root  " if index == count - 1 and index > 0 else "inter "


def _certificate(
    checked: ChainChecked, c: Certificate, index: int, mine: Sequence[ChainProblem], width: int
) -> list[Content]:
    codes = {p.code for p in mine}
    lines = hanging(
        content((_label(index, len(checked.chain)), "title")),
        content((c.subject or "(no subject)", "strong")),
        width,
        LABEL,
    )
    rows: list[tuple[str, list[Part]]] = []
    if index == 0:
        names = ", ".join(c.names) or "none"
        rows.append(
            (
                "SAN",
                [(names, "text"), _mark(not codes & NAME, f"covers {checked.name}", "no match")],
            )
        )
    span = f"{c.not_before:%Y-%m-%d} to {c.not_after:%Y-%m-%d}"
    rows.append(("valid", [(span, "text"), _mark(not codes & DATES, "", "not today")]))
    strength = f"{c.key}, {c.signature}"
    rows.append(("key, sig", [(strength, "text"), _mark(not codes & STRENGTH, "", "too weak")]))
    if c.is_ca:
        rows.append(("authority", [("it may sign other certificates", "text")]))
    rows.append(("sha256", [(" ".join(c.sha256[i : i + 4] for i in range(0, 64, 4)), "dim")]))
    for label, parts in rows:
        head = content(" " * LABEL, (label, "dim"))
        lines += hanging(head, content(*parts), width, INDENT)
    for problem in mine:
        if problem.code not in NAME | DATES | STRENGTH | TRUST:
            body = content((problem.text, "error" if problem.severity == "error" else "warning"))
            lines += hanging(content(" " * LABEL, ("✗", "error")), body, width, INDENT)
    return lines


def _mark(good: bool, yes: str, no: str) -> Part:
    return (f"   ✓ {yes}".rstrip(), "good") if good else (f"   ✗ {no}", "error")


def _signed_by(
    checked: ChainChecked, chain: Sequence[Certificate | None], index: int, width: int
) -> list[Content]:
    """The arrow to the issuer: the next one sent, a trusted authority, or nobody."""
    c = chain[index]
    if c is None or (c.issuer == c.subject and index > 0):
        return []
    arrow = content("  ", ("↑ signed by", "dim"))
    if index + 1 < len(chain):
        return [arrow]
    broken = next((p for p in checked.problems if p.code in TRUST), None)
    verdict: Part = ("   ✓ trusted", "good") if broken is None else ("   ✗ not trusted", "error")
    return hanging(arrow, content(c.issuer or "(no name)", verdict), width, INDENT)
