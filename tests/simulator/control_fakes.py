"""A small ERP over verified TLS on localhost, and a record that is kept in memory."""

from __future__ import annotations

import io
import json
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from simulator.box.control import pki
from simulator.box.control.record import Record
from simulator.box.control.users import CLERK, MANAGER
from simulator.box.control.users_actions import SHELVES, moved_on
from simulator.box.control.wording import TEXTS

NAME = pki.HOST


@dataclass
class Facts:
    """A record whose facts can be read."""

    out: io.BytesIO = field(default_factory=io.BytesIO)

    @property
    def record(self) -> Record:
        return Record(self.out)

    def all(self, kind: str) -> list[dict[str, Any]]:
        facts = [json.loads(line) for line in self.out.getvalue().splitlines()]
        return [fact for fact in facts if fact["fact"] == kind]


def wait_for(condition: Any, within_s: float = 10.0) -> None:
    """Return when `condition()` is true; fail when it does not become so."""
    until = time.monotonic() + within_s
    while not condition():
        assert time.monotonic() < until, "the condition did not come"
        threading.Event().wait(0.01)


class FakeErp(ThreadingHTTPServer):
    """Answers as the ERP's API does; `broken` paths give 500, `stuck` ones nothing."""

    daemon_threads = True

    def __init__(self, folder: Path) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self._folder = folder
        self.ca = folder / "ca/ca.pem"
        pki.make_authority(self.ca.parent)
        self.tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.present(80)
        self.socket = self.tls.wrap_socket(self.socket, server_side=True, do_handshake_on_connect=False)
        self.orders: dict[int, dict[str, Any]] = {}
        self.tests: dict[int, dict[str, Any]] = {}
        self.texts: tuple[str, ...] = TEXTS
        self.everybody_approves = False
        self.broken: tuple[str, ...] = ()
        self.stuck: tuple[str, ...] = ()
        self.dripping: tuple[str, ...] = ()
        self.seen: list[tuple[str, str, str]] = []
        self.closing = False
        self.canned: str | None = None
        self.over = threading.Event()

    def present(self, valid_to_days: float) -> None:
        """Show a new certificate of the drill's authority to whoever connects from now on."""
        pki.issue(self._folder, valid_to_days=valid_to_days, folder=self.ca.parent)
        self.tls.load_cert_chain(self._folder / "fullchain.pem", self._folder / "privkey.pem")

    @property
    def address(self) -> tuple[str, int]:
        return "127.0.0.1", self.server_address[1]

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Clients hang up on stuck requests; that is what is tested."""


class _Handler(BaseHTTPRequestHandler):
    server: FakeErp
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def do_GET(self) -> None:
        self._handle()

    def do_POST(self) -> None:
        self._handle()

    def _handle(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.server.seen.append((self.command, self.path, str(self.headers)))
        if any(part in self.path for part in self.server.stuck):
            self.server.over.wait()
        if self.server.canned is not None and "stock" in self.path:
            self._send(200, self.server.canned)
        elif any(part in self.path for part in self.server.broken):
            self._send(500, {"detail": "broken"})
        else:
            self._send(*self._reply(json.loads(body) if body else {}))

    def _reply(self, body: dict[str, Any]) -> tuple[int, Any]:
        user = self.headers.get("Authorization", "").removeprefix("Bearer ")
        parts = self.path.split("?")[0].strip("/").split("/")
        match self.command, parts:
            case "GET", [""]:
                return 200, "<title>Quty Karunia ERP</title>" + " ".join(self.server.texts)
            case "GET", ["health"]:
                return 200, {"status": "healthy", "database": "ok", "redis": "ok"}
            case "POST", [*_, "login"]:
                return 200, {"access_token": body["username"], "token_type": "bearer"}
            case "GET", [*_, "me"]:
                roles = {CLERK.name: CLERK.role, MANAGER.name: MANAGER.role}
                return 200, {"username": user, "role": roles.get(user), "department": "ppic"}
            case "GET", [*_, "stock", number]:
                return 200, stock(int(number))
            case "GET", [*_, "stock"] if "location=" in self.path:
                return 200, {"data": shelf(self.path.rpartition("=")[2])}
            case "GET", [*_, "stock"]:
                return 200, {"data": [stock(int(self.path.rpartition("-")[2]))]}
            case "POST", [*_, "approve"]:
                return (200, {}) if self.server.everybody_approves or user == MANAGER.name else (403, {})
            case _:
                return self._written(body, parts)

    def _written(self, body: dict[str, Any], parts: list[str]) -> tuple[int, Any]:
        match self.command, parts:
            case "POST", [*_, "manufacturing-orders"]:
                number = len(self.server.orders) + 1
                order = {"id": number, "number": f"MO-{number}", "status": "DRAFT", **body}
                self.server.orders[number] = order
                return 201, order
            case "GET", [*_, "manufacturing-orders", number]:
                order = self.server.orders.get(int(number), {})
                return (200, order) if order else (404, {})
            case "GET", [*_, "manufacturing-orders" | "work-orders"]:
                return 200, {"data": [], "total": 0}
            case "POST", [*_, "work-orders"]:
                return 201, {"id": 1}
            case "POST", [*_, "transfers"]:
                return 201, {"id": 1, "status": "INITIATED"}
            case "POST", [*_, "accept" | "confirm" as step]:
                return 200, {"id": 1, "status": f"{step.upper()}ED"}
            case "POST", [*_, "tests"]:
                self.server.tests[1] = {"id": 1, **body}
                return 201, self.server.tests[1]
            case "GET", [*_, "tests", number]:
                return 200, self.server.tests[int(number)]
        return 404, {}

    def _send(self, status: int, value: Any) -> None:
        data = value.encode() if isinstance(value, str) else json.dumps(value).encode()
        self.send_response_only(status)
        if self.server.closing:
            self.send_header("Connection", "close")
        else:
            self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        if any(part in self.path for part in self.server.dripping):
            for each in data:
                self.wfile.write(bytes([each]))
                if self.server.over.wait(0.1):
                    return
        self.wfile.write(data)

    def log_message(self, format: str, *args: object) -> None:
        """Tests read `seen`."""


def stock(item: int) -> dict[str, Any]:
    """A stock row as the seed data has it."""
    return {"id": item, "sku": f"SKU-{item:06d}", "location": "A", "quantity": item * 7919 % 1000}


def shelf(place: str) -> list[dict[str, Any]]:
    """The first fifty items at a place, as the seed data has them."""
    first = next(n for n in range(1, SHELVES + 1) if place == f"WH{n % 4 + 1}-{n % 250:03d}")
    found = [stock(n) | {"moved_on": moved_on(n)} for n in range(first, first + 50 * SHELVES, SHELVES)]
    return [{name: value for name, value in item.items() if name != "location"} for item in found]


@contextmanager
def fake_erp(folder: Path) -> Iterator[FakeErp]:
    """A running FakeErp with its certificate in `folder`."""
    server = FakeErp(folder)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.over.set()
        server.shutdown()
        server.server_close()
        thread.join()
