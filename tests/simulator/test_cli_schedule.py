"""The calendar of the monthly drills, on the screen and as an iCalendar file."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from faults.calendar import ROTATION, appointments, first_tuesday
from simulator.calendar_file import as_ics, escaped, folded
from simulator.cli import main


@given(st.integers(2000, 2999), st.integers(1, 12))
def test_it_is_the_first_tuesday(year: int, month: int) -> None:
    """15:00 UTC on a Tuesday of the month's first week."""
    at = first_tuesday(year, month)
    assert (at.strftime("%A"), at.hour, at.tzinfo, at.month) == ("Tuesday", 15, UTC, month)
    assert at.day <= 7


def test_the_second_scenario_rotates() -> None:
    """Month 1 is January 2026; the order goes on over the end of the year."""
    rotating = [each.scenarios[1] for year in (2026, 2027) for each in appointments(year)]
    assert rotating == [ROTATION[month % 5] for month in range(24)]
    assert {each.scenarios[0] for each in appointments(2030)} == {"api-crash"}


def test_the_file_is_an_icalendar() -> None:
    """CRLF after every line, at most 75 octets, twelve events with id, stamp, start and end."""
    text = as_ics(appointments(2026), datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC))
    lines = text.split("\r\n")
    assert lines.pop() == "" and "\n" not in "".join(lines) and "\r" not in "".join(lines)
    assert all(len(line.encode()) <= 75 for line in lines)
    unfolded = text.replace("\r\n ", "").split("\r\n")
    assert (unfolded[0], unfolded[1], unfolded[-2]) == ("BEGIN:VCALENDAR", "VERSION:2.0", "END:VCALENDAR")
    assert unfolded.count("BEGIN:VEVENT") == unfolded.count("END:VEVENT") == 12
    assert unfolded.count("DTSTAMP:20260102T030405Z") == 12
    assert "DTSTART:20260106T150000Z" in unfolded and "DTEND:20260106T160000Z" in unfolded
    assert r"SUMMARY:Incident drill: api-crash\, pool-exhausted" in unfolded
    assert len({line for line in unfolded if line.startswith("UID:")}) == 12


@given(st.text(st.characters(exclude_categories=["Cc", "Cs"])))
def test_folding_loses_nothing(text: str) -> None:
    """Unfolded again it is the same line, and no character is cut."""
    parts = list(folded(text))
    assert "\r\n".join(parts).replace("\r\n ", "") == text
    assert all(len(part.encode()) <= 75 for part in parts)


def test_signs_with_a_meaning_are_escaped() -> None:
    """Commas, semicolons, backslashes and line breaks."""
    assert escaped("a,b;c\\d\ne") == r"a\,b\;c\\d\ne"


def test_the_command_shows_and_writes(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A table, JSON and a file agree."""
    assert main(["schedule", "--year", "2026"]) == 0
    assert "Tue 2026-01-06 15:00 UTC" in re.sub(r"\s+", " ", capsys.readouterr().out)
    assert main(["schedule", "--year", "2026", "--json"]) == 0
    first = json.loads(capsys.readouterr().out)["appointments"][0]
    assert first["at"] == "2026-01-06T15:00:00+00:00"
    assert first["scenarios"] == ["api-crash", "pool-exhausted"]
    file = tmp_path / "drills.ics"
    assert main(["schedule", "--year", "2026", "--ics", str(file)]) == 0
    assert b"DTSTART:20260106T150000Z\r\n" in file.read_bytes()


def test_a_file_that_cannot_be_written(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """One line, no trace; nor a year that no calendar has."""
    assert main(["schedule", "--ics", str(tmp_path)]) == 2
    assert "cannot be written" in capsys.readouterr().err
    assert main(["schedule", "--year", "0"]) == 2
    assert main(["schedule", "--ics", "-", "--json"]) == 2
