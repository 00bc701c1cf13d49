"""A name server on loopback that knows a few domains, for whoever looks up MX records."""

import asyncio
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Any

import pytest

MX = {
    "one.test.": ["10 mx.one.test."],
    "many.test.": ["20 second.test.", "10 first.test.", "20 first.test."],
    "here.test.": ["5 localhost."],
    "both.test.": ["10 localhost.", "20 127.0.0.1."],
    "half.test.": ["10 gone.invalid.", "20 localhost."],
    "null.test.": ["0 ."],
    "alone.test.": [],
}
"""Domain -> its MX records; any other does not exist, and servfail.test has a broken server."""


class NameServer(asyncio.DatagramProtocol):
    """Answers each question by itself."""

    def connection_made(self, transport: Any) -> None:
        self.transport = transport

    def datagram_received(self, data: bytes, peer: Any) -> None:
        from dns import flags, message, rcode, rdatatype, rrset

        question = message.from_wire(data)
        name = question.question[0].name.to_text().lower()
        answer = message.make_response(question)
        answer.flags |= flags.RA
        if name == "servfail.test.":
            answer.set_rcode(rcode.SERVFAIL)
        elif name not in MX:
            answer.set_rcode(rcode.NXDOMAIN)
        elif MX[name]:
            answer.answer.append(rrset.from_text(name, 60, "IN", rdatatype.MX, *MX[name]))
        self.transport.sendto(answer.to_wire(), peer)


@asynccontextmanager
async def name_server() -> AsyncIterator[None]:
    """The one whom everybody asks meanwhile."""
    asyncresolver = pytest.importorskip("dns.asyncresolver")
    loop = asyncio.get_running_loop()
    transport, _ = await loop.create_datagram_endpoint(NameServer, local_addr=("127.0.0.1", 0))
    resolver = asyncresolver.Resolver(configure=False)
    resolver.nameservers = ["127.0.0.1"]
    resolver.port = transport.get_extra_info("sockname")[1]
    former, asyncresolver.default_resolver = asyncresolver.default_resolver, resolver
    try:
        yield
    finally:
        asyncresolver.default_resolver = former
        transport.close()


@contextmanager
def without_dnspython() -> Iterator[None]:
    """As if it were not installed."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(sys.modules, "dns", None)
        yield
