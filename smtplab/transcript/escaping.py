"""Text of others made safe to show: no terminal acts on it, no markup reads it."""


def escape(data: bytes | str) -> str:
    """Text that no terminal acts on: C0, DEL and C1 controls and lone surrogates as escapes."""
    text = data.decode("utf-8", "backslashreplace") if isinstance(data, bytes) else data
    return "".join(c if c.isprintable() else _escaped(c) for c in text)


def _escaped(character: str) -> str:
    if character == "\t":
        return " "
    code = ord(character)
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{{{code:x}}}"
