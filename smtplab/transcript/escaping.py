"""Text of others made safe to show: no terminal acts on it, no markup reads it."""

from smtplab.protocol.replies import printable


def escape(data: bytes | str) -> str:
    """Text that no terminal acts on, for a line on a screen or on a page.

    It is that of `protocol.replies.readable`, but for the tab: it is a space here, as columns would
    not stay where they are, and in the fields of a message it stands for nothing else.
    """
    text = data.decode("utf-8", "backslashreplace") if isinstance(data, bytes) else data
    return printable(text.replace("\t", " "))
