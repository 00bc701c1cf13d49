"""The recipes: found by name, read from the files beside this module."""

import difflib
from pathlib import Path

import msgspec

from smtplab.grading.cases import Calling, Client

SUFFIX = ".yaml"


class UnknownRecipe(LookupError):
    """No recipe has that name; the text names the nearest."""


class Recipe(Calling, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """How a client is called, and how it tells how it went."""

    title: str
    command: str
    needs: str
    """What has to be installed, in words."""
    note: str = ""
    """What a reader of its grades should know."""
    config: str | None = None
    """The template of a file that the command names as {config_file}."""


def folder() -> Path:
    """Where the recipes are, and the programs that some of them run."""
    return Path(__file__).resolve().parent


def names() -> tuple[str, ...]:
    """The names of all recipes."""
    return tuple(sorted(path.stem for path in folder().glob(f"*{SUFFIX}")))


def find(name: str) -> Recipe:
    """The recipe of that name. Raises UnknownRecipe."""
    if name not in names():
        near = difflib.get_close_matches(name, names(), 2, 0.5) or names()
        raise UnknownRecipe(f"no recipe is called {name!r}; there is {', '.join(near)}")
    import yaml

    text = (folder() / f"{name}{SUFFIX}").read_text(encoding="utf-8")
    return msgspec.convert(yaml.safe_load(text), Recipe)


def client(name: str) -> Client:
    """The client that a recipe describes. Raises UnknownRecipe."""
    recipe = find(name)
    return recipe.called(name, recipe.command.strip(), recipe.config, folder=folder())
