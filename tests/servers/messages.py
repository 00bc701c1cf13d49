"""Messages whose octets show whether somebody touched them on the way."""

from tests.servers.running import USERNAME

SENDER = "bob@elsewhere.test"
RECIPIENT = USERNAME

HEADER = (
    b"From: Bob <" + SENDER.encode() + b">\r\n"
    b"To: <" + RECIPIENT.encode() + b">\r\n"
    b"Subject: dots\r\n"
    b" and a folded line\r\n"
    b"Date: Thu, 1 Jan 2026 12:00:00 +0000\r\n"
    b"Message-ID: <dots@elsewhere.test>\r\n"
    b"X-Odd:   spaces   \r\n"
    b"\r\n"
)

DOTS = (
    HEADER + b".\r\n"
    b"..\r\n"
    b"...\r\n"
    b".leading\r\n"
    b"..two leading\r\n"
    b"\r\n"
    b".\r\n"
    b"QUIT\r\n"
    b"From the start of a line\r\n"
    b"trailing space \r\n"
    b"\ttab\r\n"
    b".\r\n"
)

LONG = HEADER + b"x" * 990 + b"\r\n" + b"." * 990 + b"\r\n" + b"line\r\n" * 5000

EIGHT_BIT = HEADER + "Grüße, ünïcödé ☃\r\n".encode()

UTF8_HEADER = "Subject: Grüße\r\n".encode() + EIGHT_BIT

LARGE = HEADER + b"0123456789abcdef" * 4 + b"\r\n" + (b"." * 60 + b"\r\n") * 330_000
"""20 MB."""

MESSAGES = {"dots": DOTS, "long": LONG, "eight-bit": EIGHT_BIT}


def for_swaks(content: bytes) -> bytes:
    """What to give swaks in a file, so that it sends exactly this message.

    It stuffs dots itself, but takes one line of a lone dot off the end: here it gets one more.
    """
    return content + b".\r\n"
