"""Events as JSON."""

from smtplab.server import events
from smtplab.server.events import Connected, FaultFired, ReplySaid, ServerEvent


def test_the_kind_comes_first() -> None:
    event = ReplySaid(3, ("250 ok",), encrypted=True)
    assert list(event.to_json().items()) == [
        ("event", "reply"), ("session", 3), ("lines", ["250 ok"]), ("encrypted", True),
    ]  # fmt: skip


def test_every_event_has_a_kind_of_its_own() -> None:
    found = [value for value in vars(events).values() if isinstance(value, type)]
    kinds = [e.kind for e in found if issubclass(e, ServerEvent) and e is not ServerEvent]
    assert all(kinds)
    assert len(set(kinds)) == len(kinds)
    assert Connected(1, "::1").to_json() == {"event": "connected", "session": 1, "peer": "::1"}
    assert FaultFired(1, "x", 0, "mail", "reply").to_json()["rule"] == 0
