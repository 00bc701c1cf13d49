"""A client that never doubles a dot."""

import os
import smtplib
import sys
from pathlib import Path

env = os.environ
client = smtplib.SMTP(env["SMTPLAB_HOST"], int(env["SMTPLAB_PORT"]), timeout=5)


def ask(line: str, wanted: int) -> None:
    """Sends a line; ends the program unless the reply is the right one."""
    code, _ = client.docmd(line)
    if code != wanted:
        client.docmd("QUIT")
        sys.exit(1)


ask("EHLO unstuffed.example", 250)
ask(f"MAIL FROM:<{env['SMTPLAB_SENDER']}>", 250)
ask(f"RCPT TO:<{env['SMTPLAB_RECIPIENT']}>", 250)
ask("DATA", 354)
client.send(Path(env["SMTPLAB_MESSAGE_FILE_CRLF"]).read_bytes() + b".\r\n")
code, _ = client.getreply()
client.send("QUIT\r\n")
while client.sock.recv(4096):  # whoever closes with replies unread takes back what it has said
    pass
client.close()
sys.exit(code != 250)
