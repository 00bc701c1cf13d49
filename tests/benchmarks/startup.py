"""What it costs to start: `python -m tests.benchmarks.startup`.

`smtplab --version` against an interpreter that does nothing, both with the interpreter that runs
this.
"""

import sys

from tests.benchmarks.compare import Limit, command, compare, exit_code

NOTHING = "python -c pass"
VERSION = "smtplab --version"

LIMITS = (Limit(VERSION, NOTHING, 2.5),)


def main() -> int:
    """Runs the comparison."""
    contenders = {
        NOTHING: command(sys.executable, "-c", "pass"),
        VERSION: command(sys.executable, "-m", "smtplab", "--version"),
        "smtplab --help": command(sys.executable, "-m", "smtplab", "--help"),
        "smtplab scenarios list": command(sys.executable, "-m", "smtplab", "scenarios", "list"),
    }
    return exit_code(compare("start", contenders, rounds=15), LIMITS)


if __name__ == "__main__":
    raise SystemExit(main())
