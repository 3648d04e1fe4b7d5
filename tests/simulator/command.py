"""What the tests of the commands share: a command's result, and drills that have ended."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from scoring.timeline import Ended
from simulator.store import Store
from tests.simulator.samples import opened, order


@dataclass
class Result:
    """What a command left: exit code and both streams."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """Standard output, which must be JSON and nothing else."""
        return json.loads(self.out)

    def error(self, code: int, *words: str) -> None:
        """One line on standard error with these words, nothing on standard output, this exit code."""
        assert (self.code, self.out) == (code, ""), self
        assert self.err.count("\n") == 1 and self.err.startswith("drill: ") and "; " in self.err, self.err
        assert "Traceback" not in self.err
        for word in words:
            assert word in self.err, self.err


Drill = Callable[..., Result]
"""Runs `drill` with these arguments."""


def ended(store: Store, team: str, scenario: str = "disk-full", how: str = "stopped") -> str:
    """A drill of the team that has ended."""
    drill_id = store.begin(order(team=team, scenario=scenario)).id
    store.append(drill_id, [opened(drill_id, team=team, scenario=scenario), Ended(at=2000.0, how=how)])
    store.update(drill_id, state="ended")
    return drill_id
