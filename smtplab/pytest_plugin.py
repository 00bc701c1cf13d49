"""The plugin for pytest: a misbehaving SMTP server for each test that asks for one.

It loads nothing until a test uses the fixture `smtplab`.
"""

from collections.abc import Callable, Generator, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from smtplab.server.background import BackgroundLab

MARKER = "smtp_scenario"

HELP = (
    f"{MARKER}(*ids, base=None, auth=True, time_scale=1.0): what the server of the fixture"
    " 'smtplab' does; ids of scenarios, globs (the test is run for each), or files of your own"
)

SERVERS: pytest.StashKey[list["BackgroundLab"]] = pytest.StashKey()

Start = Callable[..., "BackgroundLab"]


def pytest_configure(config: pytest.Config) -> None:
    """Makes the marker known."""
    config.addinivalue_line("markers", HELP)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Runs a test once for each scenario that its marker names."""
    marker = metafunc.definition.get_closest_marker(MARKER)
    if marker is None or "smtplab" not in metafunc.fixturenames:
        return
    if len(marker.args) == 1 and not set(marker.args[0]) & set("*?["):
        return
    from smtplab.grading.cases import choose
    from smtplab.scenarios.library import UnknownScenario

    try:
        names = [case.scenario.id for case in choose(marker.args, ())] if marker.args else []
    except UnknownScenario as error:
        raise pytest.UsageError(f"{metafunc.definition.nodeid}: {error}") from None
    if names:
        metafunc.parametrize("smtplab", names, indirect=True)


@pytest.fixture(scope="session")
def smtplab_start(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Start]:
    """Starts servers: `smtplab_start("auth/535", base="plain")`; all end with the session."""
    from smtplab.scenarios import library
    from smtplab.server.background import BackgroundLab, LoopThread
    from smtplab.server.certificates import Authority

    authority = Authority()
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
    marker = request.node.get_closest_marker(MARKER)
    options = dict(marker.kwargs) if marker is not None else {}
    name = getattr(request, "param", None) or (marker.args[0] if marker and marker.args else "")
    lab = smtplab_start(_named(name or "honest", request.path), **options)
    request.node.stash.setdefault(SERVERS, []).append(lab)
    yield lab
    lab.stop()


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
