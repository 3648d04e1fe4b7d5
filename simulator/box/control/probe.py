"""One probe a check: looks every PERIOD_S on absolute deadlines, and says when the check's state changes."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from .canary import LATE_S, Stalls
from .erp import FailedError
from .record import Record
from .record_said import plain
from .window import Observation, Window
from .wire import Deadline

PERIOD_S = 0.5
TIMEOUT_S = 0.45
WHY_LIMIT = 300

Look = Callable[[Deadline], None]
"""Looks at the system once; FailedError says what is wrong with it."""


class Probe:
    """A steady-state check and the thread that watches it."""

    def __init__(
        self,
        name: str,
        look: Look,
        record: Record,
        stalls: Stalls,
        stop: threading.Event,
        *,
        offset_s: float = 0.0,
    ) -> None:
        self.name = name
        self._look = look
        self._record = record
        self._stalls = stalls
        self._stop = stop
        self._offset_s = offset_s
        self._window = Window(time.monotonic())
        self.thread = threading.Thread(target=self._run, name=f"probe {name}", daemon=True)

    @property
    def failing(self) -> str | None:
        """Why the check fails, or None while it holds."""
        return None if self._window.ok else self._window.why

    def _run(self) -> None:
        due = time.monotonic() + self._offset_s
        while not self._stop.wait(max(0.0, due - time.monotonic())):
            now = time.monotonic()
            if now - due > LATE_S:
                self._stalls.report(due, now)
                due = now
            else:
                self._observe()
            due += PERIOD_S

    def _observe(self) -> None:
        start = time.monotonic()
        why = ""
        try:
            self._look(Deadline(TIMEOUT_S))
        except Exception as error:  # an answer made to break its reader must not freeze the check
            why = plain(f"{'' if isinstance(error, FailedError) else 'unreadable: '}{error!s}", WHY_LIMIT)
        end = time.monotonic()
        if end - start > TIMEOUT_S + LATE_S:
            self._stalls.report(start + TIMEOUT_S, end)
        elif not (why and self._stalls.touch(start)):
            self._take(Observation(start, end, not why, why))

    def _take(self, seen: Observation) -> None:
        change = self._window.observe(seen)
        if change is None:
            return
        now = time.monotonic()
        self._record.write(
            {
                "fact": "check",
                "name": self.name,
                "ok": change.ok,
                "why": change.why,
                "after_s": round(now - change.after, 3),
                "first_s": round(now - change.first, 3),
            }
        )
