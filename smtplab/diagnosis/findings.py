"""A finding: what the record shows, why, and what to change; and the rule that finds it."""

from collections.abc import Callable, Iterable
from enum import Enum

from smtplab.diagnosis.evidence import Evidence
from smtplab.values import replace, value


class Severity(Enum):
    """How much a finding matters."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


@value
class Finding:
    """One diagnosis. `evidence` are the numbers of the entries that show it."""

    rule: str
    severity: Severity
    cause: str
    change: str
    clause: str
    evidence: tuple[int, ...]


@value
class Hit:
    """What a rule saw: why, in words, and the numbers of the entries that show it.

    The other fields stand in for those of the rule where this case is a special one.
    """

    cause: str
    evidence: tuple[int, ...]
    change: str = ""
    clause: str = ""
    severity: Severity | None = None


@value
class Rule:
    """One thing that the diagnosis knows.

    `about` says in a few words when it holds. `change` and `clause` (a standard's paragraph, or
    another source) count unless the hit has its own.
    """

    id: str
    severity: Severity
    about: str
    change: str
    clause: str
    find: Callable[[Evidence], Iterable[Hit]]

    def findings(self, evidence: Evidence) -> Iterable[Finding]:
        """All that this rule finds in a record."""
        for hit in self.find(evidence):
            yield Finding(
                self.id,
                hit.severity or self.severity,
                hit.cause,
                hit.change or self.change,
                hit.clause or self.clause,
                hit.evidence,
            )


def merged(find: Callable[[Evidence], Iterable[Hit]]) -> Callable[[Evidence], Iterable[Hit]]:
    """The same, with one hit for all that say the same: for rules that may fire at each message."""

    def find_merged(evidence: Evidence) -> Iterable[Hit]:
        numbers: dict[Hit, list[int]] = {}
        for hit in find(evidence):
            numbers.setdefault(replace(hit, evidence=()), []).extend(hit.evidence)
        for hit, seen in numbers.items():
            yield replace(hit, evidence=tuple(dict.fromkeys(seen)))

    return find_merged
