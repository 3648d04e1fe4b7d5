"""Times and durations as the cards show them, and whether stated ones agree with what was measured.

People write whole minutes ("14:32", "8 minutes"), so a statement agrees when it lies within two minutes.
"""

from __future__ import annotations

from datetime import UTC, datetime

from scoring.stated import COMPANY_H, stated_durations, stated_times

AGREEMENT_S = 120.0
"""How far a stated time or duration may lie from the measured one."""


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


def local_dates(at: float) -> frozenset[str]:
    """The dates that it is at that moment in UTC and where the company works."""
    return frozenset(at_date(at + hours * 3600) for hours in COMPANY_H.values())


def time_agrees(text: str, earliest: float, latest: float, zone: float = 0.0) -> bool:
    """Whether one of the first two times in the text lies from `earliest` to `latest`, within the agreement.

    A second one is there because people write the local time beside UTC; more are guesses. `zone` is that of
    a time without one, in seconds before UTC.
    """
    return any(within(stated, earliest, latest) for stated in stated_times(text, latest, zone)[:2])


def within(stated: tuple[float, float], earliest: float, latest: float) -> bool:
    """Whether a stated time can lie from `earliest` to `latest`, within the agreement."""
    return stated[1] >= earliest - AGREEMENT_S and stated[0] <= latest + AGREEMENT_S


def duration_agrees(text: str, shortest_s: float, longest_s: float) -> bool:
    """Whether the stated duration lies from the shortest to the longest, within the agreement."""
    low, high = shortest_s - AGREEMENT_S, longest_s + AGREEMENT_S
    return any(low <= stated <= high for stated in stated_durations(text))
