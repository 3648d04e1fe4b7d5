"""The marks of a drill, derived from its timeline: onset, detection, the window that resolves it.

A mark that was observed is an interval (last observation of the old state, first one of the new]; a
mark that somebody set by an act is a time. All times are seconds since the epoch on the engine's clock.
The rules are those of the design's section "Time".
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from scoring.declaration import Declaration, declarations
from scoring.timeline import (
    CheckFailed,
    CheckHeld,
    Confirmed,
    Ended,
    Found,
    Injected,
    Opened,
    Restarted,
    Timeline,
    Unobserved,
    Withdrawn,
)

UNDOES_RESOLUTION = frozenset({"data loss", "protection removed"})
"""Kinds of finding with which nothing was resolved, however green the checks are."""
SERVICES = "services"
"""The check of the containers' states."""


@dataclass(frozen=True, slots=True)
class Interval:
    """Something happened after `after` and no later than `at`."""

    after: float
    at: float

    @property
    def middle(self) -> float:
        """The best estimate of the moment."""
        return (self.after + self.at) / 2

    @property
    def error_s(self) -> float:
        """How far the truth can be from the middle, in seconds."""
        return (self.at - self.after) / 2


Detection = Declaration
"""The declaration that stopped the clock: who, at, words, severity, event."""


def played(timeline: Timeline) -> Timeline:
    """The timeline to its end: what is appended after `Ended` changes nothing."""
    for index, event in enumerate(timeline):
        if isinstance(event, Ended):
            return timeline[: index + 1]
    return timeline


def opened(timeline: Timeline) -> Opened:
    """How the drill began. Raises ValueError for a timeline without it: nothing can be measured."""
    for event in timeline:
        if isinstance(event, Opened):
            return event
    raise ValueError("a timeline needs its Opened event")


def onset(timeline: Timeline) -> Interval | None:
    """The first check that failed after the injection; None while there is none."""
    timeline = played(timeline)
    injected = min((e.at for e in timeline if isinstance(e, Injected)), default=None)
    if injected is None:
        return None
    failures = [e for e in timeline if isinstance(e, CheckFailed) and e.at > injected]
    if not failures:
        return None
    first = min(failures, key=lambda e: (e.at, e.after))
    # No effect comes before its cause: the injection is stamped before its first action.
    return _widened(Interval(first.after, first.at), timeline, floor=injected)


def failing(timeline: Timeline, until: float) -> dict[str, str]:
    """The checks that fail at the time `until`, and why."""
    # A failure is written some observations after it began, so the order of writing is not the order in time.
    changes = [e for e in played(timeline) if isinstance(e, CheckFailed | CheckHeld) and e.at <= until]
    state: dict[str, str] = {}
    for event in sorted(changes, key=lambda e: e.at):
        if isinstance(event, CheckFailed):
            state[event.check] = event.why
        else:
            state.pop(event.check, None)
    return state


def open_window(timeline: Timeline) -> Interval | None:
    """The start of the present window in which every check holds, after the onset; None while one fails.

    A window that was withdrawn stands no more: the next one starts no sooner than the withdrawal.
    """
    timeline, began = played(timeline), onset(timeline)
    if began is None or failing(timeline, float("inf")):
        return None
    starts = [Interval(e.after, e.at) for e in timeline if isinstance(e, CheckHeld) and e.at > began.after]
    starts += [Interval(e.at, e.at) for e in timeline if isinstance(e, Withdrawn)]
    if not starts:
        return None
    return _widened(max(starts, key=lambda i: (i.at, i.after)), timeline, floor=began.after)


def hold_is_over(timeline: Timeline, now: float) -> bool:
    """Whether every check has held for the hold; time in which nothing was observed is not held."""
    window = open_window(timeline)
    if window is None:
        return False
    held = now - window.at - _unobserved_s(timeline, window.at, now)
    return held >= opened(timeline).hold_s


