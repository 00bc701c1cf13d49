from smtplab.protocol.sasl import Credentials
from smtplab.protocol.sasl.identity import anonymous, external


def test_external_says_whom_to_act_for_if_anybody():
    assert next(external(Credentials("tim"))).data == b""
    assert next(external(Credentials("tim", authzid="user"))).base64 == "dXNlcg=="


def test_anonymous_leaves_a_word():
    assert next(anonymous(Credentials("sirhc"))).base64 == "c2lyaGM="  # RFC 4505 §4
