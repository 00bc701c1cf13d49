"""The gallery: the pictures in the documents are those that the console draws."""

import re
from pathlib import Path

import pytest

from tests.gallery.pictures import FOLDER, PICTURES, draw

ROOT = Path(__file__).parents[2]
DOCUMENTS = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]


def used() -> set[str]:
    text = "".join(path.read_text(encoding="utf-8") for path in DOCUMENTS)
    return set(re.findall(r"pictures/([a-z-]+)\.svg", text))


def test_every_picture_is_drawn_and_used():
    names = {picture.name for picture in PICTURES}
    assert {path.stem for path in FOLDER.glob("*")} == names
    assert used() == names


@pytest.mark.parametrize("picture", PICTURES, ids=lambda picture: picture.name)
def test_a_picture_loads_nothing_and_shows_no_secret(picture):
    svg = (FOLDER / f"{picture.name}.svg").read_text(encoding="utf-8")
    assert not re.search(r"https?://(?!www\.w3\.org/)", svg)
    assert "url(" not in re.sub(r"url\(#", "", svg)
    assert "open-sesame" not in svg


async def test_the_console_still_draws_them(monkeypatch, tmp_path):
    monkeypatch.setenv("SMTPLAB_STATE", str(tmp_path))
    svg = await draw(next(p for p in PICTURES if p.name == "handshake"))
    assert "ClientHello" in svg
    assert "@font-face" not in svg
