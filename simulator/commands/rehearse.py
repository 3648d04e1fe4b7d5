"""A whole drill with a bot as the team, to see that the scenario and its remedy work."""

from __future__ import annotations

import random
from typing import Annotated

import typer

from scoring.timeline import Ended, Event, Opened, Voided
from simulator import operations, rehearsal, screen
from simulator.commands.common import Json, Level, find_scenario, nearest
from simulator.commands.results import show_score
from simulator.errors import DrillError, NotFound
from simulator.order import BOT, Order

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
    told = _Told()
    try:
        drill_id = rehearsal.rehearse(order, wrong, told)
    except (KeyboardInterrupt, DrillError):
        told.abort()
        raise
    show_score(drill_id, as_json)


class _Told:
    """Shows each event on standard error, and so knows which drill it is."""

    drill: str | None = None
    over: bool = False

    def __call__(self, event: Event) -> None:
        """Show the event."""
        if isinstance(event, Opened):
            self.drill = event.drill
        self.over = self.over or isinstance(event, Voided | Ended)
        line = screen.in_words(event)
        if line is not None:
            screen.warn(line)

    def abort(self) -> None:
        """End the drill, for without the bot nobody plays it; what fails here hides no first error."""
        if self.drill is None or self.over:
            return
        try:
            operations.abort(self.drill)
            screen.warn(f"the rehearsal's drill {self.drill} is aborted")
        except DrillError as error:
            screen.warn(f"the rehearsal's drill {self.drill} could not be aborted: {error}")
