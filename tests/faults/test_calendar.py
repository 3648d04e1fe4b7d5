"""The monthly drills: the first Tuesday, api-crash always, the other one by rotation."""

from __future__ import annotations

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from faults.calendar import EVERY_MONTH, ROTATION, appointments


@given(st.integers(2026, 2100))
def test_each_month_has_its_first_tuesday_at_three(year: int) -> None:
    """Twelve appointments, each on a Tuesday of the month's first week at 15:00 UTC."""
    found = list(appointments(year))
    assert [each.at.month for each in found] == list(range(1, 13))
    assert all(each.at.weekday() == 1 and each.at.day <= 7 for each in found)
    assert all((each.at.hour, each.at.tzinfo) == (15, UTC) for each in found)


def test_the_rotation_goes_on_over_the_years() -> None:
    """Month 1 is January 2026; every scenario 2 comes each fifth month, whatever the year."""
    drawn = [each.scenarios for year in (2026, 2027, 2028) for each in appointments(year)]
    assert {first for first, _ in drawn} == {EVERY_MONTH}
    assert [second for _, second in drawn] == [ROTATION[month % len(ROTATION)] for month in range(36)]


def test_a_known_month() -> None:
    """December 2026: Tuesday the 1st, and the second scenario of the list."""
    december = list(appointments(2026))[11]
    assert december.at == datetime(2026, 12, 1, 15, tzinfo=UTC)
    assert december.scenarios == ("api-crash", "disk-full")
