"""What a session's SMTP layer reports. Events carry no time: the recorder stamps them."""

from smtplab.protocol.irregularities import Irregularity
from smtplab.protocol.replies import Reply
from smtplab.protocol.sasl import SaslMessage
from smtplab.protocol.verbs import Verb
from smtplab.values import value

Span = tuple[int, int]


@value
class CommandSent:
    """A line that was sent; `raw` has exactly the octets of the wire, line end included.

    `secrets` are the spans of `raw` that hold a password or what can be turned into one.
    """

    verb: Verb
    raw: bytes
    secrets: tuple[Span, ...] = ()


@value
class ReplyReceived:
    """A whole reply and the verb it answers; None when nobody had asked."""

    reply: Reply
    verb: Verb | None


@value
class IrregularitySeen:
    """Something that the peer may not do, or that must not be believed."""

    irregularity: Irregularity


@value
class AuthExchanged:
    """One message of an AUTH exchange, decoded: what the base64 really holds."""

    message: SaslMessage


@value
class ContentSent:
    """The message as it went over the wire: dot-stuffed, with the closing dot."""

    raw: bytes


ProtocolEvent = CommandSent | ReplyReceived | IrregularitySeen | AuthExchanged | ContentSent
