"""Every bundled scenario played against our own client, on every base: the promises of its file."""

import asyncio
import base64
import re
from fnmatch import fnmatchcase

import pytest
from msgspec import UNSET

from smtplab.client.outcome import Verdict
from smtplab.diagnosis.findings import Severity
from smtplab.scenarios import library
from smtplab.scenarios.model import Claim, Expectation, in_range
from smtplab.server.session_log import SessionLog
from smtplab.server.tape import Layer, Side
from smtplab.wire.network import Network
from smtplab.workbench.bench import Workbench
from smtplab.workbench.options import Options
from smtplab.workbench.questions import Question
from smtplab.workbench.target import parse_target
from tests.outcomes import as_documented, came_of
from tests.server.tapes import depends_on_pace
from tests.wire.threads import ThreadedNetwork

TIME_SCALE = 0.05
"""Waits, and the limits of our client, twenty times as short as in life."""

LIMIT = 1.5
"""Seconds after which our client gives up a server that never answers again."""

REPORTS: dict[str, Verdict] = {
    "delivered": Verdict.DELIVERED,
    "partly": Verdict.PARTLY_DELIVERED,
    "deferred": Verdict.DEFERRED,
    "rejected": Verdict.REJECTED,
    "refused": Verdict.REFUSED,
    "failed": Verdict.FAILED,
    "unsure": Verdict.IN_DOUBT,
}

BASES = ("plain", "starttls", "implicit")


def is_about_starttls(name: str) -> bool:
    """Whether the story has no sense on another base."""
    scenario = library.find(name)
    stages = {rule.at for rule in scenario.rules}
    wanted = {e.must.send for e in scenario.expect if e.must is not UNSET}
    asked_for = "STARTTLS" in wanted or scenario.server.tls.required
    return name.startswith("starttls/") or "starttls" in stages or asked_for


def is_about_tls(name: str) -> bool:
    """Whether there has to be a handshake for something to happen."""
    scenario = library.find(name)
    return (
        name.startswith(("certificates/", "tls/"))
        or scenario.server.tls.cert != "good"
        or bool(scenario.server.ehlo_tls)
        or any(rule.at == "tls" for rule in scenario.rules)
    )


def bases_of(name: str) -> tuple[str, ...]:
    """The bases on which a scenario means something."""
    if is_about_starttls(name):
        return ("starttls",)
    return ("starttls", "implicit") if is_about_tls(name) else BASES


class Played:
    """What came of it."""

    def __init__(self, bench: Workbench, sessions: list[SessionLog], accepted: int) -> None:
        assert bench.outcome is not None
        self.verdict = bench.outcome.verdict
        self.stage = bench.outcome.stage
        self.rules = {finding.rule for finding in bench.findings()}
        self.grave = {f.rule for f in bench.findings() if f.severity is not Severity.INFO}
        self.sessions = sessions
        self.accepted = accepted

    def lines(self, layer: str | None) -> list[str]:
        """What the client said, a line each."""
        layers = {"plain": [Layer.PLAIN], "tls": [Layer.TLS], None: [Layer.PLAIN, Layer.TLS]}
        return [
            line.decode("latin-1")
            for session in self.sessions
            for kind in layers[layer]
            for line in session.tape.at(Side.CLIENT, kind).split(b"\r\n")
        ]

    def leaks(self, secret: str) -> bool:
        """Whether anybody but a checked server could read it: in the clear, in any alignment."""
        text = "\n".join(self.lines("plain"))
        forms = {secret}
        for shift in range(3):
            forms.add(base64.b64encode(b"\0" * shift + secret.encode()).decode()[4:-4])
        return any(form in text for form in forms)


def pace(name: str) -> dict[str, float]:
    """The options that keep a play short, only where there is something to wait for: a limit that
    is not needed is one that a busy machine exceeds."""
    scenario = library.find(name)
    actions = [action for rule in scenario.rules for action in rule.do]
    if any(action.name == "hang" for action in actions):
        return {"timeout": LIMIT}
    waits = any(action.name == "wait" or action.value == "drip" for action in actions)
    return {"time_scale": TIME_SCALE} if waits and not depends_on_pace(scenario) else {}


