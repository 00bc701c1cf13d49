"""The inbox: every message that the server took. It goes nowhere from here."""

import asyncio
import errno
import os
from collections import deque
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path
from typing import TYPE_CHECKING

from smtplab.values import field, value

if TYPE_CHECKING:
    import mailbox

LIMIT = 256 << 20
"""Octets that an inbox holds by default."""

MAIL_OVERHEAD = 1024
"""What a message costs beside its octets, about; so that many tiny ones are bounded as well."""


@value
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

    @property
    def parsed(self) -> EmailMessage:
        """The message taken apart by the standard library; its defects are in there as well."""
        import email
        import email.policy

        found = email.message_from_bytes(self.content, policy=email.policy.default)
        assert isinstance(found, EmailMessage)
        return found


class Inbox:
    """The messages in the order in which they came.

    At most `limit` octets are kept: what would be more is refused, or with `drop_oldest` takes the
    place of the oldest. `maildir` gets a copy of every message, in a Maildir that is made there.
    Raises OSError when it cannot be made, or not be written.
    """

    def __init__(
        self, limit: int = LIMIT, *, drop_oldest: bool = False, maildir: Path | None = None
    ) -> None:
        self._maildir = None if maildir is None else _opened(maildir)
        self.dropped = 0
        """How many messages made room for others."""
        self._mails: deque[Mail] = deque()
        self._left = limit
        self._drop_oldest = drop_oldest
        self._arrived = asyncio.Event()

    def add(self, mail: Mail) -> bool:
        """Keeps a message; False when there is no room."""
        cost = _cost(mail)
        while self._drop_oldest and cost > self._left and self._mails:
            self._left += _cost(self._mails.popleft())
            self.dropped += 1
        if cost > self._left or not self._file(mail):
            return False
        self._left -= cost
        self._mails.append(mail)
        self._arrived.set()
        return True

    def _file(self, mail: Mail) -> bool:
        if self._maildir is None:
            return True
        try:
            self._maildir.add(mail.content)
        except OSError:
            return False
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

    def to(self, recipient: str) -> list[Mail]:
        """What came for an address, upper and lower case alike."""
        wanted = recipient.casefold()
        return [m for m in self._mails if wanted in (r.casefold() for r in m.recipients)]

    async def wait_for(self, count: int = 1, timeout: float = 10.0) -> list[Mail]:  # noqa: ASYNC109
        """Until so many messages came. Raises TimeoutError after so many seconds."""
        try:
            async with asyncio.timeout(timeout):
                while self.dropped + len(self._mails) < count:
                    self._arrived.clear()
                    await self._arrived.wait()
        except TimeoutError:
            found = self.dropped + len(self._mails)
            raise TimeoutError(f"{found} of {count} messages came in {timeout:g} s") from None
        return list(self._mails)


def _opened(folder: Path) -> "mailbox.Maildir":
    """A Maildir that can be written, made with its parents where it is missing."""
    import mailbox

    # `mailbox` makes the folders inside only together with the one around them.
    for name in ("tmp", "new", "cur"):
        inside = folder / name
        inside.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not os.access(inside, os.W_OK | os.X_OK):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(inside))
    return mailbox.Maildir(folder)


def _cost(mail: Mail) -> int:
    addresses = len(mail.sender) + sum(map(len, mail.recipients))
    return len(mail.content) + addresses + MAIL_OVERHEAD
