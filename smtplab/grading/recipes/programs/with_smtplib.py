"""Sends one message with smtplib, as the environment says."""

import os
import smtplib
import ssl
import sys
from pathlib import Path

env = os.environ
mode = env["SMTPLAB_TLS"]
recipients = env["SMTPLAB_RECIPIENTS"].split(",")
where = (env["SMTPLAB_HOST"], int(env["SMTPLAB_PORT"]))
context = None if "--without-context" in sys.argv else ssl.create_default_context()
message = Path(env["SMTPLAB_MESSAGE_FILE"]).read_text()

if mode == "implicit":
    client = smtplib.SMTP_SSL(*where, context=context, timeout=60)
else:
    client = smtplib.SMTP(*where, timeout=60)
with client:
    if mode == "starttls":
        client.starttls(context=context)
    if "SMTPLAB_USERNAME" in env:
        client.login(env["SMTPLAB_USERNAME"], env["SMTPLAB_PASSWORD"])
    refused = client.sendmail(env["SMTPLAB_SENDER"], recipients, message)
sys.exit(3 if refused else 0)
