"""AUTH on the wire with the mechanisms that a scenario has to name."""

import base64
import hashlib
import hmac
import json
import os
import ssl
from pathlib import Path

import pytest

from tests.server.raw_client import RawClient, trusting

MECHANISMS = "SCRAM-SHA-1, SCRAM-SHA-256, XOAUTH2, OAUTHBEARER, EXTERNAL, ANONYMOUS"
ALL = f"server: {{auth: {{mechs: [{MECHANISMS}]}}}}"
WRONG = b"535 5.7.8 Authentication credentials invalid\r\n"
RIGHT = b"235 2.7.0 Authentication successful\r\n"


def b64(octets: bytes) -> bytes:
    return base64.b64encode(octets)


def challenge(reply: bytes) -> bytes:
    assert reply.startswith(b"334 ")
    return base64.b64decode(reply[4:])


async def scram(client: RawClient, name: str, user: bytes, password: bytes) -> bytes:
    """RFC 5802 §3 by hand; the last reply, once the server has proved itself."""
    hash_name = {"SCRAM-SHA-1": "sha1", "SCRAM-SHA-256": "sha256"}[name]

    def mac(key: bytes, text: bytes) -> bytes:
        return hmac.new(key, text, hash_name).digest()

    bare = b"n=" + user + b",r=" + os.urandom(9).hex().encode()
    first = challenge(await client.ask(f"AUTH {name} ".encode() + b64(b"n,," + bare)))
    parts = dict(part.split(b"=", 1) for part in first.split(b","))
    assert parts[b"r"].startswith(bare.partition(b",r=")[2])
    assert int(parts[b"i"]) >= 4096
    salted = hashlib.pbkdf2_hmac(
        hash_name, password, base64.b64decode(parts[b"s"]), int(parts[b"i"])
    )
    final = b"c=biws,r=" + parts[b"r"]
    signed = bare + b"," + first + b"," + final
    client_key = mac(salted, b"Client Key")
    signature = mac(hashlib.new(hash_name, client_key).digest(), signed)
    proof = bytes(a ^ b for a, b in zip(client_key, signature, strict=True))
    reply = await client.ask(b64(final + b",p=" + b64(proof)))
    if not reply.startswith(b"334"):
        return reply
    assert challenge(reply) == b"v=" + b64(mac(mac(salted, b"Server Key"), signed))
    return await client.ask(b"")


@pytest.mark.parametrize("name", ["SCRAM-SHA-1", "SCRAM-SHA-256"])
async def test_scram(labs, name: str) -> None:
    client = await labs.hello(await labs.start(ALL, base="plain"))
    assert await scram(client, name, b"alice", b"wrong") == WRONG
    assert await scram(client, name, b"nobody", b"open-sesame") == WRONG
    assert await scram(client, name, b"alice", b"open-sesame") == RIGHT


SCRAM_ODD = [
    [b"", b"501 5.5.2"],
    [b"\xff", b"501 5.5.2 this is not UTF-8"],
    [b"p=tls-unique,,n=alice,r=abc", b"501 5.5.2"],
    [b"n,,n=alice,r=abc", b"334", b"c=biws,r=forged,p=AAAA", b"535"],
    [b"n,,n=alice,r=abc", b"334", b"nonsense", b"535"],
]


@pytest.mark.parametrize("dialogue", SCRAM_ODD)
async def test_scram_with_odd_clients(labs, dialogue: list[bytes]) -> None:
    client = await labs.hello(await labs.start(ALL, base="plain"))
    assert await client.ask(b"AUTH SCRAM-SHA-256") == b"334 \r\n"
    for said, reply in zip(dialogue[::2], dialogue[1::2], strict=True):
        assert (await client.ask(b64(said))).startswith(reply)
    assert (await client.ask(b"NOOP"))[:3] == b"250"


BEARERS = [
    ("XOAUTH2", b"user=alice\x01auth=Bearer %s\x01\x01", b"",
     {"status": "401", "schemes": "bearer", "scope": "https://lab.test/"}),
    ("OAUTHBEARER", b"n,a=alice,\x01host=lab.test\x01port=587\x01auth=Bearer %s\x01\x01", b"\x01",
     {"status": "invalid_token", "scope": "https://lab.test/"}),
]  # fmt: skip


@pytest.mark.parametrize(("name", "form", "answer", "error"), BEARERS)
async def test_bearer_tokens(labs, name: str, form: bytes, answer: bytes, error) -> None:
    client = await labs.hello(await labs.start(ALL, base="plain"))
    begin = f"AUTH {name} ".encode()
    assert json.loads(challenge(await client.ask(begin + b64(form % b"old")))) == error
    assert await client.ask(b64(answer)) == WRONG
    assert (await client.ask(begin + b64(b"nonsense"))).startswith(b"501 5.5.2")
    assert await client.ask(begin + b64(form % b"open-sesame")) == RIGHT


async def test_long_tokens_are_taken(labs) -> None:
    token = "x" * 4000
    rules = f"server: {{users: {{alice: {token}}}, auth: {{mechs: [XOAUTH2]}}}}"
    client = await labs.hello(await labs.start(rules, base="plain"))
    response = b64(b"user=alice\x01auth=Bearer " + token.encode() + b"\x01\x01")
    assert await client.ask(b"AUTH XOAUTH2 " + response) == RIGHT


