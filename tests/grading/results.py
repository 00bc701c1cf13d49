"""Results made by hand."""

from smtplab.grading.results import CaseResult, RunResult, level_of
from smtplab.grading.story import Line
from smtplab.grading.verdicts import Level, Strength, Verdict

HOSTILE = "<script>alert(1)</script> & \x1b[31m"


def verdict(rule: str, level: Level, seen: str = "") -> Verdict:
    return Verdict(rule=rule, level=level, strength=Strength.MUST, requirement="It does.",
                   clause="RFC 5321 §4.2", seen=seen)  # fmt: skip


def case(scenario: str, *verdicts: Verdict, flips: str = "") -> CaseResult:
    return CaseResult(
        scenario=scenario, base="auth", title=f"About {scenario}", severity="info",
        level=level_of(verdicts), claim="sent", exit_code=0, seconds=0.5,
        delivered=1, verdicts=verdicts, story="It goes on.", flips=flips,
        transcript=(Line(connection=1, side="server", text="220 hi"),
                    Line(connection=1, side="client", text=HOSTILE, tls=True)),
        output=HOSTILE,
    )  # fmt: skip


def run(*cases: CaseResult, client: str = "mailer", order: tuple[str, ...] = ()) -> RunResult:
    return RunResult(client=client, command=("mailer", "{host}"), cases=cases, order=order)


GOOD = case("honest", verdict("false-success", Level.PASS))
BAD = case("auth/535", verdict("expect-1", Level.ERROR, HOSTILE), verdict("dots", Level.PASS),
           verdict("no-quit", Level.WARNING, "It left"), flips="2 of 3")  # fmt: skip
AWAY = case("starttls/454", verdict("scenario", Level.NOT_APPLICABLE, "there is none here"))
SLOW = case("greeting/never", verdict("hang", Level.UNDECIDED, "still running"))
ALL = run(GOOD, BAD, AWAY, SLOW)
