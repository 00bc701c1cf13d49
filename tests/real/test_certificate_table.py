"""The document on certificates says what the programs here say."""

import pytest

from tests.real.certificate_table import (
    DOCUMENT,
    TAKEN,
    Program,
    matrix,
    play,
    programs,
    row_name,
    scenarios,
    version_of,
    words,
)
from tests.servers.fixtures import missing

CLIENTS = {client.name: client for client in programs()}

CERTAIN = {
    "honest": TAKEN,
    "certificates/intermediate": TAKEN,
    "certificates/expired": "refused",
    "certificates/self-signed": "refused",
    "certificates/unknown-ca": "refused",
}
"""What every version of every client does."""


def usable(name: str) -> Program:
    try:
        version_of(CLIENTS[name])
    except FileNotFoundError:
        missing(f"{name} is not installed")
    return CLIENTS[name]


@pytest.mark.parametrize("name", CLIENTS)
async def test_the_table_is_what_the_programs_do(name: str) -> None:
    client = usable(name)
    text = DOCUMENT.read_text("utf-8")
    table = matrix(text)
    same_version = version_of(client) in text
    for scenario in scenarios() if same_version else CERTAIN:
        found = TAKEN if (await play(scenario, [client]))[name] == TAKEN else "refused"
        assert found == table[row_name(scenario)][name], scenario


def test_each_scenario_has_a_row() -> None:
    table = matrix(DOCUMENT.read_text("utf-8"))
    assert list(table) == [row_name(name) for name in scenarios()]
    for scenario, verdict in CERTAIN.items():
        assert set(table[row_name(scenario)].values()) == {verdict}


def test_words_without_what_changes() -> None:
    output = "x\nssl.SSLError: bad (_ssl.c:1006)\n"
    assert words(CLIENTS["smtplib"], output) == "ssl.SSLError: bad"
    assert words(CLIENTS["curl"], "nothing of the kind") == "nothing"