async def test_anonymous(labs) -> None:
    lab = await labs.start(ALL, base="plain")
    client = await labs.hello(lab)
    assert (await client.ask(b"AUTH ANONYMOUS " + b64(b"x" * 256)))[:9] == b"501 5.5.2"
    assert await client.ask(b"AUTH ANONYMOUS " + b64(b"sirhc")) == RIGHT
    assert lab.sessions[0].user == "anonymous"


# EXTERNAL, with a client certificate.

EXTERNAL = "server: {tls: {client_cert: %s}, auth: {mechs: [EXTERNAL]}}"


def certified(labs, user: str, folder: Path) -> ssl.SSLContext:
    context = trusting(labs.authority.ca_pem)
    served = labs.authority.client(user)
    file = folder / "client.pem"
    file.write_bytes(served.key_pem + served.chain_pem)
    context.load_cert_chain(file)
    return context


@pytest.mark.parametrize("wish", ["wanted", "required"])
@pytest.mark.parametrize(
    ("user", "response", "reply"),
    [("alice", b"=", RIGHT), ("alice", b64(b"alice"), RIGHT), ("alice", b64(b"bob"), WRONG),
     ("bob", b"=", WRONG)],
)  # fmt: skip
async def test_external(labs, tmp_path, wish: str, user: str, response: bytes, reply) -> None:
    lab = await labs.start(EXTERNAL % wish, base="implicit")
    client = await labs.dial(lab)
    await client.start_tls(certified(labs, user, tmp_path))
    await client.reply()
    await client.ask(b"EHLO c")
    assert await client.ask(b"AUTH EXTERNAL " + response) == reply


async def test_external_without_a_certificate(labs) -> None:
    client = await labs.hello(await labs.start(EXTERNAL % "wanted"))
    assert await client.ask(b"AUTH EXTERNAL =") == WRONG
    client = await labs.hello(await labs.start(EXTERNAL % "none", base="plain"))
    assert await client.ask(b"AUTH EXTERNAL =") == WRONG


async def test_a_certificate_that_is_required_and_does_not_come(labs) -> None:
    lab = await labs.start(EXTERNAL % "required", base="implicit")
    client = await labs.dial(lab)
    await client.start_tls(trusting(lab.ca_pem))  # in TLS 1.3 the client is done before the server
    assert await client.ended() in ("cut", "fin", "rst")
    client.close()
    assert "peer did not return a certificate" in await labs.closed(lab)


# The stage `login`: when all is said, and before the verdict.

AT_LOGIN = (
    "server: {auth: {mechs: [PLAIN, LOGIN, CRAM-MD5, SCRAM-SHA-256, XOAUTH2]}}\n"
    "rules: [{at: login, do: [{reply: 535 5.9.9 no}]}]"
)
NO = b"535 5.9.9 no\r\n"

PLAIN = b64(b"\0alice\0open-sesame")
SAID = [
    [b"AUTH PLAIN " + PLAIN],
    [b"AUTH PLAIN", PLAIN],
    [b"AUTH LOGIN", b64(b"alice"), b64(b"open-sesame")],
    [b"AUTH LOGIN " + b64(b"alice"), b64(b"open-sesame")],
    [b"AUTH CRAM-MD5", b64(b"alice 0123456789abcdef0123456789abcdef")],
    [b"AUTH XOAUTH2 " + b64(b"user=alice\1auth=Bearer open-sesame\1\1")],
]


@pytest.mark.parametrize("lines", SAID, ids=lambda lines: f"{lines[0][:12].decode()}-{len(lines)}")
async def test_the_stage_login_comes_when_all_is_said(labs, lines: list[bytes]) -> None:
    lab = await labs.start(AT_LOGIN, base="plain")
    client = await labs.hello(lab)
    for line in lines[:-1]:
        assert (await client.ask(line))[:3] == b"334"
    assert await client.ask(lines[-1]) == NO
    assert lab.sessions[0].user is None
    assert [fault.stage for fault in lab.sessions[0].faults] == [
        "auth" if len(lines) == 1 else "auth-step"
    ]


async def test_the_stage_login_comes_for_scram_too(labs) -> None:
    client = await labs.hello(await labs.start(AT_LOGIN, base="plain"))
    assert await scram(client, "SCRAM-SHA-256", b"alice", b"open-sesame") == NO


NO_LOGINS = [
    ([b"AUTH LOGIN", b"*"], b"501"),
    ([b"AUTH OAUTHBEARER " + PLAIN], b"504"),
    ([b"AUTH CRAM-MD5 " + PLAIN], b"501"),
    ([b"AUTH PLAIN a b"], b"501"),
    ([b"MAIL FROM:<a@b>", b"AUTH PLAIN " + PLAIN], b"503"),
]


@pytest.mark.parametrize(("lines", "code"), NO_LOGINS)
async def test_what_is_no_login_has_no_such_stage(labs, lines: list[bytes], code: bytes) -> None:
    client = await labs.hello(await labs.start(AT_LOGIN, base="plain"))
    replies = [await client.ask(line) for line in lines]
    assert replies[-1][:3] == code


async def test_a_login_may_be_granted_to_anybody(labs) -> None:
    rules = "rules: [{at: login, when: {nth: 2}, do: [{reply: 235 come in}]}]"
    client = await labs.hello(await labs.start(rules, base="plain"))
    wrong = b"AUTH PLAIN " + b64(b"\0eve\0x")
    assert await client.ask(wrong) == WRONG
    assert await client.ask(wrong) == b"235 come in\r\n"
    assert (await client.ask(wrong))[:3] == b"503"
