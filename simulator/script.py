"""What the rehearsal's bot says and writes, in the runbook's forms, as commands that it types."""

from __future__ import annotations

import shlex
from dataclasses import dataclass

from faults.contract import Fault
from scoring import marks, report
from scoring.clocks import at_date, hhmm
from scoring.plans import PLANS
from scoring.template import template
from scoring.timeline import Timeline

DUTY = "Ana Wijaya"
SENIOR = "Daniel Hartono"
CLOSE = "incident close"


@dataclass(frozen=True, slots=True)
class Times:
    """The incident as the bot knows it, in seconds since the epoch."""

    began: float
    restored: float
    """Now, while it is not."""

    @property
    def duration(self) -> str:
        """In whole minutes, at least one."""
        count = max(1, round((self.restored - self.began) / 60))
        return f"{count} minute{'s' if count > 1 else ''}"


def times(timeline: Timeline, now: float) -> Times:
    """What can be read off the checks; raises ValueError before the onset."""
    onset, window = marks.onset(timeline), marks.recovery(timeline) or marks.open_window(timeline)
    if onset is None:
        raise ValueError("nothing has failed yet")
    return Times(onset.at, window.at if window else now)


def declaration(fault: Fault, told: Times) -> list[str]:
    """The ticket first, for it stops the clock; then the notice, and the mail where the plan has one."""
    what, severity, plan = fault.affects[0], fault.severity, PLANS[fault.severity]
    commands = [
        _line("incident", "open", "--severity", severity, "--affects", what, "--summary", f"{what} fails")
    ]
    if plan.channel is None:
        return commands
    everybody = "@channel " if plan.whole_channel else ""
    known = {
        "Detected": f"{hhmm(told.began)} UTC",
        "Affected Users": "all who use it",
        "Impact": f"users cannot work with {what}",
        "Status": "Investigating",
        "ETA": "10 min",
    }
    fields = [f" - {name}: {known[name]}" for name in plan.notice_fields]
    text = "\n".join([f"{everybody}🚨 {plan.name} {severity}: {what} is not working", *fields])
    commands.append(_line("slack", plan.channel, text))
    if plan.mail_to is not None:
        mail = _line("mail", "-s", "URGENT: ERP System Outage", plan.mail_to)
        commands.append(f"echo {shlex.quote(text)} | {mail}")
    return commands


def resolution(fault: Fault, told: Times) -> list[str]:
    """Tell that it is over, and save the logs as evidence."""
    plan = PLANS[fault.severity]
    saved = "docker-compose logs > /archives/incident_$(date +%Y%m%d_%H%M%S).log"
    known = {
        "Duration": told.duration,
        "Root Cause": fault.cause_example,
        "Action": "worked through the runbook's section",
        "Preventive Measures": "an alert before it happens again",
        "Post-Incident Review": "tomorrow 10:00",
    }
    fields = [f" {name}: {known[name]}" for name in plan.resolved_fields]
    text = "\n".join([f"✅ RESOLVED: {fault.affects[0]} works again", *fields])
    return [saved, CLOSE] if plan.channel is None else [_line("slack", plan.channel, text), saved, CLOSE]


def filed(fault: Fault, told: Times, timeline: Timeline) -> tuple[str, str]:
    """The report's path on the server and its text: the team's own template, filled in."""
    day = at_date(told.began)
    known = {
        _summary(timeline, "Date/Time"): f"{day} {hhmm(told.began)} UTC",
        "[N minutes (HH:MM - HH:MM)]": f"{told.duration} ({hhmm(told.began)} - {hhmm(told.restored)})",
        "[RESOLVED, or what is still open]": "RESOLVED",
        "[Who, how many]": "All (~500 users)",
        "[Which services and functions]": f"ERP: {', '.join(fault.affects[:3])}",
        "[What could not be done, for how long]": f"Work stopped for {told.duration}",
        "[None, or what]": "None",
        "[What caused it, and why]": fault.cause_example,
        "- [HH:MM] - [What happened]": f"- {hhmm(told.restored)} - All checks hold again",
        "[What was done to restore service]": "\n".join(f"Typed `{command}`." for command in fault.remedy),
        "[Measure]": "An alert that fires before users notice",
        "- [ ] [Action]": "- [x] Documented in the runbook",
        "[Lesson]": "Look at the service status first",
        "Commander: [Name]": f"Commander: {DUTY}",
        "Developer: [Name]": f"Developer: {SENIOR}",
        "[Date]": day,
    }
    text = template(timeline)
    for placeholder, value in known.items():
        text = text.replace(placeholder, value)
    return f"/archives/INCIDENT_REPORT_{day.replace('-', '')}_001.md", text


def _summary(timeline: Timeline, name: str) -> str:
    """What the team's template says under this name."""
    return report.parse(template(timeline)).section("Summary").value(name)


def _line(*words: str) -> str:
    return shlex.join(words)
