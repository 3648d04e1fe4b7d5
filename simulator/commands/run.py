"""The drill itself: start, status, stop, abort, resume."""

from __future__ import annotations

import random
import time
from typing import Annotated, Any

import typer

from faults.contract import Fault
from simulator import operations, screen
from simulator.commands.choice import is_surprise, least_practised
from simulator.commands.common import (
    DrillId,
    Json,
    Level,
    find_scenario,
    running_drill,
    secret_scenario,
    the_drill,
    ways_in,
)
from simulator.commands.follow import follow
from simulator.commands.monthly import play_month
from simulator.commands.results import show_score
from simulator.errors import UsageProblem
from simulator.screen.console import clock
from simulator.store import DrillRow, Order, Store


def start(
    month: Annotated[
        str | None,
        typer.Argument(metavar="[MONTH]", help="With --monthly: which, as 2026-12. Default: this one (UTC)."),
    ] = None,
    scenario: Annotated[
        str | None,
        typer.Option("--scenario", metavar="NAME", help="What to practise; `surprise` is --surprise."),
    ] = None,
    surprise: Annotated[
        bool,
        typer.Option("--surprise", help="Draw what the team has practised least; it is told in the end."),
    ] = False,
    monthly: Annotated[
        bool, typer.Option("--monthly", help="The month's two drills, one after the other, and their sum.")
    ] = False,
    team: Annotated[str, typer.Option(help="The team that practises.")] = "home",
    members: Annotated[
        str, typer.Option(metavar="A,B", help="Who can log in on the server, separated by commas.")
    ] = "oncall",
    level: Level = "runbook",
    wait: Annotated[
        float | None,
        typer.Option(metavar="S", help="Seconds before the injection. Default: 0 to 120, drawn."),
    ] = None,
    hold: Annotated[
        float | None,
        typer.Option(metavar="S", help="Seconds that all must hold. Default: the scenario's own."),
    ] = None,
    deadline: Annotated[
        float, typer.Option(metavar="MIN", help="Minutes that the report is awaited after the resolution.")
    ] = 30,
    limit: Annotated[
        float, typer.Option(metavar="MIN", help="Minutes after which a drill that nobody resolves ends.")
    ] = 60,
    seed: Annotated[
        int | None, typer.Option(metavar="N", help="Draws the same again. Default: drawn.")
    ] = None,
    detach: Annotated[bool, typer.Option("--detach", help="Start it, tell how to join, and return.")] = False,
    as_json: Json = False,
) -> None:
    """Start a drill and follow it to its end; Ctrl-C leaves it running."""
    secret = is_surprise(scenario, surprise, monthly, month)
    number = random.SystemRandom().randrange(2**31) if seed is None else seed
    if monthly and detach:
        raise UsageProblem("--monthly and --detach exclude each other", "detach with Ctrl-C, drill by drill")

    def begin(fault: type[Fault]) -> DrillRow:
        order = Order(
            team=team,
            members=tuple(part.strip() for part in members.split(",") if part.strip()),
            scenario=fault.name,
            level=level,  # as asked: the drill in which nothing breaks must not show by its level
            wait_s=wait,
            hold_s=hold,
            deadline_min=deadline,
            limit_min=limit,
            seed=number,
            secret=secret,
        )
        operations.revive_all()
        drill_id = operations.begin(order)
        with Store.open() as opened:
            return opened.drill(drill_id)

    if monthly:
        play_month(month, level, lambda name: begin(find_scenario(name, level)), as_json)
        return
    fault = least_practised(team, level, number) if secret else find_scenario(str(scenario), level)
    row = begin(fault)
    if detach:
        _tell_started(row, as_json)
    else:
        follow(row, as_json)


def status(
    drill_id: DrillId = None,
    all_drills: Annotated[bool, typer.Option("--all", help="List every drill, ended ones too.")] = False,
    as_json: Json = False,
) -> None:
    """Show the drills that run: elapsed time, failing checks, last events, how to join."""
    if drill_id is not None:
        rows: tuple[DrillRow, ...] = (the_drill(drill_id),)
    else:
        operations.revive_all()
        with Store.open() as opened:
            rows = opened.drills() if all_drills else opened.running()
    if as_json:
        screen.say_json({"drills": [_brief(row) if all_drills else _full(row) for row in rows]})
    elif not rows:
        screen.say(
            "no drill is running; `drill start --scenario NAME` starts one, `drill scenarios` lists them"
        )
    elif all_drills:
        screen.show_drills([_brief(row) for row in rows])
    else:
        for row in rows:
            _tell_status(row)


def stop(drill_id: DrillId = None, as_json: Json = False) -> None:
    """End the drill now, and score it."""
    row = running_drill(drill_id)
    operations.stop(row.id)
    show_score(row.id, as_json)


def abort(drill_id: DrillId = None, as_json: Json = False) -> None:
    """End the drill now, without a score, and remove its server."""
    row = running_drill(drill_id)
    operations.abort(row.id)
    if as_json:
        screen.say_json({"drill": row.id, "aborted": True})
    else:
        screen.say(f"the drill {row.id} is aborted; it is not scored, and its server is gone")


def resume(
    drill_id: DrillId = None,
    detach: Annotated[bool, typer.Option("--detach", help="Return when the referee runs.")] = False,
    as_json: Json = False,
) -> None:
    """Come back to a running drill; starts its referee again if that died."""
    row = running_drill(drill_id)
    operations.revive(row.id)
    if detach:
        _tell_started(row, as_json)
    else:
        follow(row, as_json)


def _tell_started(row: DrillRow, as_json: bool) -> None:
    if as_json:
        screen.say_json(_brief(row) | {"join": ways_in(row)})
        return
    screen.say(f"the drill {row.id} runs; to log in, once `drill status` shows that it is armed:")
    for line in ways_in(row):
        screen.say(line)
    screen.say(f"`drill resume {row.id}` follows it, `drill stop {row.id}` ends and scores it")


def _brief(row: DrillRow) -> dict[str, Any]:
    return {
        "drill": row.id,
        "team": row.order.team,
        "members": list(row.order.members),
        "scenario": secret_scenario(row),
        "level": row.order.level,
        "state": row.state,
        "created": row.created,
    }


def _full(row: DrillRow) -> dict[str, Any]:
    with Store.open() as opened:
        events = opened.timeline(row.id)
    lines = [screen.in_words(event, row.order.secret) for event in events]
    ended = row.state == "ended"
    return _brief(row) | {
        "elapsed_s": None if ended else round(time.time() - row.created, 1),
        "failing": None if ended else operations.beat(row.id),
        "last": [line for line in lines if line is not None][-12:],
        "join": ways_in(row),
    }


def _tell_status(row: DrillRow) -> None:
    full = _full(row)
    elapsed = "" if full["elapsed_s"] is None else f", {clock(full['elapsed_s'])} since the start"
    scenario_name = full["scenario"] or "a surprise"
    screen.say(
        f"drill {row.id}: team {row.order.team}, {scenario_name} ({row.order.level}), {row.state}{elapsed}"
    )
    match full["failing"]:
        case None:
            screen.say("  checks: nothing is known of them now")
        case failing if not failing:
            screen.say("  checks: all hold")
        case failing:
            for name, why in failing.items():
                screen.say(f"  ✗ {name}: {why}")
    for line in (*full["last"], *full["join"]):
        screen.say(f"  {line}")
