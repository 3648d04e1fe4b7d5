"""Fakes at the seam between the commands and what does the work: no engine, a real store."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import ClassVar

from faults.contract import Fault, Server, WrongRemedy
from scoring.timeline import Ended, Event
from simulator.errors import DrillError, NotFound
from simulator.order import Order
from simulator.store import Store
from tests.simulator.samples import opened


class DiskFull(Fault):
    """A scenario that nothing is injected for."""

    name = "disk-full"
    title = "the logs eat the disk"
    section = "Scenario D"
    severity = "P1"
    first_reports = ("Nobody can save an order",)
    affects = ("postgres", "disk")
    touches = ("postgres",)
    skills = ("How to check service status",)
    cause_terms = (("disk",),)
    cause_example = "a runaway log filled it"
    remedy = ("df -h /", "docker container prune -f")
    other_remedies: ClassVar[dict[str, tuple[str, ...]]] = {"truncate": ("truncate -s 0 x.log",)}
    wrong_remedies: ClassVar[dict[str, WrongRemedy]] = {
        "restart-postgres": WrongRemedy("frees nothing", ("true",))
    }

    def inject(self, server: Server) -> None:
        """Do nothing."""

    def cause(self, server: Server) -> bool:
        """Never there."""
        return False

    def heal(self, server: Server) -> None:
        """Do nothing."""


class ApiCrash(DiskFull):
    """Another one."""

    name = "api-crash"
    title = "the process dies"
    target_min = 5


class Quiet(DiskFull):
    """The one in which nothing breaks."""

    name = "quiet"
    breaks = False


FAULTS: tuple[type[Fault], ...] = (ApiCrash, DiskFull)
SURPRISES: tuple[type[Fault], ...] = (*FAULTS, Quiet)


def find(name: str, level: str) -> type[Fault]:
    """As the catalogue does."""
    return next((fault for fault in SURPRISES if (fault.name, fault.level) == (name, level)), None) or _no(
        name
    )


def _no(name: str) -> type[Fault]:
    raise KeyError(name)


@dataclass
class Operations:
    """Stands for simulator.operations: notes each call, and lets a test say what happens."""

    calls: list[tuple[str, ...]] = field(default_factory=list)
    events: Callable[[str], Iterator[Event]] = lambda drill: iter(
        [opened(drill), Ended(at=9.0, how="stopped")]
    )
    fails: DrillError | None = None
    """Raised by every call that changes something."""
    failing: dict[str, str] | None = field(default_factory=dict)
    server_is_there: bool = True
    left: list[str] = field(default_factory=list)

    def begin(self, order: Order) -> str:
        """Begins in the store, as the real one does."""
        self._note("begin", order.scenario)
        store = Store.open()
        drill = store.begin(order).id
        store.append(drill, [opened(drill, team=order.team, scenario=order.scenario)])
        store.close()
        return drill

    def follow(self, drill: str) -> Iterator[Event]:
        """Tells the test's events, and stores them as the referee would."""
        store = Store.open()
        try:
            for event in self.events(drill):
                store.append(drill, [event])
                yield event
                if isinstance(event, Ended):
                    store.update(drill, state="ended")
        finally:
            store.close()

    def revive(self, drill: str) -> bool:
        """Notes it."""
        self._note("revive", drill)
        return True

    def revive_all(self) -> None:
        """Notes it."""
        self.calls.append(("revive_all",))

    def stop(self, drill: str) -> None:
        """Ends it."""
        self._end("stop", drill, "stopped")

    def abort(self, drill: str) -> None:
        """Ends it."""
        self._end("abort", drill, "aborted")

    def shell(self, drill: str, who: str) -> int:
        """A shell that ends with 3."""
        self._note("shell", drill, who)
        return 3

    def say(self, drill: str, who: str, channel: str, text: str) -> None:
        """Notes it."""
        self._note("say", drill, who, channel, text)

    def declare(self, drill: str, who: str, severity: str, affects: str, summary: str) -> None:
        """Notes it."""
        self._note("declare", drill, who, severity, affects, summary)

    def file_report(self, drill: str, who: str, text: str) -> None:
        """Notes it."""
        self._note("file_report", drill, who, text)

    def clean(self) -> list[str]:
        """What the test left."""
        return self.left

    def beat(self, drill: str) -> dict[str, str] | None:
        """What fails by the test's word."""
        return self.failing

    def join_lines(self, drill: str) -> list[str]:
        """One way in, once the server is there."""
        if not self.server_is_there:
            raise NotFound("the server is gone", "see `drill status`")
        return [f"drill shell {drill} --as ana"]

    def rehearse(self, order: Order, wrong: str | None, on_event: Callable[[Event], None]) -> str:
        """Stands for simulator.rehearsal: plays the test's events."""
        self._note("rehearse", order.scenario, wrong or "")
        drill = self.begin(order)
        for event in self.follow(drill):
            on_event(event)
        return drill

    def _end(self, verb: str, drill: str, how: str) -> None:
        self._note(verb, drill)
        store = Store.open()
        store.append(drill, [Ended(at=10.0, how=how)])
        store.update(drill, state="ended")
        store.close()

    def _note(self, *call: str) -> None:
        if self.fails is not None:
            raise self.fails
        self.calls.append(call)
