"""A second copy of the order book, on another disk or a share."""

from __future__ import annotations

import gzip
import logging
from collections.abc import Mapping
from pathlib import Path
from threading import Event
from typing import Any

from sqlalchemy import text

from . import database

LOG = logging.getLogger("erp.archive")
RETRY_S = 0.2
ORDERS = "SELECT id, number, product, quantity, department, status FROM manufacturing_orders WHERE id > :last"


def copy_orders(parameters: Mapping[str, Any], stop: Event) -> None:
    """Copy the orders after number `after` to the folder `target`; a missing share may come back."""
    failures: list[Exception] = []
    while not stop.wait(RETRY_S):
        try:
            size = _copy(Path(parameters["target"]), int(parameters.get("after", 0)))
        except Exception as error:  # whatever it is, the next try may work
            failures.append(error)
            LOG.warning("copy of the order book: try %d failed: %r", len(failures), error)
            continue
        LOG.info("copy of the order book done: %d bytes, failed tries: %r", size, failures)
        return


def _copy(folder: Path, last: int) -> int:
    db = database.engine().connect()
    rows = db.execute(text(ORDERS), {"last": last})
    target = folder / "manufacturing_orders.csv.gz"
    with gzip.open(target, "wt", compresslevel=1) as packed:
        for row in rows:
            packed.write(",".join(map(str, row)) + "\n")
    db.close()
    return target.stat().st_size
