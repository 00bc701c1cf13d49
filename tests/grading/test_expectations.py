"""What scenarios expect, held against what was done; each part of a claim by itself."""

import base64

import pytest
from msgspec import convert

from smtplab.grading.expectations import CHECKS, verdicts
from smtplab.grading.verdicts import Level
from smtplab.scenarios.model import Claim, Scenario
from tests.grading.acting import EHLO, GOOD, GREETING, QUIT, connection, inside, played

REFUSED = [*EHLO, ("C", "MAIL FROM:<alice@lab.test>\r\n"), ("S", "550 no\r\n"), *QUIT]
IN_TLS = [*EHLO, ("C", "STARTTLS\r\n"), ("S", "220 go\r\n"), *inside(GOOD[1:])]


def scenario(level: str = "error", **claims: dict[str, object]) -> Scenario:
    expect = [{name.replace("_", "-"): claim, "because": "So it is.", "level": level}
              for name, claim in claims.items()]  # fmt: skip
    plain = {"title": "x", "severity": "info", "story": "x", "id": "x", "expect": expect}
    return convert(plain, Scenario)


CLAIMS = [
    ({"must": {"deliver": 1, "report": "delivered"}}, GOOD, 0, Level.PASS),
    ({"must": {"deliver": 1, "report": "delivered"}}, REFUSED, 0, Level.ERROR),
    ({"must": {"deliver": 1, "report": "delivered"}}, REFUSED, 1, Level.WARNING),
    ({"must": {"deliver": 1, "report": "delivered"}}, GOOD, 1, Level.ERROR),
    ({"must": {"deliver": 1, "report": "delivered"}}, GOOD[:-1], 1, Level.WARNING),
    ({"must": {"deliver": "0..1"}}, REFUSED, 1, Level.PASS),
    ({"must": {"deliver": 0, "report": "deferred"}}, REFUSED, 1, Level.PASS),
    ({"must": {"deliver": 0, "report": "rejected"}}, REFUSED, 0, Level.ERROR),
    ({"must": {"deliver": 0}}, GOOD, 0, Level.ERROR),
    ({"must_not": {"report": "delivered"}}, REFUSED, 0, Level.ERROR),
    ({"must_not": {"report": "delivered"}}, REFUSED, 1, Level.PASS),
    ({"must_not": {"report": "failed"}}, REFUSED, 1, Level.NOT_APPLICABLE),
    ({"must_not": {"deliver": 1}}, GOOD, 0, Level.ERROR),
    ({"must_not": {"send": "mail *"}}, GOOD, 0, Level.ERROR),
    ({"must_not": {"send": "RCPT *"}}, REFUSED, 1, Level.PASS),
    ({"must": {"send": "EHLO *"}}, GOOD, 0, Level.PASS),
    ({"must": {"send": "NOOP"}}, GOOD, 0, Level.ERROR),
    ({"must": {"quit": True}}, GOOD, 0, Level.PASS),
    ({"must": {"quit": True}}, GREETING, 1, Level.WARNING),
    ({"must": {"reconnect": "1s..60s"}}, GOOD, 0, Level.ERROR),
]  # fmt: skip


@pytest.mark.parametrize(("claims", "said", "exit_code", "level"), CLAIMS)
def test_claims(claims, said, exit_code, level):
    (found,) = verdicts(played(said, exit_code=exit_code, scenario=scenario(**claims)))
    assert found.level is level
    assert found.requirement.endswith("So it is.")


@pytest.mark.parametrize(("while_", "level"), [("tls", Level.ERROR), ("plain", Level.PASS)])
def test_a_command_inside_tls_and_outside(while_, level):
    claims = {"must_not": {"send": "MAIL *", "while": while_}}
    (found,) = verdicts(played(IN_TLS, base="starttls", scenario=scenario(**claims)))
    assert found.level is level


@pytest.mark.parametrize(("before", "level"), [(b"", Level.ERROR), (b"\0a\0", Level.ERROR)])
def test_a_password_is_found_in_base64_wherever_it_begins(before, level):
    said = [*EHLO, ("C", f"AUTH PLAIN {base64.b64encode(before + b'open-sesame').decode()}\r\n")]
    case = scenario(must_not={"leak": "open-sesame"})
    (found,) = verdicts(played(said, exit_code=1, base="auth", scenario=case))
    assert found.level is level
    assert "open-sesame" not in found.seen


@pytest.mark.parametrize(("offer", "level"), [("PIPELINING", Level.PASS), ("X", Level.ERROR)])
def test_what_was_rightly_sent_in_one_go_is_no_mistake(offer, level):
    said = [*GREETING, ("C", "EHLO me\r\n"), ("S", f"250-x\r\n250 {offer}\r\n"),
            ("C", "MAIL FROM:<a@b>\r\nRCPT TO:<c@d>\r\n"),
            ("S", "550 no\r\n503 no\r\n")]  # fmt: skip
    case = scenario(must_not={"send": "RCPT *"})
    (found,) = verdicts(played(said, exit_code=1, scenario=case))
    assert found.level is level


def test_inside_tls_a_password_is_safe_unless_the_server_had_to_be_refused():
    said = [*IN_TLS, ("c", "AUTH PLAIN AGFsaWNlAG9wZW4tc2VzYW1l\r\n")]
    leak = {"leak": "open-sesame"}
    for case, level in (
        (scenario(must_not=leak), Level.PASS),
        (scenario(must_not=leak, must={"report": "refused"}), Level.ERROR),
    ):
        found = list(verdicts(played(said, exit_code=1, base="auth", scenario=case)))
        assert found[0].level is level


@pytest.mark.parametrize("exit_code", [0, 1])
def test_with_the_honest_server_it_has_to_work(exit_code):
    found = next(verdicts(played(REFUSED, exit_code=exit_code, scenario="honest")))
    assert found.level is Level.ERROR


@pytest.mark.parametrize(("level", "expected"), [("warning", Level.WARNING), ("info", Level.INFO)])
def test_the_file_says_how_grave_it_is(level, expected):
    case = scenario(level, must={"deliver": 1})
    (found,) = verdicts(played(REFUSED, exit_code=1, scenario=case))
    assert found.level is expected


@pytest.mark.parametrize("claim", [{"send": "EHLO *", "while": "tls"}, {"leak": "open-sesame"}])
def test_what_is_not_on_this_base_is_not_asked_for(claim):
    assert list(verdicts(played(GOOD, base="plain", scenario=scenario(must=claim)))) == []


def test_a_client_that_is_still_waiting_is_undecided():
    case = scenario(must={"deliver": 0, "report": "failed"}, must_not={"send": "MAIL *"})
    waiting = connection(EHLO, closed=None)
    found = list(verdicts(played(waiting, exit_code=None, scenario=case)))
    assert [v.level for v in found] == [Level.UNDECIDED, Level.PASS]


def test_what_it_did_already_is_no_matter_of_time():
    case = scenario(must_not={"send": "MAIL *"})
    waiting = connection(REFUSED[:-2], closed=None)
    (found,) = verdicts(played(waiting, exit_code=None, scenario=case))
    assert found.level is Level.ERROR


def test_findings_are_for_our_own_client():
    assert list(verdicts(played(GOOD, scenario=scenario(must={"finding": "no-reply"})))) == []


def test_every_part_of_a_claim_is_checked():
    unchecked = set(Claim.__struct_fields__) - set(CHECKS)
    assert unchecked == {"finding", "while_"}
