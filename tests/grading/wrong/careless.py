"""A client that trusts every certificate, and believes that all went well."""

import os
import smtplib
import ssl
from pathlib import Path

env = os.environ
client = smtplib.SMTP(env["SMTPLAB_HOST"], int(env["SMTPLAB_PORT"]), timeout=5)
client.starttls(context=ssl._create_unverified_context())
client.ehlo()
client.mail(env["SMTPLAB_SENDER"])
client.rcpt(env["SMTPLAB_RECIPIENT"])
client.docmd("DATA")
text = Path(env["SMTPLAB_MESSAGE_FILE_CRLF"]).read_bytes()
client.send(text.replace(b"\r\n.", b"\r\n..") + b".\r\n")
client.getreply()
client.send("QUIT\r\n")
while client.sock.recv(4096):  # whoever closes with replies unread takes back what it has said
    pass
client.close()
