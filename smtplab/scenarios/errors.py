"""What can be wrong with a scenario: it does not exist, or its file has mistakes."""

from smtplab.values import value


@value
class Problem:
    """One mistake, with its place; lines and columns count from 1."""

    line: int
    column: int
    message: str
    path: str = ""


class UnknownScenario(LookupError):
    """No scenario has that id; the text names the nearest."""


class ScenarioError(Exception):
    """A file with mistakes; its text has a line, and the line of the file, for each."""

    def __init__(self, name: str, problems: list[Problem], text: str = "") -> None:
        self.name = name
        self.problems = sorted(problems, key=lambda p: (p.line, p.column))
        self._lines = text.splitlines()
        super().__init__("\n".join(self._worded(problem) for problem in self.problems))

    def _worded(self, problem: Problem) -> str:
        where = f"  [{problem.path}]" if problem.path else ""
        text = f"{self.name}:{problem.line}:{problem.column}: {problem.message}{where}"
        if not 0 < problem.line <= len(self._lines):
            return text
        line = self._lines[problem.line - 1][:120]
        shown = "".join(c if c.isprintable() else " " for c in line)
        return f"{text}\n    {shown}\n    {' ' * min(problem.column - 1, 120)}^"
