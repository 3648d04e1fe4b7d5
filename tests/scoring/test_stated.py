"""Dates, times and durations as people write them."""

from __future__ import annotations

import time
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scoring.clocks import hhmm
from scoring.stated import ZONES_H, stated_days, stated_durations, stated_times, zone_s
from tests.scoring.story import T0


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("8 minutes", (480,)),
        ("8 min", (480,)),
        ("~8m", (480,)),
        ("4 menit", (240,)),
        ("1 jam 5 menit", (3900,)),
        ("3,5 minutes", (210,)),
        ("1 h 5 min", (3900,)),
        ("1 hour 5 minutes", (3900,)),
        ("90 s", (90,)),
        ("3m30s", (210,)),
        ("3:30", (12600, 210)),
        ("3:30 min", (210,)),
        ("3:30 h", (12600,)),
        ("00:04", (240, 4)),
        ("0:03:30", (210,)),
        ("8 minutes (14:32 - 14:40)", (480,)),
        ("14:32 - 14:40", (480,)),
        ("14:32 - 14:40 UTC (8 min)", (480,)),
        ("14:32-14:40 = 8 min", (480,)),
        ("14.32 - 14.40", (480,)),
        ("21:32 WIB - 14:40 UTC", (480,)),
        ("23:58 - 00:03", (300,)),
        ("12 min 5 s since we noticed / 12 min 40 s since it broke", (725,)),
        ("9 mins in all: 2 min until we knew, 7 min until it ran", (540,)),
        ("9 min. We watch it for another 20 min", (540,)),
        ("1 hour, 5 minutes and 10 seconds", (3910,)),
        ("0 h 07 min", (420,)),
        ("5 s, then 8 min", (5,)),
        ("8+ minutes", (480,)),
        ("8 mnt", (480,)),
        ("a while", ()),
        ("", ()),
        ("8", ()),
    ],
)
def test_durations(text: str, seconds: tuple[float, ...]) -> None:
    """The first amount counts with the smaller units behind it; two clock times are their distance.

    What has two readings has both.
    """
    assert stated_durations(text) == seconds


@pytest.mark.parametrize(
    "text",
    [
        "2026-01-19 14:32 UTC",
        "2026-01-19T14:32:05Z",
        "2026/01/19",
        "19/01/2026",
        "19.01.2026 14.32",
        "01/19/2026",
        "19 January 2026",
        "19th Jan. 2026",
        "19 Januari 2026",
        "January 19, 2026",
        "19. January 2026",
        "19. Januar 2026",
        "20260119",
        "20260119 14:32 UTC",
        "20260119T1432Z",
        "Mon Jan 19 14:32:31 UTC 2026",
        "Mon Jan 19 02:32:31 PM WIB 2026",
    ],
)
def test_dates(text: str) -> None:
    """Year first or last, months by number or name."""
    assert stated_days(text) == (datetime(2026, 1, 19, tzinfo=UTC),)


@pytest.mark.parametrize(
    "text",
    ["opened INC-20260119-001", "/archives/20260119/a.log", "incident_20260119_1432.log", "order 20269919"],
)
def test_a_number_of_eight_digits_may_be_a_name(text: str) -> None:
    """What names a file or an incident tells nothing of when something happened."""
    assert stated_days(text) == ()


@pytest.mark.parametrize("text", ["", "2026-99-99", "19 people in 2026", "19 xyz 2026", "10.99.0.2", "1:2"])
def test_no_dates(text: str) -> None:
    """What no calendar has is no day."""
    assert stated_days(text) == ()


@pytest.mark.parametrize(
    "text", ["release 2.15.0", "10.20.30.40", "took 10.25 s", "12.50 GB", "version 2.15", "P1"]
)
def test_numbers_that_are_no_times(text: str) -> None:
    """Releases, addresses and amounts are no times of day."""
    assert stated_times(text, near=T0) == ()


