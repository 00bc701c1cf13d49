"""Where a lab listens: loopback unless told otherwise, both kinds of IP, and Unix sockets."""

import asyncio
import contextlib
import errno
import ipaddress
import socket
from collections.abc import Callable
from pathlib import Path

BACKLOG = 1024
"""asyncio's own 100 makes a burst of clients wait for seconds."""

TRIES = 20
"""How often a port that is free on IPv4 and not on IPv6 is given back for another."""

LOCALHOST = ("127.0.0.1", "::1")
"""What `localhost` means here; many clients try ::1 first."""

NO_IPV6 = (errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT, errno.EPROTONOSUPPORT)

Factory = Callable[[], asyncio.BufferedProtocol]


class ExposedError(ValueError):
    """The address can be reached by other machines, and nobody said that this is meant."""


def check_exposure(host: str) -> None:
    """Raises ExposedError unless the address is of this machine alone."""
    if host == "localhost":
        return
    with contextlib.suppress(ValueError):
        if ipaddress.ip_address(host).is_loopback:
            return
    raise ExposedError(f"{host} can be reached by other machines; --expose allows that")


async def listen(factory: Factory, host: str, port: int) -> list[asyncio.Server]:
    """Opens a port, for `localhost` the same on IPv4 and, where there is any, on IPv6.

    Raises OSError when it cannot be opened.
    """
    if host != "localhost":
        return [await _listen(factory, host, port)]
    for _ in range(TRIES):
        first = await _listen(factory, LOCALHOST[0], port)
        try:
            return [first, await _listen(factory, LOCALHOST[1], first.sockets[0].getsockname()[1])]
        except OSError as error:
            if not socket.has_ipv6 or error.errno in NO_IPV6:
                return [first]
            first.close()
            if port:
                raise
    raise OSError(errno.EADDRINUSE, "no port is free on both 127.0.0.1 and ::1")


async def _listen(factory: Factory, host: str, port: int) -> asyncio.Server:
    return await asyncio.get_running_loop().create_server(factory, host, port, backlog=BACKLOG)


async def listen_unix(factory: Factory, path: Path) -> asyncio.Server:
    """Opens a Unix socket; OSError when it cannot be, or when this system has none."""
    loop = asyncio.get_running_loop()
    if not hasattr(socket, "AF_UNIX") or not hasattr(loop, "create_unix_server"):
        raise OSError(errno.EAFNOSUPPORT, "this system has no Unix sockets")
    return await loop.create_unix_server(factory, str(path), backlog=BACKLOG)


def stop_accepting(server: asyncio.Server) -> None:
    """Leaves new connections to the system; those that were accepted are still set up.

    asyncio loses a connection, and leaves it open, whose server is closed between the two.
    """
    loop = asyncio.get_running_loop()
    for sock in server.sockets:
        with contextlib.suppress(NotImplementedError):  # Windows accepts in another way
            loop.remove_reader(sock)
