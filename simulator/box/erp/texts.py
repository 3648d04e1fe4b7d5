"""What the ERP says to its users: a file, so that wording needs no release."""

from __future__ import annotations

import json
from pathlib import Path

FILE = Path("/etc/erp/texts/en.json")


def texts() -> dict[str, str]:
    """The texts by name, read anew each time: a correction shows at once."""
    found: dict[str, str] = json.loads(FILE.read_text("utf-8"))
    return found
