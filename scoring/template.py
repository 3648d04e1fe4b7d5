"""The runbook's "Incident Documentation Template", as the team starts from it."""

from __future__ import annotations

from scoring.clocks import at_date, hhmm
from scoring.declaration import Declaration, declarations
from scoring.marks import opened, played
from scoring.plans import PLANS
from scoring.timeline import Ticket, Timeline

_TEMPLATE = """\
# Incident Report

## Summary
- **Incident ID**: INC-{day}-001
- **Date/Time**: {when}
- **Duration**: [Duration]
- **Severity**: {severity}
- **Status**: [Status]

## Impact
- **Affected Users**: [Who, how many]
- **Affected System**: [System]
- **Business Impact**: [Impact]
- **Data Loss**: [None, or what]
- **Customer Impact**: [None, or what]

## Root Cause
[What really happened, and why]

## Timeline
{begins}
- [Time] - [What happened]

## Resolution
[What was done]

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


def template(timeline: Timeline) -> str:
    """The template as the team gets it, filled with what the team itself has said, never with the truth."""
    said = _team_view(played(timeline))
    at = said.at if said else opened(timeline).at
    severity = f"{said.severity} ({PLANS[said.severity].name.capitalize()})" if said else "[Severity]"
    when = f"{at_date(at)} {hhmm(at)} UTC" if said else f"{at_date(at)} [Time] UTC"
    begins = f"- {hhmm(at)} - Incident detected" if said else "- [Time] - [What happened]"
    return _TEMPLATE.format(day=at_date(at).replace("-", ""), when=when, severity=severity, begins=begins)


def _team_view(timeline: Timeline) -> Declaration | None:
    """The team's own word on the incident: its latest ticket, else its first message, right or wrong."""
    said = declarations(timeline)
    tickets = [each for each in said if isinstance(each.event, Ticket)]
    return tickets[-1] if tickets else next(iter(said), None)
