import dataclasses
import json

from smtplab.cli.settings_dump import settings_object
from smtplab.client.settings import SessionSettings
from smtplab.client.steps import Stage
from smtplab.protocol.sasl import Credentials
from tests.fakes import settings


def test_all_settings_are_there_as_plain_values():
    value = settings_object(settings(stop_after=Stage.RCPT, content=b"\xff", xclient=("A=b",)))
    assert json.loads(json.dumps(value)) == value
    assert value.keys() == {field.name for field in dataclasses.fields(SessionSettings)}
    assert (value["stop_after"], value["content"], value["xclient"]) == ("rcpt", r"\xff", ["A=b"])
    assert value["envelope"]["recipients"] == ["bob@fake.test"]
    assert value["credentials"] is None


def test_secrets_are_not():
    wishes = settings(
        credentials=Credentials("me", "open-sesame", token="ya29"), client_key_pem=b"KEY"
    )
    text = json.dumps(settings_object(wishes))
    assert settings_object(wishes)["credentials"] == {
        "username": "me",
        "password": True,
        "authzid": "",
        "token": True,
    }
    assert not any(secret in text for secret in ("open-sesame", "ya29", "KEY"))
