"""A referee that is killed at a certain point: `python -m tests.docker.mortal POINT DRILL`.

It is the real one, in a process of its own, and SIGKILL comes from within, so each point is truly met.
"""

from __future__ import annotations

import functools
import os
import signal
import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from faults.api_crash import ApiCrash
from simulator import belongings, referee
from simulator.drill import Drill
from simulator.evidence import Evidence
from simulator.server import ProductionServer


@dataclass(frozen=True, slots=True)
class Point:
    """Where death comes: before a call of the product's, or after it."""

    owner: Any
    call: str
    after: bool = False


POINTS = {
    "prepare: the server has just started": Point(ProductionServer, "await_engine"),
    "prepare: the members have their accounts": Point(ProductionServer, "welcome", after=True),
    "arm: the facts are not recorded": Point(Drill, "arm"),
    "arm: the wait has begun": Point(Drill, "_wait_s"),
    "inject: before the deed": Point(ApiCrash, "inject"),
    "inject: after the deed": Point(ApiCrash, "inject", after=True),
    "respond: the incident is seen": Point(Drill, "_complain_first"),
    "respond: everything has held": Point(Drill, "_confirm"),
    "restart: before the deed": Point(ProductionServer, "restart"),
    "restart: after the deed": Point(ProductionServer, "restart", after=True),
    "document: the report is awaited": Point(Drill, "document"),
    "end: the report is there": Point(Drill, "end"),
    "end: the findings are being made": Point(Evidence, "saved"),
    "clean: the server is still there": Point(belongings, "remove"),
    "clean: the server is gone": Point(belongings, "remove", after=True),
}
"""By the drill's eight steps, in order."""


def doomed(point: Point) -> Callable[..., Any]:
    """The call, with death before or after it."""
    call = getattr(point.owner, point.call)

    @functools.wraps(call)
    def last(*arguments: Any, **named: Any) -> Any:
        if point.after:
            call(*arguments, **named)
        os.kill(os.getpid(), signal.SIGKILL)

    return last


def main(name: str, drill_id: str) -> None:
    """Run the drill until death."""
    point = POINTS[name]
    setattr(point.owner, point.call, doomed(point))
    referee.run(drill_id)


if __name__ == "__main__":
    main(*sys.argv[1:])
