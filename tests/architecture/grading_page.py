"""The tables of docs/grading.md: the rules and the recipes, from what judges and runs."""

import re

from smtplab.grading.recipes import library
from smtplab.grading.rules.table import RULES

TABLES = ("rules", "recipes")


def rules() -> str:
    """Every generic rule."""
    rows = [
        f"| `{rule.id}` | {rule.requirement} | {rule.strength.value} | {rule.level.value} |"
        f" {rule.clause} |"
        for rule in RULES
    ]
    head = ["| rule | a correct client | strength | a breach is | clause |", "| --- " * 5 + "|"]
    return "\n".join([*head, *rows]) + "\n"


def recipes() -> str:
    """Every recipe."""
    found = [(name, library.find(name)) for name in library.names()]
    rows = [f"| `{name}` | {r.title} | {r.needs} | {r.note} |" for name, r in found]
    head = ["| recipe | client | needs | note |", "| --- " * 4 + "|"]
    return "\n".join([*head, *rows]) + "\n"


MAKERS = {"rules": rules, "recipes": recipes}


def page(held: str) -> str:
    """The page with its tables as they should be now."""
    for name, make in MAKERS.items():
        pattern = rf"(?s)(<!-- {name} -->\n).*?(<!-- end -->)"
        held = re.sub(pattern, lambda m, make=make: f"{m[1]}{make()}{m[2]}", held)
    return held
