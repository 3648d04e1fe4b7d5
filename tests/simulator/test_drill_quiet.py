"""The drill in which nothing breaks, and the wait of every drill: told by a clock of the test's own."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest

from faults import catalogue
from scoring.scorecard import score
from scoring.timeline import Armed, Ended, Event, Injected, Ticket, Timeline
from simulator.drill import LONGEST_WAIT_S, Drill
from simulator.store import Store
from tests.simulator.samples import opened, order

BEGAN = 1000.0
TURN_S = 0.25


@dataclass
class Clock:
    """Stands for the follower: each turn is a quarter of a second of the record."""

    timeline: Timeline
    now: float = BEGAN
    said: dict[float, Event] = field(default_factory=dict)
    """What somebody says at which time."""

    def until(self, within_s: float | None) -> Iterator[None]:
        """Turn after turn."""
        end = float("inf") if within_s is None else self.now + within_s
        while self.now <= end:
            self.now += TURN_S
            for at in [at for at in self.said if at <= self.now]:
                self.append(self.said.pop(at))
            yield

    def append(self, *events: Event) -> None:
        """Keeps them."""
        self.timeline += events


class Armable:
    """A server that is ready at once and has nothing to protect."""

    def ask(self, verb: str, question: Any = None) -> dict[str, Any]:
        """Nothing."""
        return {}


def drill(scenario: str, seed: int, armed: bool = True, **changes: Any) -> Drill:
    """A drill at its beginning, or armed just now."""
    store = Store.open()
    row = store.begin(order(scenario=scenario, seed=seed, **changes))
    events: Timeline = (opened(row.id, at=BEGAN, scenario=scenario), *([Armed(BEGAN)] if armed else []))
    return Drill(row, catalogue.find(scenario)(seed), store, Armable(), Clock(events))  # type: ignore[arg-type]


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_nothing_happens_for_the_time_that_the_seed_draws(seed: int) -> None:
    """It ends by itself, nothing is injected, and who declared nothing gets a clean card without points."""
    quiet = drill("quiet", seed)
    quiet.run()
    end = quiet.timeline[-1]
    assert isinstance(end, Ended) and end.how == "quiet"
    assert end.at - BEGAN == pytest.approx(catalogue.find("quiet")(seed).lasts_s, abs=1)
    assert not [event for event in quiet.timeline if isinstance(event, Injected)]
    card = score(quiet.timeline)
    assert (card.verdict, card.points, card.counts) == ("clean", None, False)


def test_the_limit_ends_it_sooner() -> None:
    """A facilitator who has two minutes needs no more."""
    quiet = drill("quiet", 1, limit_min=2)
    quiet.run()
    assert quiet.timeline[-1].at - BEGAN == pytest.approx(120, abs=1)


def test_who_declares_blindly_is_told() -> None:
    """A ticket in a drill in which nothing breaks is a false alarm."""
    quiet = drill("quiet", 1)
    ticket = Ticket(BEGAN + 30, "ana", "P1", "backend", "surely down")
    quiet.follower.said[ticket.at] = ticket  # type: ignore[attr-defined]
    quiet.run()
    assert score(quiet.timeline).verdict == "false alarm"


def test_the_wait_before_the_injection_is_drawn_once() -> None:
    """By the seed, over the whole of its range: many drills wait longer than half of the longest wait."""
    waits = []
    for seed in range(30):
        armed = drill("api-crash", seed, armed=False, team=f"team {seed}", wait_s=None)
        armed.arm()
        waits.append(armed.follower.now - BEGAN)
    assert max(waits) <= LONGEST_WAIT_S + 1
    assert sum(wait > LONGEST_WAIT_S / 2 for wait in waits) >= 8


@pytest.mark.parametrize("asked", [0.0, None])
def test_what_breaks_is_the_same_whoever_chose_the_wait(asked: float | None) -> None:
    """A rehearsal, which waits for nobody, breaks what a drill with its seed breaks."""
    armed = drill("api-crash", 7, armed=False, wait_s=asked)
    armed.arm()
    assert armed.fault.random.random() == catalogue.find("api-crash")(7).random.random()
