"""Whether the incident was documented: every part of the report filled, and what it states true."""

from __future__ import annotations

import re

from scoring.clocks import duration_agrees, hhmm, local_dates, minutes, time_agrees
from scoring.declaration import severity_of
from scoring.entries import entries_rule
from scoring.marks import confirmed_at, opened, played
from scoring.outline import FIELDS
from scoring.own_words import cause_rule, prose_rule
from scoring.report import NotAReport, Report, parse
from scoring.rule import Rule, Rules, quoted
from scoring.span import Span, incident
from scoring.stated import stated_days, zone_s
from scoring.timeline import Opened, Reported, Saved, Timeline, Typed
from scoring.wording import is_filled

ISSUES = "/opt/erp/issues/"
ARCHIVES = "/archives/"

_ID = re.compile(r"(?<![\w-])INC-(\d{4})(\d{2})(\d{2})-\d{3}(?![\w-])", re.IGNORECASE)
_SOME = r"[^;&|\n<>]{0,200}?"
_INTO = re.escape(ISSUES)
_WRITES = re.compile(
    rf"[^\s;&|:]\s{{0,9}}(?<!2)&?>{{1,2}}\|?\s{{0,9}}[\"']?{_INTO}"
    rf"|(?<![\w./-])(?:tee\s"
    rf"|(?:cp|mv)\s{{1,9}}(?:-\S{{1,20}}\s{{1,9}}){{0,5}}(?!-|/dev/null|[\"']?{_INTO})\S"
    rf"|(?:vi|vim|nano|editor)\s(?!(?:{_SOME}\s)?-(?:[RMv]|-view)(?!\S))"
    rf"){_SOME}{_INTO}"
)
"""What writes a note: an empty file, one that is copied away and one that is only looked at are none."""
_COMMENT = re.compile(r"(?<!\S)#[^\n]*")


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
    found += [cause_rule(report, drill), entries_rule(report, drill, span, last)]
    found += [prose_rule(report), _signed(report), _logs_saved(timeline)]
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
    rows, unfilled = section.written, section.unfilled()
    if unfilled or not any(is_filled(row) for row in rows):
        return Rule(rule, False, f"not filled: {quoted(unfilled[0])}" if unfilled else "nothing is written")
    return Rule(rule, True, f"{len(rows)} entries" if len(rows) > 1 else quoted(rows[0]))


def _summary(report: Report, drill: Opened, span: Span) -> Rules:
    summary = report.section("Summary")
    number, when = summary.value("Incident ID"), summary.value("Date/Time")
    duration, severity = summary.value("Duration"), summary.value("Severity")
    dated = ["-".join(date) for date in _ID.findall(number)]
    days = local_dates(span.onset) | local_dates(span.known)
    zone = zone_s(summary.label("Date/Time"))
    when_met = time_agrees(when, span.onset, span.known, zone) and bool(stated_days(when))
    measured = f"{minutes(span.shortest_s)} from the detection, {minutes(span.longest_s)} from the onset"
    return (
        Rule(
            "the id has the form INC-YYYYMMDD-NNN and the incident's date",
            bool(dated) and days.issuperset(dated),
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


def _signed(report: Report) -> Rule:
    section, field = report.section("Sign-off"), "Incident Commander"
    by = section.value(field)
    return Rule("signed off by a name", section.fills(field) and any(c.isalpha() for c in by), quoted(by))


def _logs_saved(timeline: Timeline) -> Rule:
    for event in timeline:
        if isinstance(event, Saved) and event.size > 0 and event.path.startswith(ARCHIVES):
            return Rule("the logs are saved under /archives", True, f"{event.path}, {event.size} bytes")
    return Rule("the logs are saved under /archives", False, "no file with the services' logs")


def _writes_a_note(command: str) -> bool:
    return _WRITES.search(_COMMENT.sub("", command)) is not None


def _noted(timeline: Timeline) -> Rule:
    name = "the issue is noted under /opt/erp/issues"
    for event in timeline:
        if isinstance(event, Saved) and event.path.startswith(ISSUES):
            return Rule(name, True, f"{event.path}, {event.size} bytes")
        if isinstance(event, Typed) and _writes_a_note(event.command):
            return Rule(name, True, f"{event.who} at {hhmm(event.at)} UTC: {quoted(event.command)}")
    return Rule(name, False, "no note was written")
