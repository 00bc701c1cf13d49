"""A saved session is the session: every event of real ones survives, and no secret does."""

import base64
import json

import pytest

from smtplab.client.events import StageChanged
from smtplab.client.steps import Stage, StageStatus
from smtplab.transcript import files
from smtplab.transcript.entries import Entry, Transcript
from smtplab.transcript.files import TranscriptError
from smtplab.transcript.redaction import traces
from smtplab.transcript.wording import WORDINGS, word
from smtplab.workbench.bench import Workbench
from smtplab.workbench.options import Options
from smtplab.workbench.target import parse_target

PASSWORD = "open-sesame"

SESSIONS = [
    ("scenario:honest", {"base": "starttls", "mechanism": "PLAIN"}),
    ("scenario:honest", {"base": "starttls", "mechanism": "LOGIN"}),
    ("scenario:honest", {"base": "implicit", "mechanism": "CRAM-MD5"}),
    ("scenario:honest", {"base": "plain", "mechanism": "PLAIN", "auth_in_clear": True}),
    ("scenario:certificates/expired", {}),
    ("scenario:starttls/injection", {}),
    ("scenario:data/lost-after-dot", {"base": "plain", "auth": False}),
]


async def recorded(target: str, **options: object) -> Transcript:
    bench = Workbench(parse_target(target), Options(time_scale=0.1, **options))
    async with bench:
        while bench.outcome is None:
            await bench.step()
    return bench.transcript


@pytest.mark.parametrize(("target", "options"), SESSIONS)
async def test_every_entry_survives(target, options, tmp_path):
    transcript = await recorded(target, **options)
    file = tmp_path / "session.jsonl"
    files.save(transcript, file)
    assert files.load(file) == transcript
    assert "\x1b" not in file.read_text()


def test_a_stage_that_changes_during_another_survives():
    changed = StageChanged(Stage.QUIT, StageStatus.SKIPPED)
    transcript = Transcript("t", [Entry(1, 5, Stage.AUTH.value, False, changed)])
    assert files.parse(files.dump(transcript)) == transcript


@pytest.mark.parametrize(("target", "options"), SESSIONS)
async def test_no_secret_is_in_the_file_or_in_the_words(target, options, tmp_path):
    transcript = await recorded(target, **options)
    text = "\n".join(files.dump(transcript))
    text += "\n".join(line.text for entry in transcript for line in word(entry))
    text += repr(transcript)
    for trace in traces(PASSWORD.encode()):
        assert trace.decode() not in text


async def test_secrets_are_there_when_the_user_wants_them():
    options = {"base": "implicit", "mechanism": "PLAIN", "reveal_secrets": True}
    transcript = await recorded("scenario:honest", **options)
    encoded = base64.b64encode(b"\0alice\0" + PASSWORD.encode()).decode()
    assert encoded in "\n".join(files.dump(transcript))


async def test_keys_are_kept_only_when_asked_for():
    without = "\n".join(files.dump(await recorded("scenario:honest")))
    kept = "\n".join(files.dump(await recorded("scenario:honest", keep_keys=True)))
    assert "CLIENT_TRAFFIC_SECRET_0" not in without
    assert "CLIENT_TRAFFIC_SECRET_0" in kept


HEADER = json.dumps({"smtplab": "transcript", "format": files.FORMAT, "target": "t"})

ENTRY = (
    '{"event": "CommandSent", "number": 1, "nanoseconds": 1, "stage": "", "encrypted": false, '
    '"verb": "QUIT", "secrets": [], "raw": %s}'
)


@pytest.mark.parametrize(
    ("lines", "where"),
    [
        ([], "line 1"),
        (["{"], "line 1"),
        (["[]"], "line 1"),
        (['{"smtplab": "other"}'], "line 1"),
        (['{"smtplab": "transcript", "format": 99}'], "line 1"),
        ([HEADER, "nonsense"], "line 2"),
        ([HEADER, '{"event": "Nonsense"}'], "line 2"),
        ([HEADER, '{"event": "Closed", "number": 1}'], "line 2"),
        ([HEADER, ENTRY % "7"], "line 2"),
        ([HEADER, ENTRY % "Infinity"], "line 2"),
        ([HEADER, b"\xff"], "line 2"),
    ],
)
def test_a_broken_file_is_named_by_its_line(lines, where):
    with pytest.raises(TranscriptError, match=where):
        files.parse(lines)


def test_a_last_line_that_was_cut_off_can_be_left_out():
    cut: list[int] = []
    whole = ENTRY % '"QUIT"' + "\n"
    transcript = files.parse([HEADER + "\n", whole, whole[:40]], cut.append)
    assert (len(transcript), cut) == (1, [3])
    assert len(files.parse([HEADER + "\n", whole, whole.rstrip()], cut.append)) == 2
    assert cut == [3]
    for lines in ([HEADER[:20]], [HEADER + "\n", whole[:40] + "\n"]):
        with pytest.raises(TranscriptError):
            files.parse(lines, cut.append)


def test_every_event_has_words():
    assert set(WORDINGS) == set(files.EVENTS.values())
