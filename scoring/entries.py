"""Whether the report's timeline tells the incident: entries from the drill, and around them others."""

from __future__ import annotations

import re
from itertools import takewhile

from scoring.clocks import within
from scoring.report import Report, Section
from scoring.rule import Rule, quoted
from scoring.span import Span
from scoring.stated import stated_days, stated_times, zone_s
from scoring.timeline import Opened, Reported
from scoring.wording import mentions, says

Entry = tuple[str, tuple[tuple[float, float], ...]]
"""A row of the timeline, and the times that it states."""

OF_THE_INCIDENT = (
    *("ERP down", "ERP is down", "system down", "system is down", "outage", "first error"),
    *("detected", "declared", "incident detected", "diagnosed", "resolved", "restored", "recover"),
    *("ERP went down", "system went down", "API went down", "backend went down", "database went down"),
    *("PostgreSQL went down", "postgres went down", "nginx went down", "proxy went down", "site went down"),
    *("server went down", "service went down", "services went down", "everything went down", "it went down"),
)
"""What no entry from before the drill can tell. Terminals and shifts go down on an ordinary day."""

LATER_DAYS = (
    *("tomorrow", "besok", "next week", "next month", "scheduled for", "planned for"),
    *("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
)
"""What tells that an entry is a plan."""

PLANNED = (
    *("planned", "scheduled", "review", "meeting", "training"),
    *("post-mortem", "postmortem", "retrospective", "follow-up"),
)
"""What tells that an entry from after the report is a plan."""

OPENINGS = frozenset(
    {"at", "on", "by", "from", "around", "about", "approx", "ca", "circa", "pukul", "jam", "t", "day", "min"}
    | {"mon", "tue", "wed", "thu", "fri", "sat", "sun", "monday", "tuesday", "wednesday"}
    | {"thursday", "friday"}
    | {"saturday", "sunday", "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "sept", "oct"}
    | {"nov", "dec", "january", "february", "march", "april", "june", "july", "august"}
    | {"september", "october"}
    | {"november", "december", "januari", "februari", "maret", "mei", "juni", "juli", "agustus", "oktober"}
    | {"desember", "agu", "okt", "des", "st", "nd", "rd", "th", "utc", "wib"}
)
"""The only words that may stand before the time with which an entry begins."""

OF_TIMES = ("time", "zone", "clock", "entries", "all in", "all are", "waktu", "jam")
"""What a note above the entries holds that names their zone."""

_TIME = re.compile(r"(?<![\d:.])(?:[01]?\d|2[0-3])[:.][0-5]\d(?!\d)")
_OPENING = 60
"""Where in a row its time must begin, in characters."""
_DENIED = re.compile(
    r"(?<!\w)(?:not|never|nobody|no\s{1,9}\w{1,20})\s{1,9}(?:(?:yet|was|been)\s{1,9}){0,2}"
    r"(?:detected|declared|diagnosed)"
)


def entries_rule(report: Report, drill: Opened, span: Span, last: Reported) -> Rule:
    """Entries from the drill, and around them what led to it and what is planned."""
    name = "the times of the timeline lie within the incident"
    entries = _entries(report.section("Timeline"), span.known)
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
        and not (number < first and not _tells_the_incident(row))
        and not _is_planned(row, times[0][0], last.at)
    ]
    if not any(inside):
        wrong = [entries[0][0]]
    return Rule(name, not wrong, quoted(wrong[0]) if wrong else f"{len(entries)} entries with a time")


def _entries(section: Section, near: float) -> list[Entry]:
    """The rows that begin with a time; where none does, those that state one at all."""
    written, zone = [row for line in section.lines for row in line.splitlines()], _zone(section, near)
    for rows in ([row for row in written if _begins_with_a_time(row)], _logged(section), section.rows):
        found = [(row, stated_times(row, near, zone)[:2]) for row in rows]
        if any(times for _, times in found):
            return [(row, times) for row, times in found if times]
    return []


def _logged(section: Section) -> list[str]:
    """The rows of code that begin with a time: a log beside the entries is evidence, not the timeline."""
    return [row for block in section.code for row in block.splitlines() if _begins_with_a_time(row)]


def _zone(section: Section, near: float) -> float:
    """The zone that the heading names, or what stands above the entries, such as `All times WIB`."""
    above = takewhile(lambda row: not _begins_with_a_time(row), section.rows)
    # A row with a time of its own names the zone of that time; a sentence may name one for any reason.
    notes = [row for row in above if mentions(row, OF_TIMES) and not stated_times(row, near)]
    return zone_s("\n".join([section.heading, *notes]))


def _begins_with_a_time(row: str) -> bool:
    """Whether at most a date, a sign or a word such as `at` stands before the row's first time."""
    time = _TIME.search(row, 0, _OPENING)
    words = re.findall(r"[^\W\d_]+", row[: time.start()].lower()) if time else []
    return time is not None and OPENINGS.issuperset(words)


def _tells_the_incident(row: str) -> bool:
    """Whether the entry claims to be the incident's own; what nobody detected then does not."""
    return mentions(_DENIED.sub(" ", row.lower()), OF_THE_INCIDENT)


def _is_planned(row: str, at: float, now: float) -> bool:
    """Whether the entry is of a later day, as a follow-up is, or is planned for after the report."""
    return mentions(row, LATER_DAYS) or (at > now and (bool(stated_days(row)) or says(row, PLANNED)))
