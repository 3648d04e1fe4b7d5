"""Times and durations as people write them."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scoring.clocks import duration_agrees, hhmm, minutes, time_agrees
from tests.scoring.story import T0


def test_minutes() -> None:
    """Seconds read as m:ss."""
    assert (minutes(102), minutes(0), minutes(3600)) == ("1:42", "0:00", "60:00")


@settings(deadline=None)
@given(st.floats(0, 4e9))
def test_the_written_minute_agrees(at: float) -> None:
    """Who writes the minute in which it happened is always right, around midnight too."""
    assert time_agrees(hhmm(at), at, at)


@pytest.mark.parametrize(
    ("text", "agrees"),
    [
        ("14:32", True),
        ("14:30", True),
        ("14:34", True),
        ("14:28", False),
        ("14:35", False),
        ("2026-01-19 14:32 UTC", True),
        ("2026-01-18 14:32 UTC", False),
        ("2026-99-99 14:32", True),
        ("2:32 PM UTC", True),
        ("2:32 AM UTC", False),
        ("14.32", True),
        ("21:32 WIB", True),
        ("22:32 WITA", True),
        ("23:32 WIT", True),
        ("21:32 UTC", False),
        ("21:32 WIB (14:32 UTC)", True),
        ("21:32 (14:32 UTC)", True),
        ("21.32 (UTC+7)", True),
        ("2026-01-19T21:32:05+07:00", True),
        ("2026-01-19T14:32:31.123Z", True),
        ("19 January 2026, 14:32", True),
        ("19/01/2026 14:32", True),
        ("18/01/2026 14:32", False),
        ("release 14.32.1", False),
        ("12:00, 13:00, 14:32", False),
        ("yesterday", False),
        ("25:00", False),
    ],
)
def test_times_agree_within_two_minutes(text: str, agrees: bool) -> None:
    """Two minutes either way, on the stated day and in the stated zone, and no more than two guesses."""
    assert time_agrees(text, T0, T0) is agrees


@settings(deadline=None)
@given(st.integers(0, 600), st.integers(0, 600), st.integers(0, 120))
def test_durations_agree_between_both_ways_of_counting(short: int, more: int, off: int) -> None:
    """A duration counted from the detection or from the onset agrees, two minutes either way."""
    for stated in (max(0, short - off), short + more + off):
        assert duration_agrees(f"{stated} s", short, short + more)
    assert not duration_agrees(f"{short + more + 121} s", short, short + more)
