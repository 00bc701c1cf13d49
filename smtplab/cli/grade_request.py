"""What `smtplab grade` is asked for: the client, the cases, the pace; each mistake in one line."""

import argparse
import os
import re
import shlex
from pathlib import Path

from smtplab.grading.cases import BASES, Case, Client, choose, shard
from smtplab.grading.playing import Pace
from smtplab.grading.recipes import library as recipes
from smtplab.grading.template import Command
from smtplab.values import value

JOBS_PER_PROCESSOR = 3
"""Clients at once: most of their time is waiting, but more would make them time out."""


class RequestError(ValueError):
    """What was asked for makes no sense; the text says why."""


@value
class Request:
    """A run that was asked for."""

    client: Client
    words: tuple[str, ...]
    """The command as it was given."""
    cases: tuple[Case, ...]
    order: tuple[str, ...]
    """The keys of all cases, those of other shards included."""
    pace: Pace
    jobs: int
    more_runs: int


def read_request(arguments: argparse.Namespace) -> Request:
    """The request of a command line.

    Raises RequestError, TemplateError, UnknownRecipe, UnknownScenario, ScenarioError, OSError.
    """
    client, words = _client(arguments)
    cases = choose(arguments.scenario, arguments.base)
    order = tuple(case.key for case in cases)
    if arguments.shard is not None:
        cases = shard(cases, *arguments.shard)
    if not cases:
        raise RequestError("no case is left to run")
    pace = Pace(time_limit=arguments.time_limit, time_scale=arguments.time_scale)
    jobs = arguments.jobs or JOBS_PER_PROCESSOR * (os.cpu_count() or 1)
    return Request(client, words, tuple(cases), order, pace, jobs, arguments.more_runs)


def _text_of(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        raise RequestError(f"{path} is not UTF-8 text") from None


def _client(arguments: argparse.Namespace) -> tuple[Client, tuple[str, ...]]:
    if arguments.recipe and arguments.command:
        raise RequestError(
            f"`{shlex.join(arguments.command)}` was read as the client's command, and there is "
            "--recipe as well: give one of them (--json takes no file: --save FILE does)"
        )
    if arguments.recipe:
        _check_idle(arguments)
        client = recipes.client(arguments.recipe)
        return _renamed(client, arguments.name), (f"--recipe {arguments.recipe}",)
    if not arguments.command:
        raise RequestError("what shall be graded? a command behind '--', or --recipe NAME")
    template = arguments.config_template
    words = tuple(arguments.command)
    client = Client(
        arguments.name or _name(words),
        Command.parse(words),
        config_template=_text_of(template) if template else None,
        message_on_stdin=arguments.stdin,
        ok_exits=arguments.ok_exit,
        partial_exits=arguments.partial_exit,
        na_exits=arguments.na_exit,
        ok_output=arguments.ok_output,
        fail_output=arguments.fail_output,
        keep_home=arguments.keep_home,
        several=arguments.several,
    )
    return client, words


CALLING = {
    "config_template": None, "stdin": False, "ok_exit": frozenset({0}), "partial_exit": frozenset(),
    "na_exit": frozenset(), "ok_output": "", "fail_output": "", "several": False,
    "keep_home": False,
}  # fmt: skip
"""Options that say how a command is called, and what they are by themselves."""


def _check_idle(arguments: argparse.Namespace) -> None:
    for name, usual in CALLING.items():
        if getattr(arguments, name) != usual:
            option = name.replace("_", "-")
            raise RequestError(f"a recipe says by itself how it is called: leave out --{option}")


def check_merge(arguments: argparse.Namespace) -> None:
    """Raises RequestError for what has no use where nothing is run."""
    for name in ("recipe", "scenario", "base", "shard", "resume"):
        if getattr(arguments, name):
            raise RequestError(f"--merge runs nothing: leave out --{name}")


def _name(words: tuple[str, ...]) -> str:
    """What a client is called that nobody gave a name: its program, or its file for Python."""
    said = words[0].split() if len(words) == 1 else list(words)
    program, script = [*said, "", ""][:2]
    if program == "{python}":
        program = script if script and script[0] not in "-{" else "python"
    return Path(program).name


def _renamed(client: Client, name: str) -> Client:
    from dataclasses import replace

    return replace(client, name=name) if name else client


# Types for argparse.


def exit_codes_in(text: str) -> frozenset[int]:
    """A set of exit codes, such as `0,3`."""
    if not re.fullmatch(r"[0-9]{1,3}(,[0-9]{1,3})*", text):
        raise argparse.ArgumentTypeError(f"{text!r} is no list of exit codes, such as 0,3")
    return frozenset(int(word) for word in text.split(","))


def shard_in(text: str) -> tuple[int, int]:
    """A part of the cases, such as `2/5`."""
    found = re.fullmatch(r"([0-9]{1,4})/([0-9]{1,4})", text)
    part, parts = (int(found[1]), int(found[2])) if found else (0, 0)
    if not 1 <= part <= parts:
        raise argparse.ArgumentTypeError(f"{text!r} is no shard, such as 2/5")
    return part, parts


def pattern_in(text: str) -> str:
    """A regular expression."""
    try:
        re.compile(text)
    except re.error as error:
        raise argparse.ArgumentTypeError(f"{text!r} is no regular expression: {error}") from None
    return text


def count_in(text: str) -> int:
    """A number from 0 to 100."""
    if not text.isascii() or not text.isdigit() or int(text) > 100:
        raise argparse.ArgumentTypeError(f"{text!r} is no number from 0 to 100")
    return int(text)


BASE_NAMES = tuple(BASES)
