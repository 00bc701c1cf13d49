"""From a domain as the target to the servers that take its mail."""

from smtplab.values import replace
from smtplab.wire.exchangers import exchangers
from smtplab.workbench.options import OptionsError
from smtplab.workbench.target import Target

PATIENCE = 20.0
"""Seconds for asking DNS."""


class NoExchanger(OptionsError):
    """Nobody takes mail for the domain, or it could not be found out; the message says why."""


async def located(target: Target) -> tuple[Target, ...]:
    """Every server that the target stands for, the best one first: several only for a domain.

    Raises NoExchanger.
    """
    if not target.by_mx:
        return (target,)
    hosts = await exchangers(target.host, PATIENCE)
    if isinstance(hosts, str):
        raise NoExchanger(hosts)
    return tuple(replace(target, host=host, by_mx=False) for host in hosts)
