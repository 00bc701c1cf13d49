"""What the tests do with smtplib, whichever server it talks to."""

import smtplib


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
