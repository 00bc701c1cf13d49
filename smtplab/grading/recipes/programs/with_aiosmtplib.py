"""Sends one message with aiosmtplib, as the environment says."""

import asyncio
import os
import sys
from pathlib import Path

import aiosmtplib

MESSAGE = Path(os.environ["SMTPLAB_MESSAGE_FILE"]).read_text()


async def main() -> int:
    """Sends it; 3 when some recipients were refused."""
    env = os.environ
    mode = env["SMTPLAB_TLS"]
    refused, _ = await aiosmtplib.send(
        MESSAGE,
        sender=env["SMTPLAB_SENDER"],
        recipients=env["SMTPLAB_RECIPIENTS"].split(","),
        hostname=env["SMTPLAB_HOST"],
        port=int(env["SMTPLAB_PORT"]),
        use_tls=mode == "implicit",
        start_tls=mode == "starttls",
        username=env.get("SMTPLAB_USERNAME"),
        password=env.get("SMTPLAB_PASSWORD"),
        timeout=60,
    )
    return 3 if refused else 0


sys.exit(asyncio.run(main()))
