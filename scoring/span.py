"""The incident as statements about it are held against: when it began, when it ended, how long it was."""

from __future__ import annotations

from dataclasses import dataclass

from scoring.marks import detection, onset, opened, played, recovery
from scoring.timeline import Timeline


@dataclass(frozen=True, slots=True)
class Span:
    """An incident in seconds since the epoch; a team may count it from its onset or from its detection."""

    onset: float
    """The earliest moment at which it can have begun."""
    known: float
    """When the team declared it, or the onset where it never did."""
    ended: float
    """The start of the resolved window, or the drill's last event where it was not resolved."""
    resolved: bool

    @property
    def shortest_s(self) -> float:
        """From the detection to the end."""
        return max(0.0, self.ended - self.known)

    @property
    def longest_s(self) -> float:
        """From the onset to the end."""
        return max(0.0, self.ended - self.onset)


def incident(timeline: Timeline) -> Span:
    """The incident of the drill; of a drill in which nothing broke, the whole drill."""
    timeline = played(timeline)
    began, said, over = onset(timeline), detection(timeline), recovery(timeline)
    start = began.after if began else opened(timeline).at
    ended = over.middle if over else max(event.at for event in timeline)
    return Span(start, said.at if said else (began.at if began else start), ended, over is not None)
