"""When a check counts as failing or holding: a rule over its last observations, with no clock of its own.

A check turns bad when 2 of its last 4 observations failed, marked at the first of those, and good when 4
in a row were good, marked at the first of the four. One lost packet is therefore no outage, and one lucky
answer in a restart loop no recovery. Every check starts bad: what was never seen is not healthy.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

SPAN = 4
BAD_OF_SPAN = 2


@dataclass(frozen=True, slots=True)
class Observation:
    """One look at the system (seconds of the monotonic clock)."""

    start: float
    end: float
    ok: bool
    why: str = ""


@dataclass(frozen=True, slots=True)
class Change:
    """The state changed somewhere in (`after`, `first`] (seconds of the monotonic clock)."""

    ok: bool
    why: str
    after: float
    """Start of the last observation of the old state: an answer is younger than its request."""
    first: float
    """End of the first observation of the new state."""


class Window:
    """The state of one check."""

    def __init__(self, started: float) -> None:
        self.ok = False
        self.why = "not seen yet"
        self._started = started
        self._recent: deque[Observation] = deque(maxlen=SPAN + 1)

    def observe(self, seen: Observation) -> Change | None:
        """Take one observation in; the change that it completes, if any."""
        self._recent.append(seen)
        if not seen.ok:
            self.why = seen.why
        span = list(self._recent)[-SPAN:]
        bad = [position for position, each in enumerate(span) if not each.ok]
        if self.ok and len(bad) >= BAD_OF_SPAN:
            return self._turn(False, len(span) - bad[0])
        if not self.ok and not bad and len(span) == SPAN:
            return self._turn(True, SPAN)
        return None

    def _turn(self, ok: bool, ago: int) -> Change:
        """Change to `ok`, marked at the observation that lies `ago` back (1 is the newest)."""
        seen = list(self._recent)
        first = seen[-ago]
        after = seen[-ago - 1].start if len(seen) > ago else self._started
        self.ok = ok
        self.why = "" if ok else first.why
        return Change(ok, self.why, after, first.end)