async def play(name: str, base: str, network: Network | None = None) -> Played:
    options = Options(
        base=base,
        auth=True,
        auth_in_clear=base == "plain",
        **pace(name),
        ehlo_name="client.lab.test",
        recipients=("bob@lab.test", "carol@lab.test"),
    )
    bench = Workbench(parse_target(f"scenario:{name}"), options, network=network)
    await bench.open()
    lab = bench.lab
    assert lab is not None
    try:
        for _ in range(100):
            planned = bench.planned
            if planned is None:
                break
            await (bench.answer(planned.default) if isinstance(planned, Question) else bench.step())
    finally:
        await bench.close()
    assert all(session.errors == [] for session in lab.sessions)
    return Played(bench, lab.sessions, len(lab.inbox))


def holds(claim: Claim, played: Played) -> bool:
    """Whether a claim of the file is true of our client; later attempts are not made here."""
    checks: list[bool] = []
    if claim.send is not UNSET:
        where = None if claim.while_ is UNSET else claim.while_
        checks.append(any(fnmatchcase(line, claim.send) for line in played.lines(where)))
    if claim.deliver is not UNSET:
        checks.append(in_range(played.accepted, claim.deliver))
    if claim.report is not UNSET:
        checks.append(played.verdict is REPORTS[claim.report])
    if claim.finding is not UNSET:
        checks.append(claim.finding in played.rules)
    if claim.leak is not UNSET:
        checks.append(played.leaks(claim.leak))
    if claim.quit is not UNSET:
        checks.append(("QUIT" in played.lines(None)) is claim.quit)
    return all(checks)


def says(expectation: Expectation, base: str) -> bool:
    """Whether an expectation has something to say on this base."""
    claim = expectation.must if expectation.must is not UNSET else expectation.must_not
    assert isinstance(claim, Claim)
    needs_tls = claim.while_ == "tls" and expectation.must is not UNSET
    about_clear_text = claim.leak is not UNSET or claim.while_ == "plain"
    return not (base == "plain" and (needs_tls or about_clear_text))


def broken_promises(name: str, base: str, played: Played) -> list[str]:
    """What the file says and our client did not do."""
    broken: list[str] = []
    for expectation in library.find(name).expect:
        if not says(expectation, base):
            continue
        must, must_not = expectation.must, expectation.must_not
        if must is not UNSET and not holds(must, played):
            broken.append(f"{base}: {expectation.because} ({must})")
        if must_not is not UNSET and holds(must_not, played):
            broken.append(f"{base}: {expectation.because} (not {must_not})")
    return broken


@pytest.mark.parametrize("name", library.ids())
async def test_our_client_does_what_the_file_promises(name: str):
    # All at once, since what takes time here is mostly waiting: each base on the event loop, and
    # one without, as `smtplab send` does it.
    bases = bases_of(name)
    played = await asyncio.gather(
        *(play(name, base) for base in bases), play(name, bases[0], ThreadedNetwork())
    )
    for base, one in zip((*bases, bases[0]), played, strict=True):
        assert not broken_promises(name, base, one), f"{one.verdict.value}, found {one.rules}"
        why = f"{came_of(name, one)}: if that is right, python -m tests.architecture.documents"
        assert as_documented(name, base, one), why


@pytest.mark.parametrize("name", library.ids())
def test_every_file_tells_its_story(name: str):
    scenario = library.find(name)
    assert scenario.notice
    assert scenario.links
    assert scenario.tags
    assert scenario.expect
    assert all(expectation.ref for expectation in scenario.expect)
    sentences = re.findall(r"[.!?](?:\s|$)", scenario.story)
    assert 2 <= len(sentences) <= 5, "two or three plain sentences, five at most"


async def test_a_broken_promise_is_noticed():
    played = await play("honest", "plain")
    assert broken_promises("honest", "plain", played) == []
    broken = broken_promises("envelope/rcpt-550", "plain", played)
    assert [line.startswith("plain: ") for line in broken] == [True, True]
