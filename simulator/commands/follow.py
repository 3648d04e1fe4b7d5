"""Follows a drill to its end, and says how to come back when somebody leaves."""

from __future__ import annotations

from collections.abc import Iterator

import typer

from scoring.timeline import Event, to_record
from simulator import operations, screen
from simulator.commands.common import ways_in
from simulator.commands.results import show_score
from simulator.screen.live import View
from simulator.store import DrillRow


def follow(row: DrillRow, as_json: bool) -> None:
    """Show the drill to its end, then its scorecard. Raises DrillVoid for one that cannot be scored."""
    try:
        if as_json:
            _as_lines_of_json(operations.follow(row.id))
        else:
            screen.watch(_view(row), operations.follow(row.id), lambda: operations.beat(row.id))
    except KeyboardInterrupt:
        screen.warn(
            f"the drill {row.id} goes on: `drill resume {row.id}` comes back to it, `drill status` shows it, "
            f"`drill stop {row.id}` ends and scores it, `drill abort {row.id}` throws it away"
        )
        raise typer.Exit(130) from None
    show_score(row.id, as_json, line=True)


def _view(row: DrillRow) -> View:
    return View(
        drill=row.id,
        team=row.order.team,
        began=row.created,
        secret=row.order.secret,
        join=lambda: ways_in(row),
    )


def _as_lines_of_json(events: Iterator[Event]) -> None:
    for event in events:
        kind, data = to_record(event)
        screen.say_json_line({"kind": kind, **data})
