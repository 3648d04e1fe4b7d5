"""Long work that somebody asks for by a row in job_runs: taken one at a time, each by its own function.

What a crash interrupts is taken up again at the next start; what a shutdown interrupts is cancelled.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from threading import Event
from typing import Any

from sqlalchemy import text

from . import archive, database, planning

LOG = logging.getLogger("erp.runs")
POLL_S = 1

Work = Callable[[Mapping[str, Any], Event], None]
"""Does what the parameters ask for, until it is done or the event is set."""

WORK: Mapping[str, Work] = {
    "archive": archive.copy_orders,
    "plan": planning.plan_capacity,
    "forecast": planning.forecast_demand,
}
_TAKE = """
    UPDATE job_runs SET status = 'RUNNING', started_at = clock_timestamp() WHERE id = (
        SELECT id FROM job_runs WHERE status = 'REQUESTED' ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED
    ) RETURNING id, job, parameters
"""
_FINISH = "UPDATE job_runs SET status = :status, finished_at = clock_timestamp() WHERE id = :run"
_AFTER_A_CRASH = """
    UPDATE job_runs SET status = CASE WHEN job IN ('plan', 'forecast') THEN 'REQUESTED' ELSE 'FAILED' END
    WHERE status = 'RUNNING'
"""
_CANCEL = "UPDATE job_runs SET status = 'CANCELLED', finished_at = clock_timestamp() WHERE status = 'RUNNING'"


class _Start:
    """Whether this process has looked yet for what the last one left."""

    over = False


def cancel() -> None:
    """Note that nobody works on the running ones any more."""
    with database.transaction() as db:
        db.execute(text(_CANCEL))


def work_off(stop: Event) -> None:
    """Take the oldest request and do it."""
    if not _Start.over:
        _take_up()
        _Start.over = True
    with database.transaction() as db:
        taken = db.execute(text(_TAKE)).mappings().one_or_none()
    if taken is None:
        return
    LOG.info("run %d begins: %s %s", taken["id"], taken["job"], taken["parameters"])
    status = "FAILED"
    try:
        WORK[taken["job"]](taken["parameters"], stop)
        status = "CANCELLED" if stop.is_set() else "DONE"
    finally:
        with database.transaction() as db:
            db.execute(text(_FINISH), {"status": status, "run": taken["id"]})
    LOG.info("run %d: %s", taken["id"], status)


def _take_up() -> None:
    """Ask again for the calculations that a crash interrupted; copies are asked for by their schedule."""
    with database.transaction() as db:
        count = db.execute(text(_AFTER_A_CRASH)).rowcount
    if count:
        LOG.warning("%d runs were interrupted by a crash", count)
