"""Long work on a terminal: a bar a step. Without a terminal: a line when a step begins and ends."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

from rich.progress import BarColumn, Progress, SpinnerColumn, TaskID, TextColumn, TimeElapsedColumn

from simulator import progress as contract
from simulator.screen.console import ERR, clock, printable, warn


@contextmanager
def progress() -> Iterator[contract.Progress]:
    """What suits the place where standard error goes."""
    if not ERR.is_terminal:
        yield Lines()
        return
    columns = (
        SpinnerColumn(finished_text="✓"),
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=ERR) as bars:
        yield Bars(bars)


class Bars:
    """A bar a step: it moves by itself until `advance` says how far the step is."""

    def __init__(self, bars: Progress) -> None:
        """Draw on these bars."""
        self._bars = bars
        self._task: TaskID | None = None

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        """Show the step's bar; fill it when the block ends well, mark it when it does not."""
        outer, task = self._task, self._bars.add_task(printable(name), total=None)
        self._task = task
        try:
            yield
        except BaseException:
            self._bars.update(task, description=f"✗ {printable(name)}")
            self._bars.stop_task(task)
            raise
        finally:
            self._task = outer
        self._bars.update(task, total=1, completed=1)

    def advance(self, done: float, total: float) -> None:
        """Fill the bar to done of total."""
        if self._task is not None:
            self._bars.update(self._task, completed=done, total=total)


class Lines:
    """A line when a step begins, one when it ends, and one each time that a fifth of it is done."""

    def __init__(self) -> None:
        """Start with nothing told."""
        self._name = ""
        self._fifths = 0

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        """Tell the step and how long it took."""
        outer, began = (self._name, self._fifths), time.monotonic()
        self._name, self._fifths = name, 0
        warn(f"{name} …")
        try:
            yield
        except BaseException:
            warn(f"{name}: failed after {clock(time.monotonic() - began)}")
            raise
        finally:
            self._name, self._fifths = outer
        warn(f"{name}: done in {clock(time.monotonic() - began)}")

    def advance(self, done: float, total: float) -> None:
        """Tell every fifth once."""
        fifths = int(5 * done / total) if total > 0 else 0
        if self._fifths < fifths < 5:
            warn(f"{self._name}: {20 * fifths} %")
            self._fifths = fifths
