"""A saved session shows all that the living one showed, and can do nothing."""

import pytest

from smtplab.client.outcome import Verdict
from smtplab.client.settings import Security
from smtplab.client.steps import Stage
from smtplab.transcript import files
from smtplab.transcript.entries import Transcript
from smtplab.verbs.driver import Driver, NotNow
from smtplab.workbench.automatic import Automatic
from smtplab.workbench.bench import Workbench
from smtplab.workbench.options import Options
from smtplab.workbench.target import parse_target


async def recorded(target: str, **options) -> Workbench:
    """A session done to its end; its workbench."""
    async with Workbench(parse_target(target), Options(**options)) as bench:
        await Automatic(bench).run()
        while bench.planned is not None:
            await bench.step()
        return bench


@pytest.mark.parametrize("base", ["plain", "starttls", "implicit"])
@pytest.mark.parametrize("scenario", ["honest", "envelope/rcpt-451", "certificates/expired"])
async def test_shows_what_the_session_showed(tmp_path, base, scenario):
    was = await recorded(f"scenario:{scenario}", base=base)
    path = tmp_path / "record"
    files.save(was.transcript, path)
    shown = Workbench.of_record(files.load(path))
    assert shown.transcript.entries == was.transcript.entries
    assert shown.outcome == was.outcome
    assert {s: v for s, v in was.stages.items() if s in shown.stages} == dict(shown.stages)
    assert shown.findings() == was.findings()
    assert str(shown.capabilities) == str(was.capabilities)
    assert str(shown.capabilities_before_tls) == str(was.capabilities_before_tls)
    assert shown.tls == was.tls
    assert shown.settings.security is Security(base)
    if was.outcome.verdict is Verdict.DELIVERED:
        assert shown.settings.envelope == was.settings.envelope
        assert shown.settings.content == was.settings.content


async def test_nothing_can_be_done_with_it():
    was = await recorded("scenario:honest")
    driver = Driver(Workbench.of_record(was.transcript))
    assert driver.step_planned is None
    assert not driver.is_open
    for doing in (driver.run_step, driver.skip, driver.abort, driver.run, lambda: driver.send("x")):
        with pytest.raises(NotNow):
            await doing()
    assert not await driver.poll()
    await driver.close()


async def test_a_record_that_was_cut_off_counts_as_stopped():
    was = await recorded("scenario:honest")
    cut = Transcript("x", was.transcript.entries[:20])
    shown = Workbench.of_record(cut)
    assert shown.outcome.verdict is Verdict.STOPPED
    assert shown.current_stage in Stage
    empty = Workbench.of_record(Transcript())
    assert empty.outcome.verdict is Verdict.STOPPED
