"""Follows a drill to its end, and says how to come back when somebody leaves."""

from __future__ import annotations

from collections.abc import Iterator

import typer

from scoring.timeline import Event, Injected, Opened, Protected, to_record
from simulator import operations, screen
from simulator.commands.common import ways_in
from simulator.commands.results import show_score
from simulator.screen.live import View
from simulator.store import DrillRow

ANSWER = ("affects", "cause_terms")
SURPRISE = ("severity", "target_s", "seed")
"""What else tells of the scenario: the seed has drawn it."""


def follow(row: DrillRow, as_json: bool) -> None:
    """Show the drill to its end, then its scorecard. Raises DrillVoid for one that cannot be scored."""
    try:
        if as_json:
            _as_lines_of_json(operations.follow(row.id), row.order.secret)
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


def _as_lines_of_json(events: Iterator[Event], secret: bool) -> None:
    """What the answer would follow from is left out; of a surprise also the scenario and its moment."""
    for event in events:
        kind, data = to_record(event)
        if isinstance(event, Protected) or (secret and isinstance(event, Injected)):
            continue
        if isinstance(event, Opened):
            left_out = ANSWER + (SURPRISE if secret else ())
            data = {name: value for name, value in data.items() if name not in left_out}
            data |= {"scenario": None} if secret else {}
        screen.say_json_line({"kind": kind, **data})
