"""Base64 of a login taken apart: whose message it is, which octets are what, secrets covered."""

import base64
import binascii
import json
import re
from collections.abc import Callable, Sequence

from smtplab.explanations.explanation import Explanation, Piece, Row
from smtplab.protocol.replies import readable

SHORTEST = 8
"""Shorter words are not taken for base64: half of all words would be."""

LEAST_ANSWER = 4
"""The same where a login has just asked for something."""

LOGIN = "draft-murchison-sasl-login-00 §2"

Field = tuple[str, bytes, bool, str]
"""Role, octets, whether secret, and a note."""

SPOKEN = frozenset({"username:", "password:", "user name", "password", "username", "user name:"})


def decode(text: str, shortest: int = SHORTEST) -> bytes | None:
    """The octets, or None where this is no base64 of a login."""
    if not re.fullmatch(r"[A-Za-z0-9+/]+={0,2}", text) or len(text) < shortest or len(text) % 4:
        return None
    try:
        return base64.b64decode(text, validate=True)
    except binascii.Error:
        return None


def explain_blob(text: str, *, reveal: bool = False, asked: str = "") -> Explanation | None:
    """A blob of base64; None when the text is none, or its octets are no text at all.

    `asked` is the question of AUTH LOGIN that it answers, in small letters.
    """
    data = decode(text, LEAST_ANSWER if asked else SHORTEST)
    if data is None:
        return None
    if "user" in asked:
        piece = Piece(readable(data), "user", "who logs in")
        return Explanation("base64", text, "the user name of AUTH LOGIN", (), (piece,), LOGIN)
    for title, clause, read in SHAPES:
        fields = read(data)
        if fields is not None:
            pieces = tuple(_piece(field, reveal) for field in fields)
            return Explanation("base64", _shown(text, fields, reveal), title, (), pieces, clause)
    return _plain_text(text, data, reveal, asked)


def _shown(text: str, fields: Sequence[Field], reveal: bool) -> str:
    return text if reveal or not any(secret for _, _, secret, _ in fields) else _length(text)


def _length(text: str) -> str:
    return f"base64 of {len(text)} characters"


def _piece(field: Field, reveal: bool) -> Piece:
    role, octets, secret, note = field
    shown = readable(octets)
    if secret and not reveal:
        shown = "•" * min(len(octets), 12)
        covered = f"{len(octets)} octets, covered"
        note = f"{note}; {covered}" if note else covered
    return Piece(shown, role, note)


def _plain_text(text: str, data: bytes, reveal: bool, asked: str) -> Explanation | None:
    """A line of a login without a shape of its own: an answer to LOGIN's questions, most likely."""
    shown = readable(data)
    if not data or sum("\\x" in readable(bytes([octet])) for octet in data) * 4 > len(data):
        return None
    if data.decode("utf-8", "replace").strip("\0 ").lower() in SPOKEN:
        return Explanation("base64", text, f"a question of AUTH LOGIN: {shown}", clause=LOGIN)
    is_password = "pass" in asked
    title = "one line of text: in AUTH LOGIN the user name, or the password"
    title = "the password of AUTH LOGIN" if is_password else title
    field = ("text", data, True, "" if is_password else "it may be a password")
    rows = () if reveal else (Row("covered", "--reveal-secrets shows it; base64 hides nothing"),)
    shown_text = text if reveal else _length(text)
    return Explanation("base64", shown_text, title, rows, (_piece(field, reveal),), LOGIN)


# The shapes.


def _plain(data: bytes) -> list[Field] | None:
    if data.count(b"\0") != 2:
        return None
    authzid, user, password = data.split(b"\0")
    if not user:
        return None
    return [
        ("authzid", authzid, False, "whom to act for; empty: oneself"),
        ("user", user, False, "who logs in"),
        ("password", password, True, ""),
    ]