@pytest.mark.parametrize(
    ("text", "times"),
    [
        ("14.32 healthy again", ["14:32"]),
        ("14.32 minor errors", ["14:32"]),
        ("14:32 UTC-14:40 UTC", ["14:32", "14:40"]),
        ("14:00 UTC-14:30 UTC", ["14:00", "14:30"]),
        ("Detected at 21:32 UTC+7.", ["14:32"]),
        ("21:32 UTC+07:00, 21:32 GMT+0700", ["14:32", "14:32"]),
        ("09:32 (UTC-5)", ["14:32"]),
        ("21:32 (UTC +7)", ["14:32"]),
        ("14:32 UTC +5 min", ["14:32"]),
        ("14:32 UTC +20 minutes", ["14:32"]),
        ("15:32 CET, 15:32 MEZ", ["14:32", "14:32"]),
        ("16:32 CEST, 16:32 Uhr MESZ", ["14:32", "14:32"]),
        ("9:32 AM EST, 10:32 am EDT", ["14:32", "14:32"]),
        ("21:32 Jakarta time, 21:32 (Jakarta)", ["14:32", "14:32"]),
        ("14:32 est.", ["14:32"]),
        ("14:32 Jakarta office told us, 14:32 (Jakarta team)", ["14:32", "14:32"]),
        ("21:32 Jakarta - ERP down", ["14:32"]),
        ("Mon Jan 19 14:32:31 UTC 2026", ["14:32"]),
    ],
)
def test_what_follows_a_time_is_no_part_of_it(text: str, times: list[str]) -> None:
    """A word is no unit, a range no offset, and a full stop ends the sentence."""
    assert [hhmm(first) for first, _ in stated_times(text, near=T0)] == times


def test_a_range_has_one_zone() -> None:
    """The zone behind a range of times is that of both; a time beside it keeps its own."""
    both = stated_times("21:32 - 21:40 WIB", near=T0)
    assert [hhmm(first) for first, _ in both] == ["14:32", "14:40"]
    beside = stated_times("14:32 (21:32 WIB)", near=T0)
    assert [hhmm(first) for first, _ in beside] == ["14:32", "14:32"]
    assert [hhmm(first) for first, _ in stated_times("21:32 it broke", near=T0, zone=zone_s("(WIB)"))] == [
        "14:32"
    ]


@settings(deadline=None)
@given(
    st.integers(86400, 4_000_000_000),
    st.sampled_from(sorted(ZONES_H)),
    st.sampled_from(
        ["%H:%M {}", "%H.%M {}", "%H:%M:%S {}", "%I:%M %p {}", "%Y-%m-%d %H:%M {}", "%d/%m/%Y %H:%M ({})"]
    ),
)
def test_a_moment_in_any_zone_and_form_is_that_moment(at: int, zone: str, form: str) -> None:
    """Whoever writes the minute with its zone has stated it, around midnight too."""
    local = datetime.fromtimestamp(at + ZONES_H[zone] * 3600, UTC)
    ((first, last),) = stated_times(local.strftime(form.format(zone.upper())), near=at)
    assert first <= at <= last


@settings(deadline=None)
@given(st.integers(1, 86399))
def test_a_duration_of_three_parts(seconds: int) -> None:
    """Hours, minutes and seconds have one reading."""
    text = f"{seconds // 3600}:{seconds // 60 % 60:02d}:{seconds % 60:02d}"
    assert stated_durations(text) == (seconds,)


@settings(deadline=None)
@given(st.text(alphabet="0123456789:.,/-+ ()apmUTCWIBhms", max_size=60))
def test_any_text_can_be_read(text: str) -> None:
    """Whatever somebody writes, reading it raises nothing."""
    stated_times(text, near=T0)
    stated_durations(text)


@pytest.mark.parametrize("piece", ["1", " ", "1 ", "14:3", "1 h ", "20260119", "jan 1 ", "and "])
def test_a_wall_of_text_is_read_at_once(piece: str) -> None:
    """A megabyte does not hold up the score; what grew with the square of it would take hours."""
    text = "Jan 19 14:32:31 8 h" + piece * (1_000_000 // len(piece))
    began = time.process_time()
    stated_times(text, near=T0)
    stated_durations(text)
    assert time.process_time() - began < 60
