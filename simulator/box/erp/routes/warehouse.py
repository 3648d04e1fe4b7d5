"""Stock: always from the database, so that what is shown is what is there."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, HTTPException, Query
from sqlalchemy import text

from .. import database
from ..security import User, allowed

MAY_READ = allowed("stock.read")
SKU = Query(min_length=1, max_length=40)
router = APIRouter(prefix="/warehouse")


@router.get("/stock/{stock_id}")
def stock_item(stock_id: int, _: User = MAY_READ) -> dict[str, Any]:
    query = text("SELECT id, sku, location, quantity FROM stock WHERE id = :id")
    with database.reading() as db:
        row = db.execute(query, {"id": stock_id}).mappings().one_or_none()
    if row is None:
        raise HTTPException(404, "No such stock item")
    return dict(row)


@router.get("/stock")
def stock_search(sku: str = SKU, _: User = MAY_READ) -> dict[str, Any]:
    query = text("SELECT id, sku, location, quantity FROM stock WHERE sku = :sku LIMIT 50")
    with database.reading() as db:
        rows = db.execute(query, {"sku": sku}).mappings().all()
    return {"data": [dict(row) for row in rows]}
