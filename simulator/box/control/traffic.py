"""The users' normal day: about RATE actions a second at random moments, whatever the ERP answers.

Traffic and probes go through the same doing(): the same actions, users, client and connections.
"""

from __future__ import annotations

import random
import threading
import time
from dataclasses import dataclass

from .complaints import Complaints
from .erp import FailedError
from .probe import TIMEOUT_S, Look
from .users import CLERK, CUTTING, INSPECTOR, MANAGER, WAREHOUSE, User
from .users_actions import Actions
from .wire import Deadline

RATE = 6.0
"""Actions a second; at 1.6 requests an action, about 10 requests a second."""
WORKERS = 4
LATEST_S = 1.0
"""An action that comes this late is left out: a user who waited does not click twice as fast afterwards."""


@dataclass(frozen=True, slots=True)
class Action:
    """Something that a user does."""

    name: str
    user: User
    do: Look
    weight: int
    """How often traffic does it, against the others."""


def day(actions: Actions) -> dict[str, Action]:
    """Everything that users do, by name."""
    listed = (
        Action("health", CLERK, actions.health, 1),
        Action("page", CLERK, actions.page, 2),
        Action("wording", CLERK, actions.wording, 1),
        Action("login", CLERK, actions.login, 1),
        Action("me", WAREHOUSE, actions.me, 3),
        Action("stock", WAREHOUSE, actions.stock, 6),
        Action("search", WAREHOUSE, actions.search, 4),
        Action("stock-search", WAREHOUSE, actions.shelf, 1),
        Action("orders", CLERK, actions.orders, 5),
        Action("order-list", CLERK, actions.order_list, 3),
        Action("work-orders", CUTTING, actions.work_orders, 2),
        Action("work-order-list", CUTTING, actions.work_order_list, 2),
        Action("transfers", CUTTING, actions.transfers, 2),
        Action("qc", INSPECTOR, actions.qc, 2),
        Action("approve", MANAGER, actions.approve, 1),
        Action("refusal", CLERK, actions.refusal, 1),
    )
    return {action.name: action for action in listed}


class Tally:
    """Counts what users do, and hears how it went for them."""

    def __init__(self, complaints: Complaints) -> None:
        self.served = 0
        self.failed = 0
        self._complaints = complaints
        self._lock = threading.Lock()

    def doing(self, action: Action) -> Look:
        """`action` as probes and traffic do it."""

        def do(until: Deadline) -> None:
            try:
                action.do(until)
            except Exception as error:  # no FailedError: an answer that cannot even be read
                kind = error.kind if isinstance(error, FailedError) else "wrong"
                with self._lock:
                    self.failed += 1
                self._complaints.failed(action.user.name, action.name, kind, time.monotonic())
                raise
            with self._lock:
                self.served += 1
            self._complaints.worked(action.user.name, action.name)

        return do


class Traffic:
    """WORKERS threads, each with its share of RATE."""

    def __init__(self, actions: dict[str, Action], tally: Tally, seed: int, stop: threading.Event) -> None:
        self._looks = [tally.doing(action) for action in actions.values()]
        self._weights = [action.weight for action in actions.values()]
        self._stop = stop
        self.threads = [
            threading.Thread(target=self._work, args=(f"{seed}/{worker}",), name="traffic", daemon=True)
            for worker in range(WORKERS)
        ]

    def _work(self, seed: str) -> None:
        draw = random.Random(seed)
        due = time.monotonic()
        while True:
            due += draw.expovariate(RATE / WORKERS)
            due = max(due, time.monotonic() - LATEST_S)
            if self._stop.wait(max(0.0, due - time.monotonic())):
                return
            try:
                draw.choices(self._looks, self._weights)[0](Deadline(TIMEOUT_S))
            except Exception:
                continue  # counted, and complained about, by the tally
