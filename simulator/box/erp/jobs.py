"""What the backend does by itself: backups, runs that were asked for, a line on its memory every minute."""

from __future__ import annotations

import gzip
import logging
import os
import threading
import time
from collections.abc import Callable
from pathlib import Path

from sqlalchemy import text

from . import database, runs, settings

LOG = logging.getLogger("erp.jobs")
MEMORY_PERIOD_S = 60
ORDER_BOOK = "SELECT id, number, product, quantity, department, status FROM manufacturing_orders"
_stop = threading.Event()


def back_up_orders() -> int:
    """Write the order book to BACKUP_DIR and note the run in backup_runs. Returns the file's bytes.

    Takes one connection from the pool for as long as it runs.
    """
    insert = text("INSERT INTO backup_runs (status) VALUES ('RUNNING') RETURNING id")
    finish = text(
        "UPDATE backup_runs SET status = 'DONE', finished_at = clock_timestamp(), bytes = :size "
        "WHERE id = :run"
    )
    folder = Path(settings.required("BACKUP_DIR"))
    target, part = folder / "manufacturing_orders.csv.gz", folder / "manufacturing_orders.part"
    with database.transaction() as db:
        run = db.execute(insert).scalar_one()
        with part.open("wb") as raw, gzip.GzipFile(fileobj=raw, mode="wb", compresslevel=1) as packed:
            cursor = db.connection.cursor()
            cursor.execute(ORDER_BOOK)
            for row in cursor:
                packed.write((",".join(map(str, row)) + "\n").encode())
        part.replace(target)
        size = target.stat().st_size
        db.execute(finish, {"size": size, "run": run})
    return size


def _back_up() -> None:
    start = time.monotonic()
    size = back_up_orders()
    LOG.info("backup of the order book done: %d bytes in %.0f ms", size, (time.monotonic() - start) * 1000)


def _log_memory() -> None:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    LOG.info("memory: %d MB resident", pages * os.sysconf("SC_PAGE_SIZE") // 2**20)


def _repeat(name: str, job: Callable[[], None], period_s: Callable[[], int]) -> None:
    while True:
        try:
            if _stop.wait(period_s()):
                return
            job()
        except Exception:  # a job that fails once runs again next time
            LOG.exception("job %s failed with an exception", name)
            if _stop.wait(MEMORY_PERIOD_S):
                return


def start() -> None:
    """Start the jobs as threads of this process."""
    _stop.clear()
    jobs: list[tuple[str, Callable[[], None], Callable[[], int]]] = [
        ("backup", _back_up, lambda: settings.required_int("BACKUP_INTERVAL_SECONDS")),
        ("memory", _log_memory, lambda: MEMORY_PERIOD_S),
        ("runs", lambda: runs.work_off(_stop), lambda: runs.POLL_S),
    ]
    for name, job, period_s in jobs:
        threading.Thread(target=_repeat, args=(name, job, period_s), name=name, daemon=True).start()


def stop() -> None:
    """End the jobs at their next wait."""
    _stop.set()
    try:
        runs.cancel()
    except Exception:  # a database that cannot be reached must not keep the process from ending
        LOG.exception("the running jobs could not be cancelled")
