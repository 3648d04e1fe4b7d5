"""The flight record: the control half's log stream to typed events.

The engine's stamp on a line is the only clock. A line says how long ago what it tells was observed.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from scoring.timeline import (
    Alerted,
    CheckFailed,
    CheckHeld,
    Complained,
    Event,
    Mailed,
    Posted,
    Reported,
    Ticket,
    TicketClosed,
    Typed,
    Unobserved,
)

_STAMP = re.compile(r"(.+?)\.(\d+)Z")
Facts = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Line:
    """One fact of the flight record."""

    stamp: str
    """The engine's stamp as it wrote it: the position to go on from."""
    at: float
    """The same in seconds since the epoch."""
    fact: Facts


def seconds(stamp: str) -> float:
    """An engine's stamp (RFC 3339 with nanoseconds, UTC) in seconds since the epoch."""
    match = _STAMP.fullmatch(stamp)
    if match is None:
        return datetime.fromisoformat(stamp.replace("Z", "+00:00")).timestamp()
    whole = datetime.fromisoformat(match[1]).replace(tzinfo=UTC).timestamp()
    return whole + float(f"0.{match[2]}")


def lines(frames: Iterable[bytes], after: str | None) -> Iterator[Line]:
    """The facts after the position `after`; what is no fact (a stray print) is left out.

    The engine cuts a long line into frames of 16 KiB and stamps each; only the last ends with a newline.
    """
    begun = b""
    for frame in frames:
        stamp, _, payload = frame.partition(b" ")
        begun += payload
        if not payload.endswith(b"\n"):
            continue
        text, begun = begun, b""
        name = stamp.decode()
        fact = _fact(text)
        if fact is not None and (after is None or name > after):
            yield Line(name, seconds(name), fact)


def _fact(text: bytes) -> Facts | None:
    try:
        fact = json.loads(text)
    except ValueError:
        return None
    return fact if isinstance(fact, dict) and "fact" in fact else None


def events(line: Line) -> list[Event]:
    """What the line adds to the timeline; a beat adds nothing."""
    fact, at = line.fact, line.at
    match fact["fact"]:
        case "check" if fact["ok"]:
            return [CheckHeld(at - fact["first_s"], fact["name"], at - fact["after_s"])]
        case "check":
            return [CheckFailed(at - fact["first_s"], fact["name"], at - fact["after_s"], fact["why"])]
        case "unobserved":
            return [Unobserved(at, at - fact["seconds"])]
        case "alert":
            return [Alerted(at, fact["name"], fact["firing"], fact["summary"])]
        case "complaint":
            return [Complained(at, fact["who"], fact["channel"], fact["text"])]
        case "said":
            return _said(at, fact)
    return []


def _said(at: float, fact: Facts) -> list[Event]:
    who = str(fact["who"])
    match fact["kind"]:
        case "ticket":
            return [Ticket(at, who, fact["severity"], fact["affects"], fact["summary"])]
        case "close":
            return [TicketClosed(at, who)]
        case "slack":
            return [Posted(at, who, fact["channel"], fact["text"])]
        case "mail":
            return [Mailed(at, who, fact["to"], fact["subject"], fact["text"])]
        case "typed":
            return [Typed(at, who, fact["command"])]
        case "report":
            return [Reported(at, who, fact["text"])]
    return []
