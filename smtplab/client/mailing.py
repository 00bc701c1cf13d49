"""The planner's part for a mail transaction: MAIL, RCPT, DATA or BDAT, and the message."""

from smtplab.client.progress import Decline, Override
from smtplab.client.settings import Envelope, Smtputf8
from smtplab.client.situation import Planned, Situation, decline
from smtplab.client.steps import Stage, Step
from smtplab.protocol import commands
from smtplab.protocol.verbs import Verb
from smtplab.values import replace

LARGEST_GROUP = 100
"""Lines that go out in one breath at most, so that neither side's buffers fill (RFC 2920 §3.1)."""

DATA = Step(
    Stage.DATA,
    Verb.DATA,
    commands.data(),
    guide="data",
    summary="ask to send the message itself",
)


def recipients_left(s: Situation) -> tuple[str, ...]:
    """The recipients that the server has not been asked for yet."""
    return s.settings.envelope.recipients[len(s.progress.transaction.results) :]


def is_utf8(s: Situation) -> bool:
    """Whether an address, or the header section of the message, is not ASCII (RFC 6531 §3)."""
    envelope = s.settings.envelope
    addresses = (envelope.sender, *envelope.recipients)
    ascii_only = s.wire.ascii or _header_section(s.content).isascii()
    return not (ascii_only and all(map(str.isascii, addresses)))


def _header_section(content: bytes) -> bytes:
    end = content.find(b"\r\n\r\n")
    head = content[:end] if end >= 0 else content
    return head.partition(b"\n\n")[0]


def mail(s: Situation) -> Planned:
    """MAIL, with what can be sent in the same breath behind it."""
    step = mail_alone(s)
    return _in_one_breath(s, step, recipients_left(s)) if isinstance(step, Step) else step


def mail_alone(s: Situation) -> Step | Decline:
    """MAIL for the message whose turn it is."""
    utf8 = s.settings.smtputf8 is Smtputf8.AUTO and is_utf8(s)
    if utf8 and not s.offers("SMTPUTF8"):
        return decline(
            s,
            Stage.MAIL,
            "An address or a header is not ASCII, and the server does not offer SMTPUTF8: it could "
            "not pass the message on (RFC 6531 §3.1).",
            Override.WITHOUT_SMTPUTF8,
        )
    return Step(
        Stage.MAIL,
        Verb.MAIL,
        commands.mail(s.settings.envelope.sender, _parameters(s, utf8=utf8)),
        guide="mail",
        summary="start a message: who gets the bounces",
    )


def _parameters(s: Situation, *, utf8: bool) -> list[tuple[str, str | None]]:
    """What the extensions ask for, and behind that what the user does; each keyword once."""
    own = s.settings.envelope.mail_parameters
    made: list[tuple[str, str | None]] = []
    if s.offers("SIZE"):
        made.append(("SIZE", str(s.wire.size)))
    if s.offers("8BITMIME") and not s.wire.ascii:
        made.append(("BODY", "8BITMIME"))
    if utf8 or s.settings.smtputf8 is Smtputf8.ON:
        made.append(("SMTPUTF8", None))
    if not own:
        return made
    named = {keyword.upper() for keyword, _ in own}
    return [*(pair for pair in made if pair[0] not in named), *own]


def rcpt(s: Situation) -> Step:
    """The next RCPT, with what can be sent in the same breath behind it."""
    first, *rest = recipients_left(s)
    return _in_one_breath(s, rcpt_to(s.settings.envelope, first), tuple(rest))


def rcpt_to(envelope: Envelope, recipient: str) -> Step:
    """RCPT for a recipient, the same in every message."""
    parameters = list(envelope.rcpt_parameters)
    if envelope.orcpt:
        kind = "rfc822" if recipient.isascii() else "utf-8"
        parameters.append(("ORCPT", f"{kind};{commands.xtext(recipient)}"))
    line = commands.rcpt(recipient, parameters)
    return Step(Stage.RCPT, Verb.RCPT, line, guide="rcpt", summary="name a recipient")


def pipelines(s: Situation) -> bool:
    """Whether lines may go out before the replies to those in front of them."""
    return s.settings.pipelining and s.offers("PIPELINING")


def _in_one_breath(s: Situation, first: Step, recipients: tuple[str, ...]) -> Step:
    """The step with those behind it that need not wait for a reply (RFC 2920 §3.1)."""
    if not pipelines(s) or s.skips(Stage.RCPT):
        return first
    more = [
        rcpt_to(s.settings.envelope, recipient) for recipient in recipients[: LARGEST_GROUP - 1]
    ]
    if len(more) == len(recipients) and not (s.chunks or s.skips(Stage.DATA)):
        more.append(DATA)
    more = [step for step in more if not s.is_beyond_stop(step.stage)]
    if not more:
        return first
    plural = "" if len(more) == 1 else "s"
    summary = f"{first.summary}; and {len(more)} line{plural} more at once (PIPELINING)"
    return replace(first, summary=summary, more=tuple(more))


def data(s: Situation) -> Step:
    """DATA."""
    return DATA


def chunk(s: Situation) -> Step:
    """BDAT with the next piece of the message."""
    size = s.settings.chunk_size or 1
    start, whole = s.progress.transaction.octets_sent, len(s.wire.data)
    end = min(start + size, whole)
    last = end == whole
    which = "the last piece" if last else "a piece"
    return Step(
        Stage.CONTENT,
        Verb.BDAT_LAST if last else Verb.BDAT,
        commands.bdat(end - start, last=last),
        guide="bdat",
        summary=f"send {which} of the message: octets {start:,} to {end:,} of {whole:,}",
        chunk=(start, end),
    )


def content(s: Situation) -> Step:
    """The message itself, and its final dot."""
    abandoned = s.progress.transaction.abandoned
    summary = (
        "end it with a lone dot: there is nobody to send it to"
        if abandoned
        else f"send the message, {s.wire.size:,} octets, and the final dot"
    )
    return Step(Stage.CONTENT, Verb.CONTENT, guide="content", summary=summary)


def rset(s: Situation) -> Step:
    """RSET, before the next message, after one that failed half-way (RFC 5321 §4.1.1.5)."""
    summary = "drop what is left of the last transaction"
    return Step(Stage.MAIL, Verb.RSET, commands.rset(), guide="rset", summary=summary)
