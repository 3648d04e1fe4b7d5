"""Follows the flight record of one drill into its timeline, and keeps the time by it."""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Iterator

from scoring import marks
from scoring.timeline import CheckFailed, CheckHeld, Event, Timeline
from simulator import flight
from simulator.errors import DrillError, EngineProblem
from simulator.server import ProductionServer
from simulator.store import Store

TURN_S = 0.25
"""How long one turn waits for a line; wishes from other processes are seen once a turn."""
SILENT_FOR_S = 15.0
"""The control half writes every second: a record that is silent for this long is broken."""
CHECKS = frozenset(
    {
        "health", "login", "stock", "stock-search", "orders", "approve", "transfers", "work-orders", "qc",
        "refusal", "page", "wording", "disk", "services", "memory", "cpu",
    }
)  # fmt: skip


class Follower:
    """The only writer of a drill's timeline while its referee lives."""

    def __init__(self, drill_id: str, store: Store, server: ProductionServer) -> None:
        """Go on from the position that the store knows."""
        self.drill_id = drill_id
        self.store = store
        self.server = server
        self.timeline: Timeline = store.timeline(drill_id)
        self.now = max((event.at for event in self.timeline), default=0.0)
        """The engine's time of the last line read."""
        self._lines: queue.Queue[flight.Line | DrillError] = queue.Queue()
        self._asked: dict[str, float] = {}
        self._listen()

    def until(self, within_s: float | None) -> Iterator[None]:
        """Turn after turn, each with what the record said meanwhile, for `within_s` seconds of it."""
        start, heard = None, time.monotonic()
        while True:
            if self._read():
                heard = time.monotonic()
            elif time.monotonic() - heard > SILENT_FOR_S:
                self._reconnect()
                heard = time.monotonic()
            start = self.now if start is None else start
            yield
            if within_s is not None and self.now - start > within_s:
                return

    def append(self, *events: Event) -> None:
        """Commit events of the referee's own."""
        self.store.append(self.drill_id, events)
        self._refresh()

    def all_held_s(self, since: float = 0.0) -> float:
        """For how many seconds after `since` every check has held; 0 while one fails or was never seen."""
        held = {event.check for event in self.timeline if isinstance(event, CheckHeld)}
        if not held >= CHECKS or marks.failing(self.timeline, float("inf")):
            return 0.0
        return self.now - max(since, *(e.at for e in self.timeline if isinstance(e, CheckHeld)))

    def trouble(self) -> str:
        """Which checks fail now and why, or were never seen; empty when all hold."""
        failing = marks.failing(self.timeline, float("inf"))
        seen = {event.check for event in self.timeline if isinstance(event, CheckHeld | CheckFailed)}
        unseen = dict.fromkeys(sorted(CHECKS - seen), "not seen yet")
        return ", ".join(f"{check} ({why})" for check, why in (failing | unseen).items())

    def due(self, what: str, every_s: float) -> bool:
        """Whether `every_s` seconds of the record have passed since this last said yes."""
        if self.now < self._asked.get(what, 0) + every_s:
            return False
        self._asked[what] = self.now
        return True

    def _read(self) -> bool:
        """Take what has come and commit it with its position; whether anything came."""
        lines = self._taken()
        if lines:
            self.now = max(self.now, lines[-1].at)
            found: list[Event] = []
            for line in lines:
                found += self._unseen(line, found)
                found += flight.events(line)
            self.store.append(self.drill_id, found, lines[-1].stamp)
        self._refresh()
        return bool(lines)

    def _unseen(self, line: flight.Line, found: list[Event]) -> list[Event]:
        """A server that was started again has seen nothing of itself yet: no check holds until seen."""
        if line.fact["fact"] != "booted" or not any(
            isinstance(e, CheckHeld) for e in (*self.timeline, *found)
        ):
            return []
        why = "not seen since the server was started again"
        return [CheckFailed(line.at, check, line.at, why) for check in sorted(CHECKS)]

    def _taken(self) -> list[flight.Line]:
        taken: list[flight.Line] = []
        wait = TURN_S
        while True:
            try:
                line = self._lines.get(timeout=wait) if wait else self._lines.get_nowait()
            except queue.Empty:
                return taken
            if isinstance(line, DrillError):
                self._reconnect()
                return taken
            if line.fact["fact"] == "fatal":
                raise EngineProblem(f"the server cannot boot: {line.fact['why']}", "run `drill doctor`")
            taken.append(line)
            wait = 0

    def _refresh(self) -> None:
        """Read what others appended too (a wish to end), in the store's order."""
        self.timeline += self.store.timeline(self.drill_id, after=len(self.timeline))

    def _listen(self) -> None:
        lines, position = self._lines, self.store.position(self.drill_id)

        def listen() -> None:
            try:
                for line in self.server.flight_record(position):
                    lines.put(line)
                lines.put(EngineProblem("the flight record ended", "the server is started again"))
            except DrillError as error:
                lines.put(error)

        threading.Thread(target=listen, daemon=True).start()

    def _reconnect(self) -> None:
        """The server or its log stream is gone: wake it, and go on from the last committed position."""
        self._lines = queue.Queue()
        self.server.wake()
        self._listen()
