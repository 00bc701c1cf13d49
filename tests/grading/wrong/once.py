"""A client that takes whatever one read gives for a whole reply."""

import os
import socket
import sys
from pathlib import Path

env = os.environ
connection = socket.create_connection((env["SMTPLAB_HOST"], int(env["SMTPLAB_PORT"])), timeout=5)


def said() -> str:
    """One read is one reply."""
    return connection.recv(4096).decode("latin-1")


def ask(line: str, wanted: str) -> None:
    """Sends a line; ends the program unless the reply begins as it should."""
    connection.sendall(line.encode() + b"\r\n")
    if not said().startswith(wanted):
        sys.exit(1)


if not said().startswith("2"):
    sys.exit(1)
ask("EHLO once.example", "2")
ask(f"MAIL FROM:<{env['SMTPLAB_SENDER']}>", "2")
ask(f"RCPT TO:<{env['SMTPLAB_RECIPIENT']}>", "2")
ask("DATA", "3")
text = Path(env["SMTPLAB_MESSAGE_FILE_CRLF"]).read_bytes().decode()
ask(text.replace("\r\n.", "\r\n..") + ".", "2")
ask("QUIT", "2")
