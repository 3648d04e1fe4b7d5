"""QT-09: handing an order from one department to the next, in three steps, over a line that is kept free.

INITIATED locks a line of the receiving department, ACCEPTED confirms that it is clear, CONFIRMED frees it.
A handshake that nobody ends expires after LINE_LOCK_SECONDS and gives its line back.
"""

from __future__ import annotations

import logging
from typing import Any

from fastapi import APIRouter, HTTPException
from pydantic import BaseModel, Field
from sqlalchemy import text
from sqlalchemy.engine import Connection

from .. import cache, database, settings
from ..security import User, allowed
from .ppic import order_or_404

LOG = logging.getLogger("erp.transfers")
MAY_TRANSFER = allowed("transfers")
router = APIRouter(prefix="/transfers")


class NewTransfer(BaseModel):
    order_id: int
    from_department: str = Field(min_length=1, max_length=40)
    to_department: str = Field(min_length=1, max_length=40)
    quantity: int = Field(ge=1, le=1_000_000)


def _note(db: Connection, transfer_id: int, step: str, username: str) -> None:
    statement = "INSERT INTO transfer_logs (transfer_id, step, username) VALUES (:id, :step, :username)"
    db.execute(text(statement), {"id": transfer_id, "step": step, "username": username})


def _free_line(db: Connection, department: str) -> int | None:
    """An available line of the department, its row locked for this transaction."""
    query = text(
        "SELECT id FROM line_occupancy WHERE department = :department AND status = 'AVAILABLE' "
        "ORDER BY line LIMIT 1 FOR UPDATE SKIP LOCKED"
    )
    return db.execute(query, {"department": department}).scalar_one_or_none()


def _expire(db: Connection, lock_s: int) -> None:
    """Give back the lines of handshakes that nobody ended within `lock_s` seconds."""
    stale = text(
        "UPDATE transfers SET status = 'EXPIRED', updated_at = now() "
        "WHERE status IN ('INITIATED', 'ACCEPTED') AND updated_at < now() - make_interval(secs => :lock_s) "
        "RETURNING id"
    )
    for transfer_id in db.execute(stale, {"lock_s": lock_s}).scalars().all():
        _release(db, transfer_id)
        _note(db, transfer_id, "EXPIRED", "system")
        LOG.warning("QT-09 transfer %s expired, its line is available again", transfer_id)


def _release(db: Connection, transfer_id: int) -> None:
    statement = text(
        "UPDATE line_occupancy SET status = 'AVAILABLE', locked_at = NULL, transfer_id = NULL "
        "WHERE transfer_id = :id"
    )
    db.execute(statement, {"id": transfer_id})


def _lock(db: Connection, line_id: int, transfer_id: int, lock_s: int) -> None:
    statement = text(
        "UPDATE line_occupancy SET status = 'LOCKED', locked_at = now(), transfer_id = :transfer_id "
        "WHERE id = :id"
    )
    db.execute(statement, {"id": line_id, "transfer_id": transfer_id})
    cache.client().set(f"erp:qt-09:{transfer_id}", line_id, ex=lock_s)


@router.post("", status_code=201)
def initiate(body: NewTransfer, user: User = MAY_TRANSFER) -> dict[str, Any]:
    lock_s = settings.required_int("LINE_LOCK_SECONDS")
    insert = text(
        "INSERT INTO transfers (order_id, from_department, to_department, quantity, created_by) "
        "VALUES (:order_id, :from_department, :to_department, :quantity, :created_by) RETURNING id"
    )
    with database.transaction() as db:
        order_or_404(db, body.order_id)
        line = _free_line(db, body.to_department)
        if line is None:
            _expire(db, lock_s)
            line = _free_line(db, body.to_department)
        if line is not None:
            transfer_id = db.execute(insert, {**body.dict(), "created_by": user.username}).scalar_one()
            _lock(db, line, transfer_id, lock_s)
            _note(db, transfer_id, "INITIATED", user.username)
    if line is None:
        LOG.warning("QT-09 refused: no line of %s is available", body.to_department)
        raise HTTPException(409, f"QT-09: no line of {body.to_department} is available")
    LOG.info("QT-09 transfer %s INITIATED on line %s", transfer_id, line)
    return {"id": transfer_id, "status": "INITIATED"}


def _advance(transfer_id: int, before: str, after: str, user: User) -> dict[str, Any]:
    statement = text(
        "UPDATE transfers SET status = :after, updated_at = now() "
        "WHERE id = :id AND status = :before RETURNING id"
    )
    with database.transaction() as db:
        moved = db.execute(statement, {"id": transfer_id, "before": before, "after": after}).one_or_none()
        held = cache.client().exists(f"erp:qt-09:{transfer_id}")
        if moved is None or not held:
            LOG.warning("QT-09 transfer %s cannot become %s", transfer_id, after)
            raise HTTPException(409, f"QT-09: transfer {transfer_id} is not {before} any more")
        if after == "CONFIRMED":
            _release(db, transfer_id)
            cache.client().delete(f"erp:qt-09:{transfer_id}")
        _note(db, transfer_id, after, user.username)
    LOG.info("QT-09 transfer %s %s", transfer_id, after)
    return {"id": transfer_id, "status": after}


@router.post("/{transfer_id}/accept")
def accept(transfer_id: int, user: User = MAY_TRANSFER) -> dict[str, Any]:
    return _advance(transfer_id, "INITIATED", "ACCEPTED", user)


@router.post("/{transfer_id}/confirm")
def confirm(transfer_id: int, user: User = MAY_TRANSFER) -> dict[str, Any]:
    return _advance(transfer_id, "ACCEPTED", "CONFIRMED", user)
