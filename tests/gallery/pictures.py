"""The pictures of README and docs, drawn by the console: `python -m tests.gallery.pictures`.

Each is a size, what is opened, and the keys that are pressed. The pictures are SVG and load nothing
from anywhere.
"""

import asyncio
import re
import sys
from pathlib import Path
from typing import NamedTuple

from smtplab.tui.app import Console
from smtplab.tui.opening import Opening
from smtplab.tui.screens.main import MainScreen
from smtplab.workbench.options import Options
from smtplab.workbench.target import parse_target

FOLDER = Path(__file__).parents[2] / "docs" / "pictures"


class Picture(NamedTuple):
    """A name, the size in cells, a target (none: the start screen), and keys."""

    name: str
    size: tuple[int, int]
    target: str
    keys: tuple[str, ...]
    mechanism: str | None = None


ENTER = ("enter",)

PICTURES: tuple[Picture, ...] = (
    Picture("start", (100, 28), "", ()),
    Picture("step-by-step", (120, 36), "scenario:honest", ENTER * 8),
    Picture("handshake", (120, 36), "scenario:honest", (*ENTER * 6, "3", *("down",) * 9)),
    Picture("login", (120, 36), "scenario:honest", (*ENTER * 8, "2"), "PLAIN"),
    Picture("certificate", (120, 36), "scenario:certificates/wrong-host", (*ENTER * 5, "4")),
    Picture("eavesdropper", (120, 36), "scenario:honest", (*ENTER * 10, "v")),
    Picture("greylisting", (120, 36), "scenario:envelope/greylisting", ("c", "6")),
)
"""All pictures that README and docs use."""


async def draw(picture: Picture) -> str:
    """The picture as SVG."""
    target = parse_target(picture.target) if picture.target else None
    app = Console(Opening(target, Options(mechanism=picture.mechanism)))
    async with app.run_test(size=picture.size) as pilot, asyncio.timeout(60):
        while target is not None and not isinstance(app.screen, MainScreen):
            await pilot.pause()
        await pilot.pause(0.2)
        for key in picture.keys:
            await pilot.press(key)
            while app.driver is not None and app.driver.bench.busy:
                await pilot.pause()
        await pilot.pause(0.2)
        svg = app.export_screenshot(title="smtplab")
        if app.driver is not None:
            await app.driver.close()
    return without_fonts(svg)


def without_fonts(svg: str) -> str:
    """The picture without the fonts that it would load from elsewhere."""
    svg = re.sub(r"<!--.*?-->", "", svg, flags=re.DOTALL)
    svg = re.sub(r"@font-face\s*\{[^}]*\}", "", svg)
    return svg.replace("Fira Code", "ui-monospace, Menlo, Consolas, DejaVu Sans Mono")


def main() -> int:
    """Draws all pictures, or those that are named."""
    wanted = set(sys.argv[1:])
    FOLDER.mkdir(parents=True, exist_ok=True)
    for picture in PICTURES:
        if not wanted or picture.name in wanted:
            path = FOLDER / f"{picture.name}.svg"
            path.write_text(asyncio.run(draw(picture)), encoding="utf-8")
            print(path)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
