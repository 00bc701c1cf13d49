"""SASLprep: names and passwords in the one form in which both sides compare them (RFC 4013)."""

import unicodedata


def saslprep(text: str) -> str:
    """The prepared text; one with characters that the profile forbids comes back as it is.

    The standard would have a client stop there. Here it goes on: the server is the judge, and
    what it makes of such a password is worth seeing.
    """
    if text.isascii() and text.isprintable():
        return text
    import stringprep

    mapped = "".join(
        " " if stringprep.in_table_c12(c) else c for c in text if not stringprep.in_table_b1(c)
    )
    prepared = unicodedata.ucd_3_2_0.normalize("NFKC", mapped)
    return text if not prepared or _is_forbidden(prepared) else prepared


def _is_forbidden(text: str) -> bool:
    """Whether a character of RFC 4013 §2.3 or §2.5 is in it, or directions mix (§2.4)."""
    import stringprep

    tables = (
        stringprep.in_table_c12,
        stringprep.in_table_c21_c22,
        stringprep.in_table_c3,
        stringprep.in_table_c4,
        stringprep.in_table_c5,
        stringprep.in_table_c6,
        stringprep.in_table_c7,
        stringprep.in_table_c8,
        stringprep.in_table_c9,
        stringprep.in_table_a1,
    )
    if any(is_in(character) for character in text for is_in in tables):
        return True
    if not any(map(stringprep.in_table_d1, text)):
        return False
    ends_right = stringprep.in_table_d1(text[0]) and stringprep.in_table_d1(text[-1])
    return any(map(stringprep.in_table_d2, text)) or not ends_right
