"""A problem of a chain is grave unless it is said not to be."""

from smtplab.tls.problems import ERROR, WARNING, ChainProblem


def test_how_grave_a_problem_is() -> None:
    assert ChainProblem("expired", 0, "It has expired.").severity == ERROR
    assert ChainProblem("sha1", 0, "It is weak.", WARNING).severity == WARNING
