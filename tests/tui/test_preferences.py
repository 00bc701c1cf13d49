"""The settings file: read, written, and its mistakes told."""

import pytest

from smtplab.tui import preferences
from smtplab.tui.preferences import Preferences, PreferencesError
from smtplab.verbs.pace import SPEEDS, USUAL_SPEED


def test_without_a_file_nothing_is_wished(tmp_path):
    assert preferences.load(tmp_path / "none") == Preferences()
    assert Preferences().speed == USUAL_SPEED


@pytest.mark.parametrize(
    "wishes",
    [
        Preferences(),
        Preferences("smtplab-light", 0, {"automatic": "space", "breakpoint": "b,f8"}),
        Preferences(
            profiles={"mail.example.org:587": {"target": "mail.example.org:587", "sender": "a@b"}}
        ),
        Preferences('odd "name" \\ x', len(SPEEDS) - 1),
    ],
)
def test_what_is_saved_is_read(tmp_path, wishes):
    path = tmp_path / "folder" / "console.toml"
    preferences.save(wishes, path)
    assert preferences.load(path) == wishes


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("theme = ", "console.toml: "),
        ("colour = 1", "'colour' is none of"),
        ("theme = 1", "theme has to be"),
        ('speed = "warp"', "speed is 'warp'; there are reading"),
        ("keys = 1", "has to be a table"),
        ("profiles = 1", "[profiles] has to be"),
        ('[profiles.x]\npassword = "y"', "profile 'x' may have target"),
        ("[profiles.x]\ntarget = 1", "profile 'x' may have target"),
        ("[profiles]\nx = 1", "profile 'x' may have target"),
        ('[keys]\nnix = "a"', "no command has the id 'nix'"),
        ("[keys]\nautomatic = 1", "the keys of automatic"),
        ('[keys]\nautomatic = " "', "the keys of automatic"),
    ],
)
def test_a_mistake_names_file_and_key(tmp_path, text, reason):
    path = tmp_path / "console.toml"
    path.write_text(text)
    with pytest.raises(PreferencesError) as caught:
        preferences.load(path)
    assert reason in str(caught.value)
    assert str(path) in str(caught.value)


def test_a_file_that_cannot_be_written_is_no_reason_to_stop(tmp_path):
    (tmp_path / "file").write_text("")
    preferences.save(Preferences(), tmp_path / "file" / "console.toml")


def test_the_place_can_be_chosen(monkeypatch, tmp_path):
    monkeypatch.setenv("SMTPLAB_CONFIG", str(tmp_path / "x.toml"))
    assert preferences.default_path() == tmp_path / "x.toml"
    monkeypatch.delenv("SMTPLAB_CONFIG")
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    assert preferences.default_path() == tmp_path / "smtplab" / "console.toml"


def test_a_profile_is_the_newest_and_holds_no_password():
    wishes = Preferences()
    for number in range(25):
        wishes = wishes.with_profile(
            f"host{number}", {"target": "x", "password": "y", "sender": ""}
        )
    wishes = wishes.with_profile("host10", {"target": "z"})
    assert len(wishes.profiles) == 20
    assert list(wishes.profiles)[-1] == "host10"
    assert wishes.profiles["host10"] == {"target": "z"}
    assert wishes.profiles["host24"] == {"target": "x"}
