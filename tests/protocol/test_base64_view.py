import base64

from hypothesis import given
from hypothesis import strategies as st

from smtplab.protocol.base64_view import quads
from smtplab.protocol.sasl import Part


def test_octets_know_their_part_and_secrets_spread_over_their_quad():
    parts = (Part("authzid", b""), Part("NUL", b"\0"), Part("user", b"ab"), Part("NUL", b"\0"),
             Part("password", b"secret", secret=True))  # fmt: skip
    assert quads(parts) == (
        ("AGFi", b"\0ab", (1, 2, 2), False),
        ("AHNl", b"\0se", (3, 4, 4), True),
        ("Y3Jl", b"cre", (4, 4, 4), True),
        ("dA==", b"t", (4,), True),
    )


def test_nothing_has_no_quads():
    assert quads(()) == ()
    assert quads((Part("user", b""),)) == ()


PARTS = st.lists(st.builds(Part, st.just("part"), st.binary(max_size=9), st.booleans()))


@given(PARTS)
def test_the_quads_together_are_the_base64(parts):
    data = b"".join(part.data for part in parts)
    found = quads(parts)
    assert "".join(quad.base64 for quad in found) == base64.b64encode(data).decode()
    assert b"".join(quad.octets for quad in found) == data
    owners = [owner for quad in found for owner in quad.owners]
    assert [parts[owner].secret for owner in owners] == [
        part.secret for part in parts for _ in part.data
    ]
    for quad in found:
        assert len(quad.owners) == len(quad.octets)
        assert quad.secret == any(parts[owner].secret for owner in quad.owners)
