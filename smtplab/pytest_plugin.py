"""The plugin for pytest: a misbehaving SMTP server for each test that asks for one.

Files named `NAME.smtplab.yaml` are tests as well: a client, graded case by case. The plugin loads
nothing until there is such a file, or a test that uses the fixture `smtplab`.
"""

from collections.abc import Callable, Generator, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from smtplab.grading.cases import Case, Client
    from smtplab.grading.suites import Suite
    from smtplab.server.background import BackgroundLab
    from smtplab.server.certificates import Authority

MARKER = "smtp_scenario"

ARGUMENTS = ("base", "auth", "time_scale")

HELP = (
    f"{MARKER}(*ids, base=None, auth=True, time_scale=1.0): what the server of the fixture"
    " 'smtplab' does; ids of scenarios, globs (the test is run for each), or files of your own"
)

SERVERS: pytest.StashKey[list["BackgroundLab"]] = pytest.StashKey()

AUTHORITY: pytest.StashKey["Authority"] = pytest.StashKey()
"""What has made all certificates of the run, each of them once."""

Start = Callable[..., "BackgroundLab"]


def pytest_configure(config: pytest.Config) -> None:
    """Makes the marker known."""
    config.addinivalue_line("markers", HELP)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Runs a test once for each scenario that its marker names."""
    marker = metafunc.definition.get_closest_marker(MARKER)
    if marker is None or "smtplab" not in metafunc.fixturenames or _slip(marker):
        return
    if len(marker.args) == 1 and not set(marker.args[0]) & set("*?["):
        return
    from smtplab.grading.cases import choose
    from smtplab.scenarios.errors import UnknownScenario

    try:
        names = [case.scenario.id for case in choose(marker.args, ())] if marker.args else []
    except UnknownScenario as error:
        raise pytest.UsageError(f"{metafunc.definition.nodeid}: {error}") from None
    if names:
        metafunc.parametrize("smtplab", names, indirect=True)


@pytest.fixture(scope="session")
def smtplab_start(
    pytestconfig: pytest.Config, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Start]:
    """Starts servers: `smtplab_start("auth/535", base="plain")`; all end with the session."""
    from smtplab.scenarios import library
    from smtplab.server.background import BackgroundLab, LoopThread

    authority = _authority(pytestconfig)
    ca_file = tmp_path_factory.mktemp("smtplab") / "ca.pem"
    ca_file.write_bytes(authority.ca_pem)
    running: list[BackgroundLab] = []
    with LoopThread() as thread:

        def start(name: str = "honest", **options: Any) -> BackgroundLab:
            lab = BackgroundLab(thread, library.find(name), authority, ca_file, **options)
            running.append(lab.start())
            return lab

        yield start
        for lab in running:
            lab.stop()


@pytest.fixture
def smtplab(request: pytest.FixtureRequest, smtplab_start: Start) -> Iterator["BackgroundLab"]:
    """A server that plays the scenario of the marker `smtp_scenario`; without one, an honest one.

    It runs in a thread of its own, so that tests may be synchronous or not.
    """
    from smtplab.scenarios.errors import ScenarioError, UnknownScenario

    marker = request.node.get_closest_marker(MARKER)
    options = dict(marker.kwargs) if marker is not None else {}
    name = getattr(request, "param", None) or (marker.args[0] if marker and marker.args else "")
    try:
        if slip := _slip(marker):
            raise ValueError(slip)
        lab = smtplab_start(_named(name or "honest", request.path), **options)
    except (ValueError, UnknownScenario, ScenarioError) as error:
        pytest.fail(f"{MARKER}: {error}", pytrace=False)
    request.node.stash.setdefault(SERVERS, []).append(lab)
    yield lab
    lab.stop()


def _slip(marker: pytest.Mark | None) -> str:
    """What is wrong with a marker, whatever the catalogue holds; empty when nothing is."""
    if marker is None:
        return ""
    if not all(isinstance(one, str) for one in marker.args):
        return f"ids are texts, each for itself: {MARKER}('auth/535', 'honest')"
    unknown = [name for name in marker.kwargs if name not in ARGUMENTS]
    return f"there is no {unknown[0]!r}, only {', '.join(ARGUMENTS)}" if unknown else ""


def _authority(config: pytest.Config) -> "Authority":
    if AUTHORITY not in config.stash:
        from smtplab.server.certificates import Authority

        config.stash[AUTHORITY] = Authority()
    return config.stash[AUTHORITY]


def _named(name: str, test_file: Path) -> str:
    """A scenario's id, or the path of a file, which counts from the file of the test."""
    beside = test_file.parent / name
    return str(beside) if name.endswith((".yaml", ".yml")) and beside.is_file() else name


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, Any, Any]:
    """Attaches to a failed test what was said."""
    report = yield
    if report.failed:
        for lab in item.stash.get(SERVERS, []):
            lab.settle(0.2)
            report.sections.append(("smtplab: what was said", _said(lab)))
    return report


