"""The inbox: every message that the server took. It goes nowhere from here."""

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass, field

LIMIT = 256 << 20
"""Octets that an inbox holds by default."""


@dataclass(frozen=True, slots=True)
class Mail:
    """A message, octet for octet as it was before the client stuffed its dots."""

    sender: str
    recipients: tuple[str, ...]
    content: bytes = field(repr=False)
    session: int
    """The number of the connection that brought it."""
    user: str | None
    """Who had logged in; None: nobody."""
    tls: bool
    parameters: tuple[str, ...] = ()
    """The parameters of MAIL, as they were written."""
    recipient_parameters: tuple[tuple[str, ...], ...] = ()
    """Those of each RCPT that was taken."""


class Inbox:
    """The messages in the order in which they came."""

    def __init__(self, limit: int = LIMIT) -> None:
        self._mails: list[Mail] = []
        self._left = limit
        self._arrived = asyncio.Event()

    def add(self, mail: Mail) -> bool:
        """Keeps a message; False when there is no room."""
        if len(mail.content) > self._left:
            return False
        self._left -= len(mail.content)
        self._mails.append(mail)
        self._arrived.set()
        return True

    def __len__(self) -> int:
        return len(self._mails)

    def __iter__(self) -> Iterator[Mail]:
        return iter(self._mails)

    def __getitem__(self, index: int) -> Mail:
        return self._mails[index]

    def one(self) -> Mail:
        """The only message; LookupError when there are none, or several."""
        if len(self._mails) != 1:
            raise LookupError(f"there are {len(self._mails)} messages in the inbox, not one")
        return self._mails[0]

    async def wait_for(self, count: int = 1, timeout: float = 10.0) -> list[Mail]:  # noqa: ASYNC109
        """Until so many messages are there. Raises TimeoutError after so many seconds."""
        try:
            async with asyncio.timeout(timeout):
                while len(self._mails) < count:
                    self._arrived.clear()
                    await self._arrived.wait()
        except TimeoutError:
            found = len(self._mails)
            raise TimeoutError(f"{found} of {count} messages came in {timeout:g} s") from None
        return list(self._mails)
