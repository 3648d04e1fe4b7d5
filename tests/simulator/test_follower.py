"""Following the flight record: what it says of the checks, and what it cannot say any more."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import Any

import pytest

from simulator import flight
from simulator.follower import CHECKS, Follower
from simulator.store import Store
from tests.simulator.samples import order

BEGAN = 1_800_000_000


class Server:
    """A server whose record is written by the test."""

    def __init__(self) -> None:
        self.lines: list[flight.Line] = []
        self.wakes = 0
        self.ends = threading.Event()

    def flight_record(self, after: str | None) -> Iterator[flight.Line]:
        """What was not read yet; then silence until the server dies."""
        yield from [line for line in self.lines if after is None or line.stamp > after]
        self.ends.wait()

    def wake(self) -> None:
        """Counts how often it was started again."""
        self.wakes += 1
        self.ends = threading.Event()

    def says(self, second: float, /, **fact: Any) -> None:
        """Write a line."""
        at = BEGAN + second
        self.lines.append(flight.Line(f"{at:.3f}", at, fact))

    def all_hold(self, second: float) -> None:
        """Every check is seen to hold."""
        for check in CHECKS:
            self.says(second, fact="check", name=check, ok=True, why="", after_s=1.0, first_s=0.5)


@pytest.fixture
def server() -> Iterator[Server]:
    """One that has booted and is healthy."""
    made = Server()
    made.says(0, fact="booted")
    made.all_hold(10)
    made.says(20, fact="beat")
    yield made
    made.ends.set()


@pytest.fixture
def store(home: object) -> Iterator[Store]:
    """The test's own."""
    opened = Store.open()
    yield opened
    opened.close()


def follow(server: Server, store: Store) -> Follower:
    """A follower that has read what there is."""
    drill = store.running()[0] if store.running() else store.begin(order())
    follower = Follower(drill.id, store, server)  # type: ignore[arg-type]
    for _ in follower.until(None):
        if follower.now >= server.lines[-1].at:
            return follower
    raise AssertionError("it ends by itself")


def test_what_holds_is_known_with_its_age(server: Server, store: Store) -> None:
    """Every check has held since its first good observation."""
    follower = follow(server, store)
    assert (follower.all_held_s(), follower.trouble()) == (10.5, "")


def test_a_server_that_was_started_again_is_not_taken_for_a_healthy_one(server: Server, store: Store) -> None:
    """What held before its death says nothing: each check must be seen to hold anew."""
    server.says(30, fact="booted")
    server.says(60, fact="beat")
    follower = follow(server, store)
    assert follower.all_held_s() == 0
    assert "not seen since" in follower.trouble()
    server.all_hold(70)
    server.says(80, fact="beat")
    assert follow(server, store).all_held_s() == 10.5


def test_a_record_that_ends_wakes_the_server_and_is_read_on(server: Server, store: Store) -> None:
    """The container died: it is started again, and nothing is read twice."""
    follower = follow(server, store)
    seen = len(follower.timeline)
    server.says(25, fact="beat")
    server.ends.set()
    for _ in follower.until(None):
        if follower.now == BEGAN + 25:
            break
    assert (server.wakes, len(follower.timeline)) == (1, seen)