def _said(lab: "BackgroundLab") -> str:
    from smtplab.grading.story import told

    found = [line for session in lab.sessions for line in told(session, lab.password)]
    return "\n".join(found) or "nothing: no client came"


# Files that are tests.


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> "SuiteFile | None":
    """Takes files named `NAME.smtplab.yaml`."""
    if file_path.name.endswith(".smtplab.yaml"):
        return SuiteFile.from_parent(parent, path=file_path)
    return None


class BrokenSuite(Exception):
    """A file that cannot be run; its text is all that there is to tell."""


class SuiteFile(pytest.File):
    """A client under test, and its cases."""

    def collect(self) -> Iterator["CaseItem"]:
        """A test for each case."""
        from smtplab.grading import suites
        from smtplab.grading.recipes.library import UnknownRecipe
        from smtplab.scenarios.errors import ScenarioError, UnknownScenario

        try:
            suite = suites.read(self.path)
            client = suite.client(self.path.name.removesuffix(suites.SUFFIX), self.path.parent)
            cases = suite.cases()
        except (ValueError, UnknownRecipe, UnknownScenario, ScenarioError) as error:
            raise self.CollectError(f"{self.path.name}: {error}") from None
        for case in cases:
            item: CaseItem = CaseItem.from_parent(self, name=case.key)
            item.suite, item.client, item.case = suite, client, case
            yield item


class CaseItem(pytest.Item):
    """One scenario on one base, with the client of the file."""

    suite: "Suite"
    client: "Client"
    case: "Case"

    def runtest(self) -> None:
        """Plays and judges it. It fails for an error that is not known; n/a is a skip."""
        import asyncio
        import os

        from smtplab.grading.grader import Grader
        from smtplab.grading.playing import Stage
        from smtplab.grading.reports import junit, terminal
        from smtplab.grading.values import MissingValue
        from smtplab.grading.verdicts import Level

        with Stage(self.suite.pace, _authority(self.config)) as stage:
            grader = Grader(stage, self.client, dict(os.environ), jobs=1)
            try:
                result = asyncio.run(grader.grade_one(self.case))
            except (OSError, MissingValue) as error:
                raise BrokenSuite(f"the client cannot be started: {error}") from None
        known = self.suite.known.get(self.case.key, ())
        errors = [v for v in result.verdicts if v.level is Level.ERROR and v.rule not in known]
        if errors:
            lines = [*terminal.case_lines(result), "", *junit.transcript(result)]
            raise BrokenSuite("\n".join(lines))
        if result.level in junit.SKIPPED:
            pytest.skip(next(v.seen for v in result.verdicts if v.level is result.level))

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        """What was not kept, and the transcript."""
        if isinstance(excinfo.value, BrokenSuite):
            return str(excinfo.value)
        return super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[Path, int, str]:
        """Where it stands."""
        return self.path, 0, self.name
