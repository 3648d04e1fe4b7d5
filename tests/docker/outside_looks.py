"""The ERP as the witness asks for it: a function each, over its own client and by its own idea of right."""

from __future__ import annotations

import contextlib
import http.client
import json
import random
import socket
import ssl
import time
from collections.abc import Callable, Mapping
from typing import Any

NAME = "erp.yourdomain.com"
PATIENCE_S = 0.45
"""A user's: what takes longer does not work."""
STALE = (http.client.RemoteDisconnected, ConnectionError, ssl.SSLEOFError, ssl.SSLZeroReturnError)
"""How a connection shows that the server closed it while nobody asked anything."""
PPIC, TRANSFERS, TESTS = "/api/v1/ppic", "/api/v1/transfers", "/api/v1/qc/tests"
STOCK = "/api/v1/warehouse/stock"


class WrongError(Exception):
    """The answer is not what a user is owed; its status, where that is what is wrong."""

    def __init__(self, why: str, status: int = 200) -> None:
        """`status` is HTTP's."""
        super().__init__(why)
        self.status = status


class Door(http.client.HTTPSConnection):
    """A connection to the port of this machine that leads to the server, by the ERP's name."""

    def __init__(self, port: int, trust: ssl.SSLContext) -> None:
        """It is opened by the first request."""
        super().__init__("127.0.0.1", port, timeout=PATIENCE_S)
        self._trust = trust

    def connect(self) -> None:
        """Shake hands, and check the certificate against the name."""
        plain = socket.create_connection(("127.0.0.1", self.port), self.timeout)
        plain.settimeout(self.timeout)
        self.sock = self._trust.wrap_socket(plain, server_hostname=NAME)


class Visitor:
    """Somebody who does one thing again and again, on a connection of their own."""

    def __init__(self, port: int, trust: ssl.SSLContext, user: str) -> None:
        """Nobody is logged in yet."""
        self.user = user
        self.memory: dict[str, Any] = {}
        """What the visitor's earlier looks left to know."""
        self.until = 0.0
        """When this visitor's patience ends (monotonic clock)."""
        self._way = port, trust
        self._door: Door | None = None
        self._token: str | None = None

    def log_in(self) -> None:
        """As in the morning: the token is good for the whole shift."""
        told = self.ask(
            "POST", "/api/v1/auth/login", {"username": self.user, "password": f"quty-{self.user}"}
        )
        self._token = json.loads(told)["access_token"]

    def ask(
        self,
        method: str,
        path: str,
        body: Mapping[str, object] | None = None,
        status: int = 200,
        fresh: bool = False,
    ) -> bytes:
        """The answer to one request, on a new connection where that is asked for, else on the kept one."""
        if fresh:
            self.leave()
        if self._door is not None:
            with contextlib.suppress(*STALE):
                return self._exchange(self._door, method, path, body, status)
            self.leave()
        self._door = Door(*self._way)
        return self._exchange(self._door, method, path, body, status)

    def get(self, path: str) -> Any:
        """The JSON answer to GET."""
        return json.loads(self.ask("GET", path))

    def post(self, path: str, body: Mapping[str, object], status: int) -> Any:
        """The JSON answer to POST, which must have this status."""
        return json.loads(self.ask("POST", path, body, status))

    def leave(self) -> None:
        """Hang up."""
        if self._door is not None:
            self._door.close()
            self._door = None

    def _exchange(
        self, door: Door, method: str, path: str, body: Mapping[str, object] | None, status: int
    ) -> bytes:
        left = self.until - time.monotonic()
        if left <= 0:
            raise TimeoutError("out of patience")
        door.timeout = left
        if door.sock is not None:
            door.sock.settimeout(left)
        headers = {"Host": NAME, "Content-Type": "application/json"}
        if self._token is not None:
            headers["Authorization"] = f"Bearer {self._token}"
        door.request(method, path, None if body is None else json.dumps(body), headers)
        answer = door.getresponse()
        data = answer.read()
        if answer.status != status:
            raise WrongError(f"{answer.status} for {method} {path}", answer.status)
        return data


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
