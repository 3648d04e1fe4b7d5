"""What the witness runs in the production half: one line of JSON for each look, until the server is gone."""

from __future__ import annotations

import http.client
import json
import os
import re
import socket
import time
from collections import defaultdict
from pathlib import Path

PERIOD_S = 0.2
PATIENCE_S = 0.45
FREE_SHARE = 0.2
MEMORY_LIMIT = 1 << 30
"""Bytes that the processes of one container share with nobody."""
CPU_LIMIT, CPU_SPAN_S = 0.8, 3.0
"""Cores, over that many seconds."""
NOTES = Path("/opt/erp/issues")
FIELDS = ("Title", "Severity", "Reporter", "Date", "Description")
CONTAINER = re.compile(r"docker[/-]([0-9a-f]{64})")
TICK_S = 1 / os.sysconf("SC_CLK_TCK")
PAGE = os.sysconf("SC_PAGE_SIZE")


class Engine(http.client.HTTPConnection):
    """The Docker engine, over its socket."""

    def connect(self) -> None:
        """Reach it within the patience of a look."""
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(PATIENCE_S)
        self.sock.connect("/run/docker.sock")


class Processes:
    """What each container's processes use, by /proc."""

    def __init__(self) -> None:
        """Nothing is known yet."""
        self._container: dict[str, str] = {}
        self._ticks: dict[str, int] = {}
        self._used: dict[str, list[tuple[float, float]]] = defaultdict(list)

    def look(self) -> set[str]:
        """What is over its limit: `memory`, `cpu`."""
        memory: dict[str, int] = defaultdict(int)
        ticks: dict[str, int] = defaultdict(int)
        for process, container in self._contained():
            try:
                _, resident, shared, *_ = Path(f"/proc/{process}/statm").read_text().split()
                times = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[11:15]
            except OSError:
                continue  # it ended meanwhile
            memory[container] += (int(resident) - int(shared)) * PAGE
            ticks[container] += sum(map(int, times))
        busy = [self._cores(container, now) > CPU_LIMIT for container, now in ticks.items()]
        self._ticks = ticks
        over = {"memory": max(memory.values(), default=0) > MEMORY_LIMIT, "cpu": any(busy)}
        return {name for name, is_over in over.items() if is_over}

    def _contained(self) -> list[tuple[str, str]]:
        """Every process that is in a container, with the container's id."""
        living = [each.name for each in Path("/proc").iterdir() if each.name.isdecimal()]
        known, self._container = self._container, {}
        for process in living:
            found = known.get(process) or _container(process)
            if found is not None:
                self._container[process] = found
        return list(self._container.items())

    def _cores(self, container: str, ticks: int) -> float:
        """The cores used in the last CPU_SPAN_S; 0 while it is not known for so long."""
        now, used = time.monotonic(), self._used[container]
        grown = max(0, ticks - self._ticks.get(container, ticks)) * TICK_S
        used.append((now, (used[-1][1] if used else 0.0) + grown))
        while len(used) > 1 and now - used[1][0] >= CPU_SPAN_S:
            used.pop(0)
        since, before = used[0]
        return (used[-1][1] - before) / (now - since) if now - since >= CPU_SPAN_S else 0.0


def _container(process: str) -> str | None:
    try:
        found = CONTAINER.search(Path(f"/proc/{process}/cgroup").read_text())
    except OSError:
        return None  # it ended meanwhile
    return None if found is None else found[1]


def running() -> frozenset[str]:
    """The names of the containers that run and are not ill."""
    engine = Engine("docker")
    try:
        engine.request("GET", "/containers/json")
        found = json.loads(engine.getresponse().read())
    except (OSError, http.client.HTTPException, ValueError):
        return frozenset()
    finally:
        engine.close()
    well = [each for each in found if each["State"] == "running" and "unhealthy" not in each["Status"]]
    return frozenset(name for each in well for name in each["Names"])


def notes() -> set[str]:
    """The notes of minor issues that are filled in."""
    found = set()
    for path in NOTES.iterdir() if NOTES.is_dir() else ():
        text = path.read_text(errors="replace") if path.is_file() else ""
        if all(re.search(rf"(?m)^{field}: *[^\s\[]", text) for field in FIELDS):
            found.add(path.name)
    return found


def main() -> None:
    """Look, and tell. What ran and what was noted at the first look is how it should be."""
    processes, at_first, noted = Processes(), running(), notes()
    while True:
        began = time.time()
        space = os.statvfs("/")
        bad = processes.look()
        if space.f_bavail <= FREE_SHARE * space.f_blocks:
            bad.add("disk")
        if not at_first <= running():
            bad.add("services")
        ended = time.time()
        told = {"began": began, "ended": ended, "bad": sorted(bad), "noted": bool(notes() - noted)}
        print(json.dumps(told), flush=True)
        time.sleep(max(0.0, began + PERIOD_S - time.time()))


if __name__ == "__main__":
    main()
