"""The plugin, in a run of pytest of its own."""

import subprocess
import sys
import tomllib

import pytest

from smtplab.grading.cases import choose
from smtplab.grading.grader import Grader
from smtplab.grading.reports import junit
from smtplab.server.background import BackgroundLab
from tests.architecture.shape import ROOT

KEPT_LOADED = (choose, BackgroundLab, Grader, junit)
"""pytester unloads what a run has loaded, and cryptography cannot be loaded twice."""

pytest_plugins = ["pytester"]

OURS = ("-p", "smtplab.pytest_plugin", "-p", "no:cacheprovider")


@pytest.fixture(autouse=True)
def _no_other_plugins(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same whether this checkout was installed with its entry point or not; and quicker."""
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")


SEND = """
import pathlib
import smtplib
def send(server, login=True):
    with smtplib.SMTP(server.host, server.port, timeout=10) as client:
        if server.base == "starttls":
            client.starttls(context=server.ssl_context())
        if login:
            client.login(server.username, server.password)
        client.sendmail("a@lab.test", ["b@lab.test"], "Subject: x\\n\\nhello\\n.dot\\n")
"""


def run(pytester: pytest.Pytester, text: str, *options: str) -> pytest.RunResult:
    pytester.makepyfile(test_it=f"import pytest\n{SEND}\n{text}")
    return pytester.runpytest_inprocess(*OURS, "-W", "error", *options)


def test_a_message_arrives_as_it_was(pytester: pytest.Pytester):
    run(pytester, """
def test_it(smtplab):
    send(smtplab)
    mail = smtplab.inbox.one()
    assert mail.content.endswith(b"hello\\r\\n.dot\\r\\n")
    assert (mail.sender, mail.recipients, mail.user, mail.tls) == (
        "a@lab.test", ("b@lab.test",), smtplab.username, True)
    assert smtplab.saw("STARTTLS") and smtplab.saw("mail from") and smtplab.saw("QUIT")
    assert smtplab.saw("AUTH *") and not smtplab.saw("MAI") and not smtplab.saw("VRFY")
    assert smtplab.password not in "".join(smtplab.commands)
    assert "BEGIN CERTIFICATE" in pathlib.Path(smtplab.ca_file).read_text()
""").assert_outcomes(passed=1)  # fmt: skip


def test_the_marker_names_the_scenario_and_the_base(pytester: pytest.Pytester):
    run(pytester, """
@pytest.mark.smtp_scenario("auth/535", base="plain")
def test_it(smtplab):
    with pytest.raises(smtplib.SMTPAuthenticationError, match="535"):
        send(smtplab)
    assert smtplab.base == "plain"
    assert list(smtplab.inbox) == []

@pytest.mark.smtp_scenario("honest", base="plain", auth=False)
def test_without_login(smtplab):
    send(smtplab, login=False)
    assert len(smtplab.inbox) == 1
""", "--strict-markers").assert_outcomes(passed=2)  # fmt: skip


def test_a_glob_makes_a_test_for_each(pytester: pytest.Pytester):
    done = run(pytester, """
@pytest.mark.smtp_scenario("data/eom-55?", "honest")
def test_it(smtplab, request):
    if "honest" in request.node.name:
        send(smtplab)
    else:
        with pytest.raises(smtplib.SMTPDataError):
            send(smtplab)
""", "-v")  # fmt: skip
    done.assert_outcomes(passed=3)
    done.stdout.fnmatch_lines(["*test_it*data/eom-554*PASSED*"])


def test_async_tests_have_their_own_loop(pytester: pytest.Pytester):
    run(pytester, """
import asyncio
async def test_it(smtplab):
    reader, writer = await asyncio.open_connection(smtplab.host, smtplab.port)
    assert (await reader.readline()).startswith(b"220 ")
    writer.write(b"QUIT\\r\\n")
    assert (await reader.readline()).startswith(b"221 ")
    writer.close()
    await writer.wait_closed()
    assert smtplab.saw("QUIT")
""", "-p", "pytest_asyncio.plugin", "-o", "asyncio_mode=auto",
        "-o", "asyncio_default_fixture_loop_scope=function").assert_outcomes(passed=1)  # fmt: skip


def test_with_xdist_each_worker_has_servers_of_its_own(pytester: pytest.Pytester):
    pytester.makefile(".smtplab.yaml", mine="""
recipe: smtplib
scenarios: [honest, data/eom-554]
bases: [plain]
""")  # fmt: skip
    pytester.makepyfile(test_it=f"""
import pytest
{SEND}
@pytest.mark.smtp_scenario("honest", base="plain")
@pytest.mark.parametrize("number", range(6))
def test_it(smtplab, number):
    send(smtplab)
    assert len(smtplab.inbox) == len(smtplab.sessions) == 1

@pytest.mark.smtp_scenario("data/eom-55?", base="plain")
def test_glob(smtplab):
    with pytest.raises(smtplib.SMTPDataError):
        send(smtplab)
""")  # fmt: skip
    done = pytester.runpytest_subprocess(*OURS, "-p", "xdist", "-n", "2", "-W", "error")
    globbed = len(choose(["data/eom-55?"], []))
    done.stdout.fnmatch_lines(["2 workers *"])
    done.assert_outcomes(passed=6 + globbed + 2)


def test_a_file_of_ones_own_counts_from_the_test(pytester: pytest.Pytester):
    pytester.makefile(".yaml", mine="""
title: Mine
severity: info
story: It refuses.
rules:
  - at: mail
    do:
      - reply: 550 5.7.1 Mine
expect:
  - must: {deliver: 0}
    because: It was refused.
""")  # fmt: skip
    run(pytester, """
@pytest.mark.smtp_scenario("mine.yaml")
def test_it(smtplab):
    with pytest.raises(smtplib.SMTPSenderRefused, match="Mine"):
        send(smtplab)
""").assert_outcomes(passed=1)  # fmt: skip


def test_a_failure_shows_what_was_said(pytester: pytest.Pytester):
    done = run(pytester, """
def test_it(smtplab):
    send(smtplab)
    assert False
""")  # fmt: skip
    done.assert_outcomes(failed=1)
    done.stdout.fnmatch_lines(["*smtplab: what was said*", "C: STARTTLS*", "S: 220 2.0.0 Ready*"])


def test_more_servers_in_one_test(pytester: pytest.Pytester):
    run(pytester, """
def test_it(smtplab, smtplab_start):
    other = smtplab_start("honest", base="implicit")
    assert other.port != smtplab.port and other.base == "implicit"
""").assert_outcomes(passed=1)  # fmt: skip


def test_a_scenario_that_does_not_exist_is_told(pytester: pytest.Pytester):
    done = run(pytester, """
@pytest.mark.smtp_scenario("auth/53")
def test_it(smtplab):
    pass
""")  # fmt: skip
    done.assert_outcomes(errors=1)
    done.stdout.fnmatch_lines(["*no scenario is called 'auth/53'; near it are *"])


SLIPS = [
    ('["auth/535", "honest"]', "*ids are texts, each for itself*"),
    ("5", "*ids are texts, each for itself*"),
    ('"auth/535", bass="plain"', "*no 'bass', only base, auth, time_scale*"),
    ('"auth/535", base="tls"', "*'tls' is no base; there are plain, starttls, implicit*"),
    ('"mine.yaml"', "*there is no scenario file mine.yaml*"),
]


@pytest.mark.parametrize(("arguments", "told"), SLIPS)
def test_a_slip_in_the_marker_is_told_in_a_line(pytester: pytest.Pytester, arguments, told):
    done = run(pytester, f"""
@pytest.mark.smtp_scenario({arguments})
def test_it(smtplab):
    pass

def test_other(smtplab):
    pass
""")  # fmt: skip
    done.assert_outcomes(errors=1, passed=1)
    done.stdout.fnmatch_lines([told])
    assert "pytest_plugin.py" not in done.stdout.str()


SUITE = """
command: "{{python}} {program}"
scenarios: [honest]
bases: [plain]
several: true
{more}
"""

LIAR = "import os, socket; socket.create_connection(('localhost', int(os.environ['SMTPLAB_PORT'])))"


def grade(pytester: pytest.Pytester, program: str, more: str = "") -> pytest.RunResult:
    pytester.makefile(".smtplab.yaml", mine=SUITE.format(program=program, more=more))
    return pytester.runpytest_inprocess(*OURS, "-rs")


def test_a_file_with_a_recipe_passes(pytester: pytest.Pytester):
    pytester.makefile(".smtplab.yaml", mine="""
recipe: smtplib
scenarios: [honest, data/eom-554, certificates/expired]
bases: [plain]
""")  # fmt: skip
    done = pytester.runpytest_inprocess(*OURS, "-rs")
    done.assert_outcomes(passed=2, skipped=1)
    done.stdout.fnmatch_lines(["*it is about TLS*"])


def test_the_certificates_of_a_run_are_made_once(pytester: pytest.Pytester):
    kept = pytester.path / "kept"
    copy = f"open({str(kept)!r}, 'a').write(open(os.environ['SMTPLAB_CA_FILE']).read())"
    pytester.makepyfile(copier=f"import os; {copy}")
    pytester.makefile(".smtplab.yaml", mine="""
command: "{python} {here}/copier.py"
scenarios: [honest, data/eom-554]
bases: [plain]
several: true
""")  # fmt: skip
    run(pytester, f"""
def test_it(smtplab):
    open({str(kept)!r}, "a").write(open(smtplab.ca_file).read())
""")  # fmt: skip
    first, *others = kept.read_text(encoding="utf-8").split("-----BEGIN")[1:]
    assert len(others) >= 2
    assert set(others) == {first}


def test_a_file_fails_with_what_was_not_kept(pytester: pytest.Pytester):
    pytester.makepyfile(liar=LIAR)
    done = grade(pytester, "{here}/liar.py")
    done.assert_outcomes(failed=1)
    done.stdout.fnmatch_lines(["*false-success: It says that the mail was sent*"])
    assert "Traceback" not in done.stdout.str()


def test_what_is_known_does_not_fail(pytester: pytest.Pytester):
    liar = pytester.makepyfile(liar=LIAR)
    done = grade(pytester, str(liar), """
known:
  honest on plain: [expect-1, false-success]
""")  # fmt: skip
    done.assert_outcomes(passed=1)


@pytest.mark.parametrize(
    ("text", "told"),
    [("recipe: swak", "there is swaks"), ("x: 1", "unknown field `x`"), ("a: [", "no suite"),
     ("recipe: curl\nscenarios: [auth/53]", "near it are"), ("{}", "either `command` or `recipe`")],
)  # fmt: skip
def test_a_broken_file_is_told_in_a_line(pytester: pytest.Pytester, text: str, told: str):
    pytester.makefile(".smtplab.yaml", mine=text)
    done = pytester.runpytest_inprocess(*OURS)
    done.assert_outcomes(errors=1)
    assert told in done.stdout.str()
    assert "Traceback" not in done.stdout.str()


@pytest.mark.parametrize(
    ("command", "told"),
    [("no-such-program {host}", "No such file"), ("x {config_file}", "needs a template")],
)
def test_a_client_that_cannot_be_started_is_told_in_a_line(pytester, command, told):
    text = f"command: '{command}'\nscenarios: [honest]\nbases: [plain]\n"
    pytester.makefile(".smtplab.yaml", mine=text)
    done = pytester.runpytest_inprocess(*OURS)
    done.assert_outcomes(failed=1)
    done.stdout.fnmatch_lines([f"the client cannot be started: *{told}*"])
    assert "Traceback" not in done.stdout.str()


def test_it_loads_nothing_heavy_until_it_is_used():
    code = "import sys, pytest; b = set(sys.modules); import smtplab.pytest_plugin; " \
           "print(*(set(sys.modules) - b))"  # fmt: skip
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert set(done.stdout.split()) <= {"smtplab", "smtplab.version", "smtplab.pytest_plugin"}


def test_pytest_finds_it_by_its_entry_point():
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    assert settings["project"]["entry-points"]["pytest11"] == {"smtplab": "smtplab.pytest_plugin"}
