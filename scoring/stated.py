"""What a text states of dates, times of day and durations, in the forms in which people write them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

COMPANY_H = {"utc": 0, "gmt": 0, "z": 0, "wib": 7, "jakarta": 7, "wita": 8, "wit": 9}
"""The company's own time zones by name, in hours before UTC: those of Indonesia, and UTC itself."""

ZONES_H = {**COMPANY_H, "cet": 1, "mez": 1, "cest": 2, "mesz": 2, "est": -5, "edt": -4}
"""Those and the zones of colleagues elsewhere."""

MONTHS = {
    **{"jan": 1, "feb": 2, "mar": 3, "apr": 4, "may": 5, "jun": 6, "jul": 7, "aug": 8, "sep": 9, "oct": 10},
    **{"nov": 11, "dec": 12, "mei": 5, "agu": 8, "okt": 10, "des": 12},
    **{"mai": 5, "dez": 12},
}
"""Months by their first three letters, in English, Indonesian and German."""

_WORDS = r"hours?|hrs?|h|jam|minutes?|mins?|menit|mnt|m|seconds?|secs?|s|detik"
# "est." in small letters is an estimate, the "Jakarta office" is no zone, nor is +7 in "14:32 UTC +7 min".
_ZONE = (
    r"(?<![^\W_])(?P<zone>UTC|GMT|Z|WIB|WITA|WIT|CES?T|MES?Z|(?-i:E[SD]T)"
    r"|Jakarta(?=\s(?:time|[-–—/(])|[)\].,;\n]|$))(?!\w)"
    rf"(?P<hours>(?:\s?\+\d{{1,2}}(?::?[03]0)?|-\d{{1,2}})(?![\d:]|\.\d|\s?(?:{_WORDS})(?!\w)))?"
)
_CLOCK = re.compile(
    r"(?<![\d:])(?<!\d\.)(?P<hour>[01]?\d|2[0-3])"
    r"(?::(?P<minute>[0-5]\d)(?::(?P<second>[0-5]\d)(?:[.,]\d{1,9})?)?"
    rf"|\.(?P<minute2>[0-5]\d)(?:\.(?P<second2>[0-5]\d))?(?!\s*(?:%|(?:[kmgt]?i?b|{_WORDS}|ms)(?!\w))))"
    r"(?![\d:]|\.\d)(?:\s*(?P<half>[ap])\.?m(?!\w))?"
    rf"(?:\s*(?:(?:Uhr|hrs)\s)?[(\[]?{_ZONE}|\s?(?P<offset>\+\d\d:?\d\d)(?!\d))?",
    re.IGNORECASE,
)
_RANGE = re.compile(r"[\s.)\]]*(?:-+|–|—|to|until|till|and|s/d|sampai)\s*", re.IGNORECASE)
_YEAR_FIRST = re.compile(r"(?<!\d)(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?!\d)")
_YEAR_LAST = re.compile(r"(?<!\d)(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})(?!\d)")
# As `date +%Y%m%d` prints it; within the name of a file or an incident it tells nothing.
_COMPACT = re.compile(r"(?<![\w/-])(\d{4})(\d\d)(\d\d)(?=T\d|[^\w/-]|$)")
_DAY_MONTH = re.compile(
    r"(?<!\d)(\d{1,2})(?:st|nd|rd|th|\.)?[\s-]+([a-z]{3})[a-z]{0,6}[.,]?[\s-]+(\d{4})(?!\d)", re.IGNORECASE
)
_MONTH_DAY = re.compile(
    r"(?<!\w)([a-z]{3})[a-z]{0,6}\.?\s+(\d{1,2})(?:st|nd|rd|th)?,?\s+"
    r"(?:\d\d:\d\d:\d\d\s(?:[ap]m\s)?[a-z]{1,5}\s)?(\d{4})(?!\d)",  # `date` has the time before the year
    re.IGNORECASE,
)
_UNIT = rf"(?P<unit>{_WORDS})(?![a-z])"
_AMOUNT = re.compile(rf"(?P<number>\d{{1,6}}(?:[.,]\d{{1,6}})?)\+?\s*{_UNIT}", re.IGNORECASE)
_GOES_ON = re.compile(r"[\s,]{0,5}(?:(?:and|dan|und)\s{1,5})?", re.IGNORECASE)
_PARTS = re.compile(
    rf"(?<![\d:.])(\d{{1,3}}):([0-5]\d)(?::([0-5]\d))?(?![\d:])(?:\s*{_UNIT})?", re.IGNORECASE
)
_UNIT_S = {"h": 3600.0, "j": 3600.0, "m": 60.0, "s": 1.0, "d": 1.0}


def stated_days(text: str) -> tuple[datetime, ...]:
    """The dates in the text; `01/02/2026` may be either of two."""
    return tuple(day for numbers in _dates(text) for day in _day(*numbers))


def zone_s(text: str) -> float:
    """The time zone that the text names, in seconds before UTC; UTC where it names none."""
    match = re.search(_ZONE, text, re.IGNORECASE)
    return _offset_s(match["zone"], match["hours"]) if match else 0.0


