"""An independent witness: looks at the ERP by ways of its own, and judges by its own rule.

Asking for everything all the time would slow down what is measured, so the scenarios that are listed here are
looked at where they show. Any other one is looked at everywhere, less often, so that a new one is measured
without a word here. Disk, containers, memory and CPU are always looked at.
"""

from __future__ import annotations

import http.client
import json
import math
import ssl
import threading
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from simulator.server import ProductionServer
from tests.docker import inside_look
from tests.docker.outside_looks import LOOKS
from tests.docker.sights import Sight, Spell, spells
from tests.docker.visitor import PATIENCE_S, Visitor, WrongError

WHERE: Mapping[str, tuple[str, ...]] = {
    "api-500": ("health", "order", "transfer"),
    "api-crash": ("health", "order"),
    "cert-expired": ("page",),
    "database-down": ("health", "order", "stock", "transfer"),
    "disk-full": ("health", "order"),
    "forbidden": ("approval", "work-order", "qc-result"),
    "high-cpu": ("order", "transfer", "work-order", "qc-result"),
    "high-memory": ("health", "order"),
    "network-cut": ("health", "order", "stock", "transfer"),
    "pool-exhausted": ("health", "order", "stock", "transfer"),
    "proxy-down": ("health", "page"),
    "qc-down": ("qc-result",),
    "query-timeouts": ("order", "work-order", "qc-result"),
    "quiet": ("health", "order", "page"),
    "slow-stock": ("shelf",),
    "transfer-stuck": ("transfer",),
    "typo": ("page",),
    "work-orders-blocked": ("work-order",),
}
"""What users miss in a scenario; a handshake that was cut off holds its line for a while longer."""
PERIOD_S, PERIOD_FOR_ALL_S = 0.2, 0.4
CA = "/store/ca/ca.pem"
INSIDE = ("disk", "services", "memory", "cpu")
CANARY_S = 0.02
LATE_S = 0.2
"""How late the canary and the look inside may be; beyond that the machine stood still."""
AROUND_S = 0.2
"""So long before and after a standstill a bad look says nothing."""
FAILURES = (OSError, http.client.HTTPException, ValueError, LookupError, TypeError, WrongError)


@dataclass
class Witness:
    """Everything that was seen, look by look."""

    server: ProductionServer
    scenario: str
    ticketed: bool = False
    """A mistake in a text that was noted and has a ticket is dealt with: the runbook's P4."""
    seen: dict[str, list[Sight]] = field(default_factory=dict)
    _noted: bool = False
    _stood: list[tuple[float, float]] = field(default_factory=list)
    """When the machine stood still."""
    _gone: threading.Event = field(default_factory=threading.Event)

    def __post_init__(self) -> None:
        """Learn whom the users trust, and the way in."""
        self._trust = ssl.create_default_context(cadata=self.server.control("cat", CA))
        self._port = self.server.port(443)

    def start(self) -> None:
        """Look until the server is gone. Everything must be well now: it is what later looks compare with."""
        names, period_s = self._outside_views(), PERIOD_S if self.scenario in WHERE else PERIOD_FOR_ALL_S
        for number, name in enumerate(names):
            dues = period_s, number * period_s / len(names)
            threading.Thread(target=self._outside, args=(name, *dues), daemon=True).start()
        threading.Thread(target=self._inside, daemon=True).start()
        threading.Thread(target=self._canary, daemon=True).start()

    def onset(self, since: float) -> float:
        """When the first thing broke; nothing does so before its cause."""
        broke = [spell.broke for found in self._spells().values() for spell in found]
        return max(since, min(each for each in broke if each > since - 1))

    def recovery(self, since: float, until: float) -> float:
        """When the last thing was mended, until the referee's own restart."""
        mended = []
        unseen = self.unseen(until)
        assert not unseen, f"nobody looked at {unseen} to the end"
        for name, found in self._spells().items():
            for spell in found:
                if spell.broke < until:
                    assert spell.mended is not None and spell.mended <= until, f"{name} is still broken"
                    mended.append(spell.mended)
        return max(each for each in mended if each > since)

    def unseen(self, until: float) -> list[str]:
        """What was not looked at until then, or never at all: a look that breaks off tells nobody."""
        views = (*self._outside_views(), *INSIDE)
        return [name for name in views if not any(sight.ended > until for sight in self.seen.get(name, ()))]

    def told(self, since: float, until: float = math.inf) -> Iterator[str]:
        """What broke after `since`, in seconds after it, by the looks that were over at `until`."""
        for name, found in self._spells(until).items():
            for spell in found:
                cure = "never" if spell.mended is None else f"{spell.mended - since:.2f}"
                yield f"{name} {spell.broke - since:.2f} to {cure}"

    def _outside_views(self) -> tuple[str, ...]:
        return WHERE.get(self.scenario, tuple(LOOKS))

    def _spells(self, until: float = math.inf) -> dict[str, list[Spell]]:
        stood = [(start - AROUND_S, end + AROUND_S) for start, end in self._stood]
        return {
            name: spells(_doubted(sight, stood) for sight in list(sights) if sight.ended <= until)
            for name, sights in self.seen.items()
        }

    def _outside(self, name: str, period_s: float, offset_s: float) -> None:
        user, look = LOOKS[name]
        visitor, sights = Visitor(self._port, self._trust, user), self.seen.setdefault(name, [])
        visitor.until = time.monotonic() + 10
        visitor.log_in()
        due = time.monotonic() + offset_s
        while not self._gone.wait(max(0.0, due - time.monotonic())):
            began = time.time()
            visitor.until = time.monotonic() + PATIENCE_S
            try:
                look(visitor)
                well = time.monotonic() < visitor.until
            except FAILURES:
                visitor.leave()
                well = name == "page" and self.ticketed and self._noted
            sights.append(Sight(began, time.time(), well))
            due = max(due + period_s, time.monotonic())

    def _inside(self) -> None:
        program = Path(inside_look.__file__).read_text()
        command = ["python3", "-m", "control.enter", "python3", "-u", "-c", program]
        rest = b""
        try:
            _, chunks = self.server.container.exec_run(command, stream=True, stderr=False)
            for chunk in chunks:
                *lines, rest = (rest + chunk).split(b"\n")
                for line in lines:
                    self._hear(json.loads(line))
        finally:
            self._gone.set()

    def _hear(self, told: dict[str, object]) -> None:
        began, ended, bad = float(str(told["began"])), float(str(told["ended"])), told["bad"]
        assert isinstance(bad, list)
        self._noted = bool(told["noted"])
        for name in INSIDE:
            sights = self.seen.setdefault(name, [])
            if sights and began - sights[-1].ended > inside_look.PERIOD_S + LATE_S:
                self._stood.append((sights[-1].ended, began))
            sights.append(Sight(began, ended, name not in bad))

    def _canary(self) -> None:
        while not self._gone.is_set():
            slept = time.time()
            time.sleep(CANARY_S)
            if time.time() - slept > CANARY_S + LATE_S:
                self._stood.append((slept, time.time()))


def _doubted(sight: Sight, stood: list[tuple[float, float]]) -> Sight:
    """The look, and whether it tells of the server or only of a machine that stood still."""
    still = any(start < sight.ended and sight.began < end for start, end in stood)
    return replace(sight, doubtful=not sight.well and still)
