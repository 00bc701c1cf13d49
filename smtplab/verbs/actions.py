"""What the `:` commands do that are the same in every front end: driver and argument -> a word.

A front end adds those that are its own, such as help and leaving.
"""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

from smtplab.client.steps import Stage
from smtplab.durations import seconds_of
from smtplab.protocol.replies import readable
from smtplab.transcript import files
from smtplab.transcript.entries import Transcript
from smtplab.verbs.driver import Driver, NotNow


async def inject(driver: Driver, argument: str) -> str:
    """:inject LINE"""
    await driver.inject(argument)
    return ""


async def break_at(driver: Driver, argument: str) -> str:
    """:break [WHAT]"""
    where = argument or driver.bench.current_stage.value
    there = driver.toggle_breakpoint(where)
    return f"breakpoint {'set on' if there else 'taken off'} {where}"


async def list_breakpoints(driver: Driver, argument: str) -> str:
    """:breaks [on|off]"""
    breakpoints = driver.breakpoints
    if argument in ("on", "off"):
        breakpoints.on = argument == "on"
    if not len(breakpoints):
        return "there are no breakpoints"
    state = "" if breakpoints.on else "all switched off: "
    return state + ", ".join(f"{each.text} (hit {each.hits})" for each in breakpoints)


async def skip(driver: Driver, argument: str) -> str:
    """:skip"""
    await driver.skip()
    return ""


async def abort(driver: Driver, argument: str) -> str:
    """:abort"""
    await driver.abort()
    return ""


async def into(driver: Driver, argument: str) -> str:
    """:into"""
    await driver.step_into()
    return f"inside: {driver.next_part} comes next" if driver.next_part else ""


async def delay(driver: Driver, argument: str) -> str:
    """:delay TIME"""
    try:
        seconds = seconds_of(argument)
    except ValueError as reason:
        raise NotNow(f"{reason}.") from None
    await driver.delay(seconds)
    return ""


async def forge(driver: Driver, argument: str) -> str:
    """:forge REPLY"""
    reply = driver.forge(argument)
    return f"the next reply will count as {reply.code} {readable(reply.lines[0])}".rstrip()


async def predict(driver: Driver, argument: str) -> str:
    """:predict"""
    predictions = driver.predictions
    predictions.on = not predictions.on
    if predictions.on:
        return "predict mode: before each command say 2, 3, 4 or 5, or a whole code"
    return f"predict mode is off. {predictions.score}"


async def authenticate(driver: Driver, argument: str) -> str:
    """:auth [MECHANISM]"""
    if argument:
        driver.use_mechanism(argument)
    await driver.run_through(Stage.AUTH)
    return stopped(driver)


async def start_tls(driver: Driver, argument: str) -> str:
    """:starttls"""
    await driver.run_through(Stage.TLS)
    return stopped(driver)


async def send_file(driver: Driver, argument: str) -> str:
    """:send FILE"""
    try:
        content = await asyncio.to_thread(_read, argument)
    except OSError as error:
        raise NotNow(f"The message cannot be read: {argument}: {error.strerror}") from None
    driver.use_content(content)
    return f"{len(content):,} octets of {argument} will be the message"


async def save(driver: Driver, argument: str) -> str:
    """:save FILE"""
    try:
        await asyncio.to_thread(_save, driver.bench.transcript, argument)
    except OSError as error:
        raise NotNow(f"The record cannot be saved: {argument}: {error.strerror}") from None
    return f"saved to {argument}, without passwords"


def _read(name: str) -> bytes:
    return Path(name).expanduser().read_bytes()


def _save(transcript: Transcript, name: str) -> None:
    files.save(transcript, Path(name).expanduser())


def stopped(driver: Driver) -> str:
    """Why the automatic mode stopped; empty when it came to where it was to go."""
    over = driver.bench.outcome is not None
    return f"stopped: {driver.pause.text}" if driver.pause.text and not over else ""


Action = Callable[[Driver, str], Awaitable[str]]

SHARED: dict[str, Action] = {
    "inject": inject,
    "break_at": break_at,
    "list_breakpoints": list_breakpoints,
    "skip": skip,
    "abort": abort,
    "into": into,
    "delay": delay,
    "forge": forge,
    "predict": predict,
    "authenticate": authenticate,
    "start_tls": start_tls,
    "send_file": send_file,
    "save": save,
}
"""Action of the table of verbs -> what does it."""
