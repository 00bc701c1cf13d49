"""The entry point: answers `--version` before it imports anything heavier than `sys`."""

import sys

from smtplab.version import VERSION


def main() -> int:
    """Runs the command line and returns its exit code."""
    if sys.argv[1:] in (["--version"], ["-V"]):
        sys.stdout.write(f"smtplab {VERSION}\n")
        return 0
    import gc

    gc.disable()  # until all is loaded that stays: there is nothing to collect
    from smtplab.cli.main import run

    return run(sys.argv[1:])


if __name__ == "__main__":
    raise SystemExit(main())
