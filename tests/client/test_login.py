"""Logging in against a scripted server, and against the bundled one with each mechanism."""

import base64
import hashlib
import hmac
from pathlib import Path

import pytest

from smtplab.client.outcome import Verdict
from smtplab.client.settings import InitialResponse
from smtplab.protocol.events import AuthExchanged, IrregularitySeen
from smtplab.protocol.sasl import Credentials
from smtplab.scenarios.reader import read_text
from smtplab.server.certificates import Authority
from smtplab.server.lab import Lab
from smtplab.workbench.bench import Workbench
from smtplab.workbench.options import Options
from smtplab.workbench.questions import Question
from smtplab.workbench.target import parse_target
from tests.fakes import CREDENTIALS, Session, settings

R, X = Verdict.REFUSED, Verdict.REJECTED
OK = Verdict.DELIVERED


def offering(*names: str) -> bytes:
    return f"250-fake.test\r\n250 AUTH {' '.join(names)}\r\n".encode()


def b64(text: bytes) -> str:
    return base64.b64encode(text).decode()


# Which mechanism.

TOKEN = Credentials("alice", token="ya29.abc")

CHOICES = [
    # credentials, wishes, offered -> the AUTH line, or None, and the outcome
    (CREDENTIALS, {}, ("CRAM-MD5", "SCRAM-SHA-1"), "AUTH SCRAM-SHA-1", R),
    (CREDENTIALS, {"auth_in_clear": True}, ("PLAIN",), "AUTH PLAIN", OK),
    (CREDENTIALS, {}, ("PLAIN",), None, R),
    (CREDENTIALS, {}, ("GSSAPI",), None, R),
    (CREDENTIALS, {}, ("XOAUTH2",), None, R),
    (CREDENTIALS, {"mechanism": "CRAM-MD5"}, (), "AUTH CRAM-MD5", OK),
    (CREDENTIALS, {"mechanism": "xoauth2", "auth_in_clear": True}, (), None, R),
    (CREDENTIALS, {"mechanism": "SCRAM-SHA-1-PLUS"}, (), None, R),
    (CREDENTIALS, {"mechanism": "NTLM"}, ("NTLM",), None, R),
    (TOKEN, {"auth_in_clear": True}, ("PLAIN", "XOAUTH2"), "AUTH XOAUTH2", OK),
    (TOKEN, {}, ("PLAIN", "XOAUTH2"), None, R),
    (TOKEN, {"auth_in_clear": True}, ("PLAIN",), None, R),
    (Credentials("me"), {"mechanism": "ANONYMOUS"}, (), "AUTH ANONYMOUS", OK),
]


@pytest.mark.parametrize(("credentials", "wishes", "offered", "line", "verdict"), CHOICES)
async def test_the_mechanism_is_chosen_or_refused(credentials, wishes, offered, line, verdict):
    session = Session(settings(credentials=credentials, **wishes), EHLO=offering(*offered))
    outcome = await session.to_the_end()
    said = [" ".join(text.split()[:2]) for text in session.server.lines() if "AUTH" in text[:4]]
    assert said == ([line] if line else [])
    assert (outcome.verdict, outcome.stage.value) == (
        verdict,
        "content" if verdict is OK else "auth",
    )
    assert outcome.reason


async def test_the_same_facts_give_the_same_line_and_a_new_login_a_new_nonce():
    session = Session(settings(credentials=CREDENTIALS, mechanism="SCRAM-SHA-256"))
    await session.until("auth")
    first = session.runner.planned
    session.runner.change(session.runner.settings)
    assert session.runner.planned == first
    nonce = session.runner.progress.nonce
    await session.runner.step()
    assert session.runner.progress.nonce != nonce
    await session.close()


# Dialogues.


