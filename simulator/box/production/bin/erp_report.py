"""The incident report's template, as the runbook has it, filled with what the desk knows."""

import os
import time
from pathlib import Path
from typing import Any

FOLDER = Path(os.environ.get("ERP_ARCHIVES", "/archives"))
NAMES = {"P1": "Critical", "P2": "High", "P3": "Medium", "P4": "Low"}
TEMPLATE = """\
# Incident Report

## Summary
- **Incident ID**: {id}
- **Date/Time**: {opened}
- **Duration**: {duration}
- **Severity**: {severity}
- **Status**: {status}

## Impact
- **Affected Users**: [Who, how many]
- **Affected System**: {affects}
- **Business Impact**: [What could not be done, for how long]
- **Data Loss**: [None, or what]
- **Customer Impact**: [None, or what]

## Root Cause
[What caused it, and why]

## Timeline
- {start} - {summary}
- [HH:MM] - [What happened]

## Resolution
[What was done to restore service]

## Preventive Measures Implemented
1. [Measure]

## Post-Incident Actions
- [ ] [Action]

## Lessons Learned
- [Lesson]

## Sign-off
- Incident Commander: [Name]
- Senior Developer: [Name]
- Date Reviewed: [Date]
"""


def template(ticket: dict[str, Any] | None, now: float) -> str:
    """The text for `ticket`, or with placeholders only; `now` in seconds since the epoch."""
    known = {
        "id": f"INC-{time.strftime('%Y%m%d', time.gmtime(now))}-001",
        "opened": "[YYYY-MM-DD HH:MM UTC]",
        "duration": "[N minutes (HH:MM - HH:MM)]",
        "severity": "[P1 (Critical)]",
        "status": "[RESOLVED]",
        "affects": "[Which services and functions]",
        "start": "[HH:MM]",
        "summary": "[First sign]",
    }
    if ticket is not None:
        known |= _known(ticket)
    return TEMPLATE.format_map(known)


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
    opened, closed = ticket["opened"], ticket["closed"]
    start = time.strftime("%H:%M", time.gmtime(opened))
    known = {
        "id": ticket["id"],
        "opened": time.strftime("%Y-%m-%d %H:%M UTC", time.gmtime(opened)),
        "severity": f"{ticket['severity']} ({NAMES[ticket['severity']]})",
        "affects": ticket["affects"],
        "start": start,
        "summary": f"Incident declared by {ticket['by']}: {ticket['summary']}",
    }
    if closed:
        end = time.strftime("%H:%M", time.gmtime(closed))
        minutes = max(1, round((closed - opened) / 60))
        known["duration"] = f"{minutes} minute{'s' * (minutes != 1)} ({start} - {end})"
        known["status"] = "RESOLVED"
    return known
