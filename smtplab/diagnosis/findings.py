"""A finding: what the record shows, why, and what to change."""

from dataclasses import dataclass
from enum import Enum


class Severity(Enum):
    """How much a finding matters."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


@dataclass(frozen=True, slots=True)
class Finding:
    """One diagnosis. `evidence` are the numbers of the entries that show it."""

    rule: str
    severity: Severity
    cause: str
    change: str
    clause: str
    evidence: tuple[int, ...]
