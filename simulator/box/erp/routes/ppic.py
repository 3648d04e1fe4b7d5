"""Production planning: manufacturing orders and the work orders made from them."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, HTTPException
from pydantic import BaseModel, Field
from sqlalchemy import text
from sqlalchemy.engine import Connection

from .. import database, settings
from ..security import User, allowed

ORDER = "id, number, product, quantity, department, status"
WORK_ORDER = "id, order_id, department, quantity, status"
MAY_READ, MAY_CREATE, MAY_APPROVE = (allowed(f"orders.{action}") for action in ("read", "create", "approve"))
MAY_READ_WORK, MAY_CREATE_WORK = (allowed(f"work_orders.{action}") for action in ("read", "create"))
router = APIRouter(prefix="/ppic")


class NewOrder(BaseModel):
    product: str = Field(min_length=1, max_length=80)
    quantity: int = Field(ge=1, le=1_000_000)
    department: str = Field(min_length=1, max_length=40)


class NewWorkOrder(BaseModel):
    order_id: int
    department: str = Field(min_length=1, max_length=40)
    quantity: int = Field(ge=1, le=1_000_000)


def order_or_404(db: Connection, order_id: int) -> dict[str, Any]:
    """The order's fields; HTTP 404 when there is none."""
    query = text(f"SELECT {ORDER} FROM manufacturing_orders WHERE id = :id")
    row = db.execute(query, {"id": order_id}).mappings().one_or_none()
    if row is None:
        raise HTTPException(404, "No such manufacturing order")
    return dict(row)


@router.post("/manufacturing-orders", status_code=201)
def create_order(body: NewOrder, user: User = MAY_CREATE) -> dict[str, Any]:
    statement = text(
        "INSERT INTO manufacturing_orders (id, number, product, quantity, department, created_by) "
        "SELECT n, :prefix || '-' || lpad(n::text, 6, '0'), :product, :quantity, :department, :created_by "
        f"FROM nextval('manufacturing_orders_id_seq') AS n RETURNING {ORDER}"
    )
    values = {**body.dict(), "prefix": settings.required("ORDER_NUMBER_PREFIX"), "created_by": user.username}
    with database.transaction() as db:
        row = db.execute(statement, values).mappings().one()
    return dict(row)


@router.get("/manufacturing-orders")
def list_orders(_: User = MAY_READ) -> dict[str, Any]:
    query = text(f"SELECT {ORDER} FROM manufacturing_orders ORDER BY id DESC LIMIT 50")
    with database.reading() as db:
        rows = db.execute(query).mappings().all()
        total = db.execute(text("SELECT count(*) FROM manufacturing_orders")).scalar_one()
    return {"data": [dict(row) for row in rows], "total": total}


@router.get("/manufacturing-orders/{order_id}")
def read_order(order_id: int, _: User = MAY_READ) -> dict[str, Any]:
    with database.reading() as db:
        return order_or_404(db, order_id)


@router.post("/manufacturing-orders/{order_id}/approve")
def approve_order(order_id: int, user: User = MAY_APPROVE) -> dict[str, Any]:
    statement = text(
        "UPDATE manufacturing_orders SET status = 'APPROVED', approved_by = :user WHERE id = :id"
    )
    with database.transaction() as db:
        db.execute(statement, {"id": order_id, "user": user.username})
        return order_or_404(db, order_id)


@router.post("/work-orders", status_code=201)
def create_work_order(body: NewWorkOrder, user: User = MAY_CREATE_WORK) -> dict[str, Any]:
    statement = text(
        "INSERT INTO work_orders (order_id, department, quantity, created_by) "
        f"VALUES (:order_id, :department, :quantity, :created_by) RETURNING {WORK_ORDER}"
    )
    with database.transaction() as db:
        order_or_404(db, body.order_id)
        row = db.execute(statement, {**body.dict(), "created_by": user.username}).mappings().one()
    return dict(row)


@router.get("/work-orders")
def list_work_orders(department: str, _: User = MAY_READ_WORK) -> dict[str, Any]:
    query = text(
        f"SELECT {WORK_ORDER} FROM work_orders WHERE department = :department ORDER BY id DESC LIMIT 50"
    )
    with database.reading() as db:
        rows = db.execute(query, {"department": department}).mappings().all()
    return {"data": [dict(row) for row in rows]}
