"""A colleague's job that is only halted: paused by the engine, or stopped by a signal."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from faults.jobs import CONTAINERS, Job
from tests.faults.fake_server import FakeServer

JOB = Job("erp-trace", "recorder/trace.py", "")


@dataclass
class Containers(FakeServer):
    """A server on which the job's container and its process are in this state."""

    status: str | None = "Up 3 minutes"
    state: str = "State:\tS (sleeping)\n"

    def run(self, command: str, *, timeout_s: float = 60) -> str:
        """What the engine lists, or the process's own state."""
        if command != CONTAINERS:
            return self.state
        # a name that begins alike is another container
        others = "erp-backend Up 2 minutes (healthy)\nerp-trace-2 Up 1 minute (Paused)\n"
        return others if self.status is None else f"{others}erp-trace {self.status}\n"


@pytest.mark.parametrize(
    ("server", "halted"),
    [
        (Containers(), False),
        (Containers(state="State:\tT (stopped)\n"), True),
        (Containers(status="Up 3 minutes (Paused)"), True),
        (Containers(status="Exited (137) 3 seconds ago", state="State:\tT (stopped)\n"), False),
        (Containers(status="Restarting (1) 5 seconds ago", state="State:\tT (stopped)\n"), False),
        (Containers(status=None, state="State:\tT (stopped)\n"), False),
    ],
    ids=["runs", "stopped by a signal", "paused", "ended", "between two starts", "gone"],
)
def test_only_a_job_that_may_go_on_is_halted(server: Containers, halted: bool) -> None:
    """One that ended or is gone goes on no more; of its process nothing is asked then."""
    assert JOB.is_halted(server) is halted
