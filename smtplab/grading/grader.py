"""Grades a client: many cases at once, results in the order of the cases, wrong ones run again."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from smtplab.grading.cases import Case, Client
from smtplab.grading.judging import judge
from smtplab.grading.playing import Played, Stage
from smtplab.grading.results import CaseResult, level_of
from smtplab.grading.story import story
from smtplab.grading.verdicts import Level, Verdict

OUTPUT_KEPT = 2000
"""Characters of a client's output that are kept: the last ones."""

MORE_RUNS = 2
"""How often a case that went wrong is run again."""


@dataclass(slots=True)
class Progress:
    """What is known while it runs. `told` is called as each case is done."""

    total: int
    done: int = 0
    results: dict[str, CaseResult] = field(default_factory=dict)


Told = Callable[[Progress, CaseResult], None]


class Grader:
    """Plays cases and judges them."""

    def __init__(
        self,
        stage: Stage,
        client: Client,
        inherited: dict[str, str],
        *,
        jobs: int,
        more_runs: int = MORE_RUNS,
    ) -> None:
        self._stage = stage
        self._client = client
        self._inherited = inherited
        self._jobs = jobs
        self._more_runs = more_runs

    async def grade(self, cases: Sequence[Case], progress: Progress, told: Told) -> None:
        """Grades all cases; `progress` has what was done even when this is broken off.

        Raises MissingValue, and OSError when the client cannot be started.
        """
        waiting = sorted(cases, key=_is_quick)
        failure: list[Exception] = []

        async def work() -> None:
            while waiting and not failure:
                case = waiting.pop(0)
                try:
                    result = await self.grade_one(case)
                except (OSError, ValueError) as error:
                    failure.append(error)
                    return
                progress.done += 1
                progress.results[case.key] = result
                told(progress, result)

        async with asyncio.TaskGroup() as group:
            for _ in range(min(self._jobs, len(waiting))):
                group.create_task(work())
        if failure:
            raise failure[0]

    async def grade_one(self, case: Case) -> CaseResult:
        """Plays one case, and again when it went wrong: what comes and goes is said to."""
        played = await self._stage.play(case, self._client, self._inherited)
        verdicts = judge(played)
        wrong = _wrong(verdicts)
        if not wrong:
            return _result(played, verdicts)
        same = 1
        for _ in range(self._more_runs):
            again = await self._stage.play(case, self._client, self._inherited)
            if _wrong(judge(again)) == wrong:
                same += 1
        runs = 1 + self._more_runs
        return _result(played, verdicts, flips="" if same == runs else f"{same} of {runs}")


def _is_quick(case: Case) -> bool:
    """Whether it has no silence in it: the slow ones go first, so that they end with the rest."""
    rules = case.scenario.rules
    return not any(action.name in ("hang", "wait") for rule in rules for action in rule.do)


def _wrong(verdicts: Sequence[Verdict]) -> frozenset[str]:
    """What of a case is worth another look."""
    return frozenset(v.rule for v in verdicts if v.level is Level.ERROR)


def _result(played: Played, verdicts: Sequence[Verdict], flips: str = "") -> CaseResult:
    scenario = played.case.scenario
    return CaseResult(
        scenario=scenario.id,
        base=played.case.base.name,
        title=scenario.title,
        severity=scenario.severity,
        level=level_of(verdicts),
        claim=played.claim.value,
        exit_code=played.finished.exit_code,
        seconds=round(played.finished.seconds, 3),
        delivered=max(played.copies.values(), default=0),
        verdicts=tuple(verdicts),
        story=scenario.story,
        flips=flips,
        transcript=tuple(story(played)),
        output=played.output[-OUTPUT_KEPT:],
    )
