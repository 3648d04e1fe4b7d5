"""`make bench`: measures in one run, prints the ratios and writes them to bench.json.

Run it on a machine that does nothing else. The bare stack is started by the server's own compose and
engine, on the same disk, from containers that do not exist yet; a drill is measured from its order to the
moment from which every check holds, its server's whole boot included.
"""

from __future__ import annotations

import json
import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from scoring import marks
from scoring.timeline import Armed, CheckHeld, Injected
from simulator import belongings, engine, operations, recipes
from simulator.order import Order
from simulator.server import ProductionServer
from simulator.store import Store
from simulator.wait import wait_until

ROUNDS = 3
WITHIN_S = 180.0
WATCHED_S = 20.0
HEALTHY = "docker ps --filter health=starting --filter health=unhealthy -q | wc -l"
TARGETS = {
    "start_ratio": 2.0,
    "golden_used_gb": 1.2,
    "golden_allocated_gb": None,
    "memory_mb": 400,
    "referee_core_share": None,
    "onset_s": None,
    "teardown_s": None,
}


def main() -> None:
    """Measure, print and write."""
    bare = [_bare_start_s() for _ in range(ROUNDS)]
    drills = [_drill() for _ in range(ROUNDS)]
    figures = {key: statistics.median(drill[key] for drill in drills) for key in drills[0]}
    figures["start_ratio"] = figures.pop("start_s") / statistics.median(bare)
    figures |= _golden()
    Path("bench.json").write_text(json.dumps(figures, indent=2, sort_keys=True) + "\n")
    for key, target in TARGETS.items():
        print(f"{key:20} {figures[key]:8.2f}" + (f"   (to reach: {target})" if target else ""))


def _bare_start_s() -> float:
    """From `docker-compose up` to all healthy, in seconds, with an ERP that answers."""
    with _server("bench") as production:
        production.run("docker-compose down", timeout_s=WITHIN_S)
        start = time.monotonic()
        production.run("docker-compose up -d", timeout_s=WITHIN_S)
        _require(lambda: _is_healthy(production), "the bare stack does not get healthy")
        return time.monotonic() - start


def _drill() -> dict[str, float]:
    """The figures of one drill, from its order to its removal."""
    start = time.time()
    drill_id = operations.begin(
        Order("bench", ("bench",), "api-crash", "runbook", WATCHED_S + 5, 5, 1, 10, seed=1)
    )
    store = Store.open()
    _require(lambda: _has(store, drill_id, Armed), "the drill does not arm")
    held = max(event.at for event in store.timeline(drill_id) if isinstance(event, CheckHeld))
    share, memory = _referee_share(store, drill_id), _memory_mb(drill_id)
    _require(lambda: marks.onset(store.timeline(drill_id)) is not None, "the fault does not show")
    timeline = store.timeline(drill_id)
    onset, injected = marks.onset(timeline), next(e.at for e in timeline if isinstance(e, Injected))
    assert onset is not None
    begun = time.monotonic()
    operations.abort(drill_id)
    return {
        "start_s": held - start,
        "memory_mb": memory,
        "referee_core_share": share,
        "onset_s": onset.middle - injected,
        "teardown_s": time.monotonic() - begun,
    }


def _referee_share(store: Store, drill_id: str) -> float:
    """The share of a core that the referee takes while it follows a healthy server."""
    row = store.drill(drill_id)
    assert row.referee is not None
    statistics_file = Path(f"/proc/{row.referee.pid}/stat")

    def ticks() -> int:
        user, system = statistics_file.read_text().rsplit(")", 1)[1].split()[11:13]
        return int(user) + int(system)

    before, end = ticks(), time.monotonic() + WATCHED_S
    wait_until(lambda: time.monotonic() > end, within_s=2 * WATCHED_S)
    return (ticks() - before) / 100 / WATCHED_S


def _memory_mb(drill_id: str) -> float:
    """What the whole server holds and could not give back: anonymous and shared memory."""
    stats = ProductionServer.existing(drill_id).container.stats(stream=False)["memory_stats"]["stats"]
    held = (
        stats["anon"] + stats["shmem"]
        if "anon" in stats
        else stats["total_rss"] + stats.get("total_shmem", 0)
    )
    return float(held) / 1e6


def _golden() -> dict[str, float]:
    """The golden disk: what its file system holds, and what its file takes on the host."""
    with _server("bench") as production:
        blocks, free, size = map(int, production.control("stat", "-f", "-c", "%b %f %S", "/disk").split())
    client = engine.connect()
    volumes = {recipes.golden_volume(): {"bind": "/golden", "mode": "ro"}}
    allocated = client.containers.run(
        recipes.reference(recipes.SERVER), ["-B1", "/golden/disk.img"], entrypoint="du", volumes=volumes,
        labels={recipes.LABEL: "read"}, remove=True,
    )  # fmt: skip
    return {
        "golden_used_gb": (blocks - free) * size / 1e9,
        "golden_allocated_gb": int(allocated.split()[0]) / 1e9,
    }


@contextmanager
def _server(name: str) -> Iterator[ProductionServer]:
    try:
        production = ProductionServer.start(name)
        production.await_engine()
        _require(lambda: _is_healthy(production), "the server does not get healthy")
        yield production
    finally:
        belongings.remove(name)


def _is_healthy(production: ProductionServer) -> bool:
    answers = production.inside.succeeds("curl -fs -m 2 -o /dev/null https://erp.yourdomain.com/health")
    return answers and production.run(HEALTHY).strip() == "0"


def _has(store: Store, drill_id: str, kind: type) -> bool:
    return any(isinstance(event, kind) for event in store.timeline(drill_id))


def _require(condition: Callable[[], bool], why: str) -> None:
    if not wait_until(condition, within_s=WITHIN_S):
        raise SystemExit(f"bench: {why} within {WITHIN_S:.0f} s")


if __name__ == "__main__":
    main()
