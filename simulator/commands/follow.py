"""Follows a drill to its end, and says how to come back when somebody leaves."""

from __future__ import annotations

from collections.abc import Iterator

import typer

from scoring.timeline import Event, Voided, to_record
from simulator import operations, screen
from simulator.commands.results import show_score
from simulator.errors import DrillVoid
from simulator.screen.live import View
from simulator.store import DrillRow


def follow(row: DrillRow, as_json: bool) -> None:
    """Show the drill to its end, then its scorecard. Raises DrillVoid for one that cannot be scored."""
    last: Event | None = None
    try:
        if as_json:
            last = _as_lines_of_json(operations.follow(row.id))
        else:
            last = screen.watch(_view(row), operations.follow(row.id), lambda: operations.beat(row.id))
    except KeyboardInterrupt:
        screen.warn(
            f"the drill {row.id} goes on: `drill resume {row.id}` comes back to it, `drill status` shows it, "
            f"`drill stop {row.id}` ends and scores it, `drill abort {row.id}` throws it away"
        )
        raise typer.Exit(130) from None
    if isinstance(last, Voided):
        raise DrillVoid(f"the drill {row.id} is void: {last.why}", "start it again with `drill start`")
    show_score(row.id, as_json, line=True)


def _view(row: DrillRow) -> View:
    return View(
        drill=row.id,
        team=row.order.team,
        began=row.created,
        secret=row.order.secret,
        join=lambda: operations.join_lines(row.id),
    )


def _as_lines_of_json(events: Iterator[Event]) -> Event | None:
    last = None
    for last in events:
        kind, data = to_record(last)
        screen.say_json_line({"kind": kind, **data})
    return last
