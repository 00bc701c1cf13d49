"""The planner's own rules: the ladder, where to leave, and what is due at which moment."""

import pytest

from smtplab.client.outcome import Verdict
from smtplab.client.plan import RULES, ladder
from smtplab.client.settings import Helo, Login, Security
from smtplab.client.steps import Stage, Step
from smtplab.protocol.sasl import Credentials
from tests.fakes import CREDENTIALS, Session, settings

OK, R, S = Verdict.DELIVERED, Verdict.REJECTED, Verdict.STOPPED

LADDERS = [
    ({"security": Security.PLAIN}, "connect greeting ehlo mail rcpt data content quit"),
    (
        {"security": Security.STARTTLS, "credentials": CREDENTIALS},
        "connect greeting ehlo starttls tls ehlo-tls auth mail rcpt data content quit",
    ),
    (
        {"security": Security.IMPLICIT, "xclient": ("ADDR=192.0.2.1",)},
        "connect tls greeting ehlo xclient mail rcpt data content quit",
    ),
]


@pytest.mark.parametrize(("wishes", "stages"), LADDERS)
def test_the_ladder(wishes, stages):
    assert [stage.value for stage in ladder(settings(**wishes))] == stages.split()


def test_every_rule_has_a_name_of_its_own():
    names = [rule.name for rule in RULES]
    assert len(set(names)) == len(names)


STOPS = [
    ("connect", ["QUIT"]),
    ("greeting", ["QUIT"]),
    ("ehlo", ["EHLO", "QUIT"]),
    ("ehlo-tls", ["EHLO", "QUIT"]),
    ("auth", ["EHLO", "QUIT"]),
    ("mail", ["EHLO", "MAIL", "QUIT"]),
    ("rcpt", ["EHLO", "MAIL", "RCPT", "RCPT", "QUIT"]),
    ("data", ["EHLO", "MAIL", "RCPT", "RCPT", "DATA"]),
    ("quit", ["EHLO", "MAIL", "RCPT", "RCPT", "DATA", "Subject:", "QUIT"]),
]


@pytest.mark.parametrize(("stage", "verbs"), STOPS)
@pytest.mark.parametrize("drop", [False, True])
async def test_leaving_after_a_stage(stage, verbs, drop):
    wishes = settings(stop_after=Stage(stage), drop=drop, recipients=("a@b.test", "c@d.test"))
    session = Session(wishes)
    outcome = await session.to_the_end()
    said = [line.split()[0] for line in session.server.lines()]
    expected = [verb for verb in verbs if not (drop and verb == "QUIT" and stage != "quit")]
    assert said == expected
    if stage == "quit":
        assert outcome.verdict is OK
    else:
        assert (outcome.verdict, outcome.intended) == (S, True)
        assert stage in outcome.reason


async def test_a_refusal_before_that_counts():
    session = Session(settings(stop_after=Stage.RCPT), RCPT=b"550 no\r\n")
    outcome = await session.to_the_end()
    assert (outcome.verdict, outcome.intended) == (R, False)


async def test_a_group_ends_where_the_session_shall():
    wishes = settings(stop_after=Stage.RCPT, pipelining=True)
    session = Session(wishes, EHLO=b"250-x\r\n250 PIPELINING\r\n")
    await session.to_the_end()
    assert not any("DATA" in line for line in session.server.lines())


DROPS = [
    ("ehlo", ["EHLO"]),
    ("rcpt", ["EHLO", "MAIL", "RCPT"]),
    ("content", ["EHLO", "MAIL", "RCPT", "DATA", "Subject:"]),
]


@pytest.mark.parametrize(("stage", "verbs"), DROPS)
async def test_leaving_before_the_reply(stage, verbs):
    session = Session(settings(drop_after_send=Stage(stage)))
    while session.runner.ended is None:
        await session.runner.step()
    await session.server_done()
    outcome = await session.close()
    assert (outcome.verdict, outcome.stage.value, outcome.intended) == (S, stage, True)
    assert [line.split()[0] for line in session.server.lines()] == verbs


HELLOS = [
    (Helo.AUTO, {}, ["EHLO"]),
    (Helo.AUTO, {"EHLO": b"500 what\r\n"}, ["EHLO", "HELO"]),
    (Helo.NEVER, {"EHLO": b"500 what\r\n"}, ["EHLO", "QUIT"]),
    (Helo.ONLY, {}, ["HELO"]),
]


