import dataclasses

import pytest

from smtplab.client.settings import QUIT_SECONDS, TimeLimits
from tests.fakes import CREDENTIALS, settings

# RFC 5321 §4.5.3.2
MINIMUMS = {"greeting": 300, "mail": 300, "rcpt": 300, "data": 120, "block": 180, "content": 600}


@pytest.mark.parametrize(("name", "seconds"), MINIMUMS.items())
def test_the_limits_are_those_of_the_standard(name, seconds):
    assert TimeLimits().of(name) == seconds


def test_one_setting_scales_all_and_none_comes_to_nothing():
    for field in dataclasses.fields(TimeLimits):
        if field.name != "scale":
            usual = TimeLimits().of(field.name)
            assert TimeLimits(scale=0.5).of(field.name) == usual / 2
            assert TimeLimits(scale=1e-9).of(field.name) == 0.05


def test_one_limit_for_everything():
    limits = TimeLimits.all(100)
    names = [field.name for field in dataclasses.fields(TimeLimits) if field.name != "scale"]
    assert {name: limits.of(name) for name in names} == {
        name: QUIT_SECONDS if name == "quit" else 100 for name in names
    }
    assert TimeLimits.all(5).of("quit") == 5


def test_the_dialled_name_is_the_host_unless_another_is_given():
    assert settings().dialled_name == "fake.test"
    assert settings(server_name="mx.test").dialled_name == "mx.test"


def test_settings_print_no_secrets():
    shown = repr(settings(credentials=CREDENTIALS, client_key_pem=b"KEY", content=b"private"))
    assert not any(secret in shown for secret in ("open-sesame", "KEY", "private"))
