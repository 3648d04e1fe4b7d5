"""Stock: always from the database, so that what is shown is what is there."""

from __future__ import annotations

import logging
import threading
from typing import Any

from fastapi import APIRouter, HTTPException, Query
from sqlalchemy import text

from .. import database
from ..security import User, allowed

MAY_READ = allowed("stock.read")
SKU = Query(default=None, min_length=1, max_length=40)
LOCATION = Query(default=None, min_length=1, max_length=40)
SEARCH_WAIT_S = 3
LOG = logging.getLogger("erp.warehouse")
router = APIRouter(prefix="/warehouse")
_searching = (
    threading.BoundedSemaphore()
)  # searches read much: one at a time leaves the database to the others


@router.get("/stock/{stock_id}")
def stock_item(stock_id: int, _: User = MAY_READ) -> dict[str, Any]:
    query = text("SELECT id, sku, location, quantity FROM stock WHERE id = :id")
    with database.reading() as db:
        row = db.execute(query, {"id": stock_id}).mappings().one_or_none()
    if row is None:
        raise HTTPException(404, "No such stock item")
    return dict(row)


@router.get("/stock")
def stock_search(
    sku: str | None = SKU, location: str | None = LOCATION, _: User = MAY_READ
) -> dict[str, Any]:
    if (sku is None) == (location is None):
        raise HTTPException(422, "Search by sku or by location")
    return {"data": _by_sku(sku) if sku is not None else _at(str(location))}


def _by_sku(sku: str) -> list[dict[str, Any]]:
    query = text("SELECT id, sku, location, quantity FROM stock WHERE sku = :sku LIMIT 50")
    with database.reading() as db:
        return [dict(row) for row in db.execute(query, {"sku": sku}).mappings()]


def _at(location: str) -> list[dict[str, Any]]:
    """What lies there, each item with the day of its last movement."""
    query = text(
        "SELECT s.id, s.sku, s.quantity, "
        "(SELECT max(m.moved_on) FROM stock_movements AS m WHERE m.stock_id = s.id) AS moved_on "
        "FROM stock AS s WHERE s.location = :location ORDER BY s.id LIMIT 50"
    )
    if not _searching.acquire(timeout=SEARCH_WAIT_S):
        LOG.warning("stock search at %s given up: another one still runs", location)
        raise HTTPException(429, "Stock search is busy, try again")
    try:
        with database.reading() as db:
            return [dict(row) for row in db.execute(query, {"location": location}).mappings()]
    finally:
        _searching.release()
