"""What can be wrong with a chain of certificates, as a value."""

from smtplab.values import value

ERROR, WARNING = "error", "warning"


@value
class ChainProblem:
    """One problem: its code, which certificate of the chain (0 is the server's own), in words."""

    code: str
    index: int
    text: str
    severity: str = ERROR
