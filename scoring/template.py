"""The runbook's "Incident Documentation Template", as the team starts from it."""

from __future__ import annotations

from scoring.clocks import at_date, hhmm
from scoring.declaration import Declaration, declarations
from scoring.marks import opened, played
from scoring.placeholders import TEMPLATE
from scoring.plans import PLANS
from scoring.timeline import Ticket, Timeline


def template(timeline: Timeline) -> str:
    """The template as the team gets it, filled with what the team itself has said, never with the truth."""
    said = _team_view(played(timeline))
    at = said.at if said else opened(timeline).at
    known = {"[INC-YYYYMMDD-NNN]": f"INC-{at_date(at).replace('-', '')}-001"}
    if said:
        known |= {
            "[YYYY-MM-DD HH:MM UTC]": f"{at_date(at)} {hhmm(at)} UTC",
            "[P1, P2, P3 or P4 (its name)]": f"{said.severity} ({PLANS[said.severity].name.capitalize()})",
            "[HH:MM] - [First sign]": f"{hhmm(at)} - Incident detected",
        }
    text = TEMPLATE
    for placeholder, value in known.items():
        text = text.replace(placeholder, value)
    return text


def _team_view(timeline: Timeline) -> Declaration | None:
    """The team's own word on the incident: its latest ticket, else its first message, right or wrong."""
    said = declarations(timeline)
    tickets = [each for each in said if isinstance(each.event, Ticket)]
    return tickets[-1] if tickets else next(iter(said), None)
