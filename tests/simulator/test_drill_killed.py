"""The referee may be killed at any point: every one of them is tried, in a world with a clock of its own."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import pytest

from faults.api_crash import ApiCrash
from scoring import marks
from scoring.scorecard import Scorecard, score
from scoring.timeline import (
    CheckFailed,
    CheckHeld,
    Complained,
    Confirmed,
    Ended,
    Event,
    Injected,
    Opened,
    Protected,
    Reported,
    Ticket,
    Timeline,
    Withdrawn,
)
from simulator import drill as drill_module
from simulator.drill import Drill
from simulator.follower import CHECKS, Follower
from simulator.store import DrillRow, Store
from tests.simulator.samples import opened, order

BEGAN = 1000.0
TURN_S = 0.25
DECLARED_AFTER_S = 20.0
CURED_AFTER_S = 60.0
CURED_AGAIN_AFTER_S = 90.0
"""Later than the referee waits for a restarted server: the first cure is withdrawn before."""
REPORTED_AFTER_S = 120.0
RESTART_S = 3.0


class KilledError(BaseException):
    """As SIGKILL: nothing in the referee hears of it."""


@dataclass
class World:
    """The server and its team, which live on while the referee dies."""

    dies_at: int | None = None
    """At which of its calls the referee is killed."""
    calls: int = 0
    now: float = BEGAN
    timeline: Timeline = ()
    broken_at: float | None = None
    down_until: float = BEGAN + 5
    failing: bool = True
    injections: int = 0
    relapses: bool = False
    """Whether the first cure does not outlive the referee's restart."""
    severity: str = "P1"
    hides: bool = False
    """Whether it relapses so that nobody notices: the cause is there, and no check fails."""
    relapsed_at: float | None = None

    def call(self, deed: Callable[[], Any] = lambda: None) -> Any:
        """Something that the referee does; death can come before it and after it."""
        self._live()
        result = deed()
        self._live()
        return result

    def tick(self) -> None:
        """A quarter of a second passes."""
        self.now += TURN_S
        is_seen = self.relapsed_at is None or not self.hides
        fails = (self.broken_at is not None and is_seen) or self.now < self.down_until
        if fails != self.failing:
            self.failing = fails
            self.add(*(self._change(check, fails) for check in sorted(CHECKS)))
        self._team()

    def _change(self, check: str, fails: bool) -> Event:
        before = self.now - TURN_S
        return CheckFailed(self.now, check, before, "down") if fails else CheckHeld(self.now, check, before)

    def add(self, *events: Event) -> None:
        """What the store does: an event that is there already is not added again."""
        self.timeline += tuple(event for event in events if event not in self.timeline)

    def restart(self) -> None:
        """The referee's restart of what the fault touched."""
        self.down_until = self.now + RESTART_S
        if self.relapses and self.relapsed_at is None:
            self.broken_at = self.relapsed_at = self.now

    def _team(self) -> None:
        onset = marks.onset(self.timeline)
        if onset is None:
            return
        if self.now > onset.at + DECLARED_AFTER_S and not self._has(Ticket):
            self.add(Ticket(self.now, "ana", "P1", "backend", "down"))
        if self.broken_at is not None and self.now > self._cured_at(onset.at):
            self.broken_at = None
        if self._has(Confirmed) and self.now > onset.at + REPORTED_AFTER_S and not self._has(Reported):
            self.add(Reported(self.now, "ana", "# Incident Report"))

    def _cured_at(self, onset: float) -> float:
        """When the team is done; it learns of a relapse that is not seen when its cure is withdrawn."""
        if self.relapsed_at is None:
            return onset + CURED_AFTER_S
        if not self.hides:
            return self.relapsed_at + CURED_AGAIN_AFTER_S
        withdrawn = [event.at for event in self.timeline if isinstance(event, Withdrawn)]
        return max(withdrawn, default=math.inf) + CURED_AFTER_S

    def _has(self, kind: type[Event]) -> bool:
        return any(isinstance(event, kind) for event in self.timeline)

    def _live(self) -> None:
        self.calls += 1
        if self.calls == self.dies_at:
            raise KilledError


