"""Builders of timelines: a P1 drill from its start to its end, and pieces to tell it differently."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from scoring.clocks import at_date, hhmm
from scoring.timeline import (
    Armed,
    CheckFailed,
    CheckHeld,
    Confirmed,
    Ended,
    Event,
    Injected,
    Mailed,
    Opened,
    Posted,
    Reported,
    Restarted,
    Saved,
    Ticket,
    Timeline,
)

T0 = 1768833120.0
"""2026-01-19 14:32:00 UTC: the injection of every story."""

OPENED = Opened(
    at=T0 - 60,
    drill="d1",
    team="blue",
    members=("ana", "budi"),
    scenario="api-crash",
    level="runbook",
    severity="P1",
    affects=("backend", "API"),
    cause_terms=(("backend", "API"), ("crash", "exited", "died")),
    target_s=300,
    hold_s=60,
    deadline_s=1800,
    seed=1,
)

NOTICE = """@channel 🚨 CRITICAL P1: ERP System Down
- Detected: {now}
- Impact: Users cannot access system
- Status: Investigating the backend
- ETA to resolution: 10 min"""

RESOLVED = """✅ RESOLVED: ERP System Restored
Duration: {minutes} minutes
Root Cause: the backend process crashed
Preventive Measures: an alert on restarts
Post-Incident Review: [Scheduled for tomorrow 10:00]"""

UPDATES = (
    "P1 update: the backend does not start, we read its log",
    "P1 update: we start it with the options of last week",
    "P1 update: it starts, we wait for its health check",
)

REPORT = """# Incident Report

## Summary
- **Incident ID**: INC-{day}-001
- **Date/Time**: {date} {began} UTC
- **Duration**: {minutes} minutes ({began} - {over})
- **Severity**: P1 (Critical)
- **Status**: RESOLVED

## Impact
- **Affected Users**: All (~500 users)
- **Affected System**: Entire ERP
- **Business Impact**: Production stopped
- **Data Loss**: None
- **Customer Impact**: None (internal system)

## Root Cause
The backend process crashed and stayed down.

## Timeline
- {began} - ERP down
- {over} - All services healthy

## Resolution
Restarted the backend.

## Preventive Measures Implemented
1. Added an alert for a backend that is down

## Post-Incident Actions
- [x] Updated the alert's threshold
- [ ] Team training (scheduled for Friday)

## Lessons Learned
- Look at `docker-compose ps` first

## Sign-off
- Incident Commander: Ana
- Senior Developer: Budi
- Date Reviewed: {date}
"""


@dataclass(frozen=True)
class Story:
    """A drill in which everything is done right, `fixed_s` after the onset; change a part and tell it."""

    opened: Opened = OPENED
    onset_s: float = 1.0
    detect_s: float = 30.0
    fixed_s: float = 240.0
    notice: str = NOTICE
    resolved: str = RESOLVED
    report: str = REPORT
    leave_out: tuple[type[Event], ...] = ()
    extra: tuple[Event, ...] = field(default=())

    @property
    def onset(self) -> float:
        return T0 + self.onset_s

    @property
    def fixed(self) -> float:
        return self.onset + self.fixed_s

    def tell(self) -> Timeline:
        """The timeline, in order of time but for what is left out."""
        events = [each for each in (*self._played(), *self.extra) if not isinstance(each, self.leave_out)]
        return tuple(sorted(events, key=lambda each: each.at))

    def fill(self, text: str) -> str:
        """The text with the story's own times in it."""
        declared = self.onset + self.detect_s
        return text.format(
            now=hhmm(declared),
            began=hhmm(declared),
            over=hhmm(self.fixed),
            minutes=round((self.fixed - declared) / 60),
            date=at_date(declared),
            day=at_date(declared).replace("-", ""),
        )

    def _played(self) -> tuple[Event, ...]:
        declared, fixed, hold = self.onset + self.detect_s, self.fixed, self.opened.hold_s
        updates = int((self.fixed_s - self.detect_s) // 240)
        return (
            self.opened,
            Armed(T0 - 30),
            Injected(T0),
            CheckFailed(self.onset, "health", self.onset - 0.5, "503"),
            CheckFailed(self.onset + 0.2, "services", self.onset - 0.3, "erp-backend exited"),
            Ticket(declared, "ana", "P1", "backend", "the API does not answer"),
            Posted(declared + 20, "ana", "#erp-emergency", self.fill(self.notice)),
            Mailed(declared + 40, "budi", "management@qutykarunia.com", "URGENT: ERP System Outage", "Down."),
            *(
                Posted(declared + 20 + 240 * n, "ana", "#erp-emergency", UPDATES[n % len(UPDATES)])
                for n in range(1, updates + 1)
            ),
            CheckHeld(fixed - 2, "health", fixed - 2.5),
            CheckHeld(fixed, "services", fixed - 0.5),
            Restarted(fixed + hold, ("backend",)),
            CheckFailed(fixed + hold + 1, "health", fixed + hold + 0.5, "the referee's own restart"),
            CheckHeld(fixed + hold + 9, "health", fixed + hold + 8.5),
            Confirmed(fixed + hold + 20),
            Posted(fixed + hold + 30, "ana", "#erp-emergency", self.fill(self.resolved)),
            Saved(fixed + hold + 60, "/archives/incident_20260119_144000.log", 4096),
            Reported(fixed + hold + 300, "ana", self.fill(self.report)),
            Ended(fixed + hold + 301, "documented"),
        )


def told(**changes: object) -> Timeline:
    """The right drill with these parts changed."""
    return replace(Story(), **changes).tell()  # type: ignore[arg-type]


def without(timeline: Timeline, *kinds: type[Event]) -> Timeline:
    """The timeline without events of these kinds."""
    return tuple(event for event in timeline if not isinstance(event, kinds))


def until(timeline: Timeline, at: float) -> Timeline:
    """The timeline as it stood at a time."""
    return tuple(event for event in timeline if event.at <= at)
