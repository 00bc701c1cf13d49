"""One connection: what is wished of TLS, and real handshakes with the bundled server."""

import pytest

from smtplab.client.outcome import Verdict
from smtplab.tls.events import TlsUp
from smtplab.wire.addresses import Way
from smtplab.wire.events import ConnectFailed, Opened
from smtplab.workbench.bench import Workbench
from smtplab.workbench.options import Options
from smtplab.workbench.questions import Question
from smtplab.workbench.target import parse_target


async def play(**wishes) -> Workbench:
    bench = Workbench(
        parse_target("scenario:honest"), Options(time_scale=0.1, auth=False, **wishes)
    )
    async with bench:
        while bench.planned is not None:
            question = isinstance(bench.planned, Question)
            await (bench.answer(":abort") if question else bench.step())
    return bench


HANDSHAKES = [
    ({}, Verdict.DELIVERED, "TLS 1.3", "localhost"),
    ({"tls_maximum": "1.2"}, Verdict.DELIVERED, "TLS 1.2", "localhost"),
    ({"tls_minimum": "1.3"}, Verdict.DELIVERED, "TLS 1.3", "localhost"),
    ({"sni": "other.test"}, Verdict.DELIVERED, "TLS 1.3", "other.test"),
    ({"sni": ""}, Verdict.DELIVERED, "TLS 1.3", ""),
    ({"sni": "localhost", "server_name": "wrong.test"}, Verdict.REFUSED, None, None),
    ({"server_name": "wrong.test"}, Verdict.REFUSED, None, None),
    (
        {"sni": "localhost", "server_name": "wrong.test", "verify": False},
        Verdict.DELIVERED,
        "TLS 1.3",
        "localhost",
    ),
    ({"tls_minimum": "1.0", "tls_maximum": "1.1"}, Verdict.FAILED, None, None),
]


@pytest.mark.parametrize(("wishes", "verdict", "version", "name"), HANDSHAKES)
async def test_handshakes(wishes, verdict, version, name):
    bench = await play(**wishes)
    assert bench.outcome is not None
    assert bench.outcome.verdict is verdict
    ups = [(up.version, up.server_name) for _, up in bench.transcript.of(TlsUp)]
    assert ups == ([(version, name)] if version else [])
    if "wrong.test" in wishes.values() and verdict is Verdict.REFUSED:
        assert "wrong.test" in bench.outcome.reason


async def test_an_own_address_and_one_kind_of_addresses():
    bench = await play(way=Way(4, ("127.0.0.1", 0)))
    assert [opened.address for _, opened in bench.transcript.of(Opened)] == ["127.0.0.1"]
    bench = await play(way=Way(6))
    assert [f.reason for _, f in bench.transcript.of(ConnectFailed)] == [
        "127.0.0.1 is no IPv6 address"
    ]