@pytest.mark.parametrize(("helo", "answers", "verbs"), HELLOS)
async def test_helo_by_policy(helo, answers, verbs):
    session = Session(settings(helo=helo), **answers)
    await session.to_the_end()
    assert [line.split()[0] for line in session.server.lines()][: len(verbs)] == verbs


LOGINS = [
    # policy, offered, reply -> the outcome, whether AUTH was tried
    (Login.REQUIRED, "PLAIN", b"535 no\r\n", R, True),
    (Login.IF_OFFERED, "PLAIN", b"535 no\r\n", R, True),
    (Login.OPTIONAL, "PLAIN", b"535 no\r\n", OK, True),
    (Login.REQUIRED, "GSSAPI", b"", Verdict.REFUSED, False),
    (Login.IF_OFFERED, "GSSAPI", b"", OK, False),
    (Login.OPTIONAL, "GSSAPI", b"", OK, False),
    (Login.OPTIONAL, "PLAIN", b"421 gone\r\n", Verdict.DEFERRED, True),
]


@pytest.mark.parametrize(("login", "offered", "reply", "verdict", "tried"), LOGINS)
async def test_a_login_may_be_optional(login, offered, reply, verdict, tried):
    wishes = settings(credentials=CREDENTIALS, login=login, auth_in_clear=True)
    session = Session(wishes, EHLO=f"250-x\r\n250 AUTH {offered}\r\n".encode(), AUTH=reply)
    assert (await session.to_the_end()).verdict is verdict
    assert any(line.startswith("AUTH") for line in session.server.lines()) is tried


async def test_an_optional_login_does_not_show_the_password_to_everybody():
    wishes = settings(credentials=CREDENTIALS, login=Login.OPTIONAL, mechanism="PLAIN")
    session = Session(wishes)
    assert (await session.to_the_end()).verdict is OK
    assert not any(line.startswith("AUTH") for line in session.server.lines())


@pytest.mark.parametrize(
    ("security", "verdict"),
    [
        (Security.STARTTLS, Verdict.REFUSED),
        (Security.OPPORTUNISTIC, OK),
        (Security.IF_OFFERED, OK),
    ],
)
async def test_where_starttls_is_not_offered(security, verdict):
    assert (await Session(settings(security=security)).to_the_end()).verdict is verdict


@pytest.mark.parametrize(
    ("security", "verdict"),
    [
        (Security.STARTTLS, Verdict.REFUSED),
        (Security.OPPORTUNISTIC, OK),
        (Security.IF_OFFERED, Verdict.REFUSED),
    ],
)
async def test_where_starttls_is_offered_and_refused(security, verdict):
    session = Session(
        settings(security=security),
        EHLO=b"250-x\r\n250 STARTTLS\r\n",
        STARTTLS=b"454 not now\r\n",
    )
    assert (await session.to_the_end()).verdict is verdict


XCLIENT = ("ADDR=192.0.2.1", "LOGIN=x")


async def test_xclient_comes_before_the_login_and_another_ehlo_after_it():
    session = Session(settings(xclient=XCLIENT), EHLO=b"250-x\r\n250 XCLIENT ADDR LOGIN\r\n")
    assert (await session.to_the_end()).verdict is OK
    said = session.server.lines()
    assert said[:3] == ["EHLO localhost", "XCLIENT ADDR=192.0.2.1 LOGIN=x", "EHLO localhost"]


@pytest.mark.parametrize(
    ("offer", "reply", "verdict"),
    [(b"XCLIENT ADDR", b"550 not you\r\n", R), (b"HELP", b"", Verdict.REFUSED)],
)
async def test_xclient_refused_and_not_offered(offer, reply, verdict):
    wishes = settings(xclient=XCLIENT)
    session = Session(wishes, EHLO=b"250-x\r\n250 " + offer + b"\r\n", XCLIENT=reply)
    outcome = await session.to_the_end()
    assert (outcome.verdict, outcome.stage) == (verdict, Stage.XCLIENT)


async def test_the_proxy_header_comes_first():
    session = Session(settings(proxy_header=b"PROXY UNKNOWN\r\n"))
    session.server.answers["PROXY"] = (b"",)
    assert (await session.to_the_end()).verdict is OK
    assert session.server.lines()[:2] == ["PROXY UNKNOWN", "EHLO localhost"]


def test_a_step_is_an_edited_line_or_none():
    session = Session(settings(credentials=Credentials("a", "b")))
    assert isinstance(session.runner.planned, Step)
    assert not session.runner.planned.sends_line
