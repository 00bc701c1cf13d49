"""EXTERNAL and ANONYMOUS: no secret is sent, because TLS has said who it is, or nobody asks."""

from smtplab.protocol.sasl.messages import (
    NOWHERE,
    Answers,
    Channel,
    Credentials,
    Part,
    message,
    octets,
)


def external(credentials: Credentials, channel: Channel = NOWHERE) -> Answers:
    """RFC 4422 appendix A: whom to act for; empty means the one in the client's certificate."""
    note = "whom to act for; empty: whoever the certificate names"
    yield message("EXTERNAL", Part("authzid", octets(credentials.authzid), note=note))
    return None


def anonymous(credentials: Credentials, channel: Channel = NOWHERE) -> Answers:
    """RFC 4505: a word about oneself for the server's log, which nobody checks."""
    note = "a word about us for the log; nobody checks it"
    yield message("ANONYMOUS", Part("trace", octets(credentials.username), note=note))
    return None
