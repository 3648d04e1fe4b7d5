"""A month's two drills, one after the other: a score each, and the sum."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime

import typer

from faults.calendar import appointments
from simulator import screen
from simulator.commands.common import find_scenario
from simulator.commands.follow import follow
from simulator.commands.results import card_of
from simulator.errors import DrillError, UsageProblem
from simulator.store import DrillRow, Store

MOST_POINTS = 8
Begin = Callable[[str], DrillRow]
"""Begins a drill of this scenario."""


def play_month(month: str | None, level: str, begin: Begin, as_json: bool) -> None:
    """Play both drills of `month` (2026-12; None is the present one, UTC) and tell their sum."""
    named, scenarios = _drills_of(month)
    for name in scenarios:
        find_scenario(name, level)  # before the first begins
    played: list[str] = []
    for name in scenarios:
        row = begin(name)
        played.append(row.id)
        try:
            follow(row, as_json)
        except (DrillError, typer.Exit):
            for left in scenarios[len(played) :]:
                screen.warn(f"{left} was not started: `drill start --scenario {left}` starts it")
            raise
    _tell_sum(named, played, as_json)


def _drills_of(month: str | None) -> tuple[str, tuple[str, str]]:
    """The month as it is written, and its scenarios. Raises UsageProblem."""
    named = month or f"{datetime.now(UTC):%Y-%m}"
    if not re.fullmatch(r"[12]\d{3}-(0[1-9]|1[0-2])", named):
        raise UsageProblem(f"{named!r} is no month", "write it as 2026-12")
    year, number = map(int, named.split("-"))
    return named, tuple(appointments(year))[number - 1].scenarios


def _tell_sum(month: str, played: list[str], as_json: bool) -> None:
    with Store.open() as opened:
        cards = [card_of(opened.timeline(drill)) for drill in played]
    points = [(card and card.points) or 0 for card in cards]
    most = MOST_POINTS * len(points)
    if as_json:
        screen.say_json_line(
            {"month": month, "drills": played, "points": points, "sum": sum(points), "of": most}
        )
    else:
        screen.say(f"{month}: {' + '.join(map(str, points))} = {sum(points)} of {most} points")
