"""Files that exports are held to: `SMTPLAB_GOLDEN=write pytest tests/export` makes them anew."""

import os
from pathlib import Path

FOLDER = Path(__file__).parent / "golden"


def holds(name: str, data: bytes) -> bool:
    """Whether the file has exactly these octets; shows both as text where they differ."""
    path = FOLDER / name
    if os.environ.get("SMTPLAB_GOLDEN") == "write":
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(data)
    assert data.decode() == path.read_bytes().decode()
    return True
