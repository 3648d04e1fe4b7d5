"""Quality control: test results of manufacturing orders."""

from __future__ import annotations

from typing import Any, Literal

from fastapi import APIRouter, HTTPException
from pydantic import BaseModel
from sqlalchemy import text

from .. import database
from ..security import User, allowed
from .ppic import order_or_404

MAY_TEST = allowed("qc")
router = APIRouter(prefix="/qc")


class NewTest(BaseModel):
    order_id: int
    result: Literal["PASS", "FAIL"]


@router.post("/tests", status_code=201)
def record_test(body: NewTest, user: User = MAY_TEST) -> dict[str, Any]:
    statement = text(
        "INSERT INTO qc_tests (order_id, result, inspector) VALUES (:order_id, :result, :inspector) "
        "RETURNING id, order_id, result"
    )
    with database.transaction() as db:
        order_or_404(db, body.order_id)
        row = db.execute(statement, {**body.dict(), "inspector": user.username}).mappings().one()
    return dict(row)


@router.get("/tests/{test_id}")
def read_test(test_id: int, _: User = MAY_TEST) -> dict[str, Any]:
    query = text("SELECT id, order_id, result FROM qc_tests WHERE id = :id")
    with database.reading() as db:
        row = db.execute(query, {"id": test_id}).mappings().one_or_none()
    if row is None:
        raise HTTPException(404, "No such test")
    return dict(row)
