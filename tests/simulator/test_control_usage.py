"""Memory and CPU of the containers, read from cgroup files that the test writes."""

from __future__ import annotations

from pathlib import Path

import pytest

from simulator.box.control.erp import FailedError
from simulator.box.control.usage import MOST_GROUPS, Usage

ONE, OTHER = "a" * 64, "b" * 64
GB = 1 << 30


class Tree:
    """A cgroup tree of either version under `root`, with the containers that are set in it."""

    def __init__(self, root: Path, *, unified: bool) -> None:
        self.root = root
        self.unified = unified
        self.usage = Usage(lambda each: f"erp-{each[:1]}", root, unified=unified)

    def set(self, container: str, *, memory: int = 0, cpu_s: float = 0) -> None:
        """Write what the kernel would."""
        memory_tree, cpu_tree = ("", "") if self.unified else ("memory", "cpuacct")
        field = "anon" if self.unified else "total_rss"
        self._write(memory_tree, container, "memory.stat", f"cache 5\n{field} {memory}\n")
        if self.unified:
            self._write(cpu_tree, container, "cpu.stat", f"usage_usec {cpu_s * 1e6:.0f}\nuser_usec 1\n")
        else:
            self._write(cpu_tree, container, "cpuacct.usage", f"{cpu_s * 1e9:.0f}\n")

    def _write(self, tree: str, container: str, name: str, text: str) -> None:
        folder = self.root / tree / "inner/docker" / container
        folder.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)


@pytest.fixture(params=[True, False], ids=["version 2", "version 1"])
def tree(request: pytest.FixtureRequest, tmp_path: Path) -> Tree:
    """Both versions of the kernel's control groups."""
    return Tree(tmp_path, unified=request.param)


def test_more_than_a_gigabyte_in_any_container_fails_and_names_it(tree: Tree) -> None:
    """Exactly 1 GB holds; a byte more in one container fails the check with the container's name."""
    tree.set(ONE, memory=GB)
    tree.set(OTHER, memory=GB // 2)
    tree.usage.memory()
    tree.set(OTHER, memory=GB + 1)
    with pytest.raises(FailedError, match=r"erp-b uses 1\.00 GB"):
        tree.usage.memory()


def test_a_core_that_is_busy_for_the_whole_span_fails(tree: Tree) -> None:
    """90 % of a core over 3 s fails, and nothing is said before 3 s are seen."""
    for tick in range(7):
        tree.set(ONE, cpu_s=10 + tick * 0.45)
        if tick < 6:
            tree.usage.cpu(100 + tick * 0.5)
    with pytest.raises(FailedError, match="erp-a uses 90 % of a core"):
        tree.usage.cpu(103)


def test_a_short_burst_is_no_high_cpu(tree: Tree) -> None:
    """Two seconds at full speed in a span of three hold: starting up is no endless loop."""
    for tick in range(40):
        tree.set(ONE, cpu_s=min(2, tick * 0.5))
        tree.usage.cpu(100 + tick * 0.5)


def test_a_container_that_was_started_again_begins_a_new_span(tree: Tree) -> None:
    """A counter that goes back is a new life: it is not measured against the old one."""
    for tick, used in enumerate((50, 50.1, 50.2, 50.3, 50.4, 50.5, 1.9, 2.0)):
        tree.set(ONE, cpu_s=used)
        tree.usage.cpu(100 + tick * 0.5)


def test_without_any_group_nothing_holds(tmp_path: Path) -> None:
    """A tree that cannot be seen is not healthy."""
    with pytest.raises(FailedError, match="no control group"):
        Usage(str, tmp_path, unified=True).memory()


def test_groups_without_end_do_not_stop_the_look(tree: Tree) -> None:
    """Root inside may make groups by the thousand: the check fails instead of reading on for ever."""
    for number in range(MOST_GROUPS + 1):
        tree.set(f"{number:064d}")
    with pytest.raises(FailedError, match="control groups"):
        tree.usage.memory()
