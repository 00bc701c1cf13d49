"""SCRAM held to the examples of its RFCs, to a server of another's making, and against forgers."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scramp import ScramException, ScramMechanism

from smtplab.protocol.sasl import Channel, Credentials, SaslMessage
from smtplab.protocol.sasl.scram import (
    FEWEST_ITERATIONS,
    MOST_ITERATIONS,
    ScramError,
    attributes,
    check_server_final,
    read_server_first,
    scram,
    server_parts,
)

USER = Credentials("user", "pencil")

# RFC 5802 §5, RFC 7677 §3: nonce, and the messages in turn.
VECTORS = [
    (
        "sha1",
        "fyko+d2lbbFgONRv9qkxdawL",
        b"n,,n=user,r=fyko+d2lbbFgONRv9qkxdawL",
        b"r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,s=QSXCR+Q6sek8bf92,i=4096",
        b"c=biws,r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,p=v0X8v3Bz2T0CJGbJQyF0X+HI4Ts=",
        b"v=rmF9pqV8S7suAoZWja4dJRkFsKQ=",
    ),
    (
        "sha256",
        "rOprNGfwEbeRWgbNEkqO",
        b"n,,n=user,r=rOprNGfwEbeRWgbNEkqO",
        b"r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096",
        b"c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,"
        b"p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=",
        b"v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=",
    ),
]


def sent(message: SaslMessage | None) -> bytes:
    assert message is not None
    assert b"".join(part.data for part in message.parts) == message.data
    return message.data


@pytest.mark.parametrize(("hash_name", "nonce", "first", "challenge", "final", "proof"), VECTORS)
def test_the_examples_of_the_standards(hash_name, nonce, first, challenge, final, proof):
    exchange = scram(hash_name)(USER, Channel(nonce=nonce))
    assert sent(next(exchange)) == first
    assert sent(exchange.send(challenge)) == final
    assert sent(exchange.send(proof)) == b""
    with pytest.raises(StopIteration) as end:
        exchange.send(b"")
    assert end.value.value is None


def refusal(forged_first: bytes, forged_final: bytes = b"") -> str:
    """What the client says to a server that forges one of its messages."""
    exchange = scram("sha1")(USER, Channel(nonce=VECTORS[0][1]))
    next(exchange)
    for forged in (forged_first, forged_final):
        try:
            exchange.send(forged)
        except StopIteration as end:
            return str(end.value)
    raise AssertionError("it believed the server")


FIRST = VECTORS[0][3]
NONCE = b"r=fyko+d2lbbFgONRv9qkxdawL"

FORGED_FIRST = [
    (FIRST.replace(b"fyko", b"fykO"), "nonce"),
    (NONCE + b",s=QSXCR+Q6sek8bf92,i=4096", "adds nothing"),
    (FIRST.replace(b"i=4096", b"i=1"), "1 iterations only"),
    (FIRST.replace(b"i=4096", b"i=%d" % (FEWEST_ITERATIONS - 1)), "easy to guess"),
    (FIRST.replace(b"i=4096", b"i=%d" % (MOST_ITERATIONS + 1)), "keep us busy"),
    (FIRST.replace(b"i=4096", b"i=1000000000"), "keep us busy"),
    (FIRST.replace(b"i=4096", b"i=" + b"9" * 5000), "iteration count is none"),
    (FIRST.replace(b"i=4096", b"i=-1"), "iteration count is none"),
    (FIRST.replace(b"i=4096", b"i="), "iteration count is none"),
    (FIRST.replace(b"QSX", b"(!)"), "first message of SCRAM is none"),
    (FIRST.replace(b",i=4096", b""), "first message of SCRAM is none"),
    (b"m=must-have," + FIRST, "extension"),
    (b"e=unknown-user", "it does not know the user"),
    (b"", "first message of SCRAM is none"),
    (b"\xff\x00\x1b[31m", "first message of SCRAM is none"),
]


@pytest.mark.parametrize(("forged", "reason"), FORGED_FIRST)
def test_a_forged_first_message_is_refused(forged, reason):
    said = refusal(forged)
    assert reason in said
    assert said.isprintable()


FORGED_FINAL = [
    (b"v=AAAAAAAAAAAAAAAAAAAAAAAAAAA=", "signature is wrong"),
    (b"v=", "signature is wrong"),
    (b"v=!!", "signature is wrong"),
    (b"", "signature is wrong"),
    (b"hello", "signature is wrong"),
    (b"e=invalid-proof", "the password is wrong"),
    (b"e=channel-bindings-dont-match", "somebody sits in between"),
    (b"e=\x1b[31mboo", "no error of the standard"),
]


@pytest.mark.parametrize(("forged", "reason"), FORGED_FINAL)
def test_a_forged_signature_is_refused(forged, reason):
    said = refusal(FIRST, forged)
    assert reason in said
    assert said.isprintable()


@given(st.binary(max_size=200))
def test_no_message_of_a_server_raises_anything_else(data):
    with pytest.raises(ScramError):
        read_server_first(data, "0123456789")
    assert check_server_final(data, b"expected")
    assert b"".join(part.data for part in server_parts(data)) == data
    assert all(len(letter) <= len(data) for letter in attributes(data))


HEADERS = [
    # binding, whether it is offered, bound, authzid -> the beginning of the first message
    (b"", False, False, "", b"n,,n=user,"),
    (b"x", True, False, "", b"n,,n=user,"),
    (b"x", False, False, "", b"y,,n=user,"),
    (b"x", True, True, "", b"p=tls-server-end-point,,n=user,"),
    (b"", False, False, "b,o=b", b"n,a=b=2Co=3Db,n=user,"),
]


@pytest.mark.parametrize(("binding", "offered", "plus", "authzid", "expected"), HEADERS)
def test_the_header_says_whether_the_channel_is_bound(binding, offered, plus, authzid, expected):
    channel = Channel(binding=binding, binding_offered=offered, nonce="abc")
    message = next(scram("sha256", plus)(Credentials("user", "x", authzid), channel))
    assert sent(message).startswith(expected)


def server(name: str, password: str, binding: bytes = b""):
    mechanism = ScramMechanism(name)
    bound = ("tls-server-end-point", binding) if binding else None
    return mechanism.make_server(lambda _: mechanism.make_auth_info(password), bound)


def log_in(name: str, credentials: Credentials, theirs: str, ours: bytes = b"", seen: bytes = b""):
    """Our client against a server of another's making; whether both believe each other."""
    plus = name.endswith("-PLUS")
    hash_name = name.removesuffix("-PLUS").removeprefix("SCRAM-").replace("-", "").lower()
    exchange = scram(hash_name, plus)(credentials, Channel(binding=ours, nonce="n" * 24))
    other = server(name, theirs, seen)
    other.set_client_first(sent(next(exchange)).decode())
    other.set_client_final(sent(exchange.send(other.get_server_first().encode())).decode())
    assert sent(exchange.send(other.get_server_final().encode())) == b""