def stated_times(text: str, near: float, zone: float = 0.0) -> tuple[tuple[float, float], ...]:
    """Each clock time in the text as (first second, last second), on a stated day or the one by `near`.

    A time without a zone of its own is in that of the time up to which it ranges, or else in `zone`.
    """
    days, found = stated_days(text), [match for match in _CLOCK.finditer(text) if _is_time(match)]
    spans: list[tuple[float, float]] = []
    follows = len(text)
    offset = zone
    for match in reversed(found):
        if match["zone"] or match["offset"]:
            offset = _offset_s(match["zone"] or "utc", match["hours"] or match["offset"])
        elif not _RANGE.fullmatch(text[match.end() : follows]):
            offset = zone
        follows = match.start()
        spans.append(_span(match, days, near, offset))
    return tuple(reversed(spans))


def stated_durations(text: str) -> tuple[float, ...]:
    """Each way to read the duration in seconds: `8 minutes`, `1 h 5 min`, `3:30`, or else `14:32 - 14:40`."""
    return _durations(text.split("(")[0]) or _durations(text)


def _durations(text: str) -> tuple[float, ...]:
    amount = _first_amount(_PARTS.sub(" ", text))
    if amount is not None:
        return (amount,)
    times = stated_times(text, near=0)
    if len(times) == 2:
        return ((times[1][0] - times[0][0]) % 86400,)
    parts = list(_PARTS.finditer(text))
    return tuple(_readings(parts[0])) if len(parts) == 1 else ()


def _first_amount(text: str) -> float | None:
    """The first amount in seconds, with the smaller units behind it: `1 h 5 min`, not `7 min / 8 min`."""
    total, last_s = 0.0, float("inf")
    end: int | None = None
    for match in _AMOUNT.finditer(text):
        unit_s = _UNIT_S[match["unit"][0].lower()]
        if end is not None and not (unit_s < last_s and _GOES_ON.fullmatch(text, end, match.start())):
            break
        total += float(match["number"].replace(",", ".")) * unit_s
        last_s, end = unit_s, match.end()
    return None if end is None else total


def _readings(match: re.Match[str]) -> Iterator[float]:
    """`0:03:30` has hours; `3:30` may be hours and minutes or minutes and seconds unless it has a unit."""
    first, second, third = match.group(1, 2, 3)
    unit = (match["unit"] or " ")[0].lower()
    if third is not None or unit in " hj":
        yield int(first) * 3600.0 + int(second) * 60 + int(third or 0)
    if third is None and unit in " m":
        yield int(first) * 60.0 + int(second)


def _dates(text: str) -> Iterator[tuple[int, int, int]]:
    for year, month, day in [*_YEAR_FIRST.findall(text), *_COMPACT.findall(text)]:
        yield int(year), int(month), int(day)
    for day, month, year in _YEAR_LAST.findall(text):
        yield int(year), int(month), int(day)
        yield int(year), int(day), int(month)
    named = [(day, name, year) for day, name, year in _DAY_MONTH.findall(text)]
    named += [(day, name, year) for name, day, year in _MONTH_DAY.findall(text)]
    for day, name, year in named:
        yield int(year), MONTHS.get(name.lower(), 0), int(day)


def _day(year: int, month: int, day: int) -> Iterator[datetime]:
    try:
        yield datetime(year, month, day, tzinfo=UTC)
    except ValueError:  # a date that no calendar has states no day
        return


def _offset_s(zone: str, hours: str | None) -> float:
    offset = ZONES_H[zone.lower()] * 3600.0
    if hours:
        hours = hours.strip()
        digits = hours[1:].replace(":", "")
        whole, rest = (digits, "0") if len(digits) < 3 else (digits[:-2], digits[-2:])
        offset += (-1 if hours[0] == "-" else 1) * (int(whole) * 3600.0 + int(rest) * 60)
    return offset


def _is_time(match: re.Match[str]) -> bool:
    """`2.15` is a release and `2.15 pm` a time."""
    return match["minute"] is not None or len(match["hour"]) == 2 or match["half"] is not None


def _span(
    match: re.Match[str], days: tuple[datetime, ...], near: float, offset: float
) -> tuple[float, float]:
    hour, second = int(match["hour"]), match["second"] or match["second2"]
    if match["half"] and 1 <= hour <= 12:
        hour = hour % 12 + (12 if match["half"].lower() == "p" else 0)
    minute = int(match["minute"] or match["minute2"])
    clock = timedelta(hours=hour, minutes=minute, seconds=int(second or 0)).total_seconds() - offset
    if not days:
        # Around midnight the clock alone does not say the day: the nearest one is meant.
        today = datetime.fromtimestamp(near, UTC).replace(hour=0, minute=0, second=0, microsecond=0)
        days = tuple(today + timedelta(days=shift) for shift in (-1, 0, 1))
    start = min((day.timestamp() + clock for day in days), key=lambda at: abs(at - near))
    return start, start + (0.0 if second else 59.999)
