"""The name that we give at EHLO when the user has chosen none."""

import ipaddress
import re
import socket

NOWHERE = "localhost"
"""What is left where there is no network at all."""

FULL_NAME = r"(?i:(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z][a-z0-9-]*[a-z0-9])"
"""Compiled when it is needed: most sessions of a laboratory are on the loopback interface."""

PRIVATE = ("local", "localdomain", "localhost", "lan", "home", "internal", "test", "invalid")
"""Last labels of names that nobody else can look up (RFC 6761, RFC 6762, RFC 8375 §3)."""


def own_name(address: str, machine: str | None = None) -> str:
    """This machine's full name if it has one, else its address in brackets (RFC 5321 §4.1.4).

    `address` is the numeric one of our end of the connection; `machine` what the machine calls
    itself, by default what the system says. Nothing is looked up, so nothing can hang. On the
    loopback interface it is always the address: no name of ours means anything there.
    """
    if not address:
        return NOWHERE
    literal = address_literal(address)
    if ipaddress.ip_address(address).is_loopback:
        return literal
    name = (socket.gethostname() if machine is None else machine).rstrip(".")
    is_public = re.fullmatch(FULL_NAME, name) and name.lower().rpartition(".")[2] not in PRIVATE
    return name if is_public else literal


def address_literal(address: str) -> str:
    """A numeric address in brackets (RFC 5321 §4.1.3); a zone is of use to this machine only."""
    bare = ipaddress.ip_address(address.partition("%")[0])
    return f"[IPv6:{bare}]" if bare.version == 6 else f"[{bare}]"
