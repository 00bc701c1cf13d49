"""The parts of the documentation that tables make: `python -m smtplab.cli.documentation`."""

from pathlib import Path

from smtplab.cli import exit_codes

BEGIN, END = "<!-- exit codes -->\n", "<!-- end -->"


def exit_code_table() -> str:
    """Every exit code and what it says, as a table of Markdown."""
    rows = [f"| {code} | {meaning} |" for code, meaning in sorted(exit_codes.MEANINGS.items())]
    return "\n".join(["| code | means |", "| --- | --- |", *rows]) + "\n"


def with_tables(text: str) -> str:
    """The page with its table as it should be now."""
    head, _, rest = text.partition(BEGIN)
    _, _, tail = rest.partition(END)
    return f"{head}{BEGIN}{exit_code_table()}{END}{tail}"


def page() -> Path:
    """The page, in a checkout."""
    return Path(__file__).resolve().parents[2] / "docs" / "command-line.md"


if __name__ == "__main__":
    page().write_text(with_tables(page().read_text(encoding="utf-8")), encoding="utf-8")
