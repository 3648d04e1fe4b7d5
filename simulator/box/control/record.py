"""The flight record: one JSON line per fact on standard output, stamped by the engine's log."""

from __future__ import annotations

import json
import sys
import threading
from collections.abc import Mapping
from typing import BinaryIO


class Record:
    """Writes facts, one line each; any thread may write."""

    def __init__(self, out: BinaryIO | None = None) -> None:
        self._out = out if out is not None else sys.stdout.buffer
        self._lock = threading.Lock()

    def write(self, fact: Mapping[str, object]) -> None:
        """Append `fact` and flush, so that the engine stamps it with the time at which it was known."""
        line = json.dumps(fact, ensure_ascii=False, separators=(",", ":"))
        data = line.encode("utf-8", "backslashreplace") + b"\n"
        with self._lock:
            self._out.write(data)
            self._out.flush()
