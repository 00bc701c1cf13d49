"""The commands that every front end has, over a real session."""

from pathlib import Path

import pytest

from smtplab.client.steps import Stage
from smtplab.transcript import files
from smtplab.verbs.actions import SHARED
from smtplab.verbs.driver import NotNow
from smtplab.verbs.table import COMMANDS
from tests.verbs.test_driver import opened, said


async def test_each_belongs_to_a_command():
    assert set(SHARED) <= {command.action for command in COMMANDS}


async def test_to_the_handshake_and_to_the_login():
    async with opened() as driver:
        assert await SHARED["start_tls"](driver, "") == ""
        assert driver.bench.current_stage is Stage.EHLO_TLS
        assert await SHARED["authenticate"](driver, "LOGIN") == ""
        assert b"AUTH LOGIN" in b"".join(said(driver))
        assert driver.bench.current_stage is Stage.MAIL


async def test_breakpoints_are_set_listed_and_switched():
    async with opened() as driver:
        assert await SHARED["list_breakpoints"](driver, "") == "there are no breakpoints"
        assert await SHARED["break_at"](driver, "") == "breakpoint set on connect"
        assert await SHARED["break_at"](driver, "reply 4xx") == "breakpoint set on reply 4xx"
        assert await SHARED["break_at"](driver, "connect") == "breakpoint taken off connect"
        assert await SHARED["list_breakpoints"](driver, "") == "reply 4xx (hit 0)"
        assert (await SHARED["list_breakpoints"](driver, "off")).startswith("all switched off")
        assert await SHARED["list_breakpoints"](driver, "on") == "reply 4xx (hit 0)"
        with pytest.raises(NotNow):
            await SHARED["break_at"](driver, "nonsense")


async def test_the_message_comes_from_a_file_and_the_record_goes_into_one(tmp_path: Path):
    message, record = tmp_path / "message", tmp_path / "record"
    message.write_bytes(b"Subject: x\n\n.text\n")
    async with opened(base="plain", auth=False) as driver:
        told = await SHARED["send_file"](driver, str(message))
        assert told.startswith("18 octets of ")
        await driver.run(at_once=True)
        assert driver.bench.lab.inbox.one().content == b"Subject: x\r\n\r\n.text\r\n"
        assert "without passwords" in await SHARED["save"](driver, str(record))
        assert len(files.load(record)) == len(driver.bench.transcript)


@pytest.mark.parametrize(
    ("action", "argument", "reason"),
    [
        ("send_file", "/no/such/file", "cannot be read: /no/such/file: No such"),
        ("save", "/no/such/folder/file", "cannot be saved: /no/such/folder/file: No such"),
        ("delay", "soon", "no length of time"),
        ("forge", "451 no connection", "No reply comes next"),
        ("inject", "NOOP", "no connection yet"),
        ("skip", "", "cannot be left out"),
    ],
)
async def test_what_cannot_be_done_says_why(action, argument, reason):
    async with opened() as driver:
        with pytest.raises(NotNow, match=reason):
            await SHARED[action](driver, argument)


async def test_into_forge_delay_skip_predict_abort():
    async with opened() as driver:
        await driver.run(Stage.TLS, at_once=True)
        assert await SHARED["into"](driver, "") == "inside: the server's next flight comes next"
        await driver.run_step()
        told = await SHARED["forge"](driver, "250 lab.test")
        assert told == "the next reply will count as 250 lab.test"
        await SHARED["delay"](driver, "1ms")
        # Nothing was offered in that reply, so there is no way to log in.
        assert driver.question is not None
        assert "say 2, 3, 4 or 5" in await SHARED["predict"](driver, "")
        assert await SHARED["predict"](driver, "") == "predict mode is off. 0 of 0 right"
        await driver.answer(":c")
        await SHARED["inject"](driver, "NOOP")
        assert await SHARED["abort"](driver, "") == ""
        assert driver.bench.outcome is not None
