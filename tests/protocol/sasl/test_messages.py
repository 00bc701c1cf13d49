from smtplab.protocol.sasl.messages import COMMA, NUL, SEPARATORS, Credentials, message, octets


def test_a_message_is_the_sum_of_its_parts():
    assert message("X", COMMA, NUL, COMMA).base64 == "LAAs"
    assert {COMMA.label, NUL.label} <= SEPARATORS


def test_octets_survive_that_are_no_utf8():
    assert octets("é\udce9") == b"\xc3\xa9\xe9"


def test_a_secret_is_not_printed():
    shown = repr(Credentials("tim", "tanstaaf", token="ya29"))
    assert "tanstaaf" not in shown
    assert "ya29" not in shown
