"""The leaderboard: teams by what their drills scored."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from statistics import fmean, median

from scoring.scorecard import Scorecard

RECENT = 3
"""How many of the last drills the trend looks at."""


@dataclass(frozen=True, slots=True)
class Row:
    """A team's place. Medians in seconds, None where it never got there."""

    rank: int
    team: str
    drills: int
    average_points: float
    pass_rate: float
    """The share of drills with at least 6 points, 0 to 1."""
    median_detect_s: float | None
    median_resolve_s: float | None
    trend: float | None
    """Average of the last three drills (of the last but the first, where there are only two or three)
    minus the average of all before; None under two drills."""


def rank(cards: Iterable[Scorecard]) -> tuple[Row, ...]:
    """The teams by average points, then by median time to resolve, those without one last.

    The tie rule: teams equal in both share the rank and are listed by name, and the next rank is left out
    for each of them (1, 2, 2, 4). The order in which cards come in, or drills were played, never decides.
    """
    teams: dict[str, list[Scorecard]] = defaultdict(list)
    for card in cards:
        if card.counts and card.void is None and card.points is not None:
            teams[card.team].append(card)
    rows = sorted((_row(team, played) for team, played in teams.items()), key=lambda r: (*_place(r), r.team))
    ranked: list[Row] = []
    for _, tied in groupby(rows, key=_place):
        place = len(ranked) + 1
        ranked += [replace(row, rank=place) for row in tied]
    return tuple(ranked)


def _place(row: Row) -> tuple[float, float]:
    resolve = row.median_resolve_s
    return (-row.average_points, float("inf") if resolve is None else resolve)


def _row(team: str, cards: Sequence[Scorecard]) -> Row:
    cards = sorted(cards, key=lambda card: (card.opened_at, card.drill))
    points = [card.points or 0 for card in cards]
    return Row(
        rank=0,
        team=team,
        drills=len(cards),
        average_points=fmean(points),
        pass_rate=fmean(card.passed for card in cards),
        median_detect_s=_median(card.time_to_detect_s for card in cards),
        median_resolve_s=_median(card.time_to_resolve_s for card in cards),
        trend=_trend(points),
    )


def _trend(points: Sequence[int]) -> float | None:
    recent = min(RECENT, len(points) - 1)
    return fmean(points[-recent:]) - fmean(points[:-recent]) if recent > 0 else None


def _median(times: Iterable[float | None]) -> float | None:
    known = [time for time in times if time is not None]
    return median(known) if known else None
