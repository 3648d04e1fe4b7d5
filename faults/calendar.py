"""When a team drills, and what: the runbook's "Monthly Drill Checklist"."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

EVERY_MONTH = "api-crash"
ROTATION = ("pool-exhausted", "disk-full", "high-memory", "cert-expired", "network-cut")
"""Scenario 2, month 1 to month 5; month 1 is January 2026, and after month 5 it begins again."""

FIRST_YEAR = 2026
HOUR_UTC = 15
LENGTH = timedelta(hours=1)
_TUESDAY = 1


@dataclass(frozen=True, slots=True)
class Appointment:
    """A month's drills: both scenarios, one after the other."""

    at: datetime
    scenarios: tuple[str, str]


def appointments(year: int) -> Iterator[Appointment]:
    """The year's twelve appointments, January first."""
    for month in range(1, 13):
        rotating = ROTATION[((year - FIRST_YEAR) * 12 + month - 1) % len(ROTATION)]
        yield Appointment(first_tuesday(year, month), (EVERY_MONTH, rotating))


def first_tuesday(year: int, month: int) -> datetime:
    """The month's first Tuesday at 15:00 UTC."""
    first = datetime(year, month, 1, HOUR_UTC, tzinfo=UTC)
    return first + timedelta(days=(_TUESDAY - first.weekday()) % 7)
