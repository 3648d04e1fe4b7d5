"""What the production half's containers use of memory and CPU, by the kernel's own cgroup files.

The engine inside is not asked: every cgroup of the production half counts, whatever its name, and root
inside cannot write these files.
"""

from __future__ import annotations

import errno
import os
import time
from collections import deque
from collections.abc import Callable, Iterator
from pathlib import Path

from .cgroups import ROOT, is_unified
from .erp import FailedError

MEMORY_LIMIT = 1 << 30
"""Bytes of the runbook's "If > 1GB", as docker stats counts a GB."""
CPU_LIMIT = 0.8
"""Cores of the runbook's "If consistently > 80%"."""
CPU_SPAN_S = 3.0
MOST_GROUPS = 500
READ_LIMIT = 8192

Names = Callable[[str], str]
"""A container's name by its id."""


class Usage:
    """Looks at the containers' cgroups; keeps the CPU counters of the last CPU_SPAN_S seconds."""

    def __init__(self, names: Names, root: Path = ROOT, *, unified: bool | None = None) -> None:
        self._names = names
        self._unified = is_unified() if unified is None else unified
        trees = ("memory", "cpuacct") if not self._unified else ("", "")
        self._memory, self._cpu = (root / tree / "inner" for tree in trees)
        self._counters: dict[str, deque[tuple[float, float]]] = {}

    def memory(self) -> None:
        """No container uses more than 1 GB of memory of its own (pages of files are not counted)."""
        field = "anon" if self._unified else "total_rss"
        for group in _groups(self._memory):
            used = _field(group / "memory.stat", field)
            if used is not None and used > MEMORY_LIMIT:
                raise FailedError(
                    "error", f"{self._names(group.name)} uses {used / (1 << 30):.2f} GB of memory"
                )

    def cpu(self, now: float | None = None) -> None:
        """No container uses more than CPU_LIMIT of a core over CPU_SPAN_S (`now` in seconds, monotonic)."""
        now = time.monotonic() if now is None else now
        seen = {
            group.name: used for group in _groups(self._cpu) if (used := self._seconds(group)) is not None
        }
        self._counters = {name: self._counters.get(name, deque()) for name in seen}
        busy = {
            name: share for name, used in seen.items() if (share := self._share(name, now, used)) > CPU_LIMIT
        }
        if busy:
            name, share = max(busy.items(), key=lambda pair: pair[1])
            raise FailedError("slow", f"{self._names(name)} uses {100 * share:.0f} % of a core")

    def _share(self, name: str, now: float, used: float) -> float:
        """The cores used since the oldest counter of the span; 0 while there is no whole span."""
        counters = self._counters[name]
        if counters and used < counters[-1][1]:
            counters.clear()  # the container was started again
        counters.append((now, used))
        while len(counters) > 2 and now - counters[1][0] >= CPU_SPAN_S:
            counters.popleft()
        since, before = counters[0]
        return (used - before) / (now - since) if now - since >= CPU_SPAN_S else 0.0

    def _seconds(self, group: Path) -> float | None:
        if self._unified:
            used = _field(group / "cpu.stat", "usage_usec")
            return None if used is None else used / 1e6
        text = _read(group / "cpuacct.usage")
        return int(text) / 1e9 if text.strip().isdecimal() else None


def _groups(tree: Path) -> Iterator[Path]:
    """Every cgroup at the first two levels below `tree` that may be a container's."""
    count = 0
    for folder in (tree, *_folders(tree)):
        for group in _folders(folder):
            count += 1
            if count > MOST_GROUPS:
                raise FailedError("error", f"more than {MOST_GROUPS} control groups")
            if group.name not in ("docker", "init"):
                yield group
    if not count:
        raise FailedError("error", "the kernel shows no control group of the production half")


def _folders(tree: Path) -> list[Path]:
    try:
        with os.scandir(tree) as found:
            return [Path(each.path) for each in found if each.is_dir(follow_symlinks=False)]
    except FileNotFoundError:
        return []  # a container that ended meanwhile


def _field(path: Path, name: str) -> int | None:
    for line in _read(path).splitlines():
        key, _, value = line.partition(" ")
        if key == name and value.strip().isdecimal():
            return int(value)
    return None


def _read(path: Path) -> str:
    """The file's text; empty when its container ended meanwhile (ENODEV once it is being removed)."""
    try:
        with path.open("rb") as file:
            return file.read(READ_LIMIT).decode(errors="replace")
    except (FileNotFoundError, ProcessLookupError):
        return ""
    except OSError as error:
        if error.errno == errno.ENODEV:
            return ""
        raise