async def test_login_with_an_initial_response():
    wishes = settings(
        credentials=CREDENTIALS,
        mechanism="LOGIN",
        auth_in_clear=True,
        initial_response=InitialResponse.ON,
    )
    session = Session(wishes, AUTH=b"334 UGFzc3dvcmQ6\r\n", **{"B3BLBI1ZZXNHBWU=": b"235 in\r\n"})
    await session.until("auth")
    await session.runner.step()
    await session.runner.step()
    assert session.server.lines()[-2:] == ["AUTH LOGIN YWxpY2U=", b64(b"open-sesame")]
    await session.close()


async def test_the_error_of_oauth_is_answered_and_told():
    error = b64(b'{"status":"401","schemes":"bearer"}').encode()
    session = Session(
        settings(credentials=TOKEN, auth_in_clear=True, mechanism="OAUTHBEARER"),
        AUTH=b"334 " + error + b"\r\n",
        **{"AQ==": b"535 5.7.8 no\r\n"},
    )
    outcome = await session.to_the_end()
    assert "AQ==" in session.server.lines()
    assert outcome.verdict is X
    assert "status 401, schemes bearer" in outcome.reason


SALT = b"0123456789abcdef"


def scram_signature(first: bytes, challenge: bytes, final: bytes) -> bytes:
    salted = hashlib.pbkdf2_hmac("sha1", CREDENTIALS.password.encode(), SALT, 4096)
    bare = first.split(b",", 2)[2]
    signed = b",".join((bare, challenge, final[: final.index(b",p=")]))
    return hmac.digest(hmac.digest(salted, b"Server Key", "sha1"), signed, "sha1")


async def scram_session(*, honest: bool, says_235_at: str = "") -> Session:
    """A session up to the end of SCRAM-SHA-1, each reply made when its question is known."""
    session = Session(settings(credentials=CREDENTIALS, mechanism="SCRAM-SHA-1"))
    await session.until("auth")
    nonce = session.runner.progress.nonce.encode()
    challenge = b"r=" + nonce + b"theirs,s=" + b64(SALT).encode() + b",i=4096"
    early = says_235_at == "first"
    answers = session.server.answers
    answers["AUTH"] = (b"235 in\r\n" if early else b"334 " + b64(challenge).encode() + b"\r\n",)
    await session.runner.step()
    if early:
        return session
    line = session.runner.planned.line
    final = base64.b64decode(line)
    signature = scram_signature(b"n,,n=alice,r=" + nonce, challenge, final)
    proof = b"v=" + b64(signature if honest else signature[::-1]).encode()
    reply = b"235 in\r\n" if says_235_at == "final" else f"334 {b64(proof)}\r\n".encode()
    answers[line.decode().upper()] = (reply,)
    answers[""] = (b"235 in\r\n",)
    answers["*"] = (b"501 cancelled\r\n",)
    await session.runner.step()
    return session


async def test_a_server_that_proves_itself_lets_us_in():
    session = await scram_session(honest=True)
    outcome = await session.to_the_end()
    assert outcome.verdict is OK
    assert "" in session.server.lines()


async def test_a_forged_signature_ends_the_session_with_a_star_and_quit():
    session = await scram_session(honest=False)
    outcome = await session.to_the_end()
    assert (outcome.verdict, outcome.stage.value) == (R, "auth")
    assert "signature is wrong" in outcome.reason
    assert session.server.lines()[-2:] == ["*", "QUIT"]
    assert any(isinstance(event, IrregularitySeen) for event in session.events)


@pytest.mark.parametrize("moment", ["first", "final"])
async def test_a_235_before_the_proof_is_not_believed(moment):
    session = await scram_session(honest=True, says_235_at=moment)
    outcome = await session.to_the_end()
    assert outcome.verdict is R
    assert "not proven" in outcome.reason
    assert not any(line.startswith("MAIL") for line in session.server.lines())


async def test_another_mechanism_typed_in_its_place_is_followed():
    session = Session(
        settings(credentials=CREDENTIALS, mechanism="PLAIN", auth_in_clear=True),
        AUTH=b"334 VXNlcm5hbWU6\r\n",
    )
    await session.until("auth")
    await session.runner.step(b"AUTH LOGIN")
    assert session.runner.planned.line == b64(b"alice").encode()
    await session.close()


