"""The referee as a process: whether it is alive, and how often it goes on after trouble."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from types import SimpleNamespace

import pytest

from simulator import referee
from simulator.drill import Drill
from simulator.errors import EngineGone
from simulator.store import DrillRow, Referee, Store
from simulator.wait import wait_until
from tests.simulator.samples import order

TOLD = "from simulator import referee; import os, sys; print(referee._started(int(sys.argv[1])))"


def row_of(process: int, started: float) -> DrillRow:
    """A drill with this process as its referee."""
    with Store.open() as store:
        drill_id = store.begin(order()).id
        store.update(drill_id, referee=Referee(process, started))
        return store.drill(drill_id)


def started(process: int) -> float:
    """When the process started, as the referee has it of itself."""
    found = referee._started(process)
    assert found is not None
    return found


class TestWhetherItIsAlive:
    def test_whatever_the_time_zone(self) -> None:
        """Who asks may have set another one than who started it."""
        told = subprocess.run(
            [sys.executable, "-c", TOLD, str(os.getpid())],
            env={**os.environ, "TZ": "Asia/Jakarta"}, capture_output=True, text=True, check=True,
        )  # fmt: skip
        assert referee.is_alive(row_of(os.getpid(), float(told.stdout)))

    def test_without_any_program(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """A slim system has no ps."""
        monkeypatch.setenv("PATH", "/nowhere")
        assert referee.is_alive(row_of(os.getpid(), started(os.getpid())))

    def test_another_process_of_its_number_is_not_it(self) -> None:
        """Numbers come again."""
        assert not referee.is_alive(row_of(os.getpid(), started(os.getpid()) - 1))

    def test_the_remains_of_a_process_are_dead(self) -> None:
        """Killed, and not yet asked for by its parent."""
        with subprocess.Popen(["sleep", "60"]) as process:
            row = row_of(process.pid, started(process.pid))
            assert referee.is_alive(row)
            process.kill()
            assert wait_until(lambda: not referee.is_alive(row), within_s=10, every_s=0.05)


class Troubled:
    """A drill that goes on for some seconds at each try, and then the engine loses an answer."""

    def __init__(self, lasts: Iterator[float], clock: list[float]) -> None:
        self.lasts = lasts
        self.clock = clock
        self.tries = 0

    def run(self) -> None:
        self.tries += 1
        lasts_s = next(self.lasts, None)
        if lasts_s is not None:
            self.clock[0] += lasts_s
            raise EngineGone("the engine lost what was answered", "see `drill doctor`")


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The referee's clock, and an engine that answers at once."""
    now = [0.0]
    monkeypatch.setattr(referee, "time", SimpleNamespace(monotonic=lambda: now[0], time=time.time))
    monkeypatch.setattr("simulator.engine.answers", lambda: True)
    return now


def go_on(lasts: tuple[float, ...], clock: list[float], monkeypatch: pytest.MonkeyPatch) -> int:
    """Run a drill with trouble after each of these times; how many tries it took."""
    troubled = Troubled(iter(lasts), clock)
    opened: Drill = troubled  # type: ignore[assignment]
    monkeypatch.setattr(referee, "open_drill", lambda _row, _store: opened)
    with Store.open() as store:
        referee._run(store.drill(store.begin(order()).id), store)
    return troubled.tries


def test_trouble_now_and_then_ends_no_drill(clock: list[float], monkeypatch: pytest.MonkeyPatch) -> None:
    """Each time the drill has gone on meanwhile."""
    assert go_on((300.0,) * 6, clock, monkeypatch) == 7


def test_trouble_twice_in_a_row_does_not(clock: list[float], monkeypatch: pytest.MonkeyPatch) -> None:
    """The engine was started again, say."""
    assert go_on((1.0,) * (referee.TRIES - 1), clock, monkeypatch) == referee.TRIES


def test_trouble_again_and_again_does(clock: list[float], monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing comes of trying for ever."""
    with pytest.raises(EngineGone):
        go_on((1.0,) * referee.TRIES, clock, monkeypatch)
