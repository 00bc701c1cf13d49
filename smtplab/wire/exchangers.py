"""Who takes mail for a domain: its MX records, or the domain itself (RFC 5321 §5.1).

The look-up needs dnspython, which nothing else does: the extra `mx` installs it.
"""

MISSING = (
    "looking up MX records needs the package dnspython: pip install 'smtplab[mx]'; or name the host"
)


async def exchangers(domain: str, limit: float) -> tuple[str, ...] | str:
    """The hosts that take mail for a domain, the best one first, or why there is none.

    `limit` is the time for the whole look-up, in seconds.
    """
    try:
        from dns import asyncresolver, resolver
        from dns.exception import DNSException
    except ImportError:
        return MISSING
    try:
        answer = await asyncresolver.resolve(domain, "MX", lifetime=limit)
    except resolver.NXDOMAIN:
        return f"there is no domain {domain!r}"
    except resolver.NoAnswer:
        return (domain,)  # without MX records the domain stands for itself
    except (DNSException, OSError, UnicodeError) as error:
        return f"the MX records of {domain!r} cannot be looked up: {error}"
    found = sorted(answer, key=lambda record: int(record.preference))
    hosts = [record.exchange.to_text(omit_final_dot=True) for record in found]
    if hosts == ["."]:
        return f"{domain!r} takes no mail: its MX is the null one (RFC 7505 §3)"
    return tuple(dict.fromkeys(hosts))
