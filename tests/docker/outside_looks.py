"""The ERP as the witness asks for it: a function each, by its own idea of what is right."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from typing import Any

from tests.docker.visitor import Visitor, WrongError

PPIC, TRANSFERS, TESTS = "/api/v1/ppic", "/api/v1/transfers", "/api/v1/qc/tests"
STOCK = "/api/v1/warehouse/stock"

Look = Callable[[Visitor], object]


def _is(wanted: bool) -> None:
    if not wanted:
        raise WrongError("another answer than it should be")


def _as_before(visitor: Visitor, answer: Any) -> None:
    """What was answered at first is right."""
    _is(visitor.memory.setdefault("at first", answer) == answer)


def health(visitor: Visitor) -> None:
    """It says that it is healthy, and so is what it stands on."""
    _is(visitor.get("/health") == {"status": "healthy", "database": "ok", "redis": "ok"})


def login(visitor: Visitor) -> None:
    """A new login."""
    visitor.log_in()


def rights(visitor: Visitor) -> None:
    """A user has the rights of before."""
    _as_before(visitor, visitor.get("/api/v1/auth/me"))


def stock(visitor: Visitor) -> None:
    """An item by its number: the quantity of each is known."""
    item = random.randint(1, 200_000)
    _is(visitor.get(f"{STOCK}/{item}")["quantity"] == item * 7919 % 1000)


def shelf(visitor: Visitor) -> None:
    """What lies on a shelf: nobody moves it."""
    _as_before(visitor, visitor.get(f"{STOCK}?location=WH2-017"))


def order(visitor: Visitor) -> None:
    """An order is taken, and gets a number of the book."""
    wanted = {"product": "Polo Shirt", "quantity": 10, "department": "cutting"}
    _is(visitor.post(f"{PPIC}/manufacturing-orders", wanted, 201)["number"].startswith("MO-"))


def approval(visitor: Visitor) -> None:
    """A manager may approve."""
    visitor.post(f"{PPIC}/manufacturing-orders/1/approve", {}, 200)


def refusal(visitor: Visitor) -> None:
    """A clerk may not."""
    visitor.post(f"{PPIC}/manufacturing-orders/1/approve", {}, 403)


def work_order(visitor: Visitor) -> None:
    """Cutting submits a work order."""
    visitor.post(f"{PPIC}/work-orders", {"order_id": 1, "department": "cutting", "quantity": 5}, 201)


def transfer(visitor: Visitor) -> None:
    """A handshake from Cutting to Sewing. One that was cut off is ended first: it holds a line."""
    unfinished = visitor.memory.setdefault("unfinished", [])
    if unfinished:
        _end(visitor, unfinished[0])
        unfinished.clear()
    goods = {"order_id": 1, "from_department": "cutting", "to_department": "sewing", "quantity": 5}
    unfinished.append(visitor.post(TRANSFERS, goods, 201)["id"])
    for step in ("accept", "confirm"):
        visitor.post(f"{TRANSFERS}/{unfinished[0]}/{step}", {}, 200)
    unfinished.clear()


def _end(visitor: Visitor, handshake: int) -> None:
    """Take what steps are left of it: one that was taken, or has expired, is refused."""
    for step in ("accept", "confirm"):
        try:
            visitor.post(f"{TRANSFERS}/{handshake}/{step}", {}, 200)
        except WrongError as refusal:
            if refusal.status >= 500:
                raise


def qc_result(visitor: Visitor) -> None:
    """The inspector records a result."""
    _is(visitor.post(TESTS, {"order_id": 1, "result": "PASS"}, 201)["result"] == "PASS")


def page(visitor: Visitor) -> None:
    """The sign-in page in a browser that was just started: it says what it said before."""
    _as_before(visitor, visitor.ask("GET", "/", fresh=True))


LOOKS: Mapping[str, tuple[str, Look]] = {
    "health": ("clerk.ppic", health),
    "login": ("clerk.ppic", login),
    "rights": ("manager.ppic", rights),
    "stock": ("clerk.warehouse", stock),
    "shelf": ("clerk.warehouse", shelf),
    "order": ("clerk.ppic", order),
    "approval": ("manager.ppic", approval),
    "refusal": ("clerk.ppic", refusal),
    "work-order": ("operator.cutting", work_order),
    "transfer": ("operator.cutting", transfer),
    "qc-result": ("inspector.qc", qc_result),
    "page": ("clerk.ppic", page),
}
"""What is looked at, and as whom."""
