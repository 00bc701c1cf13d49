"""PLAIN and LOGIN: the password itself, in one message or in two."""

from smtplab.protocol.sasl.messages import (
    NOWHERE,
    NUL,
    Answers,
    Channel,
    Credentials,
    Part,
    SaslMessage,
    message,
    octets,
)


def plain(credentials: Credentials, channel: Channel = NOWHERE) -> Answers:
    """RFC 4616: authzid NUL user NUL password."""
    yield message(
        "PLAIN",
        Part("authzid", octets(credentials.authzid), note="whom to act for; empty: oneself"),
        NUL,
        Part("user", octets(credentials.username)),
        NUL,
        Part("password", octets(credentials.password), secret=True),
    )
    return None


def login(credentials: Credentials, channel: Channel = NOWHERE) -> Answers:
    """draft-murchison-sasl-login: the user name, then the password, whatever the prompts say.

    One prompt is read all the same: a server that has not listened to a user name sent with the
    AUTH command asks for it once more.
    """
    yield None
    prompt = yield _user(credentials)
    if prompt.lower().startswith(b"user"):
        yield _user(credentials)
    yield message("LOGIN", Part("password", octets(credentials.password), secret=True))
    return None


def _user(credentials: Credentials) -> SaslMessage:
    return message("LOGIN", Part("user", octets(credentials.username)))
