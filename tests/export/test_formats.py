"""Every format, over many sessions: none raises, none gives a secret away."""

import json

import pytest
from hypothesis import given
from hypothesis import settings as settings_of_hypothesis
from hypothesis import strategies as st

from smtplab.export.formats import UnknownFormat, find, formats, render
from smtplab.transcript import files
from smtplab.transcript.entries import Transcript
from smtplab.transcript.files import TranscriptError
from smtplab.transcript.redaction import traces
from tests.export.records import inside_tls, offering, played, recorded
from tests.fakes import CREDENTIALS, settings

NAMES = [one.name for one in formats()]

SESSIONS: list[tuple[str, dict[str, object]]] = [
    ("scenario:honest", {"base": "plain", "auth": False}),
    ("scenario:honest", {"base": "starttls", "keep_keys": True}),
    ("scenario:honest", {"base": "implicit", "keep_keys": True}),
    ("scenario:certificates/expired", {}),
    ("scenario:certificates/expired", {"base": "implicit", "verify": False}),
    ("scenario:starttls/stripped", {}),
    ("scenario:starttls/injection", {"keep_keys": True}),
    ("scenario:envelope/greylisting", {}),
    ("scenario:connection/421-at-mail", {}),
    ("scenario:data/lost-after-dot", {}),
    ("scenario:data/wrong-code", {}),
    ("scenario:replies/split", {"base": "plain", "auth_in_clear": True}),
]


@pytest.mark.parametrize(("target", "options"), SESSIONS)
async def test_no_session_makes_an_exporter_raise(target, options):
    transcript = await recorded(target, **options)
    for name in NAMES:
        assert render(transcript, name)


@pytest.mark.parametrize("name", NAMES)
async def test_a_record_that_stops_anywhere_is_exported(name):
    whole = await played(settings(credentials=CREDENTIALS, auth_in_clear=True))
    for length in range(len(whole)):
        assert isinstance(render(Transcript(whole.target, whole.entries[:length]), name), bytes)


MECHANISMS = [
    "PLAIN", "LOGIN", "CRAM-MD5", "SCRAM-SHA-1", "SCRAM-SHA-256", "XOAUTH2", "OAUTHBEARER",
]  # fmt: skip
"""Those that have a secret."""


@pytest.mark.parametrize("mechanism", MECHANISMS)
@pytest.mark.parametrize("base", ["plain", "starttls"])
async def test_no_format_gives_a_secret_away(mechanism, base, tmp_path):
    options = {"base": base, "mechanism": mechanism, "auth_in_clear": True, "keep_keys": True}
    transcript = await recorded(offering(tmp_path, mechanism), **options)
    assert f"AUTH {mechanism}" in render(transcript, "text").decode()
    assert "== delivered" in render(transcript, "text").decode()
    files.save(transcript, tmp_path / "record")
    for name in NAMES:
        for source in (transcript, files.load(tmp_path / "record")):
            data = render(source, name)
            assert not [trace for trace in traces(b"open-sesame") if trace in data], name


@pytest.mark.parametrize("verb", ["AUTH", "MAIL", "RCPT", "content", "QUIT"])
async def test_no_format_repeats_a_secret_that_the_server_repeats(verb):
    wishes = settings(credentials=CREDENTIALS, auth_in_clear=True, mechanism="PLAIN")
    echo = b"555 5.7.8 you said open-sesame, AGFsaWNlAG9wZW4tc2VzYW1l\r\n"
    transcript = await played(wishes, **{verb: echo})
    texts = {"record": "\n".join(files.dump(transcript)).encode()}
    texts |= {name: render(transcript, name) for name in NAMES}
    for name, data in texts.items():
        assert not [trace for trace in traces(b"open-sesame") if trace in data], name


STRANGE = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(st.characters(exclude_categories=[])),
    st.just([]),
    st.just([[1, 2]]),
    st.just({}),
)


@settings_of_hypothesis(max_examples=150, deadline=None)
@given(st.data())
def test_a_record_that_somebody_has_changed_is_refused_or_exported(data):
    header, *entries = [json.loads(line) for line in files.dump(inside_tls())]
    entry = data.draw(st.sampled_from(entries))
    changed = data.draw(st.sampled_from(sorted(entry)))
    entry[changed] = data.draw(STRANGE)
    lines = [json.dumps(value) for value in (header, *entries)]
    try:
        transcript = files.parse(lines)
    except TranscriptError:
        return
    for name in NAMES:
        assert render(transcript, name)


def test_names_are_found():
    assert find("text").name == "text"
    assert len(set(NAMES)) == len(NAMES)
    with pytest.raises(UnknownFormat, match="text"):
        find("txet")
