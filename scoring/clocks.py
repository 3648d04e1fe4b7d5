"""Times and durations as people write them, and whether they agree with what was measured.

People write UTC and minutes ("14:32", "8 minutes"), so a statement agrees when it lies within two minutes.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

AGREEMENT_S = 120.0
"""How far a stated time or duration may lie from the measured one."""

_CLOCK = re.compile(r"(?<![\d:])([01]?\d|2[0-3]):([0-5]\d)(?::([0-5]\d))?(?![\d:])")
_DATE = re.compile(r"(?<!\d)(\d{4})-(\d{2})-(\d{2})(?!\d)")
_AMOUNT = re.compile(
    r"(\d{1,6}(?:\.\d{1,6})?)\s*(hours?|hrs?|h|minutes?|mins?|m|seconds?|secs?|s)(?![a-z])", re.IGNORECASE
)
_UNIT_S = {"h": 3600.0, "m": 60.0, "s": 1.0}


def hhmm(at: float) -> str:
    """The UTC time as the runbook writes it, such as `14:32`."""
    return f"{datetime.fromtimestamp(at, UTC):%H:%M}"


def at_date(at: float) -> str:
    """The UTC date, such as `2026-01-19`."""
    return f"{datetime.fromtimestamp(at, UTC):%Y-%m-%d}"


def minutes(seconds: float) -> str:
    """A span as minutes and seconds, such as `1:42`."""
    whole = round(max(0.0, seconds))
    return f"{whole // 60}:{whole % 60:02d}"


def stated_times(text: str, near: float) -> tuple[tuple[float, float], ...]:
    """Each clock time in the text as (first second, last second), on the stated day or the one by `near`."""
    day = _stated_day(text)
    return tuple(_span(match, day, near) for match in _CLOCK.finditer(text))


def time_agrees(text: str, earliest: float, latest: float) -> bool:
    """Whether the first clock time in the text lies from `earliest` to `latest`, within the agreement."""
    times = stated_times(text, near=latest)
    return bool(times) and within(times[0], earliest, latest)


def within(stated: tuple[float, float], earliest: float, latest: float) -> bool:
    """Whether a stated time can lie from `earliest` to `latest`, within the agreement."""
    return stated[1] >= earliest - AGREEMENT_S and stated[0] <= latest + AGREEMENT_S


def stated_duration_s(text: str) -> float | None:
    """The duration that the text states: `8 minutes`, `1 h 5 min`, or else `14:32 - 14:40`; in seconds."""
    amounts = _AMOUNT.findall(text.split("(")[0]) or _AMOUNT.findall(text)
    if amounts:
        return sum(float(number) * _UNIT_S[unit[0].lower()] for number, unit in amounts)
    times = stated_times(text, near=0)
    return (times[1][0] - times[0][0]) % 86400 if len(times) == 2 else None


def duration_agrees(text: str, shortest_s: float, longest_s: float) -> bool:
    """Whether the stated duration lies from the shortest to the longest, within the agreement."""
    stated = stated_duration_s(text)
    return stated is not None and shortest_s - AGREEMENT_S <= stated <= longest_s + AGREEMENT_S


def _stated_day(text: str) -> datetime | None:
    match = _DATE.search(text)
    if match is None:
        return None
    try:
        return datetime(*(int(part) for part in match.groups()), tzinfo=UTC)  # type: ignore[misc,arg-type]
    except ValueError:  # a date that no calendar has states no day
        return None


def _span(match: re.Match[str], day: datetime | None, near: float) -> tuple[float, float]:
    hour, minute, second = match.groups()
    clock = timedelta(hours=int(hour), minutes=int(minute), seconds=int(second or 0))
    base = day or datetime.fromtimestamp(near, UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    start = (base + clock).timestamp()
    if day is None:
        # Around midnight the clock alone does not say the day: the nearest one is meant.
        start = min((start - 86400, start, start + 86400), key=lambda at: abs(at - near))
    return start, start + (0.0 if second else 59.999)
