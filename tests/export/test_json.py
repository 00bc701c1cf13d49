"""JSON: one value, its names, and nothing in it that is no text."""

import json as standard

from smtplab.client.events import Decision, DecisionKind
from smtplab.client.steps import Stage
from smtplab.export import json
from tests.export.records import of_events, played
from tests.fakes import settings


async def test_the_names_that_scripts_rely_on():
    value = standard.loads(json.export(await played(settings())))
    assert value["smtplab"] == "session"
    assert value["format"] == 1
    assert value["target"] == "fake.test:25"
    assert value["started"] == "2026-01-01T12:00:00+00:00"
    assert value["outcome"] == "delivered"
    assert value.keys() >= {"stage", "reason", "reply", "recipients", "findings", "tls", "timings"}


async def test_the_stages_in_order():
    stages = json.as_object(await played(settings(), RCPT=b"451 later\r\n"))["stages"]
    assert [(one["stage"], one["status"]) for one in stages] == [
        ("connect", "done"),
        ("greeting", "done"),
        ("ehlo", "done"),
        ("mail", "done"),
        ("rcpt", "failed"),
        ("quit", "done"),
    ]
    assert all(one["seconds"] > 0 for one in stages)


async def test_the_dialogue():
    transcript = await played(settings())
    said = json.as_object(transcript)["dialogue"]
    (mail,) = (one for one in said if one["lines"] == ["MAIL FROM:<alice@fake.test> SIZE=21"])
    assert mail == {
        "entry": mail["entry"],
        "seconds": round(transcript[mail["entry"] - 1].nanoseconds / 1e9, 6),
        "stage": "mail",
        "encrypted": False,
        "event": "CommandSent",
        "side": "client",
        "lines": ["MAIL FROM:<alice@fake.test> SIZE=21"],
    }
    assert {one["side"] for one in said} == {"client", "server", "lab"}
    numbers = [one["entry"] for one in said]
    assert numbers == sorted(numbers)


def test_a_record_without_an_end():
    value = json.as_object(of_events([Decision(DecisionKind.STOPPED, Stage.CONNECT)]))
    assert (value["outcome"], value["stage"], value["reply"]) == (None, "connect", None)
    assert json.as_object(of_events([]))["stage"] is None


def test_octets_of_a_name_that_are_no_text():
    transcript = of_events([], target="caf\udce9")
    assert standard.loads(json.export(transcript))["target"] == "caf\udce9"
