"""A baseline: failures that are known, so that a check fails only on what is new.

The file is YAML or JSON, made by `--write-baseline` and fit to be edited and reviewed:

    known:
      auth/535 on auth: [expect-1, false-success]
"""

from collections.abc import Mapping
from dataclasses import dataclass

import msgspec

from smtplab.grading.results import RunResult
from smtplab.grading.verdicts import Level


class BaselineError(ValueError):
    """A file that is no baseline."""


class Baseline(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Case -> the rules that it is known to break."""

    known: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Comparison:
    """A run held against a baseline; each place is `case: rule`."""

    news: tuple[str, ...]
    known: tuple[str, ...]
    mended: tuple[str, ...]
    """Known failures that were not seen, in cases that were run and decided."""


def read(text: str, name: str) -> Baseline:
    """A baseline from its text. Raises BaselineError, which names the file."""
    import yaml

    try:
        return msgspec.convert(yaml.safe_load(text) or {"known": {}}, Baseline)
    except RecursionError:
        told = "it is nested too deeply"
    except (msgspec.ValidationError, yaml.YAMLError, ValueError) as error:
        told = " ".join(str(error).split())
    raise BaselineError(f"{name} is no baseline ('known:' with cases): {told}")


def write(run: RunResult, levels: frozenset[Level]) -> str:
    """The baseline that makes this run pass, as YAML; the cases in their order."""
    lines = ["# Known failures of a client under test; 'smtplab grade --write-baseline' makes it."]
    lines.append("known:" if breaches(run, levels) else "known: {}")
    for case, rules in breaches(run, levels).items():
        key = msgspec.json.encode(case).decode()
        lines.append(f"  {key}: [{', '.join(sorted(rules))}]")
    return "\n".join(lines) + "\n"


def breaches(run: RunResult, levels: frozenset[Level]) -> dict[str, set[str]]:
    """Case -> the rules that it breaks, at these levels."""
    found: dict[str, set[str]] = {}
    for case in run.cases:
        broken = {verdict.rule for verdict in case.verdicts if verdict.level in levels}
        if broken:
            found[case.key] = broken
    return found


def compare(run: RunResult, baseline: Baseline, levels: frozenset[Level]) -> Comparison:
    """What is new, known and mended. What was undecided this time is neither new nor mended."""
    seen = {(case, rule) for case, rules in breaches(run, levels).items() for rule in rules}
    known = {(case, rule) for case, rules in baseline.known.items() for rule in rules}
    decided = {case.key for case in run.cases if case.level is not Level.UNDECIDED}
    mended = {(case, rule) for case, rule in known - seen if case in decided}
    return Comparison(_places(seen - known), _places(seen & known), _places(mended))


def _places(pairs: set[tuple[str, str]]) -> tuple[str, ...]:
    return tuple(f"{case}: {rule}" for case, rule in sorted(pairs))
