"""What we call ourselves at EHLO: a full name or an address literal, and never localhost."""

import pytest

from smtplab.client.naming import address_literal, own_name
from smtplab.client.outcome import Verdict
from smtplab.protocol.addresses import is_address_literal
from smtplab.protocol.events import CommandSent
from smtplab.protocol.verbs import Verb
from smtplab.workbench.automatic import Automatic
from smtplab.workbench.bench import Workbench
from smtplab.workbench.options import Options
from smtplab.workbench.target import parse_target

NAMES = [
    # our address, what the machine calls itself -> our name
    ("192.0.2.1", "mail.example.org", "mail.example.org"),
    ("192.0.2.1", "mail.example.org.", "mail.example.org"),
    ("2001:db8::1", "mail.example.org", "mail.example.org"),
    ("192.0.2.1", "laptop", "[192.0.2.1]"),
    ("192.0.2.1", "localhost", "[192.0.2.1]"),
    ("192.0.2.1", "localhost.localdomain", "[192.0.2.1]"),
    ("192.0.2.1", "Alices-Laptop.local", "[192.0.2.1]"),
    ("192.0.2.1", "under_score.example.org", "[192.0.2.1]"),
    ("192.0.2.1", "-x.example.org", "[192.0.2.1]"),
    ("192.0.2.1", "x.example.org\r\nRSET", "[192.0.2.1]"),
    ("192.0.2.1", "10.0.0.1", "[192.0.2.1]"),
    ("192.0.2.1", "", "[192.0.2.1]"),
    ("2001:db8::1", "laptop", "[IPv6:2001:db8::1]"),
    ("fe80::1%eth0", "laptop", "[IPv6:fe80::1]"),
    ("127.0.0.1", "mail.example.org", "[127.0.0.1]"),
    ("::1", "mail.example.org", "[IPv6:::1]"),
    ("", "mail.example.org", "localhost"),
]


@pytest.mark.parametrize(("address", "machine", "name"), NAMES)
def test_who_we_are(address, machine, name):
    assert own_name(address, machine) == name


@pytest.mark.parametrize("address", ["192.0.2.1", "2001:db8::1", "fe80::1%eth0", "::1"])
def test_the_literal_is_one(address):
    assert is_address_literal(address_literal(address))


@pytest.mark.parametrize("wish", ["", "me.example"])
@pytest.mark.parametrize("base", ["plain", "starttls"])
async def test_a_session_gives_that_name_each_time_or_the_user_s(wish, base):
    bench = Workbench(parse_target("scenario:honest"), Options(base=base, ehlo_name=wish))
    async with bench:
        await Automatic(bench).run()
        assert bench.outcome is not None
        assert bench.outcome.verdict is Verdict.DELIVERED
    hellos = [e.raw for _, e in bench.transcript.of(CommandSent) if e.verb is Verb.EHLO]
    times = 2 if base == "starttls" else 1
    assert hellos == [f"EHLO {wish or '[127.0.0.1]'}\r\n".encode()] * times
