"""What the tests do with smtplib, and with our own program, whichever server they talk to."""

import contextlib
import io
import smtplib
from typing import NamedTuple

from smtplab.cli.main import run


class Ran(NamedTuple):
    """What a run of our program came to."""

    code: int
    output: bytes
    errors: str


def smtplab(*words: str) -> Ran:
    """`smtplab WORDS`, in this process: half a second of imports less than in one of its own."""
    output, errors = (io.TextIOWrapper(io.BytesIO(), "utf-8") for _ in range(2))
    with contextlib.redirect_stdout(output), contextlib.redirect_stderr(errors):
        code = run(words)
    said, told = (stream.detach().getvalue() for stream in (output, errors))
    return Ran(code, said, told.decode("utf-8"))


def log_in(client: smtplib.SMTP, mechanism: str, username: str, password: str) -> None:
    """AUTH with exactly this mechanism; the server must have offered it."""
    client.ehlo()
    assert mechanism in client.esmtp_features["auth"].split()
    client.user, client.password = username, password
    steps = {
        "PLAIN": client.auth_plain,
        "LOGIN": client.auth_login,
        "CRAM-MD5": client.auth_cram_md5,
    }
    code, _ = client.auth(mechanism, steps[mechanism])
    assert code == 235
