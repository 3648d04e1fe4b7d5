"""What the commands share: their common options, and which drill, member and scenario is meant."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import get_close_matches
from typing import Annotated

import typer

from faults import catalogue
from faults.contract import Fault
from simulator import operations
from simulator.errors import EngineGone, NotFound, UsageProblem
from simulator.store import DrillRow, Store

Json = Annotated[bool, typer.Option("--json", help="Print JSON, for another program to read.")]
DrillId = Annotated[
    str | None, typer.Argument(metavar="[ID]", help="The drill's id. Default: the one that is running.")
]
OfDrill = Annotated[
    str | None, typer.Option("--drill", metavar="ID", help="The drill's id. Default: the one running.")
]
As = Annotated[
    str | None, typer.Option("--as", metavar="NAME", help="The member who acts. Default: the first one.")
]
Level = Annotated[
    str, typer.Option("--level", help="runbook: its remedy is the cure. expert: the cause must be found.")
]


def the_drill(drill_id: str | None) -> DrillRow:
    """The drill of that id, or the one that is running. Raises NotFound or UsageProblem.

    Every command that touches a drill comes by here, so referees that died are started again here.
    """
    operations.revive_all()
    with Store.open() as opened:
        if drill_id is not None:
            return opened.drill(drill_id)
        running = opened.running()
    if not running:
        raise NotFound(
            "no drill is running", "name one (`drill status --all` lists them) or `drill start` one"
        )
    if len(running) > 1:
        ids = ", ".join(f"{row.id} ({row.order.team})" for row in running)
        raise UsageProblem(f"several drills are running: {ids}", "name the one that you mean")
    return running[0]


def running_drill(drill_id: str | None) -> DrillRow:
    """As `the_drill`, but one that has not ended. Raises NotFound for one that has."""
    row = the_drill(drill_id)
    if row.state == "ended":
        raise NotFound(f"the drill {row.id} has ended", f"see `drill score {row.id}`")
    return row


def member(row: DrillRow, name: str | None) -> str:
    """The member who acts. Raises NotFound for somebody who is not of the team."""
    members = row.order.members
    if name is None:
        return members[0]
    if name not in members:
        raise NotFound(f"{name!r} is not in the drill {row.id}", f"use one of {', '.join(members)}")
    return name


def find_scenario(name: str, level: str) -> type[Fault]:
    """The fault of that name and level. Raises NotFound with the nearest name."""
    try:
        fault = catalogue.find(name, level)
        if fault.breaks:
            return fault
        raise NotFound(f"{name} is only drawn", "use --surprise, and it may come")
    except KeyError:
        levels = sorted({str(fault.level) for fault in catalogue.scenarios() if fault.name == name})
    if levels:
        raise NotFound(f"{name} has no level {level!r}", f"use --level {' or '.join(levels)}")
    raise NotFound(f"there is no scenario {name!r}", nearest(name, catalogue_names()))


def catalogue_names() -> list[str]:
    """The scenarios' names, each once, whatever its levels."""
    return sorted({fault.name for fault in catalogue.scenarios()})


def nearest(name: str, names: Sequence[str]) -> str:
    """What to do about a name that does not exist: the one that was probably meant, or all of them."""
    near = get_close_matches(name.lower(), names, n=1, cutoff=0.5)
    return f"did you mean {near[0]}?" if near else f"use one of {', '.join(names)}"


def ways_in(row: DrillRow) -> list[str]:
    """What the team types to get in: also true while the server is not there yet, or no longer."""
    try:
        return [] if row.state == "ended" else operations.join_lines(row.id)
    except NotFound:
        return [f"drill shell {row.id} --as {name}" for name in row.order.members]
    except EngineGone as error:  # what the store knows is shown all the same
        return [f"nobody can log in now: {error}"]


def secret_scenario(row: DrillRow) -> str | None:
    """The drill's scenario, or None while it is a surprise."""
    return None if row.order.secret and row.state != "ended" else row.order.scenario
