"""A healthy server with a team on it, a terminal as the team has one, and what the record says meanwhile."""

from __future__ import annotations

import os
import pty
import re
import select
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from scoring.timeline import Armed, Ended, Event, Injected, Timeline
from simulator import belongings, flight, operations
from simulator.cli import main
from simulator.order import Order
from simulator.server import ProductionServer
from simulator.store import Store
from simulator.wait import wait_until

MEMBERS = ("ana", "budi")
NEVER_S = 3600.0
"""A wait before the injection that no test outlives."""
ARMED_WITHIN_S = 150.0
GREEN_WITHIN_S = 120.0
TOLD_WITHIN_S = 20.0
PROMPT = re.compile(r"\w+@erp-prod:[^\n]*# $")
ESCAPES = re.compile(r"\x1b(\[[0-9;?]*[A-Za-z]|\][^\x07]*\x07|[()][A-Z0-9])")


@dataclass(frozen=True, slots=True)
class Result:
    """What a command of `drill` left."""

    code: int
    out: str
    err: str


@dataclass
class Team:
    """A drill with its server, as its team and as the test see it."""

    drill: str
    server: ProductionServer

    def root(self, command: str, *, timeout_s: float = 60) -> str:
        """What a command prints as root on the production server. Raises CommandFailed."""
        return self.server.run(command, timeout_s=timeout_s)

    def fails(self, command: str) -> bool:
        """Whether a command ends with another exit code than 0, or finds nothing to run."""
        return not self.server.inside.succeeds(command)

    def types(self, command: str, who: str = MEMBERS[0]) -> str:
        """What a command prints in a member's login shell. Raises CommandFailed."""
        return self.server.type_as(who, command)

    def facts(self, kind: str) -> list[dict[str, Any]]:
        """The facts of this kind on the flight record so far."""
        raw = self.server.container.logs(
            timestamps=True, stdout=True, stderr=False, stream=True, follow=False
        )
        return [line.fact for line in flight.lines(raw, None) if line.fact["fact"] == kind]

    def said(self, kind: str) -> list[dict[str, Any]]:
        """What the team said in this way."""
        return [fact for fact in self.facts("said") if fact["kind"] == kind]

    def hears(self, fact: str, within_s: float = TOLD_WITHIN_S, /, **wanted: object) -> bool:
        """Whether the record comes to hold such a fact."""

        def heard() -> bool:
            return any(all(f.get(k) == v for k, v in wanted.items()) for f in self.facts(fact))

        return wait_until(heard, within_s=within_s, every_s=0.5)

    def failing(self) -> dict[str, str]:
        """The checks that fail now, and why."""
        beats = self.facts("beat")
        return dict(beats[-1]["failing"]) if beats else {"beat": "none yet"}

    def gets_green(self, within_s: float = GREEN_WITHIN_S) -> bool:
        """Whether every check comes to hold."""
        return wait_until(lambda: not self.failing(), within_s=within_s, every_s=1)

    def timeline(self) -> Timeline:
        """The drill's events so far."""
        store = Store.open()
        try:
            return store.timeline(self.drill)
        finally:
            store.close()

    def has(self, kind: type[Event]) -> bool:
        """Whether an event of this kind is on the timeline."""
        return any(isinstance(event, kind) for event in self.timeline())


@contextmanager
def data_folder(folder: Path) -> Iterator[Path]:
    """A data folder of its own for every test of a module."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DRILL_HOME", str(folder))
        patch.delenv("DRILL_DATABASE_URL", raising=False)
        yield folder


@contextmanager
def team(
    scenario: str = "api-crash", *, wait_s: float = NEVER_S, hold_s: float = 8, name: str = "blue"
) -> Iterator[Team]:
    """A drill that is armed, or injected where the wait is short; nothing of it stays."""
    order = Order(
        team=name, members=MEMBERS, scenario=scenario, level="runbook", wait_s=wait_s, hold_s=hold_s,
        deadline_min=30, limit_min=60, seed=7,
    )  # fmt: skip
    drill = operations.begin(order)
    try:
        due = Armed if wait_s == NEVER_S else Injected
        here = Team(drill, ProductionServer.find(drill) or _awaited(drill))
        assert wait_until(lambda: here.has(due) or here.has(Ended), within_s=ARMED_WITHIN_S), "not armed"
        assert here.has(due), here.timeline()
        yield here
    finally:
        with suppress(Exception):  # it may have ended; what counts is that nothing stays
            operations.abort(drill)
        belongings.remove(drill)


def _awaited(drill: str) -> ProductionServer:
    assert wait_until(lambda: ProductionServer.find(drill) is not None, within_s=60), "no server"
    return ProductionServer.existing(drill)


def command(capsys: pytest.CaptureFixture[str], *arguments: str) -> Result:
    """Run `drill` with these arguments, in this process."""
    capsys.readouterr()
    code = main(arguments)
    told = capsys.readouterr()
    return Result(code, told.out, told.err)


@dataclass
class Terminal:
    """A program on a pseudo-terminal of its own."""

    pid: int
    descriptor: int
    screen: str = ""
    _mark: int = field(default=0)

    def type(self, line: str) -> None:
        """Type a line and the Enter key."""
        self._mark = len(self.screen)
        os.write(self.descriptor, f"{line}\n".encode())

    def press(self, key: str) -> None:
        """Press a key."""
        os.write(self.descriptor, key.encode())

    def shows(self, pattern: str | re.Pattern[str], within_s: float = 30) -> str:
        """What has come since the last line typed, once it holds the pattern; fails when it never does."""
        end = time.monotonic() + within_s
        while not re.search(pattern, self._news()):
            left = end - time.monotonic()
            assert left > 0, f"no {pattern!r} in: {self._news()[-1500:]}"
            if select.select([self.descriptor], [], [], left)[0]:
                try:
                    data = os.read(self.descriptor, 1 << 16)
                except OSError:  # the other side is gone
                    data = b""
                assert data, f"the terminal ended before {pattern!r}: {self._news()[-1500:]}"
                self.screen += data.decode(errors="replace")
        return self._news()

    def run(self, line: str, within_s: float = 60) -> tuple[str, int]:
        """Type a line and await the prompt: what it printed, and its exit code."""
        self.type(line)
        text = self.shows(PROMPT, within_s)
        self.type("echo code=$?")
        code = re.search(r"code=(\d+)", self.shows(r"code=\d+[\s\S]*# $"))
        assert code is not None
        return text, int(code[1])

    def _news(self) -> str:
        return ESCAPES.sub("", self.screen[self._mark :]).replace("\r", "")


@contextmanager
def terminal(*arguments: str) -> Iterator[Terminal]:
    """A program on a terminal of 200 columns; it is gone afterwards."""
    pid, descriptor = pty.fork()
    if pid == 0:
        os.environ.update(TERM="xterm", COLUMNS="200", LINES="50")
        os.execvp(arguments[0], arguments)
    subprocess.run(["stty", "cols", "200", "rows", "50"], stdin=descriptor, check=False)
    try:
        yield Terminal(pid, descriptor)
    finally:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)  # a hang-up may be ignored, as under nohup
        os.close(descriptor)
        os.waitpid(pid, 0)


def shell(drill: str, who: str = MEMBERS[0]) -> Any:
    """A member's login shell by `drill shell`, on a terminal."""
    return terminal(sys.executable, "-m", "simulator.cli", "shell", drill, "--as", who)


def found(pattern: str, text: str) -> bool:
    """Whether the pattern occurs in the text."""
    return re.search(pattern, text) is not None
