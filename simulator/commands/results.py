"""What drills were worth: score and leaderboard."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import asdict, fields
from typing import Annotated

import typer

from scoring import scorecard
from scoring.ranking import Row, rank
from scoring.timeline import Opened, Timeline
from simulator import screen
from simulator.commands.common import DrillId, Json, catalogue_names, nearest, the_drill
from simulator.errors import Conflict, DrillVoid, NotFound, UsageProblem
from simulator.store import DrillRow, Store

TIE_RULE = (
    "by average points, then by median time to resolve (those without one last); "
    "teams equal in both share the rank"
)

Month = Annotated[str | None, typer.Option("--month", metavar="YYYY-MM", help="Only drills of this month.")]
OfScenario = Annotated[str | None, typer.Option("--scenario", metavar="NAME", help="Only this scenario.")]
Csv = Annotated[bool, typer.Option("--csv", help="Print CSV, for a spreadsheet.")]


def score_drill(drill_id: DrillId = None, as_json: Json = False) -> None:
    """Show a drill's scorecard, from the store alone; without ID of the running drill, else the last."""
    row = the_drill(drill_id or _last_without_running())
    if row.order.secret and row.state != "ended":
        raise Conflict(f"the drill {row.id} is a surprise", "its scorecard is shown when it has ended")
    show_score(row.id, as_json)


def leaderboard(
    month: Month = None, scenario: OfScenario = None, as_json: Json = False, as_csv: Csv = False
) -> None:
    """Rank the teams: by average points, then by median time to resolve. Rehearsals do not count."""
    if as_json and as_csv:
        raise UsageProblem("--json and --csv exclude each other", "use one of them")
    if month is not None and not re.fullmatch(r"\d{4}-(0[1-9]|1[0-2])", month):
        raise UsageProblem(f"{month!r} is no month", "write it as 2026-11")
    if scenario is not None and scenario not in catalogue_names():
        raise NotFound(f"there is no scenario {scenario!r}", nearest(scenario, catalogue_names()))
    with Store.open() as opened:
        drills = opened.drills(month=month, scenario=scenario, running=False)
        cards = [card_of(opened.timeline(drill.id)) for drill in drills if not drill.order.rehearsed]
    rows = rank(card for card in cards if card is not None)
    if as_json:
        screen.say_json({"tie_rule": TIE_RULE, "teams": [asdict(row) for row in rows]})
    elif as_csv:
        screen.say_raw(_as_csv(rows))
    elif not rows:
        screen.say("no scored drill yet")
    else:
        screen.show_leaderboard([asdict(row) for row in rows])
        screen.say(f"ranked {TIE_RULE}; points are averages of 8, passed is 6 or more, times are medians")


def show_score(drill_id: str, as_json: bool, line: bool = False) -> None:
    """Show the drill's card. Raises Conflict before there is one, DrillVoid when there will be none."""
    with Store.open() as opened:
        card = card_of(opened.timeline(drill_id))
    if card is None:
        raise Conflict(f"the drill {drill_id} has not begun yet", "ask again when its server runs")
    if as_json:
        (screen.say_json_line if line else screen.say_json)(scorecard.as_json(card))
    if card.void is not None:
        raise DrillVoid(
            f"the drill {drill_id} is not scored: {card.void}", "start another one with `drill start`"
        )
    if not as_json:
        screen.show_scorecard(scorecard.as_json(card))


def card_of(timeline: Timeline) -> scorecard.Scorecard | None:
    """The timeline's card; None for a drill that ended before it was opened."""
    return scorecard.score(timeline) if any(isinstance(event, Opened) for event in timeline) else None


def _last_without_running() -> str | None:
    with Store.open() as opened:
        drills: tuple[DrillRow, ...] = () if opened.running() else opened.drills()
    return drills[-1].id if drills else None


def _as_csv(rows: tuple[Row, ...]) -> str:
    text = io.StringIO()
    writer = csv.DictWriter(text, fieldnames=[field.name for field in fields(Row)])
    writer.writeheader()
    writer.writerows(asdict(row) | {"team": _cell(row.team)} for row in rows)
    return text.getvalue()


def _cell(text: str) -> str:
    """A spreadsheet would run a cell that begins like a formula."""
    return f"'{text}" if text[0] in "=+-@" else text
