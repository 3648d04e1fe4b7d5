"""The one place where the host waits: for a condition, never for a duration."""

from __future__ import annotations

import time
from collections.abc import Callable


def wait_until(condition: Callable[[], bool], *, within_s: float, every_s: float = 0.2) -> bool:
    """Whether `condition` came true within `within_s` seconds; it is asked every `every_s` seconds."""
    end = time.monotonic() + within_s
    while not condition():
        if time.monotonic() >= end:
            return False
        time.sleep(every_s)
    return True
