"""Whether the incident was documented: every part of the report filled, and what it states true."""

from __future__ import annotations

import re

from scoring.clocks import duration_agrees, hhmm, local_dates, minutes, time_agrees, within
from scoring.declaration import severity_of
from scoring.marks import confirmed_at, opened, played
from scoring.report import FIELDS, NotAReport, Report, parse
from scoring.rule import Rule, Rules, quoted
from scoring.span import Span, incident
from scoring.stated import stated_days, stated_times, zone_s
from scoring.timeline import Opened, Reported, Saved, Timeline, Typed
from scoring.wording import is_filled, mentions

ISSUES = "/opt/erp/issues/"
ARCHIVES = "/archives/"

OF_THE_INCIDENT = (
    *("ERP down", "ERP is down", "system down", "system is down", "went down", "outage", "first error"),
    *("detected", "declared", "incident detected", "diagnosed", "resolved", "restored", "recover"),
)
"""What no entry from before the drill can tell."""

LATER_DAYS = (
    *("tomorrow", "besok", "next week", "next month", "scheduled for", "planned for"),
    *("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
)
"""What tells that an entry is a plan."""

_ID = re.compile(r"INC-(\d{4})(\d{2})(\d{2})-\d{3}")
_WRITES = re.compile(r"(?:>|\b(?:tee|cp|mv|vi|vim|nano|editor)\b)[^;&|\n]{0,200}?" + re.escape(ISSUES))


def wants_report(drill: Opened) -> bool:
    """Whether the incident ends with a report: all but a P4, which is a note to pick up later."""
    return drill.severity != "P4"


def rules(timeline: Timeline) -> Rules:
    """Every rule of the documentation; a P4 is documented by a note among the issues instead."""
    timeline = played(timeline)
    drill, span = opened(timeline), incident(timeline)
    if not wants_report(drill):
        return (_noted(timeline),)
    filed = [event for event in timeline if isinstance(event, Reported)]
    if not filed:
        return (Rule("report filed", False, "no report"), _logs_saved(timeline))
    last = filed[-1]
    try:
        report = parse(last.text)
    except NotAReport as why:
        return (Rule("report filed", False, f"{last.who}: {why}"), _logs_saved(timeline))
    found = [_in_time(last, drill, confirmed_at(timeline)), *_parts(report), *_summary(report, drill, span)]
    found += [_cause(report, drill), _timeline(report, drill, span, last)]
    found += [_signed(report), _logs_saved(timeline)]
    return tuple(found)


def _in_time(last: Reported, drill: Opened, told_at: float | None) -> Rule:
    name = f"report filed within {drill.deadline_s / 60:.0f} min of the resolution"
    if told_at is None:
        return Rule(name, True, f"filed by {last.who} at {hhmm(last.at)} UTC; there was no resolution")
    # The hold is the referee's time: the team cannot know of the resolution before it is told.
    late_s = last.at - told_at
    evidence = f"filed by {last.who} {minutes(late_s)} after the resolution was confirmed"
    return Rule(name, late_s <= drill.deadline_s, evidence)


def _parts(report: Report) -> Rules:
    """One rule a section of the template: it is there, and all that it asks for is filled."""
    return tuple(_part(report, name, fields) for name, fields in FIELDS.items())


def _part(report: Report, name: str, fields: tuple[str, ...]) -> Rule:
    section, rule = report.section(name), f"section {name} is filled"
    if name not in report.sections:
        return Rule(rule, False, "the section is missing")
    lacks = [field for field in fields if not section.fills(field)]
    if lacks:
        return Rule(rule, False, f"missing or not filled: {', '.join(lacks)}")
    rows, unfilled = section.rows, section.unfilled()
    if unfilled or not any(is_filled(row) for row in rows):
        return Rule(rule, False, f"not filled: {quoted(unfilled[0])}" if unfilled else "nothing is written")
    return Rule(rule, True, f"{len(rows)} entries" if len(rows) > 1 else quoted(rows[0]))


def _summary(report: Report, drill: Opened, span: Span) -> Rules:
    summary = report.section("Summary")
    number, when = summary.value("Incident ID"), summary.value("Date/Time")
    duration, severity = summary.value("Duration"), summary.value("Severity")
    dated = _ID.fullmatch(number)
    days = local_dates(span.onset) | local_dates(span.known)
    when_met = time_agrees(when, span.onset, span.known) and bool(stated_days(when))
    measured = f"{minutes(span.shortest_s)} from the detection, {minutes(span.longest_s)} from the onset"
    return (
        Rule(
            "the id has the form INC-YYYYMMDD-NNN and the incident's date",
            dated is not None and "-".join(dated.groups()) in days,
            quoted(number),
        ),
        Rule(
            "date and time agree",
            when_met,
            f"stated {quoted(when)}; onset {hhmm(span.onset)}, detected {hhmm(span.known)} UTC",
        ),
        Rule(
            "the duration agrees",
            duration_agrees(duration, span.shortest_s, span.longest_s),
            f"stated {quoted(duration)}; {measured}",
        ),
        Rule(
            "the severity is right",
            severity_of(severity) == drill.severity,
            f"stated {quoted(severity)}; it was {drill.severity}",
        ),
    )


def _cause(report: Report, drill: Opened) -> Rule:
    """The cause is not told: the card may be read by a team that tries again."""
    told = report.section("Root Cause").text
    met = bool(told) and all(mentions(told, terms) for terms in drill.cause_terms)
    return Rule("the root cause names what happened", met, quoted(told, limit=160) if told else "none stated")


def _timeline(report: Report, drill: Opened, span: Span, last: Reported) -> Rule:
    """Entries from the drill, and around them what led to it and what is planned."""
    name, section = "the times of the timeline lie within the incident", report.section("Timeline")
    zone = zone_s(section.heading)
    found = [(row, stated_times(row, span.known, zone)[:2]) for row in section.rows]
    entries = [(row, times) for row, times in found if times]
    if not entries:
        return Rule(name, False, "no entry has a time hh:mm")
    inside = [any(within(each, drill.at, last.at) for each in times) for _, times in entries]
    # Who tells of the time before the incident also tells when it began.
    begins = any(within(each, span.onset, span.known) for _, times in entries for each in times)
    first = inside.index(True) if begins else 0
    wrong = [
        row
        for number, (row, times) in enumerate(entries)
        if not inside[number]
        and not (number < first and not mentions(row, OF_THE_INCIDENT))
        and not _is_planned(row, times[0][0], last.at)
    ]
    if not any(inside):
        wrong = [entries[0][0]]
    return Rule(name, not wrong, quoted(wrong[0]) if wrong else f"{len(entries)} entries with a time")


def _is_planned(row: str, at: float, now: float) -> bool:
    """Whether the entry is of a later day, as a follow-up is."""
    return mentions(row, LATER_DAYS) or (at > now and bool(stated_days(row)))


def _signed(report: Report) -> Rule:
    section, field = report.section("Sign-off"), "Incident Commander"
    by = section.value(field)
    return Rule("signed off by a name", section.fills(field) and any(c.isalpha() for c in by), quoted(by))


def _logs_saved(timeline: Timeline) -> Rule:
    for event in timeline:
        if isinstance(event, Saved) and event.size > 0 and event.path.startswith(ARCHIVES):
            return Rule("the logs are saved under /archives", True, f"{event.path}, {event.size} bytes")
    return Rule("the logs are saved under /archives", False, "no file with the services' logs")


def _noted(timeline: Timeline) -> Rule:
    name = "the issue is noted under /opt/erp/issues"
    for event in timeline:
        if isinstance(event, Saved) and event.path.startswith(ISSUES):
            return Rule(name, True, f"{event.path}, {event.size} bytes")
        if isinstance(event, Typed) and _WRITES.search(event.command):
            return Rule(name, True, f"{event.who} at {hhmm(event.at)} UTC: {quoted(event.command)}")
    return Rule(name, False, "no note was written")
