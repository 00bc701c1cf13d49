"""What the plugin for pytest costs: `python -m tests.benchmarks.plugin`.

All are whole processes that take turns, and what counts is their processor time. First a test that
does nothing, where smtplab is installed and not used, and where it is not. Then as many tests as
`TESTS`, each with a server of ours, or of one of two other plugins, which have to be installed
beside smtplab. What a server may cost is told by tests that are busy for `ALLOWED` seconds.
"""

import importlib.metadata
import os
import subprocess
import sys
import sysconfig
import tempfile
import venv
from collections.abc import Iterator, Sequence
from importlib.util import find_spec
from pathlib import Path

from packaging.requirements import Requirement

from tests.benchmarks.compare import Limit, Processor, Round, children, compare, exit_code

OTHERS = {"smtpdfix": "smtpdfix", "pytest_localserver": "pytest-localserver"}
"""Module -> how it is installed."""

MISSING = 2
"""The exit code where something is not installed."""

TESTS = 200
ALLOWED = 0.005
"""Seconds of processor time for a server, per test."""

UNWANTED = frozenset({"PYTHONDONTWRITEBYTECODE"})
"""What would have pytest compile its plugins anew each time."""

NOTHING = """
import pytest
@pytest.mark.parametrize("number", range({tests}))
def test_it(number):
    pass
"""

SPIN = """
import time
import pytest
@pytest.mark.parametrize("number", range({tests}))
def test_it(number):
    end = time.process_time() + {allowed}
    while time.process_time() < end:
        pass
"""

SERVER = """
import pytest
@pytest.mark.smtp_scenario("honest", base="plain")
@pytest.mark.parametrize("number", range({tests}))
def test_it(number, {fixture}):
    pass
"""

MAIL = """
import smtplib
import pytest
@pytest.mark.smtp_scenario("honest", base="plain")
@pytest.mark.parametrize("number", range({tests}))
def test_it(number, {fixture}):
    host, port = {where}
    with smtplib.SMTP(host, port, "client.test") as client:
        client.sendmail("a@client.test", ["b@lab.test"], "Subject: x\\r\\n\\r\\nx\\r\\n")
"""

PLUGINS = {
    "smtplab": ("smtplab.pytest_plugin", "smtplab", "smtplab.host, smtplab.port"),
    "smtpdfix": ("smtpdfix.fixture", "smtpd", "smtpd.hostname, smtpd.port"),
    "pytest-localserver": ("pytest_localserver.plugin", "smtpserver", "smtpserver.addr[:2]"),
}
"""Contender -> the module of its plugin, its fixture, and where its server is."""

WITHOUT = "no smtplab in the environment"
BLOCKED = "smtplab installed, -p no:smtplab"
UNUSED = "smtplab installed, not used"

EMPTY = f"{TESTS} tests that do nothing"
SPINNING = f"{TESTS} tests of {ALLOWED * 1000:g} ms"


def main() -> int:
    """Runs the comparisons."""
    missing = [name for module, name in OTHERS.items() if find_spec(module) is None]
    if missing:
        print(f"not installed: {', '.join(missing)}; {sys.executable} -m pip install", *missing)
        return MISSING
    with tempfile.TemporaryDirectory() as folder:
        codes = [unused(Path(folder)), *(used(Path(folder), text) for text in (SERVER, MAIL))]
    return max(codes)


def unused(folder: Path) -> int:
    """What it costs whoever has it and does not use it."""
    test = _written(folder / "test_nothing.py", NOTHING.format(tests=1))
    alone = environment(folder / "alone", ["pytest"])
    ours = environment(folder / "ours", ["pytest", "smtplab"])
    contenders = {
        WITHOUT: session(alone, test),
        BLOCKED: session(ours, test, "-p", "no:smtplab"),
        UNUSED: session(ours, test),
    }
    limits = (Limit(UNUSED, WITHOUT, 1.2), Limit(UNUSED, BLOCKED, 1.2))
    return exit_code(compare("one empty test", contenders, rounds=15), limits)


def used(folder: Path, text: str) -> int:
    """What a server for each test costs, ours and those of others."""
    title = "a server for each test" if text is SERVER else "a server and a message for each test"
    contenders = {
        EMPTY: _alone(folder, "test_empty.py", NOTHING),
        SPINNING: _alone(folder, "test_spin.py", SPIN),
    }
    for name, (module, fixture, where) in PLUGINS.items():
        filled = text.format(tests=TESTS, fixture=fixture, where=where)
        test = _written(folder / f"test_{fixture}.py", filled)
        contenders[name] = session(sys.executable, test, "-p", module)
    # With a message the client costs as much again, which is nobody's server.
    limit = Limit("smtplab", SPINNING, 1.0) if text is SERVER else Limit("smtplab", "smtpdfix", 1.1)
    return exit_code(compare(title, contenders, rounds=7), (limit,))


def _alone(folder: Path, name: str, text: str) -> Round:
    test = _written(folder / name, text.format(tests=TESTS, allowed=ALLOWED))
    return session(sys.executable, test)


def _written(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path


def session(python: str, test: Path, *options: str) -> Round:
    """Runs pytest on a file, as a process of its own.

    With `-p` no other plugin is loaded than those that are named, unless one is kept from loading.
    """
    words = [python, "-m", "pytest", "-q", "-p", "no:cacheprovider", *options, str(test)]
    variables = {name: value for name, value in os.environ.items() if name not in UNWANTED}
    if python == sys.executable:
        variables["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"

    def run() -> None:
        subprocess.run(words, check=True, cwd=test.parent, env=variables, stdout=subprocess.DEVNULL)

    return Processor(run, children).spent


def environment(folder: Path, names: Sequence[str]) -> str:
    """An environment with some distributions of this one, and what they need; gives its Python."""
    venv.create(folder, symlinks=True)
    places = sysconfig.get_paths("venv", {"base": str(folder), "platbase": str(folder)})
    packages = Path(places["purelib"])
    for name in sorted(set(_closure(names))):
        distribution = importlib.metadata.distribution(name)
        tops = {file.parts[0] for file in distribution.files or []} - {"..", "__pycache__"}
        for top in sorted(tops):
            (packages / top).symlink_to(Path(str(distribution.locate_file(top))))
    return str(Path(places["scripts"]) / "python")


def _closure(names: Sequence[str]) -> Iterator[str]:
    for name in names:
        yield name
        wanted = [Requirement(text) for text in importlib.metadata.requires(name) or []]
        needed = [w.name for w in wanted if w.marker is None or w.marker.evaluate({"extra": ""})]
        yield from _closure(needed)


if __name__ == "__main__":
    raise SystemExit(main())
