"""What the options of a session come to, for looking at before anything is sent."""

import dataclasses
from enum import Enum
from typing import Any

from smtplab.client.settings import SessionSettings

SECRET = frozenset({"password", "token", "client_key_pem"})
"""Fields of which only is told whether they were given."""


def settings_object(settings: SessionSettings) -> dict[str, Any]:
    """The settings as plain values; of secrets it says only whether there are any."""
    return {
        field.name: _plain(field.name, getattr(settings, field.name))
        for field in dataclasses.fields(settings)
    }


def _plain(name: str, value: Any) -> Any:
    if name in SECRET:
        return bool(value)
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, bytes):
        return value.decode("utf-8", "backslashreplace")
    if isinstance(value, tuple):
        return [_plain(name, one) for one in value]
    if dataclasses.is_dataclass(value):
        return {f.name: _plain(f.name, getattr(value, f.name)) for f in dataclasses.fields(value)}
    return value
