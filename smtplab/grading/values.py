"""The values of one run: what placeholders stand for, and variables of the environment hold."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from urllib.parse import quote

NAMES = (
    "host", "port", "address", "scheme", "tls", "username", "password", "ca_file", "sender",
    "recipient", "recipients", "subject", "message_file", "message_file_crlf", "body_file",
    "config_file", "temp_dir", "recipe_dir", "here", "python",
)  # fmt: skip
"""Every placeholder."""

UNEXPORTED = frozenset({"recipe_dir", "here", "python"})
"""Placeholders that are of no use as a variable of the environment."""

CONDITIONS = ("tls", "starttls", "implicit", "plain", "auth", "noauth")
"""What a group can depend on. `tls` is STARTTLS or implicit TLS, `plain` is neither."""

EACH = "each"
"""The group that is repeated for each recipient."""


class MissingValue(ValueError):
    """A placeholder whose value does not exist on this base."""


@dataclass(frozen=True, slots=True)
class Values:
    """What placeholders stand for. `single` holds what is given; what is absent is not there."""

    single: Mapping[str, str] = field(repr=False)
    recipients: tuple[str, ...]
    tls: str
    """none, starttls or implicit."""
    auth: bool

    def holds(self, condition: str) -> bool:
        """Whether a condition of a group is true."""
        return {
            "tls": self.tls != "none",
            "plain": self.tls == "none",
            "auth": self.auth,
            "noauth": not self.auth,
        }.get(condition, condition == self.tls)

    def text(self, name: str, form: str = "") -> str:
        """A value as text. Raises MissingValue when there is none."""
        if name == "recipients":
            if form == "url":
                return ",".join(quote(recipient, safe="") for recipient in self.recipients)
            return form.join(self.recipients) if form else self.text("recipient")
        if name not in self.single:
            raise MissingValue(_missing(name, self))
        value = self.single[name]
        return quote(value, safe="") if form == "url" else value

    def for_recipient(self, recipient: str) -> "Values":
        """The same for one of the recipients."""
        return replace(self, single={**self.single, "recipient": recipient})


def _missing(name: str, values: Values) -> str:
    if name in ("username", "password") and not values.auth:
        return f"{{{name}}} has no value without AUTH: put it into a group, {{auth? ...}}"
    if name == "config_file":
        return "{config_file} needs a template for that file: --config-template FILE"
    return f"{{{name}}} has no value here"
