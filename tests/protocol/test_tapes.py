"""What every scenario's server says, cut anywhere: the client makes the same of it.

The octets are those of `tests/server/tapes`, where the bundled server is held to them.
"""

import itertools

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from smtplab.protocol.client import ClientProtocol
from smtplab.protocol.events import ProtocolEvent
from smtplab.scenarios import library
from tests.server import tapes

Turn = tuple[str, bytes]
"""What the client does, as a line of the tape, and what the server says to it."""


def octets_of(line: str) -> bytes:
    """A line of the server, as it stands on a tape; one too long for it is filled up."""
    text, _, rest = line.removeprefix("S: ").partition(" ... ")
    octets = text.encode("ascii", "backslashreplace").decode("unicode_escape").encode("latin-1")
    size = int(rest.partition(" octets")[0].replace(",", "")) if rest else len(octets)
    return octets.ljust(size - 2, b"x") + b"\r\n" if rest else octets


def turns_of(tape: list[str], usual: dict[str, bytes]) -> list[Turn]:
    """The tape as what is done and what is said, by turns; it begins with the connection."""
    turns: list[Turn] = [("", b"")]
    for line in tape:
        does, said = turns[-1]
        if line.startswith("S: ... "):
            continue  # lines too many for the tape
        if line.startswith("S: "):
            turns[-1] = (does, said + octets_of(line))
        elif line == tapes.HONEST:
            turns[-1] = (does, said + usual[does])
        else:
            does = line.removesuffix(f"  {tapes.HONEST}")
            turns.append((does, usual.get(does, b"") if line != does else b""))
    return turns


HONEST = tapes.read(tapes.BASIS)["honest"]


def usual_of(tape: list[str]) -> dict[str, bytes]:
    found: dict[str, bytes] = {}
    for does, said in turns_of(tape, {}):
        found.setdefault(does, said)
    return found


USUAL = usual_of(HONEST)


def script(name: str) -> list[Turn]:
    return turns_of(tapes.read(tapes.folder_of(name))[name], USUAL)


def pieces(data: bytes, cuts: list[int]) -> list[bytes]:
    edges = [0, *sorted(cut % (len(data) + 1) for cut in cuts), len(data)]
    return [data[start:end] for start, end in itertools.pairwise(edges)]


def events(turns: list[Turn], cuts: list[int] | None) -> list[ProtocolEvent]:
    """What the client tells of such a session; without cuts each octet comes by itself."""
    client = ClientProtocol()
    told: list[ProtocolEvent] = []
    for does, said in turns:
        _act(client, does)
        for piece in pieces(said, cuts if cuts is not None else list(range(len(said)))):
            client.receive_data(piece)
            told += client.events_received()
    client.receive_eof()
    return told + client.events_received()


def _act(client: ClientProtocol, does: str) -> None:
    if does == "C: .":
        client.send_content(b"Subject: x\r\n\r\nx\r\n.\r\n")
    elif does.startswith("C: "):
        client.send_command(does.removeprefix("C: ").encode())
    elif does == "TLS: up":
        client.start_tls()
        client.tls_up()


NAMES = library.ids()


@pytest.mark.parametrize("name", NAMES)
@given(st.lists(st.integers(0, 5000), max_size=12))
@example([])
@settings(max_examples=12, deadline=None)
def test_however_it_is_cut_the_events_are_the_same(name: str, cuts: list[int]) -> None:
    turns = script(name)
    assert events(turns, cuts) == events(turns, [])


@pytest.mark.parametrize("name", NAMES)
def test_octet_by_octet_the_events_are_the_same(name: str) -> None:
    turns = script(name)
    assert events(turns, None) == events(turns, [])


def test_the_tapes_have_what_the_server_says() -> None:
    speaking = [name for name in NAMES if sum(len(said) for _, said in script(name)) > 50]
    assert len(speaking) > 0.8 * len(NAMES)
    assert b"250" in USUAL["C: EHLO client.test"]
