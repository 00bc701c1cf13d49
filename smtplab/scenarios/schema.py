"""The JSON Schema of scenario files, for editors and other programs."""

from typing import Any

import msgspec

from smtplab.scenarios.model import Scenario

DIALECT = "https://json-schema.org/draft/2020-12/schema"


def schema() -> dict[str, Any]:
    """What a scenario file may hold, as far as JSON Schema can say it."""
    found: dict[str, Any] = msgspec.json.schema(Scenario)
    parts = found["$defs"]
    # The name comes from where a file lies, and is no key of it.
    del parts["Scenario"]["properties"]["id"]
    parts["Action"].update(minProperties=1, maxProperties=1)
    parts["Claim"].update(minProperties=1)
    parts["Expectation"]["oneOf"] = [{"required": ["must"]}, {"required": ["must-not"]}]
    return {"$schema": DIALECT, "title": "A scenario of smtplab", **found}