class Tape(Follower):
    """The real follower, whose record is the world's."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.timeline = world.timeline
        self.now = max((event.at for event in world.timeline), default=0.0)
        self._asked = {}

    def append(self, *events: Event) -> None:
        """Commit, unless death comes first."""
        self.world.call(lambda: self.world.add(*events))
        self.timeline = self.world.timeline

    def _read(self) -> bool:
        self.world.tick()
        self.now, self.timeline = self.world.now, self.world.timeline
        return True


@dataclass
class Box:
    """The server as the drill and its fault use it."""

    world: World

    def await_engine(self) -> None:
        self.world.call()

    def welcome(self, members: tuple[str, ...], public_key: str) -> None:
        self.world.call()

    def restart(self, services: tuple[str, ...]) -> None:
        self.world.call(self.world.restart)

    def clock(self) -> float:
        return float(self.world.call(lambda: self.world.now))

    def is_up(self) -> bool:
        return True

    def is_running(self, service: str) -> bool:
        return bool(self.world.call(lambda: self.world.broken_at is None))

    def run(self, command: str) -> str:
        def kill() -> None:
            self.world.broken_at = self.world.now
            self.world.injections += 1

        self.world.call(kill)
        return ""

    def ask(self, verb: str, question: Any = None) -> Any:
        answers: dict[str, Any] = {
            "protections": {"backend memory": 1536},
            "audit": {"lost": [], "acknowledged": 9, "hidden": 0},
            "archives": [{"path": "/archives/a.log", "size": 9, "looks_like_logs": True}],
            "issues": [],
        }
        if verb == "complain":
            said = Complained(self.world.now, question["who"], "#erp-support", question["text"])
            return self.world.call(lambda: self.world.add(said))
        return self.world.call(lambda: answers[verb])


def begun(world: World) -> tuple[DrillRow, Store]:
    """A drill of the world's, at its beginning."""
    store = Store.open()
    row = store.begin(order(scenario="api-crash"))
    world.add(replace(opened(row.id, at=BEGAN, scenario="api-crash"), severity=world.severity))
    return row, store


@pytest.fixture(autouse=True)
def short(monkeypatch: pytest.MonkeyPatch) -> None:
    """The drill is not kept open for long after a report that leaves something out: this one says nothing."""
    monkeypatch.setattr(drill_module, "LATER_S", 3.0)


def play(world: World) -> Scorecard:
    """Play the drill to its end, with a new referee after each death."""
    row, store = begun(world)
    while not any(isinstance(event, Ended) for event in world.timeline):
        drill = Drill(row, ApiCrash(row.order.seed), store, Box(world), Tape(world))  # type: ignore[arg-type]
        try:
            drill.run()
        except KilledError:
            world.dies_at = None
    store.update(row.id, state="ended")
    return score(world.timeline)


def told(card: Scorecard) -> dict[str, Any]:
    """What a death may not change."""
    return {
        "ended": card.ended,
        "points": card.points,
        "findings": card.findings,
        "detect": pytest.approx(card.time_to_detect_s, abs=2 * TURN_S),
        "resolve": pytest.approx(card.time_to_resolve_s, abs=2 * TURN_S),
        "rules": {name: [rule.passed for rule in each.rules] for name, each in card.criteria.items()},
    }


@pytest.mark.parametrize("relapses", [False, True], ids=["a lasting cure", "a cure that does not last"])
def test_no_death_changes_the_score(relapses: bool) -> None:
    """Killed before and after each of its deeds, the drill ends with the card of an undisturbed one."""
    undisturbed = World(relapses=relapses)
    card = play(undisturbed)
    assert (card.ended, card.time_to_resolve_s is not None) == ("documented", True)
    assert any(isinstance(event, Withdrawn) for event in undisturbed.timeline) == relapses
    for point in range(1, undisturbed.calls + 1):
        world = World(relapses=relapses, dies_at=point)
        again = play(world)
        assert world.dies_at is None, "nobody died"
        assert told(again) == told(card), f"killed at call {point}"
        assert world.injections == 1
        for kind, count in {Opened: 1, Protected: 2, Injected: 1, Confirmed: 1, Ended: 1}.items():
            assert sum(isinstance(event, kind) for event in world.timeline) == count, (kind, point)
