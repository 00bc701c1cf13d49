"""The look itself: one session a port, from Connect to QUIT, with neither login nor message."""

import asyncio
from collections.abc import Sequence

from smtplab.client.settings import Security
from smtplab.client.steps import Stage, Step
from smtplab.probing.injection import inject
from smtplab.probing.reading import read
from smtplab.probing.report import AddressReport, InjectionReport, PortReport
from smtplab.transcript.recorder import wall_clock
from smtplab.values import replace
from smtplab.wire.events import ConnectFailed, Opened
from smtplab.wire.tcp import connect, resolve
from smtplab.workbench.bench import Workbench
from smtplab.workbench.locating import located
from smtplab.workbench.options import Options
from smtplab.workbench.questions import Question
from smtplab.workbench.target import IMPLICIT_TLS_PORT, Target

PORTS = (25, 465, 587, 2525)
"""Looked at when no port is named: relay, submission over TLS, submission, and a stand-in."""

NOT_SENT = frozenset({Stage.AUTH, Stage.MAIL, Stage.RCPT, Stage.DATA})
"""Stages that are left out, come what may."""

VERSIONS = ("1.0", "1.1", "1.2", "1.3")

PATIENCE = 20.0
"""Seconds for anything, unless the user says otherwise; a look is no delivery."""

CONNECT_PATIENCE = 10.0


async def probe(
    target: Target, options: Options, ports: Sequence[int], *, with_injection: bool = False
) -> list[PortReport]:
    """Looks at each of these ports of a host, all at once; at a scenario's own port without them.

    Of a domain every server is looked at that its MX records name.

    `with_injection` tries besides whether a command from before TLS is obeyed inside it.
    Raises what `Workbench.open` raises.
    """
    if target.scenario is not None:
        return [await _look(target, options, with_injection)]
    timeout = options.timeout if options.timeout is not None else PATIENCE
    patient = replace(options, timeout=timeout)
    targets = [
        replace(one, port=port, security=_security_of(one, port))
        for one in await located(target)
        for port in ports
    ]
    looks = (_look_both_ways(one, patient, with_injection) for one in targets)
    return list(await asyncio.gather(*looks))


def _security_of(target: Target, port: int) -> Security:
    if target.security is Security.IMPLICIT and port == target.port:
        return Security.IMPLICIT
    return Security.IMPLICIT if port == IMPLICIT_TLS_PORT else Security.OPPORTUNISTIC


async def _look_both_ways(target: Target, options: Options, with_injection: bool) -> PortReport:
    """A port that keeps silent may want TLS from the first octet, whatever its number."""
    found = await _look(target, options, with_injection)
    if not found.is_silent:
        return found
    again = await _look(replace(target, security=Security.IMPLICIT), options, with_injection)
    return again if again.tls is not None else found


async def _look(target: Target, options: Options, with_injection: bool) -> PortReport:
    """One session that stops before anything that could matter to anybody."""
    bench = Workbench(target, _harmless(options))
    await bench.open()
    try:
        _leave_out(bench)
        while bench.planned is not None:
            if isinstance(bench.planned, Question):
                await bench.answer(bench.planned.default)
            else:
                await bench.step()
        settings = bench.settings
        has_tls = bench.tls is not None
        versions = await _versions(target, options) if has_tls else {}
        injection = await _injection(target, options) if has_tls and with_injection else None
        others = await _other_addresses(bench, settings.host, settings.port)
    finally:
        await bench.close()
    return read(
        bench.transcript,
        wall_clock(),
        host=settings.dialled_name if target.scenario is not None else settings.host,
        port=settings.port,
        security="implicit" if settings.security is Security.IMPLICIT else "starttls",
        more=others,
        versions=versions,
        injection=injection,
    )


def _harmless(options: Options) -> Options:
    """The envelope is needed to make a session, and never used: MAIL and the rest are left out."""
    return replace(options, sender="", recipients=("nobody@probe.invalid",), verify=False)


async def _versions(target: Target, options: Options) -> dict[str, bool]:
    """Whether a handshake with each version of TLS comes about: a session each, one by one."""
    found: dict[str, bool] = {}
    for version in VERSIONS:
        one = replace(options, tls_minimum=version, tls_maximum=version)
        bench = Workbench(target, _harmless(one))
        await bench.open()
        try:
            _leave_out(bench)
            while isinstance(bench.planned, Step) and bench.tls is None:
                await bench.step()
            found[version] = bench.tls is not None
        finally:
            await bench.close()
    return found


async def _injection(target: Target, options: Options) -> InjectionReport | None:
    """A session of its own, as the first one might be spoilt."""
    bench = Workbench(target, _harmless(options))
    await bench.open()
    try:
        _leave_out(bench)
        return await inject(bench)
    finally:
        await bench.close()


def _leave_out(bench: Workbench) -> None:
    """No login, no message; TLS where there is some, and no refusal where there is none."""
    settings = bench.settings
    if settings.security is not Security.IMPLICIT:
        settings = replace(settings, security=Security.OPPORTUNISTIC)
    bench.runner.progress.skipped |= NOT_SENT
    bench.runner.change(replace(settings, credentials=None, content=b""))


async def _other_addresses(bench: Workbench, host: str, port: int) -> list[AddressReport]:
    """The addresses that the session had no need to try: only whether they answer."""
    opened = [event.address for _, event in bench.transcript.of(Opened)]
    if not opened:
        return []
    tried = {event.address for _, event in bench.transcript.of(ConnectFailed)} | set(opened)
    found = await resolve(host, port)
    if isinstance(found, str):
        return []
    left = [a.text for a in found if a.text not in tried]
    return list(await asyncio.gather(*(_knock(address, port) for address in dict.fromkeys(left))))


async def _knock(address: str, port: int) -> AddressReport:
    async for attempt in connect(address, port, CONNECT_PATIENCE):
        if isinstance(attempt, ConnectFailed):
            return AddressReport(address, None, attempt.reason)
        opened, stream = attempt
        await stream.close()
        return AddressReport(address, opened.seconds)
    return AddressReport(address, None, "no address")
