"""Whatever a server answers to what, and however often: the session comes to an end."""

import asyncio

from hypothesis import example, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from smtplab.client.settings import Helo, Login, Security, TimeLimits
from tests.fakes import CREDENTIALS, FIN, HONEST, RST, Session, settings

VERBS = (*HONEST, "STARTTLS", "*")
"""What the server answers to; "*" calls a login off."""

CODES = (200, 211, 220, 221, 235, 250, 251, 252, 300, 334, 354, 421, 432, 450, 454, 500, 502, 535)
EVERYTHING = (
    b"-x\r\n%d-STARTTLS\r\n%d-AUTH PLAIN LOGIN CRAM-MD5 SCRAM-SHA-256\r\n%d-PIPELINING\r\n"
    b"%d-CHUNKING\r\n%d-XCLIENT NAME ADDR\r\n%d-SIZE\r\n%d 8BITMIME\r\n"
)
ANSWERS = (
    *(b"%d x\r\n" % code for code in CODES),
    *(b"%d VXNlcm5hbWU6\r\n" % code for code in (235, 334)),
    *(b"%d" % code + EVERYTHING % ((code,) * 7) for code in (250, 334, 550)),
    b"hello\r\n", b"\r\n250 x\r\n", b"250 x\r\n354 y\r\n", FIN, RST,
)  # fmt: skip

WISHES = (
    {},
    {"security": Security.OPPORTUNISTIC, "login": Login.OPTIONAL, "pipelining": True},
    {"lmtp": True, "recipients": ("a@b", "c@d", "e@f"), "chunk_size": 10},
    {"xclient": ("ADDR=192.0.2.1",), "helo": Helo.ONLY, "recipients": ("a@b", "c@d")},
    {"further": (b"x",), "login": Login.IF_OFFERED, "retries": (0.0, 0.0)},
    {"further": (b"x",), "pipelining": True, "recipients": ("a@b", "c@d"), "chunk_size": 10},
)
MECHANISMS = (None, "LOGIN", "PLAIN", "CRAM-MD5", "SCRAM-SHA-256", "ANONYMOUS", "OAUTHBEARER")


@hypothesis_settings(deadline=None)
@example({"AUTH": [b"334 \r\n"], "*": [b"334 \r\n"]}, {}, "PLAIN")
@example({"AUTH": [b"300 x\r\n"]}, {}, None)
@given(
    st.fixed_dictionaries(
        {}, optional={v: st.lists(st.sampled_from(ANSWERS), min_size=1, max_size=3) for v in VERBS}
    ),
    st.sampled_from(WISHES),
    st.sampled_from(MECHANISMS),
)
def test_the_session_ends(answers, wishes, mechanism):
    asyncio.run(play(answers, wishes, mechanism))


async def play(answers, wishes, mechanism):
    session = Session(
        settings(
            credentials=CREDENTIALS,
            auth_in_clear=True,
            limits=TimeLimits.all(0.05),
            mechanism=mechanism,
            **wishes,
        ),
        **{verb: tuple(given) for verb, given in answers.items()},
    )
    for _ in range(100):
        if session.runner.ended is not None:
            break
        await session.runner.step()
    over = session.runner.ended
    await session.close()
    assert over is not None, session.server.lines()[-6:]