def _xoauth2(data: bytes) -> list[Field] | None:
    match = re.fullmatch(rb"user=([^\x01]*)\x01auth=(\S+) ([^\x01]*)\x01\x01", data)
    if match is None:
        return None
    return [
        ("user", match[1], False, "whose mailbox"),
        ("scheme", match[2], False, "the kind of token"),
        ("token", match[3], True, "whoever has it can log in until it expires"),
    ]


def _oauthbearer(data: bytes) -> list[Field] | None:
    if not re.match(rb"[nyp][^\x01]*,[^\x01]*,\x01", data):
        return None
    header, *pairs = data.removesuffix(b"\x01\x01").split(b"\x01")
    fields: list[Field] = [("gs2 header", header, False, "channel binding, and a= the user")]
    for pair in pairs:
        key, _, value = pair.partition(b"=")
        secret = key == b"auth"
        fields.append((readable(key), value, secret, "the token" if secret else ""))
    return fields


def _cram_challenge(data: bytes) -> list[Field] | None:
    if not re.fullmatch(rb"<[!-~]+@[!-~]+>", data):
        return None
    return [("challenge", data, False, "never used before; the answer is an HMAC-MD5 of it")]


def _cram_answer(data: bytes) -> list[Field] | None:
    match = re.fullmatch(rb"(.+) ([0-9a-f]{32})", data, re.DOTALL)
    if match is None:
        return None
    return [
        ("user", match[1], False, "who logs in"),
        ("digest", match[2], False, "HMAC-MD5 of the challenge, with the password as the key"),
    ]


ATTRIBUTES: dict[str, str] = {
    "n": "user name",
    "r": "nonce: the client's, then the server's behind it",
    "s": "salt",
    "i": "iterations of the hash",
    "c": "channel binding, and the first header once more",
    "p": "proof that the client has the password",
    "v": "proof that the server has it too",
    "e": "error",
    "a": "whom to act for",
}
"""Attributes of SCRAM (RFC 5802 §5.1)."""


def _scram(data: bytes) -> list[Field] | None:
    header, body = b"", data
    first = re.match(rb"[nyp][^,]*,[^,]*,(?=n=)", data)
    if first:
        header, body = first[0], data[first.end() :]
    pairs = [pair.partition(b"=") for pair in body.split(b",")]
    keys = b"".join(key for key, _, _ in pairs)
    if keys not in (b"nr", b"rsi", b"crp", b"v", b"e"):
        return None
    fields: list[Field] = [("gs2 header", header, False, "channel binding wanted or not")]
    for key, _, value in pairs:
        name = key.decode()
        fields.append((name, value, key == b"p", ATTRIBUTES[name]))
    return fields if header else fields[1:]


def _oauth_error(data: bytes) -> list[Field] | None:
    try:
        found = json.loads(data)
    except ValueError:
        return None
    if not isinstance(found, dict) or "status" not in found:
        return None
    return [
        (str(key), str(value).encode(), False, OAUTH.get(str(key), ""))
        for key, value in found.items()
    ]


OAUTH: dict[str, str] = {
    "status": "401 or invalid_token: the token has expired or is another's; 400: not understood",
    "schemes": "the kinds of token that are taken",
    "scope": "what the token has to be good for",
}

XOAUTH2 = "https://developers.google.com/workspace/gmail/imap/xoauth2-protocol"

SHAPES: tuple[tuple[str, str, Callable[[bytes], list[Field] | None]], ...] = (
    ("AUTH PLAIN: who acts, who logs in, and the password", "RFC 4616 §2", _plain),
    ("AUTH XOAUTH2: a user and a token", XOAUTH2, _xoauth2),
    ("AUTH OAUTHBEARER: a token, and where it is meant for", "RFC 7628 §3.1", _oauthbearer),
    ("the challenge of AUTH CRAM-MD5", "RFC 2195 §2", _cram_challenge),
    ("the answer of AUTH CRAM-MD5", "RFC 2195 §2", _cram_answer),
    ("a message of SCRAM", "RFC 5802 §7", _scram),
    ("the server's explanation of a refused token", "RFC 7628 §3.2.2", _oauth_error),
)  # fmt: skip
"""What a blob may be; the first whose octets fit."""
