"""The placeholders that the runbook's texts hold, for whoever left one standing."""

from __future__ import annotations

import re
from pathlib import Path

TEMPLATE = Path(__file__).with_name("template.md").read_text("utf-8")
"""The report's template. The production server's `incident report` starts from the same file."""

MESSAGES = (
    *("TIME", "ISSUE", "Brief description", "What we're doing to prevent recurrence", "What we're doing"),
    *("Duration", "Status", "Impact", "ETA", "Root Cause", "Name", "Date", "ID", "Details", "If available"),
    *("Emergency number", "Insert number", "YYYY-MM-DD", "What", "Who"),
)
"""Those of the runbook's messages and notes, without their brackets."""

_BRACKETS = re.compile(r"\[([^\[\]]*)\]")


def left_in(text: str) -> str | None:
    """The first placeholder that still stands in the text; other words in brackets are somebody's own."""
    return next((f"[{inner}]" for inner in _BRACKETS.findall(text) if _plain(inner) in _KNOWN), None)


def _plain(words: str) -> str:
    return " ".join(words.replace("’", "'").casefold().split())


_KNOWN = {_plain(words) for words in (*_BRACKETS.findall(TEMPLATE), *MESSAGES)} - {""}
