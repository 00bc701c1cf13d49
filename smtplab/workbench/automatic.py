"""The automatic mode: steps at a pace of one's choice, until something speaks against going on."""

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING

from smtplab.client.steps import Stage, StageStatus, Step
from smtplab.diagnosis.findings import Finding, Severity
from smtplab.values import value
from smtplab.workbench.breakpoints import Breakpoint, Breakpoints, Look
from smtplab.workbench.questions import Question

if TYPE_CHECKING:
    from smtplab.workbench.bench import Workbench


@value
class StopReason:
    """Why the automatic mode paused, in words for people; empty when the user asked."""

    text: str
    breakpoint: bool = False


class Automatic:
    """Drives a session that is open, for as long as nobody is needed."""

    def __init__(self, bench: "Workbench") -> None:
        self.breakpoints = Breakpoints()
        self._bench = bench
        self._paused = asyncio.Event()

    def pause(self) -> None:
        """Asks it to stop before its next step."""
        self._paused.set()

    async def run(
        self, pace: Callable[[Step], float] | None = None, until: Stage | None = None
    ) -> StopReason:
        """The automatic mode: step after step until there is a reason to stop.

        `pace` gives the seconds to rest before a step. It never answers a question.
        """
        self._paused.clear()
        first = True
        while True:
            planned = self._bench.planned
            if planned is None:
                return StopReason("The session is over.")
            if isinstance(planned, Question):
                return StopReason(planned.text)
            if planned.stage is until:
                return StopReason("")
            hit = None if first else self._hit_before(planned)
            if hit is not None:
                return StopReason(f"breakpoint {hit.text}", breakpoint=True)
            first = False
            if await self._rest(pace(planned) if pace is not None else 0):
                return StopReason("")
            reason = await self._step_watching()
            if reason is not None:
                return reason

    def _hit_before(self, step: Step) -> Breakpoint | None:
        """A breakpoint stops where its stage begins, not at each of its lines."""
        fresh = self._bench.stages.get(step.stage) is StageStatus.AHEAD
        return self.breakpoints.before(step, fresh=fresh)

    async def _rest(self, seconds: float) -> bool:
        """Rests; True when the user asked for a pause meanwhile."""
        if seconds > 0:
            try:
                async with asyncio.timeout(seconds):
                    await self._paused.wait()
            except TimeoutError:
                return False
        return self._paused.is_set()

    async def _step_watching(self) -> StopReason | None:
        """One step; a reason to stop when it hit a breakpoint, or brought something of weight."""
        bench = self._bench
        before, known, length = len(self._grave()), bench.findings(), len(bench.transcript)
        decided = bench.runner.progress.outcome
        await bench.step()
        fresh = [finding for finding in bench.findings() if finding not in known]
        hit = self.breakpoints.after(Look(bench.transcript[length:], fresh))
        if hit is not None:
            return StopReason(f"breakpoint {hit.text}", breakpoint=True)
        grave = self._grave()
        if len(grave) > before and bench.outcome is None:
            return StopReason(grave[-1].cause)
        outcome = bench.runner.progress.outcome
        failed = outcome is not None and outcome.verdict.value not in ("delivered", "stopped")
        if decided is None and failed and outcome is not None and bench.outcome is None:
            return StopReason(outcome.reason)
        return None

    def _grave(self) -> list[Finding]:
        return [f for f in self._bench.findings() if f.severity is not Severity.INFO]
