"""A journal: a file on the control half's store to which entries are added; a restart reads them again."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any


class Journal:
    """JSON objects, one a line. With `newest`, only so many count, and the file holds twice as many at most.

    One thread at a time.
    """

    def __init__(self, path: Path, newest: int | None = None) -> None:
        self._path = path
        self._newest = newest
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
        self._length = len(self._lines())

    def entries(self) -> list[dict[str, Any]]:
        """What was added, the oldest first."""
        found = []
        for line in self._lines():
            with contextlib.suppress(ValueError):  # torn by a kill in the middle of the write
                found.append(json.loads(line))
        return found

    def add(self, entry: Mapping[str, object]) -> None:
        """Add an entry; it is with the kernel when this returns, so a kill does not take it back."""
        if self._newest is not None and self._length >= 2 * self._newest:
            self._shorten(self._newest)
        with self._path.open("ab") as file:
            # The line's end comes first, so that an entry is not lost with a torn one before it.
            file.write(b"\n" + json.dumps(entry, ensure_ascii=False).encode())
        self._length += 1

    def _lines(self) -> list[bytes]:
        return [line for line in self._path.read_bytes().split(b"\n") if line]

    def _shorten(self, newest: int) -> None:
        kept = self._lines()[-newest:]
        part = self._path.with_suffix(".part")
        part.write_bytes(b"\n".join(kept))
        part.replace(self._path)
        self._length = len(kept)
