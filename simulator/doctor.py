"""What a drill needs from the machine that runs the engine: each need, what was found, and the remedy."""

from __future__ import annotations

import platform
import re
import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from docker.errors import DockerException

from simulator import engine, image, settings
from simulator.errors import DrillError

KERNEL = (5, 11)
"""overlay2 works inside a user namespace from here on."""
ENGINE = (20, 10)
DISK_GB = 8.0
MEMORY_GB = 2.0
NAMESPACES = 100
"""User namespaces that the kernel must allow; a drill takes a few."""

PROC = Path("/proc")


@dataclass(frozen=True, slots=True)
class Need:
    """One thing that a drill needs."""

    name: str
    ok: bool
    found: str
    remedy: str


def examine() -> tuple[Need, ...]:
    """Every need, looked at now. What the engine tells is asked of it, for it may be another machine."""
    engine_need, info = _engine()
    looks: tuple[Callable[[], Need], ...] = (
        lambda: _kernel(str(info.get("KernelVersion") or platform.release())),
        lambda: _cgroups(info),
        _loop_devices,
        _namespaces,
        lambda: _disk(info),
        _memory,
        _built,
    )
    return (engine_need, *(look() for look in looks))


def ready(needs: Sequence[Need]) -> bool:
    """Whether a drill can run."""
    return all(need.ok for need in needs)


def _engine() -> tuple[Need, Mapping[str, Any]]:
    remedy = (
        f"install Docker {ENGINE[0]}.{ENGINE[1]} or newer and start it, or run `make setup` as root on Debian"
    )
    try:
        client = engine.connect()
        try:
            version, info = str(client.version()["Version"]), client.info()
        finally:
            client.close()
    except (DrillError, DockerException) as error:
        return Need("engine", False, str(getattr(error, "message", error)), remedy), {}
    return Need("engine", _numbers(version) >= ENGINE, f"Docker {version}", remedy), info


def _kernel(release: str) -> Need:
    wanted = f"{KERNEL[0]}.{KERNEL[1]}"
    return Need("kernel", _numbers(release) >= KERNEL, release, f"use a kernel of version {wanted} or newer")


def _cgroups(info: Mapping[str, Any]) -> Need:
    # engines before 20.10 do not tell
    local = "2" if Path("/sys/fs/cgroup/cgroup.controllers").exists() else "1"
    version = str(info.get("CgroupVersion") or local)
    return Need("cgroups", version in ("1", "2"), f"version {version}", "mount cgroups of version 1 or 2")


def _loop_devices() -> Need:
    # the major number belongs to the kernel's loop driver; its control device makes new ones
    devices = PROC / "devices"
    found = devices.exists() and "loop" in devices.read_text().split()
    return Need(
        "loop devices",
        found,
        "the kernel's loop driver is there" if found else "no loop driver",
        "load it with `modprobe loop` as root",
    )


def _namespaces() -> Need:
    limit = _first_number(PROC / "sys/user/max_user_namespaces")
    # Debian's own switch concerns unprivileged users only; the engine is root
    return Need(
        "user namespaces",
        limit >= NAMESPACES,
        f"up to {limit}",
        f"as root: `sysctl user.max_user_namespaces={max(NAMESPACES, 15000)}`",
    )


def _disk(info: Mapping[str, Any]) -> Need:
    root = Path(str(info.get("DockerRootDir", "")))
    # on a remote engine, or without the right to look, the data folder is what can be measured
    place = root if root.is_absolute() and root.is_dir() else settings.home()
    free = shutil.disk_usage(place).free / 1e9
    return Need(
        "free disk",
        free >= DISK_GB,
        f"{free:.1f} GB in {place}",
        f"free some space there: {DISK_GB:g} GB are needed",
    )


def _memory() -> Need:
    available = _first_number(PROC / "meminfo", "MemAvailable") * 1024 / 1e9
    return Need(
        "free memory",
        available >= MEMORY_GB,
        f"{available:.1f} GB",
        f"end other programs: {MEMORY_GB:g} GB are needed",
    )


def _built() -> Need:
    remedy = "run `drill build`"
    try:
        missing = image.missing()
    except DrillError as error:
        return Need("built images", False, error.message, error.remedy)
    return Need("built images", not missing, f"missing: {', '.join(missing)}" if missing else "all", remedy)


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in re.findall(r"\d+", version)[:2])


def _first_number(file: Path, key: str = "") -> int:
    """The first number in the file after the key; 0 when the kernel does not tell."""
    try:
        match = re.search(rf"{key}\D*(\d+)", file.read_text())
    except FileNotFoundError:
        return 0
    return int(match.group(1)) if match else 0
