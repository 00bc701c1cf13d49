"""A message made of what the user names: texts, files and headers, by the `email` package."""

import mimetypes
import re
from collections.abc import Sequence
from datetime import datetime
from email import policy
from email.errors import HeaderParseError, MessageError
from email.message import EmailMessage
from email.utils import format_datetime

from smtplab.values import field, value

DEFAULT_BODY = (
    "Hello,\n\nthis message was sent step by step.\n\n"
    ".A line that begins with a dot: look at its wire form.\n"
)

HEADER_NAME = re.compile(r"[!-9;-~]+")
"""What may stand before the colon (RFC 5322 §2.2)."""


class CompositionError(ValueError):
    """Parts that make no message; the text says which, and why."""


@value
class Attachment:
    """A file to attach; without a type it is guessed from the name."""

    name: str
    data: bytes = field(repr=False)
    type: str = ""

    @property
    def types(self) -> tuple[str, str]:
        """Main type and subtype."""
        guessed = self.type or mimetypes.guess_type(self.name)[0] or "application/octet-stream"
        main, _, sub = guessed.partition("/")
        return main, sub or "octet-stream"


Headers = tuple[tuple[str, str], ...]


@value(kw_only=True)
class Composition:
    """The parts of a message. `headers` take the place of ours, `added` come besides."""

    sender: str = ""
    to: Sequence[str] = ()
    cc: Sequence[str] = ()
    subject: str = "A test by smtplab"
    body: str = DEFAULT_BODY
    html: str | None = None
    attachments: tuple[Attachment, ...] = ()
    headers: Headers = ()
    added: Headers = ()
    charset: str = "utf-8"


def compose(parts: Composition, now: datetime) -> bytes:
    """The message with the headers that RFC 5322 §3.6 asks for, and CR LF line ends.

    Raises CompositionError. Headers are in UTF-8 only where an address is: then nothing else
    will do.
    """
    addresses = (parts.sender, *parts.to, *parts.cc)
    utf8 = not all(map(str.isascii, addresses))
    message = EmailMessage(policy.SMTPUTF8 if utf8 else policy.SMTP)
    try:
        if "\r\n".encode(parts.charset) != b"\r\n":
            reason = "its line ends are not those of mail (RFC 2046 §4.1.1)"
            raise CompositionError(f"a text cannot be sent in {parts.charset}: {reason}")
        _fill(message, parts, now)
        return message.as_bytes()
    except CompositionError:
        raise
    except LookupError:
        raise CompositionError(f"there is no charset {parts.charset!r}") from None
    except UnicodeError:
        raise CompositionError(f"the text cannot be written in {parts.charset}") from None
    except (ValueError, TypeError, HeaderParseError, MessageError) as error:
        raise CompositionError(f"these parts make no message: {error}") from None


def _fill(message: EmailMessage, parts: Composition, now: datetime) -> None:
    ours = [
        ("From", parts.sender or "nobody@localhost"),
        ("To", ", ".join(parts.to)),
        ("Cc", ", ".join(parts.cc)),
        ("Subject", parts.subject),
        ("Date", format_datetime(now)),
        ("Message-ID", f"<{now.strftime('%Y%m%d%H%M%S%f')}@smtplab.invalid>"),
    ]
    for name, text in ours:
        if text:
            message[name] = text
    message.set_content(parts.body, charset=parts.charset)
    if parts.html is not None:
        message.add_alternative(parts.html, subtype="html", charset=parts.charset)
    for attachment in parts.attachments:
        main, sub = attachment.types
        message.add_attachment(
            attachment.data, maintype=main, subtype=sub, filename=attachment.name
        )
    for name, text in parts.headers:
        _check(name)
        del message[name]
        message[name] = text
    for name, text in parts.added:
        _check(name)
        message[name] = text


def _check(name: str) -> None:
    if not HEADER_NAME.fullmatch(name):
        raise CompositionError(f"{name!r} is no name of a header")
