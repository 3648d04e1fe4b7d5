"""The monthly drills of a year."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from faults.calendar import Appointment, appointments
from simulator import screen
from simulator.calendar_file import as_ics
from simulator.commands.common import Json, catalogue_names
from simulator.errors import UsageProblem


def schedule(
    year: Annotated[
        int | None, typer.Option(metavar="Y", min=2000, max=2999, help="The year. Default: this one (UTC).")
    ] = None,
    ics: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write an iCalendar file; - for standard output.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Show the monthly drills: first Tuesday, 15:00 UTC, the API crash and one that rotates."""
    if ics is not None and as_json:
        raise UsageProblem("--ics and --json exclude each other", "use one of them")
    now = datetime.now(UTC)
    found = tuple(appointments(now.year if year is None else year))
    if ics is not None:
        _write(ics, as_ics(found, now))
    elif as_json:
        names = catalogue_names()
        screen.say_json(
            {
                "appointments": [
                    {
                        "at": appointment.at.isoformat(),
                        "scenarios": list(appointment.scenarios),
                        "available": [name in names for name in appointment.scenarios],
                    }
                    for appointment in found
                ]
            }
        )
    else:
        screen.show_schedule([_row(appointment) for appointment in found])


def _row(appointment: Appointment) -> dict[str, str]:
    names = catalogue_names()
    told = [name if name in names else f"{name} (not available yet)" for name in appointment.scenarios]
    return {"at": f"{appointment.at:%a %Y-%m-%d %H:%M} UTC", "every": told[0], "rotating": told[1]}


def _write(file: Path, text: str) -> None:
    if str(file) == "-":
        screen.say_raw(text)
        return
    try:
        file.write_bytes(text.encode())
    except OSError as error:
        raise UsageProblem(
            f"{file} cannot be written: {error.strerror}", "name a file that you may write"
        ) from error
    screen.say(f"{file} written")
