"""A server's control groups after its processes were killed, as the kernel lets go of them."""

from __future__ import annotations

import errno
from pathlib import Path

import pytest

from simulator.box.control import cgroups

USED = OSError(errno.EBUSY, "Device or resource busy")


def let_go_after(refusals: int, monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """The groups that are asked for, each used for the first so many times."""
    asked: list[Path] = []

    def rmdir(group: Path) -> None:
        asked.append(group)
        if len(asked) <= refusals:
            raise USED

    monkeypatch.setattr(Path, "rmdir", rmdir)
    monkeypatch.setattr(cgroups, "PAUSE_S", 0)
    return asked


def test_a_group_is_removed_once_the_last_process_has_left_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On a starved machine that is later than a count of short pauses would wait."""
    (tmp_path / "inner").mkdir()
    monkeypatch.setattr(cgroups, "ROOT", tmp_path)
    (tmp_path / "cgroup.controllers").touch()
    asked = let_go_after(1000, monkeypatch)
    cgroups.Cgroups(0).clear()
    assert asked == [tmp_path / "inner"] * 1001


def test_a_group_that_stays_used_is_told_by_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody waits for ever."""
    (tmp_path / "inner").mkdir()
    monkeypatch.setattr(cgroups, "ROOT", tmp_path)
    (tmp_path / "cgroup.controllers").touch()
    monkeypatch.setattr(cgroups, "USED_MOST_S", 0.05)
    let_go_after(10**9, monkeypatch)
    with pytest.raises(cgroups.CgroupError, match="inner is still used"):
        cgroups.Cgroups(0).clear()
