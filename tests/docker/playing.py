"""The drills of one test: played in this process or by a referee of their own, and gone afterwards."""

from __future__ import annotations

import contextlib
import math
import os
import random
import signal
from collections.abc import Callable
from dataclasses import dataclass, field

from faults import catalogue
from faults.contract import Fault
from scoring import marks
from scoring.timeline import Event, Timeline, to_record
from simulator import belongings, engine, referee, rehearsal
from simulator.drill import Drill
from simulator.errors import DrillError
from simulator.follower import Follower
from simulator.order import BOT, Order
from simulator.rehearsal import Bot, OnEvent
from simulator.server import ProductionServer
from simulator.store import Store
from simulator.wait import wait_until

MEMBER = "bot"
SEED = "LAW_SEED"
"""The variable with the seed of every drill, to play a certain case; without it each draws its own."""
HOLD_S = 5.0
DIES_WITHIN_S = 10.0
"""How long a killed process may stay; one that was only just begun is awaited first."""
HEALTHY_WITHIN_S = 90.0
"""How long after it was healed a server may take to hold again: restarts, and retries that back off."""


def nobody(_: Event) -> None:
    """Hears of an event and does nothing."""


def order(fault: type[Fault], *, hold_s: float = HOLD_S, wait_s: float = 0) -> Order:
    """A drill that nobody waits for; the fault's own least hold is kept by the referee."""
    drawn = random.randrange(2**31)
    seed = int(os.environ.get(SEED, drawn))
    return Order(
        team=f"{BOT}{drawn}", members=(MEMBER,), scenario=fault.name, level=fault.level,
        wait_s=wait_s, hold_s=hold_s, deadline_min=30, limit_min=60, seed=seed,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Game:
    """A drill whose referee is the test itself, step by step."""

    drill: Drill

    @property
    def id(self) -> str:
        """The drill's."""
        return self.drill.row.id

    @property
    def fault(self) -> Fault:
        """What breaks."""
        return self.drill.fault

    @property
    def server(self) -> ProductionServer:
        """Where it breaks."""
        return self.drill.server

    @property
    def hold_s(self) -> float:
        """How long everything must hold in this drill."""
        return marks.opened(self.drill.timeline).hold_s

    def type(self, commands: tuple[str, ...]) -> None:
        """Type commands as a trainee would; one may fail, as it may for a trainee."""
        Bot(self.id, MEMBER, self.fault, nobody).treat(commands)

    def breaks(self) -> bool:
        """Whether a check fails in the fault's own time."""
        return self.follows(lambda: bool(self.failing()), self.fault.symptom_within_s)

    @property
    def has_cause(self) -> bool:
        """Whether the cause is there, as the referee sees it: what it cannot look at is there."""
        return self.drill.verdict.cause_is_present()

    def causes(self) -> bool:
        """Whether the cause comes to be there in the fault's own time: some disks take a while to fill."""
        return self.follows(lambda: self.has_cause, self.fault.symptom_within_s)

    def recovers(self) -> bool:
        """Whether every check holds again, for long enough to be sure."""
        return self.follows(lambda: self.drill.follower.all_held_s() >= HOLD_S, HEALTHY_WITHIN_S)

    def failing(self) -> dict[str, str]:
        """The checks that fail now, and why."""
        return marks.failing(self.drill.timeline, float("inf"))

    def follows(self, condition: Callable[[], bool], within_s: float) -> bool:
        """Whether the condition comes true while the record goes on for so long."""
        return any(condition() for _ in self.drill.follower.until(within_s))


@dataclass
class Playing:
    """Every drill that the test begins is in its own store; the end removes what each left."""

    store: Store = field(default_factory=Store.open)
    _games: set[str] = field(default_factory=set)

    def game(self, fault: type[Fault], **times: float) -> Game:
        """A drill that is armed: the server is healthy, and the test is its referee."""
        row = self.store.begin(order(fault, **times))
        self._games.add(row.id)
        drill = referee.open_drill(row, self.store)
        drill.prepare()
        drill.arm()
        return Game(drill)

    def again(self, drill_id: str) -> Game:
        """A second record of the server that a drill left standing: what the first one said is over."""
        old = self.store.drill(drill_id)
        fault = catalogue.find(old.order.scenario, old.order.level)
        row = self.store.begin(order(fault))
        self._games.add(row.id)
        production = ProductionServer.existing(drill_id)
        follower = Follower(row.id, self.store, production)
        game = Game(Drill(row, fault(old.order.seed), self.store, production, follower))
        now = production.clock()
        game.follows(lambda: follower.now >= now, math.inf)
        return game

    def rehearse(
        self, fault: type[Fault], *, wrong: str | None = None, on_event: OnEvent = nobody, **times: float
    ) -> Timeline:
        """A whole drill with a referee of its own and the bot as its team; its timeline."""
        return self.store.timeline(rehearsal.rehearse(order(fault, **times), wrong, on_event))

    def over(self, game: Game) -> None:
        """The test is done with this drill: nothing of it stays in the engine."""
        belongings.remove(game.id)
        self.store.update(game.id, state="ended")

    def clear(self) -> list[str]:
        """End what runs, whatever state it is in; why it could not be, drill by drill."""
        problems = []
        for row in self.store.drills():
            try:
                self._kill_referee(row.id)
                belongings.remove(row.id)
                if row.state != "ended":
                    self.store.update(row.id, state="ended")
            except DrillError as error:
                problems.append(f"{row.id}: {error}")
        return problems

    def tell(self) -> str:
        """What happened, for a test that failed: every drill's timeline, and what its engine runs."""
        return "\n".join(line for row in self.store.drills() for line in self._told(row.id))

    def _kill_referee(self, drill_id: str) -> None:
        def gone() -> bool:
            row = self.store.drill(drill_id)
            # a test may run the referee in its own process, which ends with the test
            if row.referee is None or row.referee.pid == os.getpid() or not referee.is_alive(row):
                return drill_id in self._games or not referee.is_starting(row)
            with contextlib.suppress(ProcessLookupError):
                os.kill(row.referee.pid, signal.SIGKILL)
            return False

        if not wait_until(gone, within_s=referee.STARTS_WITHIN_S + DIES_WITHIN_S):
            raise AssertionError(f"the referee of {drill_id} cannot be killed")

    def _told(self, drill_id: str) -> list[str]:
        lines = [f"--- {drill_id}", *(_line(event) for event in self.store.timeline(drill_id))]
        try:
            found = ProductionServer.find(drill_id)
            if found is not None and found.is_up():
                lines += ["--- docker ps -a", found.run("docker ps -a")]
            elif found is not None:
                lines += ["--- the server is down", found.container.logs(tail=5).decode()]
        except DrillError as error:
            lines.append(f"--- the server cannot be asked: {error}")
        return lines


def ours(*drills: str) -> list[str]:
    """What the engine has of these drills of the test's own store: containers, volumes, networks."""
    client, names = engine.connect(), {belongings.name(drill) for drill in drills}
    everything = {
        "container": client.containers.list(all=True),
        "volume": client.volumes.list(),
        "network": client.networks.list(),
    }
    return [
        f"{kind} {each.name}" for kind, found in everything.items() for each in found if each.name in names
    ]


def _line(event: Event) -> str:
    kind, data = to_record(event)
    rest = {name: value for name, value in data.items() if name not in ("at", "facts")}
    return f"{event.at:.3f} {kind} {rest}"
