"""A message as a person writes it: envelope, subject, body."""

import email
import email.policy
from email.message import EmailMessage

from smtplab.client.settings import Envelope
from smtplab.values import value


@value
class Letter:
    """What one writes; the other headers are made when it is taken."""

    sender: str
    recipients: tuple[str, ...]
    subject: str
    body: str

    @property
    def envelope(self) -> Envelope:
        """The reverse-path and the forward-paths."""
        return Envelope(self.sender, self.recipients)


def letter_of(envelope: Envelope, content: bytes) -> Letter:
    """A message taken apart for editing: its subject and the text of its first text part.

    A message that cannot be read as one becomes a body as it stands.
    """
    parsed = email.message_from_bytes(content, policy=email.policy.default)
    assert isinstance(parsed, EmailMessage)
    try:
        part = parsed.get_body(("plain", "html"))
        text = part.get_content() if part is not None else ""
        subject = str(parsed["Subject"] or "")
    except (LookupError, ValueError, AttributeError):
        text, subject = content.decode("utf-8", "replace"), ""
    body = str(text).replace("\r\n", "\n")
    return Letter(envelope.sender, envelope.recipients, " ".join(subject.split()), body)
