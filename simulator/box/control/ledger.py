"""The ledger: every order that the ERP acknowledged, and whether it still has them."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from enum import Enum
from pathlib import Path
from typing import Any

from .erp import Answer, FailedError
from .journal import Journal

SAMPLE = 2000
NEWEST = 1000
AUDITORS = 2  # more of them would slow the users' requests down, and with them the probes
TRIES = 3
FIRST = 10
"""Where the ERP says nothing about so many it is down, and there is no use in asking on."""
WITHIN_S = 30.0
"""An audit of a server that hangs ends after this: what was not read by then is unknown, not lost."""


@dataclass(frozen=True, slots=True)
class Order:
    """A manufacturing order as it was acknowledged (201)."""

    id: int
    number: str
    product: str
    quantity: int
    department: str

    @classmethod
    def read(cls, value: dict[str, Any]) -> Order:
        """The order in an answer's or the ledger's JSON object."""
        order = cls(*(value.get(name) for name in cls.__slots__))  # type: ignore[arg-type]  # see below
        whole = isinstance(order.id, int) and isinstance(order.quantity, int)
        if not whole or not all(
            isinstance(each, str) for each in (order.number, order.product, order.department)
        ):
            raise FailedError("wrong", "an order that lacks its number, product, quantity or department")
        return order


class Seen(Enum):
    """What the ERP says of an order."""

    KEPT = "as it was"
    LOST = "gone, or changed"
    REFUSED = "an error instead"
    UNKNOWN = "nothing in time"


@dataclass(frozen=True, slots=True)
class Audit:
    """What an audit found; fewer `checked` than asked for means that the ERP did not answer."""

    acknowledged: int
    checked: int
    lost: list[int]
    hidden: int
    """How many an ERP that answers keeps to itself: those it refuses, or all where it gives few back."""


class Ledger:
    """Kept in a journal, so a restart of the control half forgets nothing."""

    def __init__(self, path: Path) -> None:
        self._lock = threading.Lock()
        self._journal = Journal(path)
        self._orders = [Order.read(entry) for entry in self._journal.entries()]

    def add(self, order: Order) -> None:
        """Enter an acknowledged order."""
        with self._lock:
            self._orders.append(order)
            self._journal.add(asdict(order))

    @property
    def acknowledged(self) -> int:
        """How many orders were ever acknowledged."""
        return len(self._orders)

    @property
    def newest(self) -> int | None:
        """The id of the order acknowledged last."""
        with self._lock:
            return self._orders[-1].id if self._orders else None

    def audit(self, fetch: Callable[[int], Answer], within_s: float = WITHIN_S) -> Audit:
        """Read orders back with `fetch`: all of them, or of many the newest and a random part of the rest."""
        until = time.monotonic() + within_s
        with self._lock:
            orders = list(self._orders)
        chosen = orders
        if len(orders) > SAMPLE:
            # The newest are the likeliest to be lost: in no dump, perhaps not yet on the disk.
            chosen = random.sample(orders[:-NEWEST], SAMPLE - NEWEST) + orders[-NEWEST:]
        with ThreadPoolExecutor(AUDITORS, "audit") as pool:
            first = list(pool.map(lambda order: _seen(order, fetch, until), chosen[-FIRST:]))
            if first and not set(first) & {Seen.KEPT, Seen.LOST}:
                return Audit(len(orders), 0, [], len(chosen))
            rest = list(pool.map(lambda order: _seen(order, fetch, until), chosen[:-FIRST]))
        found = rest + first
        lost = [order.id for order, seen in zip(chosen, found, strict=True) if seen is Seen.LOST]
        checked = sum(seen in (Seen.KEPT, Seen.LOST) for seen in found)
        few = 2 * checked < len(chosen)
        hidden = len(chosen) - checked if few else found.count(Seen.REFUSED)
        return Audit(len(orders), checked, sorted(lost), hidden)


def _seen(order: Order, fetch: Callable[[int], Answer], until: float) -> Seen:
    """What has become of `order`."""
    seen = Seen.UNKNOWN
    for _ in range(TRIES):
        if time.monotonic() > until:
            break
        try:
            answer = fetch(order.id)
            if answer.status == 404:
                return Seen.LOST
            return Seen.KEPT if Order.read(answer.expect(200).json()) == order else Seen.LOST
        except FailedError as error:
            if error.kind == "wrong":
                return Seen.LOST
            if error.kind in ("error", "denied"):
                seen = Seen.REFUSED
    return seen