NAMES = ("SCRAM-SHA-1", "SCRAM-SHA-256", "SCRAM-SHA-1-PLUS", "SCRAM-SHA-256-PLUS")
ODD = [("user", "pencil"), ("a=b,c", "x"), ("ü", "pass\u00a0wörd"), ("I\u00adX", "\u2168")]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(("username", "password"), ODD)
def test_another_implementation_of_the_server_agrees(name, username, password):
    binding = b"certificate" if name.endswith("-PLUS") else b""
    log_in(name, Credentials(username, password), password, binding, binding)


@pytest.mark.parametrize("name", NAMES)
def test_a_wrong_password_or_another_certificate_is_not_let_in(name):
    plus = name.endswith("-PLUS")
    binding = b"certificate" if plus else b""
    with pytest.raises(ScramException, match="proof"):
        log_in(name, USER, "other", binding, binding)
    if plus:
        with pytest.raises(ScramException, match="channel"):
            log_in(name, USER, "pencil", b"certificate of the one in between", binding)


def test_the_steps_are_shown_and_the_keys_hidden():
    exchange = scram("sha256")(USER, Channel(nonce=VECTORS[1][1]))
    next(exchange)
    message = exchange.send(VECTORS[1][3])
    assert message is not None
    hidden = {step.name: step.secret for step in message.derivations}
    assert hidden == {
        "salted": True,
        "client key": True,
        "stored key": True,
        "signed": False,
        "signature": True,
        "proof": False,
        "server key": True,
        "expected": False,
    }
    steps = {step.name: step.value for step in message.derivations}
    assert steps["expected"].encode() == VECTORS[1][5]
    pairs = zip(*(bytes.fromhex(steps[n]) for n in ("client key", "signature")), strict=True)
    assert bytes(a ^ b for a, b in pairs).hex() == steps["proof"]
