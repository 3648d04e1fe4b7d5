"""What a drill needs from the machine, with a fake machine."""

from __future__ import annotations

import json
import shutil
from collections import namedtuple
from pathlib import Path
from typing import Any

import pytest

from simulator import doctor, engine, image
from simulator.cli import main
from simulator.errors import EngineProblem

Usage = namedtuple("Usage", "total used free")


class Client:
    """An engine that tells what it is told to."""

    def __init__(self, version: str, **info: str) -> None:
        self._version, self._info = version, info

    def version(self) -> dict[str, str]:
        return {"Version": self._version}

    def info(self) -> dict[str, str]:
        return self._info

    def close(self) -> None:
        return


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A machine on which a drill can run: its /proc, its engine, its disk and what is built."""
    (tmp_path / "sys/user").mkdir(parents=True)
    (tmp_path / "sys/user/max_user_namespaces").write_text("15000\n")
    (tmp_path / "devices").write_text("Block devices:\n  7 loop\n  8 sd\n")
    (tmp_path / "meminfo").write_text("MemTotal: 1 kB\nMemAvailable:    8000000 kB\n")
    monkeypatch.setattr(doctor, "PROC", tmp_path)
    monkeypatch.setattr(
        engine, "connect", lambda: Client("20.10.24", KernelVersion="5.11.0-x", CgroupVersion="1")
    )
    monkeypatch.setattr(shutil, "disk_usage", lambda place: Usage(0, 0, 9e9))
    monkeypatch.setattr(image, "missing", lambda: [])
    return tmp_path


def failing() -> dict[str, doctor.Need]:
    """The needs that are not met."""
    return {need.name: need for need in doctor.examine() if not need.ok}


def test_a_good_machine_is_ready(machine: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Every need is met, exit code 0, and JSON says the same."""
    assert failing() == {}
    assert main(["doctor"]) == 0
    assert "Docker 20.10.24" in capsys.readouterr().out
    assert main(["doctor", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["ok"] is True and all(
        set(need) == {"name", "ok", "found", "remedy"} for need in told["needs"]
    )


@pytest.mark.parametrize(
    ("file", "content", "name"),
    [
        ("sys/user/max_user_namespaces", "0\n", "user namespaces"),
        ("devices", "Block devices:\n  8 sd\n", "loop devices"),
        ("meminfo", "MemAvailable:  1000000 kB\n", "free memory"),
    ],
)
def test_what_the_kernel_lacks(machine: Path, file: str, content: str, name: str) -> None:
    """Each lack alone is found, with its remedy."""
    (machine / file).write_text(content)
    lacking = failing()
    assert set(lacking) == {name} and lacking[name].remedy


@pytest.mark.parametrize(
    ("version", "info", "name"),
    [
        ("19.03.1", {"KernelVersion": "6.1"}, "engine"),
        ("28.0", {"KernelVersion": "5.10.200"}, "kernel"),
        ("28.0", {"KernelVersion": "6.1", "CgroupVersion": "7"}, "cgroups"),
    ],
)
def test_what_the_engine_tells(
    machine: Path, monkeypatch: pytest.MonkeyPatch, version: str, info: dict[str, str], name: str
) -> None:
    """An old engine, an old kernel under it, unknown cgroups."""
    monkeypatch.setattr(engine, "connect", lambda: Client(version, **info))
    assert set(failing()) == {name}


def test_a_full_disk_and_missing_images(machine: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Both are told, with what to do."""
    monkeypatch.setattr(shutil, "disk_usage", lambda place: Usage(0, 0, 1e9))
    monkeypatch.setattr(image, "missing", lambda: ["golden disk"])
    lacking = failing()
    assert set(lacking) == {"free disk", "built images"}
    assert "golden disk" in lacking["built images"].found and "drill build" in lacking["built images"].remedy


def test_without_an_engine_the_rest_is_still_told(
    machine: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """One look tells everything, and the exit code is that of the machine's problems."""

    def refuse() -> Any:
        raise EngineProblem("no engine answers", "start it")

    monkeypatch.setattr(engine, "connect", refuse)
    monkeypatch.setattr(image, "missing", refuse)
    assert set(failing()) == {"engine", "built images"}
    assert main(["doctor"]) == 7
    assert "no engine answers" in capsys.readouterr().out
