"""Times and durations as people write them."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scoring.clocks import duration_agrees, hhmm, minutes, stated_duration_s, time_agrees
from tests.scoring.story import T0


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("8 minutes", 480),
        ("8 min", 480),
        ("~8m", 480),
        ("1 h 5 min", 3900),
        ("1 hour 5 minutes", 3900),
        ("90 s", 90),
        ("8 minutes (14:32 - 14:40)", 480),
        ("14:32 - 14:40", 480),
        ("23:58 - 00:03", 300),
        ("a while", None),
        ("", None),
        ("8", None),
    ],
)
def test_durations(text: str, seconds: float | None) -> None:
    """Amounts with units add up; a span of two clock times is its length, over midnight too."""
    assert stated_duration_s(text) == seconds


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
        ("yesterday", False),
        ("25:00", False),
    ],
)
def test_times_agree_within_two_minutes(text: str, agrees: bool) -> None:
    """Two minutes either way, on the stated day if one is stated."""
    assert time_agrees(text, T0, T0) is agrees


@settings(deadline=None)
@given(st.integers(0, 600), st.integers(0, 600), st.integers(0, 120))
def test_durations_agree_between_both_ways_of_counting(short: int, more: int, off: int) -> None:
    """A duration counted from the detection or from the onset agrees, two minutes either way."""
    for stated in (max(0, short - off), short + more + off):
        assert duration_agrees(f"{stated} s", short, short + more)
    assert not duration_agrees(f"{short + more + 121} s", short, short + more)