def undisputed(timeline: Timeline) -> Timeline:
    """The timeline without the referee's own restart and what came after it, unless it then withdrew.

    What fails after that restart is its own doing. A referee that was killed before its verdict restarts
    again.
    """
    timeline = played(timeline)
    judged = max((index for index, event in enumerate(timeline) if isinstance(event, Withdrawn)), default=-1)
    for index, event in enumerate(timeline):
        if index > judged and isinstance(event, Restarted):
            return timeline[:index]
    return timeline


def recovery(timeline: Timeline) -> Interval | None:
    """The start of the window that the referee confirmed, whatever else was found."""
    verdicts = [e for e in played(timeline) if isinstance(e, Restarted | Withdrawn | Confirmed)]
    if [type(event) for event in verdicts[-2:]] != [Restarted, Confirmed]:
        return None
    return open_window(undisputed(timeline))


def confirmed_at(timeline: Timeline) -> float | None:
    """When the team was told that the incident is over: from then on its report is awaited."""
    if recovery(timeline) is None:
        return None
    return max(event.at for event in played(timeline) if isinstance(event, Confirmed))


def resolution(timeline: Timeline) -> Interval | None:
    """The start of the resolved window; None with data loss or with a protection removed."""
    if any(isinstance(e, Found) and e.kind in UNDOES_RESOLUTION for e in played(timeline)):
        return None
    return recovery(timeline)


def detection(timeline: Timeline) -> Detection | None:
    """The first declaration after the onset that names what truly fails at that time."""
    timeline, began = played(timeline), onset(timeline)
    if began is None:
        return None
    known = opened(timeline)
    for said in declarations(timeline):
        # Within the onset's interval nobody can say which came first, so it is the team's.
        if said.at > began.after and said.names(ailing(timeline, max(said.at, began.at)), known):
            return said
    return None


def ailing(timeline: Timeline, at: float) -> dict[str, str]:
    """The checks that fail at the time `at`; in a lull, those that have failed since the onset, and why.

    A lull is a time in which every check holds though nothing is cured: a fault that comes and goes, or first
    aid that wears off. It shows by what comes after it: a check that failed before fails again, or the
    referee withdraws. Containers alone prove nothing: anybody may restart one.
    """
    now, began = failing(timeline, at), onset(timeline)
    if now or began is None:
        return now
    rest = [event for event in undisputed(timeline) if event.at >= began.at]
    before = {e.check: e.why for e in rest if isinstance(e, CheckFailed) and e.at <= at}
    relapses = {e.check for e in rest if isinstance(e, CheckFailed) and e.at > at} & before.keys() - {
        SERVICES
    }
    withdrawn = any(isinstance(e, Withdrawn) and e.at > at for e in rest)
    return before if relapses or withdrawn else {}


def false_alarms(timeline: Timeline) -> tuple[Declaration, ...]:
    """The declarations before the onset, or all of them where nothing broke; they stop no clock."""
    timeline, began = played(timeline), onset(timeline)
    return tuple(said for said in declarations(timeline) if began is None or said.at <= began.after)


def _widened(mark: Interval, timeline: Timeline, floor: float) -> Interval:
    """The mark with every unobserved span that it meets, but never sooner than `floor`."""
    for span in sorted(_spans(timeline), key=lambda s: s.at, reverse=True):
        if span.after < mark.at and span.at > mark.after:
            mark = Interval(min(mark.after, span.after), max(mark.at, span.at))
    return Interval(min(max(mark.after, floor), mark.at), mark.at)


def _spans(timeline: Timeline) -> Iterable[Interval]:
    """The unobserved spans, those that overlap joined to one, in order of time."""
    joined: list[Interval] = []
    for e in sorted((e for e in timeline if isinstance(e, Unobserved)), key=lambda e: e.since):
        if joined and e.since <= joined[-1].at:
            joined[-1] = Interval(joined[-1].after, max(joined[-1].at, e.at))
        else:
            joined.append(Interval(e.since, e.at))
    return joined


def _unobserved_s(timeline: Timeline, start: float, end: float) -> float:
    """How many seconds from `start` to `end` nothing was observed."""
    return sum(max(0.0, min(s.at, end) - max(s.after, start)) for s in _spans(timeline))