# The bundled server, which has its SCRAM from a library, and a way of its own with the rest.

BUNDLED = ("PLAIN", "LOGIN", "CRAM-MD5", "SCRAM-SHA-1", "SCRAM-SHA-256", "SCRAM-SHA-1-PLUS",
           "SCRAM-SHA-256-PLUS", "XOAUTH2", "OAUTHBEARER", "ANONYMOUS")  # fmt: skip


def scenario(folder: Path, *mechanisms: str) -> str:
    path = folder / "own.yaml"
    mechs = ", ".join(mechanisms)
    path.write_text(
        f"title: T\nseverity: info\nstory: S.\nserver:\n  auth: {{mechs: [{mechs}]}}\n"
        "expect:\n- must: {deliver: 1}\n  level: error\n  because: RFC 4954 §4\n"
    )
    return f"scenario:{path}"


async def play(target: str, **wishes) -> Workbench:
    bench = Workbench(parse_target(target), Options(time_scale=0.1, **wishes))
    async with bench:
        while bench.planned is not None:
            assert not isinstance(bench.planned, Question), bench.planned.text
            await bench.step()
    return bench


@pytest.mark.parametrize("name", BUNDLED)
@pytest.mark.parametrize("wish", list(InitialResponse))
async def test_each_mechanism_with_the_bundled_server(tmp_path, name, wish):
    bench = await play(scenario(tmp_path, name), mechanism=name, initial_response=wish)
    assert bench.outcome is not None
    assert bench.outcome.verdict is OK
    first = next(event for _, event in bench.transcript.of(AuthExchanged))
    assert first.message.mechanism == name


@pytest.mark.parametrize("name", BUNDLED[:-1])
async def test_a_wrong_secret_is_not_let_in(tmp_path, name):
    bench = await play(scenario(tmp_path, name), mechanism=name, password="wrong-one")
    assert bench.outcome is not None
    assert (bench.outcome.verdict, bench.outcome.stage.value) == (X, "auth")


async def test_where_it_is_offered_the_login_is_bound_to_tls(tmp_path):
    bench = await play(scenario(tmp_path, "SCRAM-SHA-256", "SCRAM-SHA-1-PLUS", "PLAIN"))
    first = next(event for _, event in bench.transcript.of(AuthExchanged))
    assert first.message.mechanism == "SCRAM-SHA-1-PLUS"
    assert first.message.data.startswith(b"p=tls-server-end-point,,")


async def test_the_strongest_of_those_offered_is_taken(tmp_path):
    bench = await play(scenario(tmp_path, "PLAIN", "SCRAM-SHA-1", "SCRAM-SHA-256"))
    first = next(event for _, event in bench.transcript.of(AuthExchanged))
    assert first.message.mechanism == "SCRAM-SHA-256"
    assert first.message.data.startswith(b"y,,")


@pytest.mark.parametrize(("user", "verdict"), [("alice", OK), ("mallory", X)])
@pytest.mark.parametrize("wish", list(InitialResponse))
async def test_the_certificate_of_the_handshake_is_the_login(tmp_path, user, verdict, wish):
    authority = Authority()
    own = authority.client(user)
    text = (
        "title: T\nseverity: info\nstory: S.\nserver:\n  auth: {mechs: [EXTERNAL, PLAIN]}\n"
        "  tls: {client_cert: wanted}\n"
    )
    async with Lab(read_text(text.encode(), "own.yaml", "own"), authority=authority) as lab:
        options = Options(
            sender="alice@lab.test",
            recipients=("bob@lab.test",),
            mechanism="EXTERNAL",
            initial_response=wish,
            server_name="localhost",
            ca_pem=lab.ca_pem,
            client_chain_pem=own.chain_pem,
            client_key_pem=own.key_pem,
        )
        async with Workbench(parse_target(f"{lab.host}:{lab.port}"), options) as bench:
            while bench.planned is not None:
                await bench.step()
    assert bench.outcome is not None
    assert bench.outcome.verdict is verdict, bench.outcome.reason
