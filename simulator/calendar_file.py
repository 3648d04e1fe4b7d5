"""The drill calendar as an iCalendar file (RFC 5545), for any calendar program to subscribe to."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime

from faults.calendar import LENGTH, Appointment

_OCTETS = 75
"""A line's length by RFC 5545, section 3.1, without its line break."""


def as_ics(appointments: Iterable[Appointment], written: datetime) -> str:
    """The file's text; `written` (UTC) becomes each event's DTSTAMP."""
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//drill-simulator//schedule//EN",
        "CALSCALE:GREGORIAN",
        *(line for appointment in appointments for line in _event(appointment, written)),
        "END:VCALENDAR",
    ]
    return "".join(f"{part}\r\n" for line in lines for part in folded(line))


def _event(appointment: Appointment, written: datetime) -> Iterator[str]:
    every, rotating = appointment.scenarios
    yield "BEGIN:VEVENT"
    # the same month keeps its id, so a file that is imported again updates what is there
    yield f"UID:monthly-{appointment.at:%Y-%m}@drill-simulator"
    yield f"DTSTAMP:{written:%Y%m%dT%H%M%SZ}"
    yield f"DTSTART:{appointment.at:%Y%m%dT%H%M%SZ}"
    yield f"DTEND:{appointment.at + LENGTH:%Y%m%dT%H%M%SZ}"
    yield f"SUMMARY:{escaped(f'Incident drill: {every}, {rotating}')}"
    commands = "\n".join(f"drill start --scenario {name}" for name in appointment.scenarios)
    yield f"DESCRIPTION:{escaped(commands)}"
    yield "CATEGORIES:DRILL"
    yield "END:VEVENT"


def escaped(text: str) -> str:
    """The text as a TEXT value (section 3.3.11)."""
    for sign, escape in (("\\", "\\\\"), (";", "\\;"), (",", "\\,"), ("\n", "\\n")):
        text = text.replace(sign, escape)
    return text


def folded(line: str) -> Iterator[str]:
    """The line in parts of at most 75 octets, never cut within a character; all but the first indented."""
    part = ""
    for sign in line:
        if len((part + sign).encode()) > _OCTETS:
            yield part
            part = " "
        part += sign
    yield part
