"""Tells a stalled machine from an outage: a local echo that is always there, and a little work.

When the echo, or the loop that asks it, is late, nothing can be said of the ERP in that time either. Nor
when the work takes many times as long as it must: the machine gives this container too little of its time,
and an answer needs more turns than a probe waits for. A load inside the production half does not show here:
the control half is weighed against that half as a whole, so the work sees what comes from outside only.
"""

from __future__ import annotations

import socket
import threading
import time

from .record import Record

PERIOD_S = 0.2
LATE_S = 0.3
WORK_S = 0.004
SLOW_S = 0.05
LEAST_S = 0.05
"""Shorter spans are not worth a line."""


class Stalls:
    """The spans in which this process did not run as it should (monotonic seconds)."""

    def __init__(self, record: Record) -> None:
        self._record = record
        self._until = time.monotonic()
        self._beat = self._until
        self._lock = threading.Lock()

    def report(self, since: float, until: float) -> None:
        """Record that [`since`, `until`] went unobserved; what is known already is not said twice."""
        with self._lock:
            since = max(since, self._until)
            self._until = max(until, self._until)
        if until - since > LEAST_S:
            self._record.write({"fact": "unobserved", "seconds": round(until - since, 3)})

    def beat(self, at: float) -> None:
        """The canary is well at `at`."""
        self._beat = at

    def touch(self, since: float) -> bool:
        """Whether the time from `since` until now overlaps a stall, or one that is not over yet."""
        return self._until > since or time.monotonic() - self._beat > PERIOD_S + LATE_S


class Canary:
    """Asks a local echo every PERIOD_S on absolute deadlines."""

    def __init__(self, stalls: Stalls, stop: threading.Event) -> None:
        self._stalls = stalls
        self._stop = stop
        self._near, self._far = socket.socketpair()
        self.threads = [
            threading.Thread(target=self._echo, name="echo", daemon=True),
            threading.Thread(target=self._ask, name="canary", daemon=True),
        ]

    def _echo(self) -> None:
        with self._far:
            while byte := self._far.recv(1):
                self._far.sendall(byte)

    def _ask(self) -> None:
        due = time.monotonic()
        with self._near:
            while not self._stop.wait(max(0.0, due - time.monotonic())):
                self._near.sendall(b".")
                self._near.recv(1)
                echoed = time.monotonic()
                work()
                now = time.monotonic()
                if now - due > LATE_S or now - echoed > SLOW_S:
                    self._stalls.report(due - PERIOD_S, now)  # it was slow at some time since the last beat
                    due = max(due, now - PERIOD_S)
                self._stalls.beat(now)
                due += PERIOD_S


def work() -> None:
    """Use the processor for WORK_S, however long that takes."""
    enough = time.thread_time() + WORK_S
    while time.thread_time() < enough:
        pass
