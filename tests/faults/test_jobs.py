"""A colleague's job that is only halted: paused by the engine, or stopped by a signal."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from faults.jobs import CONTAINERS, STATE, Job
from tests.faults.fake_server import FakeServer

JOB = Job("erp-trace", "recorder/trace.py", "")


@dataclass
class Containers(FakeServer):
    """A server on which the job's container and its process are in this state."""

    status: str | None = "running 3456"
    state: str = "State:\tS (sleeping)\n"

    def run(self, command: str, *, timeout_s: float = 60) -> str:
        """What the engine lists, or the process's own state."""
        if command == CONTAINERS:  # a name that begins alike is another container
            return (
                "erp-backend\nerp-trace-2\n"
                if self.status is None
                else "erp-backend\nerp-trace-2\nerp-trace\n"
            )
        return f"{self.status}\n" if command == STATE.format(name="erp-trace") else self.state


@pytest.mark.parametrize(
    ("server", "halted"),
    [
        (Containers(), False),
        (Containers(state="State:\tT (stopped)\n"), True),
        (Containers(status="paused 3456"), True),
        (Containers(status="exited 0", state="State:\tT (stopped)\n"), False),
        (Containers(status="restarting 0", state="State:\tT (stopped)\n"), False),
        (Containers(status=None, state="State:\tT (stopped)\n"), False),
    ],
    ids=["runs", "stopped by a signal", "paused", "ended", "between two starts", "gone"],
)
def test_only_a_job_that_may_go_on_is_halted(server: Containers, halted: bool) -> None:
    """One that ended or is gone goes on no more; of its process nothing is asked then."""
    assert JOB.is_halted(server) is halted
