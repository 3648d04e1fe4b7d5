"""The two streams: what was asked for goes to standard output, everything about it to standard error."""

from __future__ import annotations

import json
from typing import Any

from rich.console import Console, RenderableType
from rich.text import Text

OUT = Console(highlight=False, soft_wrap=True)
ERR = Console(stderr=True, highlight=False, soft_wrap=True)


def terminal() -> bool:
    """Whether a person is looking at standard output."""
    return OUT.is_terminal


def say(what: RenderableType) -> None:
    """Show a line, a table or anything else that rich can draw. A string is never read as markup."""
    OUT.print(Text(printable(what)) if isinstance(what, str) else what)


def say_raw(text: str) -> None:
    """Write text as it is, for a file or another program to read."""
    OUT.file.write(text)
    OUT.file.flush()


def say_json(data: Any) -> None:
    """Write data as JSON, for another program to read."""
    say_raw(json.dumps(data, indent=2) + "\n")


def say_json_line(data: Any) -> None:
    """Write data as JSON on one line, one of many."""
    say_raw(json.dumps(data) + "\n")


def warn(text: str) -> None:
    """Tell something beside the result."""
    ERR.print(Text(printable(text)))


def error(text: str) -> None:
    """Tell what went wrong, in one line."""
    ERR.print(Text.assemble(("drill: ", "bold red"), printable(text)))


def printable(text: str) -> str:
    """The text without signs that would steer the terminal: the team writes what we show."""
    return "".join(sign if sign.isprintable() or sign in "\n\t" else "�" for sign in text)


def clock(seconds: float) -> str:
    """A span as people say it: `1:42`, `1:00:05`."""
    sign, whole = ("-" if seconds <= -1 else ""), int(abs(seconds))
    hours, minutes, rest = whole // 3600, whole // 60 % 60, whole % 60
    return f"{sign}{hours}:{minutes:02d}:{rest:02d}" if hours else f"{sign}{minutes}:{rest:02d}"
