"""The incident report's template, as the runbook has it, filled with what the desk knows."""

import os
import time
from pathlib import Path
from typing import Any

FOLDER = Path(os.environ.get("ERP_ARCHIVES", "/archives"))
NAMES = {"P1": "Critical", "P2": "High", "P3": "Medium", "P4": "Low"}
ID = "[INC-YYYYMMDD-NNN]"
TEMPLATE = Path(__file__).with_suffix(".md")


def template(ticket: dict[str, Any] | None, now: float) -> str:
    """The text for `ticket`, or with placeholders only; `now` in seconds since the epoch."""
    known = _known(ticket) if ticket else {ID: f"INC-{time.strftime('%Y%m%d', time.gmtime(now))}-001"}
    text = TEMPLATE.read_text("utf-8")
    for placeholder, value in known.items():
        text = text.replace(placeholder, value)
    return text


def create(path: Path, text: str) -> None:
    """Write a new report; on a full disk nothing half-written stays behind."""
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError:
        raise
    except OSError:
        path.unlink(missing_ok=True)
        raise


def _known(ticket: dict[str, Any]) -> dict[str, str]:
    """What stands in place of the template's placeholders; the team's own words come last."""
    opened, closed = ticket["opened"], ticket["closed"]
    start = time.strftime("%H:%M", time.gmtime(opened))
    known = {
        ID: ticket["id"],
        "[YYYY-MM-DD HH:MM UTC]": time.strftime("%Y-%m-%d %H:%M UTC", time.gmtime(opened)),
        "[P1, P2, P3 or P4 (its name)]": f"{ticket['severity']} ({NAMES[ticket['severity']]})",
    }
    if closed:
        end = time.strftime("%H:%M", time.gmtime(closed))
        minutes = max(1, round((closed - opened) / 60))
        known["[N minutes (HH:MM - HH:MM)]"] = f"{minutes} minute{'s' * (minutes != 1)} ({start} - {end})"
        known["[RESOLVED, or what is still open]"] = "RESOLVED"
    summary = f"Incident declared by {ticket['by']}: {ticket['summary']}"
    return known | {
        "[Which services and functions]": ticket["affects"],
        "[HH:MM] - [First sign]": f"{start} - {summary}",
    }
