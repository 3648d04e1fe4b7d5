"""The referee: a process of its own that runs one drill. `python -m simulator.referee DRILL`.

It may be killed at any time: the next `drill` command starts it again, and it goes on from the record.
"""

from __future__ import annotations

import logging
import os
import subprocess
import sys
import time
from pathlib import Path

from filelock import FileLock, Timeout

from faults import catalogue
from scoring import marks
from scoring.timeline import Ended, Event, Found, Opened, Timeline, Voided
from simulator import belongings, engine, settings
from simulator.drill import Drill
from simulator.errors import DrillError, EngineGone, EngineProblem
from simulator.evidence import UNSEEN
from simulator.follower import Follower
from simulator.server import ProductionServer
from simulator.store import DrillRow, Referee, Store
from simulator.wait import wait_until

STARTS_WITHIN_S = 20.0
ENGINE_BACK_WITHIN_S = 300.0
"""How long an engine that went away is waited for."""
DIES_WITHIN_S = 2.0
TRIES = 3
SOUND_FOR_S = 60.0
"""A drill that has gone on for so long since its last trouble is in new trouble: its tries begin anew."""
PROC = Path("/proc")
DEAD = ("Z", "X")
"""States of a process of which only the remains are there."""


def spawn(drill_id: str) -> None:
    """Start the drill's referee; it outlives this process and its terminal."""
    with _log(drill_id).open("ab") as log:
        subprocess.Popen(
            [sys.executable, "-m", "simulator.referee", drill_id],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )


def is_alive(row: DrillRow) -> bool:
    """Whether the process that the drill's row names is still that referee."""
    if row.referee is None:
        return False
    return _started(row.referee.pid) == row.referee.started


def is_starting(row: DrillRow) -> bool:
    """Whether a referee was started so lately that it may not have written its row yet."""
    return row.referee is None and time.time() - row.created < STARTS_WITHIN_S


def run(drill_id: str) -> None:
    """Run the drill to its end and remove its server. One referee a drill: a second one leaves at once."""
    try:
        with Store.open() as store, FileLock(settings.home() / f"{drill_id}.lock", timeout=0):
            store.update(drill_id, referee=Referee(os.getpid(), _started(os.getpid()) or 0.0))
            _referee(store.drill(drill_id), store)
    except Timeout:
        return


def _referee(row: DrillRow, store: Store) -> None:
    if row.state == "ended":
        return
    try:
        if not any(isinstance(event, Ended) for event in store.timeline(row.id)):
            _run(row, store)
    except DrillError as error:
        logging.exception("the drill cannot go on")
        store.append(row.id, _broken_off(store.timeline(row.id), error, time.time()))
    belongings.remove(row.id)
    store.update(row.id, state="ended")


def _broken_off(timeline: Timeline, error: DrillError, now: float) -> list[Event]:
    """How a drill ends that cannot go on. What its team has made unreadable is no reason not to score it."""
    if isinstance(error, UNSEEN) and marks.onset(timeline) is not None:
        return [Found(now, "not seen", error.message), Ended(now, "stopped")]
    return [Voided(now, str(error)), Ended(now, "void")]


def _run(row: DrillRow, store: Store) -> None:
    """Run the drill; when engine or server go away and come back, go on as after a referee's own death."""
    left = TRIES
    while True:
        begun = time.monotonic()
        try:
            open_drill(row, store).run()
            return
        except EngineProblem as error:
            left = (TRIES if time.monotonic() - begun > SOUND_FOR_S else left) - 1
            if not left or not _comes_back(row.id, error):
                raise


def _comes_back(drill_id: str, error: EngineProblem) -> bool:
    """Whether it is worth another try: the engine that went away is awaited, or the server is down."""
    if isinstance(error, EngineGone):
        logging.exception("the engine is awaited")
        wait_until(engine.answers, within_s=ENGINE_BACK_WITHIN_S, every_s=1)
        return True
    if not _died(drill_id):
        return False
    logging.exception("the server is started again")
    return True


def _died(drill_id: str) -> bool:
    """Whether the drill's server is down; the engine may say so a moment after a command in it broke off."""
    found = ProductionServer.find(drill_id)
    return found is not None and wait_until(lambda: not found.is_up(), within_s=DIES_WITHIN_S)


def open_drill(row: DrillRow, store: Store) -> Drill:
    """The drill with its record opened and its server started, or both as they were left."""
    fault = catalogue.find(row.order.scenario, row.order.level)(row.order.seed)
    if not store.timeline(row.id):
        store.append(row.id, [_opened(row)])
    production = ProductionServer.start(row.id)
    store.update(row.id, container=str(production.container.id))
    return Drill(row, fault, store, production, Follower(row.id, store, production))


def _opened(row: DrillRow) -> Opened:
    order = row.order
    fault = catalogue.find(order.scenario, order.level)(order.seed)
    return Opened(
        at=time.time(),
        drill=row.id,
        team=order.team,
        members=order.members,
        scenario=fault.name,
        level=order.level,
        severity=fault.severity,
        affects=fault.affects,
        cause_terms=fault.cause_terms,
        target_s=fault.target_min * 60,
        hold_s=max(order.hold_s, fault.least_hold_s) if order.hold_s is not None else fault.hold_s,
        deadline_s=order.deadline_min * 60,
        seed=order.seed,
    )


def _log(drill_id: str) -> Path:
    folder = settings.home() / "referees"
    folder.mkdir(exist_ok=True)
    return folder / f"{drill_id}.log"


def _started(pid: int) -> float | None:
    """When the process started, in clock ticks since the boot; None when there is none, or only its remains.

    By proc(5): the name may hold blanks and brackets, the state follows it, and the start is field 22.
    """
    try:
        told = (PROC / str(pid) / "stat").read_text()
    except OSError:
        return None
    fields = told.rpartition(")")[2].split()
    return None if fields[0] in DEAD else float(fields[22 - 3])


if __name__ == "__main__":
    logging.basicConfig(format="%(asctime)s %(message)s", level=logging.INFO)
    run(sys.argv[1])
