"""Hands the production half a cgroup tree of its own: on version 1 and on version 2.

Root inside may make children, but never raises its own limits. The order on version 2 is forced by
the kernel: processes leave the root before controllers are handed on (no internal processes), and
the production half joins `inner` before it unshares, because a cgroup namespace is rooted there.
"""

from __future__ import annotations

import os
import time
from pathlib import Path

from . import kernel

ROOT = Path("/sys/fs/cgroup")
MEMORY = 4 << 30
"""Bytes for the whole production half: its services' own limits and the engine fit, a hog does not."""
TASKS = 4096
OWN_WEIGHT = 1000
"""The control half's share of the processor against the production half's 100."""
NEEDED = ("cpu", "memory", "pids")
TRIES = 500
PAUSE_S = 0.01
USED_MOST_S = 60.0
"""How long a group may stay used after its processes were killed: on a starved machine they end late."""


class CgroupError(RuntimeError):
    pass


def is_unified() -> bool:
    return (ROOT / "cgroup.controllers").exists()


def _write(path: Path, text: str) -> None:
    descriptor = os.open(path, os.O_WRONLY)
    try:
        os.write(descriptor, text.encode())
    finally:
        os.close(descriptor)


class Cgroups:
    """The trees `ctl` (ours) and `inner` (the production half's), owned by uid `shift` where it may write."""

    def __init__(self, shift: int) -> None:
        self.shift = shift
        self.unified = is_unified()

    def prepare(self) -> None:
        if self.unified:
            self._prepare_unified()
        else:
            self._prepare_legacy()

    def join(self) -> None:
        """Move the calling process to the production half's tree."""
        for tree in self._inner_trees():
            _write(tree / "cgroup.procs", "0" if self.unified else str(os.getpid()))

    def hand_over(self) -> None:
        """After the production half has unshared: let its engine share controllers out below `inner`."""
        if not self.unified:
            return
        inner = ROOT / "inner"
        _vacate(inner, inner / "init")
        _enable(inner)

    def clear(self) -> None:
        """Remove the production half's tree after its processes: the next boot makes it anew."""
        for tree in self._inner_trees():
            for folder, _, _ in os.walk(tree, topdown=False):
                _remove(Path(folder))

    def session_trees(self) -> list[Path]:
        """Where a session that enters the production half belongs."""
        return [ROOT / "inner" / "init"] if self.unified else self._inner_trees()

    def _inner_trees(self) -> list[Path]:
        if self.unified:
            return [ROOT / "inner"]
        return [tree for tree in sorted(ROOT.glob("*/inner")) if not tree.parent.is_symlink()]

    def _prepare_unified(self) -> None:
        own = Path("/proc/self/cgroup").read_text().strip()  # ours already when a reboot prepares anew
        if own not in ("0::/", "0::/ctl") or not (ROOT / "cgroup.type").exists():
            raise CgroupError("not in a private cgroup namespace")
        kernel.mount("cgroup", str(ROOT), flags=kernel.MS_REMOUNT | kernel.MS_BIND)
        for folder in ("ctl", "inner", "inner/init"):
            (ROOT / folder).mkdir(exist_ok=True)
        for _ in range(TRIES):
            _vacate(ROOT, ROOT / "ctl")
            if _enable(ROOT):
                break
        else:
            raise CgroupError("the cgroup controllers cannot be enabled")
        _write(ROOT / "inner/memory.max", str(MEMORY))
        _write(ROOT / "inner/pids.max", str(TASKS))
        _write(ROOT / "ctl/cpu.weight", str(OWN_WEIGHT))
        self._give("inner")
        self._give("inner/init")

    def _give(self, folder: str) -> None:
        delegated = Path("/sys/kernel/cgroup/delegate")
        names = (
            delegated.read_text().split()
            if delegated.exists()
            else ["cgroup.procs", "cgroup.subtree_control"]
        )
        os.chown(ROOT / folder, self.shift, self.shift)
        for name in names:
            path = ROOT / folder / name
            if path.exists():
                os.chown(path, self.shift, self.shift)

    def _prepare_legacy(self) -> None:
        for tree in sorted(ROOT.iterdir()):
            if tree.is_symlink() or not (tree / "cgroup.procs").exists():
                continue
            kernel.mount("cgroup", str(tree), flags=kernel.MS_REMOUNT | kernel.MS_BIND)
            inner = tree / "inner"
            inner.mkdir(exist_ok=True)
            if (tree / "cpuset.cpus").exists():
                for name in ("cpuset.cpus", "cpuset.mems"):
                    _write(inner / name, (tree / name).read_text())
                _write(inner / "cgroup.clone_children", "1")
            for name, most in (("memory.limit_in_bytes", MEMORY), ("pids.max", TASKS)):
                if (inner / name).exists():
                    _write(inner / name, str(most))
            os.chown(inner, self.shift, self.shift)
            for name in ("cgroup.procs", "tasks"):
                os.chown(inner / name, self.shift, self.shift)


def _remove(group: Path) -> None:
    """A process that has ended stays in its group for another moment."""
    waits_until = time.monotonic() + USED_MOST_S
    while True:
        try:
            return group.rmdir()
        except OSError as error:
            if error.errno != kernel.EBUSY:
                raise
            if time.monotonic() > waits_until:
                raise CgroupError(f"{group} is still used") from error
            time.sleep(PAUSE_S)


def _vacate(tree: Path, leaf: Path) -> None:
    """Version 2 lets a cgroup hold processes or share out controllers, not both."""
    for process in (tree / "cgroup.procs").read_text().split():
        if process == "0":
            raise CgroupError(f"a process of another namespace sits in {tree}")
        try:
            _write(leaf / "cgroup.procs", process)
        except ProcessLookupError:
            continue  # it ended meanwhile


def _enable(tree: Path) -> bool:
    """Hand every available controller to the children; whether the needed ones are on."""
    available = (tree / "cgroup.controllers").read_text().split()
    missing = [name for name in NEEDED if name not in available]
    if missing:
        raise CgroupError(f"cgroup controllers not delegated to this container: {' '.join(missing)}")
    for name in available:
        try:
            _write(tree / "cgroup.subtree_control", f"+{name}")
        except OSError as error:
            if name in NEEDED and error.errno != kernel.EBUSY:
                raise
    return set(NEEDED) <= set((tree / "cgroup.subtree_control").read_text().split())
