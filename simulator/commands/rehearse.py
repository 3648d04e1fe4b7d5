"""A whole drill with a bot as the team, to see that the scenario and its remedy work."""

from __future__ import annotations

import random
from typing import Annotated

import typer

from scoring.timeline import Event
from simulator import operations, rehearsal, screen
from simulator.commands.common import Json, Level, find_scenario, nearest
from simulator.commands.results import show_score
from simulator.errors import DrillError, NotFound
from simulator.order import BOT, Order
from simulator.store import Store

MEMBER = "bot"


def rehearse(
    name: Annotated[str, typer.Argument(metavar="NAME", help="The scenario.")],
    wrong: Annotated[
        str | None, typer.Option(metavar="REMEDY", help="Try this wrong remedy instead of the right one.")
    ] = None,
    level: Level = "runbook",
    hold: Annotated[
        float | None,
        typer.Option(metavar="S", help="Seconds that all must hold. Default: the scenario's own."),
    ] = None,
    wait: Annotated[float, typer.Option(metavar="S", help="Seconds before the injection.")] = 0,
    limit: Annotated[
        float, typer.Option(metavar="MIN", help="Minutes after which an unresolved drill ends.")
    ] = 60,
    seed: Annotated[
        int | None, typer.Option(metavar="N", help="Draws the same again. Default: drawn.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Let a bot play a whole drill with the runbook's commands, and print its scorecard."""
    fault = find_scenario(name, level)
    if wrong is not None and wrong not in fault.wrong_remedies:
        raise NotFound(f"{name} has no wrong remedy {wrong!r}", nearest(wrong, sorted(fault.wrong_remedies)))
    number = random.SystemRandom().randrange(2**31) if seed is None else seed
    order = Order(
        team=f"{BOT}{number}",
        members=(MEMBER,),
        scenario=fault.name,
        level=fault.level,
        wait_s=wait,
        hold_s=hold,
        deadline_min=30,
        limit_min=limit,
        seed=number,
    )
    operations.revive_all()
    others = _running(order.team)  # a bot of the same seed may be playing
    try:
        drill_id = rehearsal.rehearse(order, wrong, _tell)
    except BaseException:  # whatever it was, nobody plays the drill any more
        _abort(order.team, others)
        raise
    show_score(drill_id, as_json)


def _tell(event: Event) -> None:
    """Show the event on standard error."""
    line = screen.in_words(event)
    if line is not None:
        screen.warn(line)


def _running(team: str) -> set[str]:
    with Store.open() as store:
        return {row.id for row in store.running() if row.order.team == team}


def _abort(team: str, others: set[str]) -> None:
    """End what the bot leaves behind; what fails here hides no first error."""
    try:
        for drill_id in _running(team) - others:
            operations.abort(drill_id)
            screen.warn(f"the rehearsal's drill {drill_id} is aborted")
    except DrillError as error:
        screen.warn(f"the rehearsal's drill could not be aborted: {error}")
